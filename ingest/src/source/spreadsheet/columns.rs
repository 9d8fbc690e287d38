//! Which column means what: built-in synonyms of Chinese headers, and the configuration's own.

use crate::clean::{folded_word, mask};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// What a column of an export can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    No,
    Title,
    Body,
    Type,
    Topic,
    Channel,
    Region,
    Urgency,
    Caller,
    AcceptedAt,
    Unit,
    DispatchedAt,
    SignedAt,
    ContactedAt,
    DueAt,
    ResolvedAt,
    Status,
    Late,
    InTime,
    RepliedAt,
    Reply,
    Direct,
    Satisfaction,
    Solved,
    CalledBackAt,
    Callback,
}

/// A field with its configuration key and the headers it stands under, the most telling first.
pub(super) struct Column {
    pub(super) field: Field,
    key: &'static str,
    headers: &'static [&'static str],
}

/// All columns an export can have.
#[rustfmt::skip]
const COLUMNS: [Column; 26] = [
    column(Field::No, "no", &["工单编号", "受理编号", "工单号", "受理单号", "诉求编号", "工单流水号", "流水号", "编号"]),
    column(Field::Title, "title", &["标题", "诉求标题", "工单标题", "主题", "诉求主题"]),
    column(Field::Body, "body", &["内容", "诉求内容", "工单内容", "问题描述", "诉求描述", "来电内容", "反映内容", "问题内容"]),
    column(Field::Type, "type", &["诉求类型", "工单类型", "诉求类别", "受理类型", "事件类型", "类型"]),
    column(Field::Topic, "topic", &["诉求领域", "领域", "问题分类", "诉求分类"]),
    column(Field::Channel, "channel", &["来源渠道", "受理渠道", "诉求来源", "工单来源", "来源", "渠道"]),
    column(Field::Region, "region", &["区域", "所属区域", "事发区域", "诉求区域", "所属区县", "区县", "镇街", "所属镇街"]),
    column(Field::Urgency, "urgency", &["紧急程度", "缓急程度", "紧急等级", "工单等级", "优先级"]),
    column(Field::Caller, "caller", &["来电号码", "联系电话", "来电电话", "联系方式", "诉求人电话", "手机号码", "电话"]),
    column(Field::AcceptedAt, "accepted_at", &["受理时间", "来电时间", "登记时间", "诉求时间", "创建时间", "受理日期"]),
    column(Field::Unit, "unit", &["承办单位", "责任单位", "主办单位", "办理单位", "承办部门"]),
    column(Field::DispatchedAt, "dispatched_at", &["派单时间", "转办时间", "交办时间", "派发时间", "转派时间"]),
    column(Field::SignedAt, "signed_at", &["签收时间", "接单时间"]),
    column(Field::ContactedAt, "contacted_at", &["联系时间", "首次联系时间", "响应时间"]),
    column(Field::DueAt, "due_at", &["办结时限", "截止时间", "要求办结时间", "办理时限", "办结期限", "截止日期"]),
    column(Field::ResolvedAt, "resolved_at", &["办结时间", "实际办结时间", "完成时间", "办结日期"]),
    column(Field::Status, "status", &["工单状态", "办理状态", "状态"]),
    column(Field::Late, "late", &["是否超期", "超期", "是否逾期", "逾期", "超期标志", "超期情况"]),
    column(Field::InTime, "in_time", &["按期办结", "是否按期办结", "按时办结", "是否按时办结", "是否按期", "是否按时"]),
    column(Field::RepliedAt, "replied_at", &["答复时间", "回复时间"]),
    column(Field::Reply, "reply", &["答复内容", "办理结果", "回复内容", "处理结果", "答复意见"]),
    column(Field::Direct, "direct", &["办理方式", "直接答复", "是否直接答复", "处理方式"]),
    column(Field::Satisfaction, "satisfaction", &["满意度", "是否满意", "满意情况", "满意度评价"]),
    column(Field::Solved, "solved", &["是否解决", "解决情况"]),
    column(Field::CalledBackAt, "called_back_at", &["回访时间", "回访日期"]),
    column(Field::Callback, "callback", &["回访结果", "回访情况"]),
];

