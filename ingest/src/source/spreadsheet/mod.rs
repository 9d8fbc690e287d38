//! Hotline exports: one row per ticket, Chinese headers, XLSX or CSV.
//!
//! Must never guess: a row that cannot be read as it stands is refused with the field named, the others go on.

mod approvals;
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
    /// What the rows are, where they are no tickets.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Sheet of a workbook; the first that holds anything where none is named.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Our field → the export's header, where the built-in synonyms do not know it: `no = "流水单号"`.
    #[serde(default)]
    pub columns: Overrides,
}

/// Tables of other offices that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Items of an approvals office (行政审批办件), counted apart from all tickets.
    Approvals,
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
    let reading = header(file, &mut rows, config)?;
    let file = file.to_owned();
    let collected = move |row: Result<(u64, Vec<Cell>), Damage>| match row {
        Ok((_, cells)) if cells.iter().all(Cell::is_empty) => None,
        Ok((row, cells)) => {
            let place = Place {
                origin: file.clone(),
                row: Some(row),
                field: None,
            };
            Some(match reading.draft(&cells, &place) {
                Ok(draft) => Collected {
                    draft,
                    place,
                    observed_at,
                },
                Err(refusal) => Collected::refused(*refusal, observed_at),
            })
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

/// How the rows of a table are read.
enum Reading {
    Tickets(Box<Layout>),
    Approvals(approvals::Layout),
}

impl Reading {
    fn of(row: &[String], config: &SpreadsheetConfig) -> Self {
        match config.preset {
            None => Self::Tickets(Box::new(Layout::of(row, &config.columns))),
            Some(Preset::Approvals) => Self::Approvals(approvals::Layout::of(row, &config.columns)),
        }
    }

    fn draft(&self, cells: &[Cell], place: &Place) -> Result<Draft, Box<Refusal>> {
        match self {
            Self::Tickets(layout) => {
                let row = row::Row { layout, cells, place };
                row.ticket().map(|ticket| Draft::Ticket(Box::new(ticket)))
            }
            Self::Approvals(layout) => {
                approvals::item(layout, cells, place).map(|item| Draft::Approval(Box::new(item)))
            }
        }
    }

    /// What no row can do without and this table does not have.
    fn missing(&self) -> Option<&'static str> {
        match self {
            Self::Tickets(layout) => layout.missing(),
            Self::Approvals(layout) => layout.missing(),
        }
    }

    fn recognised(&self) -> usize {
        match self {
            Self::Tickets(layout) => layout.recognised(),
            Self::Approvals(layout) => layout.recognised(),
        }
    }

    fn headers(&self) -> &[String] {
        match self {
            Self::Tickets(layout) => layout.headers(),
            Self::Approvals(layout) => layout.headers(),
        }
    }
}

/// The first row that has every column the rows need.
fn header(file: &str, rows: &mut Rows, config: &SpreadsheetConfig) -> Result<Reading, SourceError> {
    let mut best: Option<Reading> = None;
    for row in rows.take(HEADER_WITHIN) {
        let (_, cells) = row.map_err(|_| unreadable(file, "damaged before the header row".to_owned()))?;
        let texts: Vec<String> = cells.iter().map(Cell::text).collect();
        let reading = Reading::of(&texts, config);
        if reading.missing().is_none() {
            return Ok(reading);
        }
        if best
            .as_ref()
            .is_none_or(|best| reading.recognised() > best.recognised())
        {
            best = Some(reading);
        }
    }
    let best = best.ok_or_else(|| unreadable(file, "no rows".to_owned()))?;
    Err(SourceError::Column {
        file: file.to_owned(),
        missing: best.missing().unwrap_or_default().to_owned(),
        found: columns::shown(best.headers()),
    })
}
