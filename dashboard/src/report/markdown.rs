//! The bulletin as Markdown with tables.

use super::{Report, Table};
use std::fmt::Write;

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# {}\n\n{}", report.title, escaped(&report.subtitle));
    for (section, number) in report.sections.iter().zip(1..) {
        let _ = writeln!(out, "\n## {number}. {}", section.title);
        for note in &section.notes {
            let _ = writeln!(out, "\n{}", escaped(note));
        }
        for table in &section.tables {
            let _ = writeln!(out, "\n### {}\n", table.title);
            rows(&mut out, table);
        }
    }
    out
}

fn rows(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        out.push_str("无\n");
        return;
    }
    // A column of numbers stands right.
    let counts = |place: usize| {
        table
            .rows
            .iter()
            .all(|row| row.get(place).is_some_and(super::Cell::is_count))
    };
    let rules: Vec<&str> = (0..table.head.len())
        .map(|place| if counts(place) { "---:" } else { "---" })
        .collect();
    let _ = writeln!(out, "| {} |\n|{}|", table.head.join(" | "), rules.join("|"));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| escaped(&cell.said())).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// Text that stays text: names of units and places are written by others.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
