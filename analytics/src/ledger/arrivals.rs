//! In which hours something of each source arrived: what its rhythm is learned from.

use super::{Ledger, LedgerError};
use ingest::time::Moment;
use rusqlite::Connection;
use std::collections::BTreeMap;

pub(super) const HOUR: i64 = 3_600_000;

/// Adds observations of a source by the hour (since 1970) they were made in.
pub(super) fn write(
    connection: &Connection,
    source: &str,
    hours: &BTreeMap<i64, i64>,
) -> Result<(), LedgerError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO arrivals (source, hour, count) VALUES (?1, ?2, ?3)
         ON CONFLICT (source, hour) DO UPDATE SET count = count + ?3",
    )?;
    for (hour, count) in hours {
        statement.execute((source, hour, count))?;
    }
    Ok(())
}

impl Ledger {
    /// The hours (since 1970, sorted, each once) up to `until` in which a record of each source was first observed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn arrivals(&self, until: Moment) -> Result<BTreeMap<String, Vec<i64>>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection
            .prepare_cached("SELECT source, hour FROM arrivals WHERE hour <= ?1 ORDER BY source, hour")?;
        let mut rows = statement.query([until.timestamp_millis().div_euclid(HOUR)])?;
        let mut arrivals: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let source: String = row.get(0)?;
            arrivals.entry(source).or_default().push(row.get(1)?);
        }
        Ok(arrivals)
    }

    /// Dead letters of each source by machine reason: how many, and when the newest was seen; the most first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn dead_reasons(&self) -> Result<BTreeMap<String, Vec<DeadReason>>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT source, json_extract(payload, '$.code') AS code, count(*), max(observed_at) FROM dead
             GROUP BY source, code ORDER BY source, count(*) DESC, code",
        )?;
        let mut rows = statement.query([])?;
        let mut reasons: BTreeMap<String, Vec<DeadReason>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let source: String = row.get(0)?;
            reasons.entry(source).or_default().push(DeadReason {
                code: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                count: row.get::<_, i64>(2)?.unsigned_abs(),
                last_at: ingest::time::from_millis(row.get(3)?),
            });
        }
        Ok(reasons)
    }
}

/// Dead letters of one source for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadReason {
    /// Machine name of the reason.
    pub code: String,
    /// How many.
    pub count: u64,
    /// When the newest was seen.
    pub last_at: Moment,
}
