//! Hotline exports: one row per ticket, Chinese headers, XLSX or CSV.
//!
//! Must never guess: a row that cannot be read as it stands is refused with the field named, the others go on.

mod cell;
mod columns;
pub(super) mod csv;
mod row;
#[cfg(test)]
mod tests;
mod xlsx;

pub use columns::Overrides;

use super::{Collected, Drafts, SourceError};
use crate::{
    clean::{Draft, Refusal},
    record::Place,
    time::Moment,
};
use cell::Cell;
use columns::Layout;
use serde::Deserialize;
use std::path::PathBuf;

/// Settings of a `spreadsheet` source.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct SpreadsheetConfig {
    /// Folder that is watched for `.xlsx` and `.csv` files.
    pub folder: PathBuf,
    /// Sheet of a workbook; the first that holds anything where none is named.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Our field → the export's header, where the built-in synonyms do not know it: `no = "流水单号"`.
    #[serde(default)]
    pub columns: Overrides,
}

/// Rows a title or a filter line may stand above the headers.
const HEADER_WITHIN: usize = 10;

/// From here on the file is not what it should be.
#[derive(Debug)]
struct Damage {
    row: Option<u64>,
}

/// Rows with their 1-based number as a spreadsheet shows it.
type Rows = Box<dyn Iterator<Item = Result<(u64, Vec<Cell>), Damage>> + Send>;

/// The tickets of a workbook. They count as seen when it was last saved, or at `modified_at` if it does not say.
///
/// # Errors
/// When it is no workbook, or lacks a column that no row can do without.
pub fn read_xlsx(
    file: &str,
    bytes: Vec<u8>,
    config: &SpreadsheetConfig,
    modified_at: Moment,
) -> Result<Drafts, SourceError> {
    let (rows, saved_at) =
        xlsx::rows(bytes, config.sheet.as_deref()).map_err(|reason| unreadable(file, reason))?;
    drafts(file, rows, config, saved_at.unwrap_or(modified_at))
}

/// The tickets of a CSV file, seen at `modified_at`.
///
/// # Errors
/// When its encoding is unknown, or it lacks a column that no row can do without.
pub fn read_csv(
    file: &str,
    bytes: Vec<u8>,
    config: &SpreadsheetConfig,
    modified_at: Moment,
) -> Result<Drafts, SourceError> {
    let rows = csv::rows(bytes).map_err(|reason| unreadable(file, reason))?;
    drafts(file, rows, config, modified_at)
}

fn unreadable(file: &str, reason: String) -> SourceError {
    SourceError::Unreadable {
        file: file.to_owned(),
        reason,
    }
}

fn drafts(
    file: &str,
    mut rows: Rows,
    config: &SpreadsheetConfig,
    observed_at: Moment,
) -> Result<Drafts, SourceError> {
    let layout = header(file, &mut rows, config)?;
    let file = file.to_owned();
    let collected = move |row: Result<(u64, Vec<Cell>), Damage>| match row {
        Ok((_, cells)) if cells.iter().all(Cell::is_empty) => None,
        Ok((row, cells)) => {
            let place = Place {
                origin: file.clone(),
                row: Some(row),
                field: None,
            };
            Some(
                match (row::Row {
                    layout: &layout,
                    cells: &cells,
                    place: &place,
                })
                .ticket()
                {
                    Ok(ticket) => Collected {
                        draft: Draft::Ticket(Box::new(ticket)),
                        place,
                        observed_at,
                    },
                    Err(refusal) => Collected::refused(*refusal, observed_at),
                },
            )
        }
        Err(Damage { row }) => {
            let refusal = Refusal {
                place: Place {
                    origin: file.clone(),
                    row,
                    field: None,
                },
                reason: "文件从此处起损坏，其后的行无法读取".to_owned(),
                code: "damaged_file",
                excerpt: String::new(),
            };
            Some(Collected::refused(refusal, observed_at))
        }
    };
    Ok(Box::new(rows.filter_map(collected)))
}

/// The first row that has every column a ticket needs.
fn header(file: &str, rows: &mut Rows, config: &SpreadsheetConfig) -> Result<Layout, SourceError> {
    let mut best: Option<Layout> = None;
    for row in rows.take(HEADER_WITHIN) {
        let (_, cells) = row.map_err(|_| unreadable(file, "damaged before the header row".to_owned()))?;
        let texts: Vec<String> = cells.iter().map(Cell::text).collect();
        let layout = Layout::of(&texts, &config.columns);
        if layout.missing().is_none() {
            return Ok(layout);
        }
        if best
            .as_ref()
            .is_none_or(|best| layout.recognised() > best.recognised())
        {
            best = Some(layout);
        }
    }
    let best = best.ok_or_else(|| unreadable(file, "no rows".to_owned()))?;
    Err(SourceError::Column {
        file: file.to_owned(),
        missing: best.missing().unwrap_or_default().to_owned(),
        found: best.found(),
    })
}
