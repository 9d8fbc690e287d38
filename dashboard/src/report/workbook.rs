//! The bulletin as a workbook: a sheet a section, tables below each other, charts beside them.

use super::{Cell, Drawn, Report, ReportError, Section, Table};
use rust_xlsxwriter::{Chart, ChartType, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// Rows a chart takes, so that the next table's does not cover it.
const CHART_ROWS: u32 = 16;
/// Bars drawn at most; the table has them all.
const DRAWN: usize = 15;
/// Widths of the first column and of the others, in characters.
const WIDTHS: (f64, f64) = (28.0, 16.0);

struct Formats {
    title: Format,
    head: Format,
    note: Format,
    text: Format,
    count: Format,
}

pub(super) fn write(report: &Report) -> Result<Vec<u8>, ReportError> {
    let formats = Formats {
        title: Format::new().set_bold().set_font_size(14),
        head: Format::new()
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_background_color("F3F0EA")
            .set_text_wrap(),
        note: Format::new().set_font_color("555555"),
        text: Format::new().set_border(FormatBorder::Thin),
        count: Format::new()
            .set_border(FormatBorder::Thin)
            .set_num_format("#,##0")
            .set_align(FormatAlign::Right),
    };
    let mut workbook = Workbook::new();
    for (place, section) in report.sections.iter().enumerate() {
        let sheet = workbook.add_worksheet();
        // A sheet's name may not hold a colon.
        let name: String = section.title.chars().take_while(|c| *c != '：').collect();
        sheet.set_name(&name)?;
        sheet.set_column_width(0, WIDTHS.0)?;
        sheet.set_column_range_width(1, 7, WIDTHS.1)?;
        let mut row = 0;
        if place == 0 {
            sheet.write_string_with_format(0, 0, report.title, &formats.title)?;
            sheet.write_string_with_format(1, 0, &report.subtitle, &formats.note)?;
            row = 3;
        }
        fill(sheet, &name, section, row, &formats)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn fill(
    sheet: &mut Worksheet,
    name: &str,
    section: &Section,
    mut row: u32,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, 0, section.title, &formats.title)?;
    row += 1;
    for note in &section.notes {
        sheet.write_string_with_format(row, 0, note, &formats.note)?;
        row += 1;
    }
    for table in &section.tables {
        row += 1;
        sheet.write_string_with_format(row, 0, table.title, &formats.title)?;
        row += 1;
        let below = rows(sheet, table, row, formats)?;
        if let Some(drawn) = table.chart.filter(|_| !table.rows.is_empty()) {
            let columns = u16::try_from(table.head.len()).unwrap_or_default();
            sheet.insert_chart(row, columns + 1, &chart(name, table, row, drawn))?;
            row = below.max(row + CHART_ROWS);
        } else {
            row = below;
        }
    }
    Ok(())
}

/// Writes a table and gives the row after it.
fn rows(sheet: &mut Worksheet, table: &Table, from: u32, formats: &Formats) -> Result<u32, XlsxError> {
    for (column, head) in (0_u16..).zip(&table.head) {
        sheet.write_string_with_format(from, column, *head, &formats.head)?;
    }
    let mut row = from;
    for cells in &table.rows {
        row += 1;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // Strings only: what begins like a formula is a text.
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.text)?,
                Cell::Count(count) => {
                    sheet.write_number_with_format(row, column, *count as f64, &formats.count)?
                }
            };
        }
    }
    if table.rows.is_empty() {
        row += 1;
        sheet.write_string_with_format(row, 0, "无", &formats.text)?;
    }
    Ok(row + 1)
}

/// The second column of a table, whose head stands in `head`, over its first.
fn chart(name: &str, table: &Table, head: u32, drawn: Drawn) -> Chart {
    let last = head + table.rows.len().min(DRAWN) as u32;
    let mut chart = Chart::new(match drawn {
        Drawn::Columns => ChartType::Column,
        Drawn::Bars => ChartType::Bar,
    });
    chart
        .add_series()
        .set_categories((name, head + 1, 0, last, 0))
        .set_values((name, head + 1, 1, last, 1))
        .set_name(table.head.get(1).copied().unwrap_or_default());
    chart.title().set_name(table.title);
    chart.legend().set_hidden();
    if drawn == Drawn::Bars {
        // The first row on top, as in the table.
        chart.y_axis().set_reverse();
    }
    chart
}
