//! Exports as offices write them: titles above the headers, dates in every form, broken rows.

use super::*;
use crate::{
    clean::{Draft, Refusal, TicketDraft},
    record::TicketType,
    time::parse,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn at(text: &str) -> Moment {
    parse(text).unwrap()
}

fn csv_text(text: &str) -> Result<Vec<Collected>, SourceError> {
    csv_bytes(text.as_bytes().to_vec())
}

fn csv_bytes(bytes: Vec<u8>) -> Result<Vec<Collected>, SourceError> {
    read_csv("导出.csv", bytes, &SpreadsheetConfig::default(), at("2016-06-30")).map(Iterator::collect)
}

fn ticket(collected: &Collected) -> &TicketDraft {
    match &collected.draft {
        Draft::Ticket(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

fn refusal(collected: &Collected) -> &Refusal {
    match &collected.draft {
        Draft::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

const CSV: &str = "\
某市热线工单,,,,,\n\
工单编号,受理时间,诉求类型,内容,办结时间,满意度\n\
20160103000001,2016/1/3 10:20,求助,\"路灯\n不亮\",2016/1/4 9:00,基本满意\n\
20160103000002,昨天,投诉,噪音扰民,,\n\
20160103000003,2016/1/3 11:00,吐槽,占道经营,,\n\
,,,,,\n\
20160103000004,2016/1/3 12:00,建议类,增设站点,,还行\n";

#[test]
fn a_status_that_says_unresolved_is_kept() {
    let csv = "工单编号,受理时间,内容,办结时间,工单状态\n1,2016/1/3 10:20,路灯不亮,,办理中\n\
               2,2016/1/3 10:20,路灯不亮,,\n3,2016/1/3 10:20,路灯不亮,2016/1/4 9:00,已办结\n";
    let rows = csv_text(csv).unwrap();
    let unresolved: Vec<bool> = rows.iter().map(|row| ticket(row).unresolved).collect();
    assert_eq!(unresolved, [true, false, false]);
}

#[test]
fn csv_rows_and_what_is_wrong_with_them() {
    let rows = csv_text(CSV).unwrap();
    assert_eq!(rows.len(), 4);
    let first = ticket(&rows[0]);
    assert_eq!(
        (first.no.as_str(), first.body.as_str(), first.r#type),
        ("20160103000001", "路灯\n不亮", Some(TicketType::Help))
    );
    assert_eq!(first.callback.as_ref().unwrap().satisfied, Some(true));
    let wrong: Vec<_> = rows[1..]
        .iter()
        .map(|row| {
            (
                row.place.row.unwrap(),
                row.place.field.as_deref().unwrap(),
                refusal(row).code,
            )
        })
        .collect();
    // A line break inside a cell is no row.
    let expected = [
        (4, "受理时间", "bad_time"),
        (5, "诉求类型", "unknown_word"),
        (7, "满意度", "unknown_word"),
    ];
    assert_eq!(wrong, expected);
    assert!(
        !refusal(&rows[1]).reason.contains("昨天"),
        "the value is not quoted"
    );
}

#[test]
fn a_feeds_late_flag_is_read_and_an_odd_word_of_it_refuses_no_row() {
    let flags = |header: &str, cells: [&str; 4]| {
        let rows = cells.map(|cell| format!("{cell},20160103000001,2016/1/3 10:20,路灯不亮\n"));
        let text = format!("{header},工单编号,受理时间,内容\n{}", rows.concat());
        let rows = csv_text(&text).unwrap();
        rows.iter().map(|row| ticket(row).late).collect::<Vec<_>>()
    };
    let said = [Some(true), Some(false), None, None];
    assert_eq!(flags("是否超期", ["是", "未超期", "", "三天"]), said);
    // The other way round: in time is not late.
    assert_eq!(flags("按期办结", ["否", "是", "-", "？"]), said);
}

#[test]
fn every_encoding_and_separator_reads_the_same() {
    let plain = format!("{:?}", csv_text(CSV).unwrap());
    let gb18030 = encoding_rs::GB18030.encode(CSV).0.into_owned();
    assert_eq!(format!("{:?}", csv_bytes(gb18030).unwrap()), plain);
    assert_eq!(
        format!("{:?}", csv_text(&format!("\u{feff}{CSV}")).unwrap()),
        plain
    );
    for separator in [";", "\t"] {
        assert_eq!(
            format!("{:?}", csv_text(&CSV.replace(',', separator)).unwrap()),
            plain
        );
    }
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(CSV.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(format!("{:?}", csv_bytes(utf16).unwrap()), plain);
}

#[test]
fn a_missing_column_is_named_with_what_was_found() {
    let error = csv_text("工单编号,标题\n1,a\n").err().unwrap();
    assert_eq!(
        error.to_string(),
        "导出.csv has no column for 受理时间; headers found: 工单编号、标题"
    );
    let dead = error.collected(at("2016-06-30"));
    assert_eq!(refusal(&dead).code, "missing_column");
    let error = csv_text("13812345678,张三\n").err().unwrap().to_string();
    assert!(!error.contains("13812345678"), "{error}");
    assert!(matches!(csv_text(""), Err(SourceError::Unreadable { .. })));
    assert!(matches!(
        csv_bytes(vec![0xff, 0x80, 0x00]),
        Err(SourceError::Unreadable { .. })
    ));
}

#[test]
fn status_and_times_must_agree() {
    let row = |status: &str, resolved: &str| {
        let text = format!("编号,受理时间,标题,状态,办结时间\n1,2016-01-03,a,{status},{resolved}\n");
        csv_text(&text).unwrap().remove(0)
    };
    let closed = row("已办结", "");
    assert_eq!(
        (refusal(&closed).code, closed.place.field.as_deref()),
        ("contradiction", Some("办结时间"))
    );
    let open = row("办理中", "2016-01-04");
    assert_eq!(open.place.field.as_deref(), Some("状态"));
    assert!(ticket(&row("已办结", "2016-01-04")).resolved_at.is_some());
    assert!(ticket(&row("办理中", "-")).resolved_at.is_none());
}

#[test]
fn spilled_cells_and_lost_digits_are_refused() {
    let rows = csv_text("编号,受理时间,标题\n1,2016-01-03,a,b\n2.01601E+17,2016-01-03,a\n").unwrap();
    assert_eq!(refusal(&rows[0]).code, "ragged_row");
    assert_eq!(refusal(&rows[1]).code, "lossy_number");
}

#[test]
fn configured_headers_replace_the_built_in() {
    let config: SpreadsheetConfig = toml::from_str("folder = 'in'\ncolumns.no = '内部号'").unwrap();
    let text = "内部号,编号,受理时间,标题\nA1,B1,2016-01-03,a\n";
    let rows: Vec<_> = read_csv("a.csv", text.into(), &config, at("2016-06-30"))
        .unwrap()
        .collect();
    assert_eq!(ticket(&rows[0]).no, "A1");
}

fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let saved = ExcelDateTime::from_ymd(2016, 6, 30)
        .unwrap()
        .and_hms(1, 2, 3)
        .unwrap();
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&saved));
    workbook.add_worksheet().set_name("说明").unwrap();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "热线工单导出").unwrap();
    for (column, header) in [
        "受理编号",
        "来电时间",
        "诉求标题",
        "办结时限",
        "办结时间",
        "来电号码",
    ]
    .iter()
    .enumerate()
    {
        sheet.write(2, column as u16, *header).unwrap();
    }
    let time = Format::new().set_num_format("yyyy/m/d h:mm:ss");
    let accepted = ExcelDateTime::from_ymd(2016, 1, 3)
        .unwrap()
        .and_hms(10, 20, 30)
        .unwrap();
    sheet.write(3, 0, 20_160_103_123_456_f64).unwrap();
    sheet.write_with_format(3, 1, &accepted, &time).unwrap();
    sheet.write(3, 2, "路灯不亮").unwrap();
    sheet
        .write_with_format(3, 3, ExcelDateTime::from_ymd(2016, 1, 8).unwrap(), &time)
        .unwrap();
    sheet.write(3, 4, 42_373.5).unwrap();
    sheet.write(3, 5, 13_812_345_678_f64).unwrap();
    sheet.write(5, 0, "GX1").unwrap();
    sheet.write(5, 1, "去年").unwrap();
    sheet.write(5, 2, "噪音").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_cell_by_cell() {
    let rows: Vec<_> = read_xlsx(
        "a.xlsx",
        workbook(),
        &SpreadsheetConfig::default(),
        at("2020-01-01"),
    )
    .unwrap()
    .collect();
    assert_eq!(rows.len(), 2);
    let first = ticket(&rows[0]);
    assert_eq!(first.no, "20160103123456");
    assert_eq!(first.accepted_at, parse("2016-01-03T10:20:30+08:00"));
    assert_eq!(first.due_at, parse("2016-01-08T23:59:59+08:00"));
    assert_eq!(first.resolved_at, parse("2016-01-04T12:00:00+08:00"));
    assert_eq!(first.caller.as_deref(), Some("13812345678"));
    assert_eq!(
        rows[0].observed_at,
        at("2016-06-30T01:02:03Z"),
        "when the workbook was saved"
    );
    assert_eq!(
        (rows[1].place.row, rows[1].place.field.as_deref()),
        (Some(6), Some("来电时间"))
    );
}

#[test]
fn a_damaged_workbook_is_told_and_never_panics() {
    let good = workbook();
    for cut in (0..good.len()).step_by(97) {
        let mut bytes = good.clone();
        bytes.truncate(cut);
        assert!(read_xlsx("a.xlsx", bytes, &SpreadsheetConfig::default(), at("2020-01-01")).is_err());
    }
    for at_byte in (0..good.len()).step_by(41) {
        let mut bytes = good.clone();
        bytes[at_byte] ^= 0x5a;
        if let Ok(rows) = read_xlsx("a.xlsx", bytes, &SpreadsheetConfig::default(), at("2020-01-01")) {
            let _ = rows.count();
        }
    }
    let missing = SpreadsheetConfig {
        sheet: Some("没有".into()),
        ..SpreadsheetConfig::default()
    };
    assert!(read_xlsx("a.xlsx", good, &missing, at("2020-01-01")).is_err());
}
