//! The `approvals` preset: exports of an approvals office (行政审批), one row an item, as its systems head them.
//!
//! Must never guess: a limit or a card in words this file does not know is refused with the field named.

use super::{Cell, Overrides};
use crate::{
    clean::{ApprovalDraft, Refusal, folded_word},
    record::{Card, Place},
    time::Moment,
};

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    No,
    Item,
    Unit,
    Kind,
    AcceptedAt,
    Promised,
    PromisedAt,
    FinishedAt,
    Outcome,
    Card,
}

/// Each field with its configuration key and the headers it stands under, the most telling first.
const COLUMNS: [(Field, &str, &[&str]); 10] = [
    (
        Field::No,
        "no",
        &[
            "办件编号",
            "受理编号",
            "业务编号",
            "申办流水号",
            "办件流水号",
            "编号",
        ],
    ),
    (
        Field::Item,
        "item",
        &["事项名称", "办理事项", "审批事项", "业务名称", "事项"],
    ),
    (
        Field::Unit,
        "unit",
        &["办理部门", "审批部门", "实施部门", "承办单位", "部门", "窗口"],
    ),
    (Field::Kind, "item_kind", &["办件类型", "办理类型", "事项类型"]),
    (
        Field::AcceptedAt,
        "accepted_at",
        &["受理时间", "申请时间", "收件时间", "受理日期"],
    ),
    (
        Field::Promised,
        "promised",
        &["承诺时限", "承诺期限", "承诺办结时限", "承诺工作日"],
    ),
    (
        Field::PromisedAt,
        "promised_at",
        &["承诺办结时间", "承诺办结日期", "应办结时间", "办结时限"],
    ),
    (
        Field::FinishedAt,
        "finished_at",
        &["办结时间", "实际办结时间", "办结日期", "完成时间"],
    ),
    (Field::Outcome, "outcome", &["办理结果", "审批结果", "办结结果"]),
    (
        Field::Card,
        "card",
        &["亮牌情况", "红黄牌", "预警", "红牌", "监察亮牌"],
    ),
];

/// The keys a configuration may give headers for.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(_, key, _)| *key)
}

/// Where each field stands in a table.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    places: [Option<usize>; COLUMNS.len()],
    headers: Vec<String>,
}

impl Layout {
    /// Reads a row as headers.
    pub(super) fn of(row: &[String], overrides: &Overrides) -> Self {
        let folded: Vec<String> = row
            .iter()
            .map(|header| folded_word(header).trim_matches(['*', ':']).to_owned())
            .collect();
        // 承诺时限（工作日） is 承诺时限: what stands in brackets is its unit.
        let plain = |header: &str| header.split('(').next().unwrap_or_default().trim().to_owned();
        let find = |header: &str| {
            folded
                .iter()
                .position(|given| given == header)
                .or_else(|| folded.iter().position(|given| plain(given) == header))
        };
        let places = COLUMNS
            .each_ref()
            .map(|(_, key, headers)| match overrides.header(key) {
                Some(header) => find(header),
                None => headers.iter().find_map(|header| find(header)),
            });
        Self {
            places,
            headers: row.iter().map(|header| header.trim().to_owned()).collect(),
        }
    }

    fn place(&self, field: Field) -> Option<usize> {
        let index = COLUMNS.iter().position(|(known, ..)| *known == field)?;
        self.places.get(index).copied().flatten()
    }

    fn header(&self, field: Field) -> &str {
        let written = self.place(field).and_then(|place| self.headers.get(place));
        let usual = COLUMNS.iter().find(|(known, ..)| *known == field);
        written.map_or_else(
            || {
                usual
                    .and_then(|(.., headers)| headers.first())
                    .copied()
                    .unwrap_or_default()
            },
            String::as_str,
        )
    }

    /// How many fields were recognised.
    pub(super) fn recognised(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// What no row can do without and this table does not have.
    pub(super) fn missing(&self) -> Option<&'static str> {
        [
            (Field::No, "办件编号"),
            (Field::Item, "事项名称"),
            (Field::AcceptedAt, "受理时间"),
        ]
        .into_iter()
        .find(|(field, _)| self.place(*field).is_none())
        .map(|(_, name)| name)
    }

