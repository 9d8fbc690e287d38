//! Invented hotline exports.

use anyhow::Result;
use rust_xlsxwriter::Workbook;
use std::path::Path;

/// Headers of the export, as a hotline system writes them.
pub const HEADERS: [&str; 14] = [
    "受理编号",
    "来电时间",
    "诉求类型",
    "标题",
    "内容",
    "来电号码",
    "承办单位",
    "派单时间",
    "签收时间",
    "办结时限",
    "办结时间",
    "状态",
    "满意度",
    "答复内容",
];

/// One row of the export: texts in the order of [`HEADERS`].
pub type Row = [String; 14];

/// `count` good rows, each with its own number, day and text.
pub fn rows(count: usize) -> Vec<Row> {
    let types = ["求助", "投诉", "咨询", "建议", "表扬"];
    let matters = [
        "路灯不亮",
        "小区停水",
        "施工噪声",
        "公交线路调整",
        "社区工作人员热心",
    ];
    (0..count)
        .map(|n| {
            let day = n % 28 + 1;
            let month = n / 28 % 5 + 1;
            let matter = matters[n % 5];
            let resolved = n % 7 != 3;
            let or_empty = |text: String| if resolved { text } else { String::new() };
            [
                format!("XJ2016{n:06}"),
                format!("2016-{month:02}-{day:02} 09:{:02}:00", n % 60),
                types[n % 5].to_owned(),
                format!("柳荫路{}号{matter}", n + 1),
                format!(
                    "市民反映：柳荫路{}号附近{matter}，已持续{}天，希望尽快处理。",
                    n + 1,
                    n % 9 + 1
                ),
                format!("1390000{:04}", n % 10_000),
                ["城市管理局", "供水公司", "生态环境分局"][n % 3].to_owned(),
                format!("2016-{month:02}-{day:02} 10:{:02}:00", n % 60),
                format!("2016-{month:02}-{day:02} 11:{:02}:00", n % 60),
                format!("2016-{:02}-{day:02} 23:59:59", month + 1),
                or_empty(format!("2016-{month:02}-{day:02} 17:{:02}:00", n % 60)),
                if resolved { "已办结" } else { "办理中" }.to_owned(),
                or_empty("满意".to_owned()),
                or_empty(format!("经核实，{matter}一事已处理，并已告知来电人。")),
            ]
        })
        .collect()
}

/// Writes an XLSX export with one title row above the headers.
///
/// # Errors
/// When the file cannot be written.
pub fn write_xlsx(path: &Path, rows: &[Row]) -> Result<()> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "12345热线工单导出")?;
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write(1, column, header)?;
    }
    for (line, row) in (2..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            sheet.write(line, column, cell.as_str())?;
        }
    }
    Ok(book.save(path)?)
}
