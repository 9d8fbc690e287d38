//! The same figures in each format, and nothing of what others wrote becomes markup.

use super::{Cell, Format, Report, Section, Table};
use std::io::Cursor;

fn report(unit: &str) -> Report {
    Report {
        title: "通报",
        subtitle: "2016年1月1日至2016年5月31日受理的工单".into(),
        sections: vec![Section {
            title: "附录：口径",
            notes: vec!["分母为零时记为 N/A。".into()],
            tables: vec![
                Table {
                    title: "各单位",
                    head: vec!["承办单位", "受理（件）"],
                    rows: vec![
                        vec![Cell::Text(unit.into()), Cell::Count(1760)],
                        vec![Cell::Text("水务局".into()), Cell::Count(2)],
                    ],
                    chart: Some(super::Drawn::Bars),
                },
                Table {
                    title: "热点",
                    head: vec!["地点"],
                    rows: Vec::new(),
                    chart: None,
                },
            ],
        }],
    }
}

fn text(report: &Report, format: Format) -> String {
    String::from_utf8(report.written(format).unwrap()).unwrap()
}

#[test]
fn a_page_needs_nothing_from_outside_and_names_are_text() {
    let page = text(&report("<script>甲</script>"), Format::Html);
    assert!(page.contains("<td class=\"number\">1,760</td>"), "{page}");
    for outside in ["<script", "http:", "https:", "src=", "<link", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn markdown_tables_keep_their_columns_whatever_a_name_holds() {
    let found = text(&report("甲|乙\n丙"), Format::Markdown);
    assert!(
        found.contains("| 承办单位 | 受理（件） |\n|---|---:|\n| 甲\\|乙 丙 | 1,760 |\n| 水务局 | 2 |\n"),
        "{found}"
    );
    assert!(found.contains("### 热点\n\n无\n"));
}

#[test]
fn a_workbook_has_numbers_texts_and_a_chart() {
    use calamine::{Data, Reader, Xlsx};
    let bytes = report("=HYPERLINK(\"http://x\")").written(Format::Xlsx).unwrap();
    // The archive names its parts in the clear.
    let names = String::from_utf8_lossy(&bytes).into_owned();
    assert!(names.contains("xl/charts/chart1.xml"));
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("附录").unwrap();
    let cells: Vec<&Data> = sheet.cells().map(|(_, _, cell)| cell).collect();
    assert!(cells.contains(&&Data::Float(1760.0)));
    assert!(cells.contains(&&Data::String("=HYPERLINK(\"http://x\")".into())));
    let formulas = book.worksheet_formula("附录").unwrap();
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
}