    /// The headers for an error message, as they stand.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }
}

/// The item of a row, or why it cannot be read and at which field.
pub(super) fn item(layout: &Layout, cells: &[Cell], place: &Place) -> Result<ApprovalDraft, Box<Refusal>> {
    let row = Row { layout, cells, place };
    if row.cell(Field::No).is_lossy_number() {
        let reason = "编号以数值保存，末尾数字可能已丢失，请改为文本格式后重新导出";
        return Err(row.refuse(Field::No, "lossy_number", reason.to_owned()));
    }
    let promised = row.text(Field::Promised);
    let promised_working_days = match limit(&promised) {
        Some(days) => days,
        None => return Err(row.unknown(Field::Promised)),
    };
    // 即办件 without a limit of its own promises the same day.
    let kind = row.text(Field::Kind);
    let at_once = matches!(&*folded_word(&kind), "即办件" | "即办" | "即时办结" | "当场办结");
    let card = match card(&row.text(Field::Card)) {
        Some(card) => card,
        None => return Err(row.unknown(Field::Card)),
    };
    Ok(ApprovalDraft {
        no: row.text(Field::No),
        item: row.text(Field::Item),
        unit: Some(row.text(Field::Unit)),
        accepted_at: row.time(Field::AcceptedAt, Cell::moment)?,
        promised_at: row.time(Field::PromisedAt, Cell::deadline)?,
        promised_working_days: promised_working_days.or(at_once.then_some(0)),
        finished_at: row.time(Field::FinishedAt, Cell::moment)?,
        outcome: Some(row.text(Field::Outcome)),
        card,
    })
}

/// 承诺时限 in working days; 0 is the same day. The outer `None` is an unknown word, the inner one an empty cell.
fn limit(raw: &str) -> Option<Option<u32>> {
    let word = folded_word(raw);
    let days = match &*word {
        "" | "-" | "--" | "/" | "无" => return Some(None),
        "即办" | "即时" | "当场" | "当日" | "当天" | "立即" | "即时办结" | "当场办结" | "当日办结"
        | "当天办结" => 0,
        word => {
            let number = ["个工作日", "工作日", "个工作日内", "日", "天", "d"]
                .into_iter()
                .find_map(|unit| word.strip_suffix(unit))
                .unwrap_or(word);
            number.trim().trim_end_matches(".0").parse().ok()?
        }
    };
    // More than any office promises: a slip, or a day number.
    (days <= 1000).then_some(Some(days))
}

/// The card the office's own system gave. The outer `None` is an unknown word, the inner one none given.
fn card(raw: &str) -> Option<Option<Card>> {
    match &*folded_word(raw) {
        "" | "-" | "/" | "无" | "否" | "正常" | "绿牌" | "绿灯" | "未亮牌" | "0" => Some(None),
        "黄牌" | "黄灯" | "预警" => Some(Some(Card::Yellow)),
        "红牌" | "红灯" | "是" | "超期" | "1" => Some(Some(Card::Red)),
        _ => None,
    }
}

/// A row with the table it stands in.
struct Row<'a> {
    layout: &'a Layout,
    cells: &'a [Cell],
    place: &'a Place,
}