const fn column(field: Field, key: &'static str, headers: &'static [&'static str]) -> Column {
    Column { field, key, headers }
}

fn index(field: Field) -> Option<usize> {
    COLUMNS.iter().position(|column| column.field == field)
}

/// Our field → the export's header, instead of the built-in synonyms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overrides(BTreeMap<&'static str, String>);

impl Overrides {
    /// The header given for a key.
    pub(super) fn header(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Overrides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = BTreeMap::<String, String>::deserialize(deserializer)?;
        let known = |(key, header): (String, String)| {
            let keys = || {
                COLUMNS
                    .iter()
                    .map(|column| column.key)
                    .chain(super::approvals::keys())
            };
            let known = keys().find(|known| *known == key).ok_or_else(|| {
                let nearest = super::super::nearest(&key, keys());
                D::Error::custom(format!("unknown column `{key}`, did you mean `{nearest}`?"))
            })?;
            Ok((known, folded_word(&header)))
        };
        given.into_iter().map(known).collect::<Result<_, _>>().map(Self)
    }
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
        let find = |header: &str| folded.iter().position(|given| given == header);
        let places = COLUMNS
            .each_ref()
            .map(|column| match overrides.header(column.key) {
                Some(header) => find(header),
                None => column.headers.iter().find_map(|header| find(header)),
            });
        Self {
            places,
            headers: row.iter().map(|header| header.trim().to_owned()).collect(),
        }
    }

    /// The column of a field.
    pub(super) fn place(&self, field: Field) -> Option<usize> {
        index(field).and_then(|index| self.places[index])
    }

    /// The header as written, or the field's first synonym.
    pub(super) fn header(&self, field: Field) -> &str {
        let written = self.place(field).and_then(|place| self.headers.get(place));
        let usual = index(field).map_or("", |index| COLUMNS[index].headers[0]);
        written.map_or(usual, String::as_str)
    }

    /// How many fields were recognised.
    pub(super) fn recognised(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// Number of columns with a header.
    pub(super) fn width(&self) -> usize {
        self.headers
            .iter()
            .rposition(|header| !header.is_empty())
            .map_or(0, |last| last + 1)
    }

    /// What no row can do without and this table does not have.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let lacks = |field| self.place(field).is_none();
        if lacks(Field::No) {
            Some("工单编号")
        } else if lacks(Field::AcceptedAt) {
            Some("受理时间")
        } else if lacks(Field::Title) && lacks(Field::Body) {
            Some("标题或内容")
        } else {
            None
        }
    }

    /// The headers as written.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }
}

/// Headers for an error message, masked and bounded.
pub(super) fn shown(headers: &[String]) -> String {
    let headers: Vec<&str> = headers
        .iter()
        .map(String::as_str)
        .filter(|header| !header.is_empty())
        .collect();
    mask(&headers.join("、")).chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for (at, column) in COLUMNS.iter().enumerate() {
            assert_eq!(index(column.field), Some(at), "{} is listed twice", column.key);
            for header in column.headers {
                assert!(seen.insert(header), "{header} stands for two fields");
                assert_eq!(folded_word(header), *header);
            }
        }
    }

    #[test]
    fn headers_are_found_in_any_width_and_the_most_telling_wins() {
        let row = ["编号", " 受理 编号 ", "来电时间：", "＊诉求内容"].map(str::to_owned);
        let layout = Layout::of(&row, &Overrides::default());
        assert_eq!(layout.place(Field::No), Some(1));
        assert_eq!(layout.header(Field::AcceptedAt), "来电时间：");
        assert_eq!(layout.missing(), None);
    }

    #[test]
    fn a_wrong_key_names_the_nearest() {
        let error = toml::from_str::<BTreeMap<String, Overrides>>("columns.titel = '名称'").unwrap_err();
        assert!(error.to_string().contains("did you mean `title`"), "{error}");
    }
}
