//! What ledger and index hold, in a form that can be compared.

use analytics::{deadline::Rules, ledger::Ledger};
use anyhow::Result;
use index::{Segmenter, writer::Index};
use serde_json::Value;
use std::path::Path;

/// The ledger of a data folder, to read.
///
/// # Errors
/// When it cannot be opened.
pub fn ledger(data: &Path) -> Result<Ledger> {
    Ok(Ledger::open_reader(
        &data.join("ledger.sqlite"),
        Rules::embedded()?,
    )?)
}

/// Every row of the ledger's tables and every live document, without what depends on where a record stood on the log.
#[derive(Debug, PartialEq)]
pub struct Held {
    /// Table and row as text, sorted.
    pub rows: Vec<String>,
    /// Stored fields, sorted.
    pub documents: Vec<Value>,
}

/// Reads everything both sinks of a data folder hold.
///
/// # Errors
/// When one of them cannot be read.
pub fn held(data: &Path) -> Result<Held> {
    let index = Index::open_reader(&data.join("index"), Segmenter::new("")?)?;
    Ok(Held {
        rows: ledger(data)?.rows()?,
        documents: index.live_documents()?,
    })
}