impl Row<'_> {
    fn cell(&self, field: Field) -> &Cell {
        let place = self.layout.place(field);
        place
            .and_then(|place| self.cells.get(place))
            .unwrap_or(&Cell::Empty)
    }

    fn text(&self, field: Field) -> String {
        self.cell(field).text()
    }

    fn time(&self, field: Field, read: fn(&Cell) -> Option<Moment>) -> Result<Option<Moment>, Box<Refusal>> {
        let cell = self.cell(field);
        if cell.is_empty() || matches!(&*cell.text(), "-" | "--" | "/" | "无") {
            return Ok(None);
        }
        let reason = || format!("“{}”不是可识别的时间", self.layout.header(field));
        read(cell)
            .map(Some)
            .ok_or_else(|| self.refuse(field, "bad_time", reason()))
    }

    fn unknown(&self, field: Field) -> Box<Refusal> {
        let reason = format!("“{}”不是可识别的取值", self.layout.header(field));
        self.refuse(field, "unknown_word", reason)
    }

    fn refuse(&self, field: Field, code: &'static str, reason: String) -> Box<Refusal> {
        Box::new(Refusal {
            place: Place {
                field: Some(self.layout.header(field).to_owned()),
                ..self.place.clone()
            },
            reason,
            code,
            excerpt: self.text(Field::Item),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clean::Draft,
        source::{
            Collected,
            spreadsheet::{SpreadsheetConfig, read_csv},
        },
        time::parse,
    };

    const CSV: &str = "政务服务中心办件明细,,,,,,\n\
        办件编号,事项名称,办理部门,办件类型,受理时间,承诺时限（工作日）,办结时间,亮牌情况\n\
        B1,食品经营许可,区市场监管局,承诺件,2016-03-01 09:30,5个工作日,2016-03-03 16:00,无\n\
        B2,营业执照,区市场监管局,即办件,2016-03-01 10:00,,2016-03-01 10:20,\n\
        B3,施工许可,区住建局,承诺件,2016-03-01 11:00,很快,,\n\
        B4,施工许可,区住建局,承诺件,2016-03-01 11:00,10,,红牌\n\
        ,,,,,,,\n\
        B5,施工许可,区住建局,承诺件,上周,10,,\n";

    fn rows() -> Vec<Collected> {
        let config: SpreadsheetConfig = toml::from_str("folder = 'in'\npreset = 'approvals'").unwrap();
        let bytes = CSV.as_bytes().to_vec();
        read_csv("办件.csv", bytes, &config, parse("2016-03-31").unwrap())
            .unwrap()
            .collect()
    }

    #[test]
    fn rows_become_items_and_what_is_unknown_is_refused() {
        let rows = rows();
        assert_eq!(rows.len(), 5);
        let item = |place: usize| match &rows[place].draft {
            Draft::Approval(item) => item,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (item(0).no.as_str(), item(0).promised_working_days),
            ("B1", Some(5))
        );
        assert_eq!(item(1).promised_working_days, Some(0), "即办件");
        assert_eq!(
            (item(3).card, item(3).promised_working_days),
            (Some(Card::Red), Some(10))
        );
        for (place, field, code) in [
            (2, "承诺时限（工作日）", "unknown_word"),
            (4, "受理时间", "bad_time"),
        ] {
            match &rows[place].draft {
                Draft::Refused(refusal) => {
                    assert_eq!(
                        (refusal.place.field.as_deref(), refusal.code),
                        (Some(field), code)
                    );
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn limits_in_every_form() {
        for (raw, days) in [
            ("5", 5),
            ("5个工作日", 5),
            ("20 工作日", 20),
            ("3天", 3),
            ("当场办结", 0),
            ("0", 0),
        ] {
            assert_eq!(limit(raw), Some(Some(days)), "{raw}");
        }
        assert_eq!(limit(" "), Some(None));
        for raw in ["很快", "-3", "42430", "1.5"] {
            assert_eq!(limit(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_table_without_what_it_needs_names_it() {
        let config: SpreadsheetConfig = toml::from_str("folder = 'in'\npreset = 'approvals'").unwrap();
        let error = read_csv(
            "a.csv",
            b"a,b\n1,2\n".to_vec(),
            &config,
            parse("2016-03-31").unwrap(),
        );
        assert!(error.err().unwrap().to_string().contains("办件编号"));
        let own: SpreadsheetConfig =
            toml::from_str("folder = 'in'\npreset = 'approvals'\ncolumns.item = '服务'").unwrap();
        let csv = "编号,服务,受理时间\n1,开户,2016-03-01\n".as_bytes().to_vec();
        assert_eq!(
            read_csv("a.csv", csv, &own, parse("2016-03-31").unwrap())
                .unwrap()
                .count(),
            1
        );
    }
}
