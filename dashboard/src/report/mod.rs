//! The bulletin (通报): totals → types → units → callbacks → hot issues → appendix, as a workbook, HTML or Markdown.
//!
//! One content, three ways to write it. Every rate stands with its numerator and denominator; what the figures mean is in
//! the appendix. Counted on one snapshot, so the figures agree with each other and with the pages.

mod annex;
mod content;
mod html;
mod markdown;
#[cfg(test)]
mod tests;
mod workbook;

use analytics::{frame::Snapshot, hot::Thresholds, ledger::Ledger, metrics::RankingRules};
use index::Segmenter;

/// How a bulletin can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A workbook with charts.
    Xlsx,
    /// One self-contained page.
    Html,
    /// Markdown with tables.
    Markdown,
}

impl Format {
    /// The format of a file name's ending.
    pub(crate) fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "xlsx" => Some(Self::Xlsx),
            "html" => Some(Self::Html),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Why a bulletin cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    /// A figure cannot be had.
    #[error(transparent)]
    Metric(#[from] analytics::metrics::MetricError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] analytics::ledger::LedgerError),
    /// The workbook cannot be made.
    #[error("workbook cannot be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The page cannot be rendered.
    #[error("page cannot be rendered: {0}")]
    Page(#[from] askama::Error),
}

/// What a bulletin is counted from.
pub(crate) struct Figures<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) segmenter: &'a Segmenter,
    pub(crate) thresholds: &'a Thresholds,
    pub(crate) ranking: &'a RankingRules,
}

/// A bulletin, ready to be written.
#[derive(Debug)]
pub(crate) struct Report {
    title: &'static str,
    subtitle: String,
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    title: &'static str,
    notes: Vec<String>,
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Table {
    title: &'static str,
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    /// The second column drawn over the first.
    chart: Option<Drawn>,
}

/// How a table is drawn in a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Columns,
    Bars,
}

#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Count(u64),
}

impl Cell {
    /// As people read it.
    fn said(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => crate::pages::format::count(*count),
        }
    }

    fn is_count(&self) -> bool {
        matches!(self, Self::Count(_))
    }
}

impl Report {
    /// The bulletin as a file.
    ///
    /// # Errors
    /// When the workbook or page cannot be made.
    pub(crate) fn written(&self, format: Format) -> Result<Vec<u8>, ReportError> {
        match format {
            Format::Xlsx => workbook::write(self),
            Format::Html => html::write(self),
            Format::Markdown => Ok(markdown::write(self).into_bytes()),
        }
    }
}
