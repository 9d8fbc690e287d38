//! What collection remembers between visits, so that it asks no server twice for what it has: `collect.sqlite`.
//!
//! This is politeness, never a source of truth: delete the file, and everything is fetched once more, recognised by
//! its ids, and adds nothing. An address counts as done only after its record is durable on the log, so every
//! [`Visit`] carries a [`Confirm`] that is handed back here once its drafts are appended. Statements take
//! microseconds on a local file; they run where they are called.

mod frontier;
mod reading;
mod visit;
mod visits;

pub use frontier::{Bounds, FoundList};
pub(super) use reading::{Reading, SHORTEST_TEXT};
pub(super) use visit::Visitor;
pub use visit::{Confirm, Summary, Visit, VisitError};
pub use visits::VisitNote;

use crate::{
    fetch::Validators,
    time::{Moment, from_millis},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A page that failed this often is given up.
pub(super) const MAX_TRIES: u32 = 5;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS source (
        name TEXT PRIMARY KEY, last_attempt INTEGER, last_success INTEGER, last_error TEXT,
        fetched INTEGER NOT NULL DEFAULT 0, yielded INTEGER NOT NULL DEFAULT 0,
        refused INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE IF NOT EXISTS page (
        source TEXT NOT NULL, key TEXT NOT NULL, done INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        digest TEXT, etag TEXT, last_modified TEXT, PRIMARY KEY (source, key)) STRICT;
    CREATE INDEX IF NOT EXISTS waiting ON page (source) WHERE done = 0;
    CREATE TABLE IF NOT EXISTS file (
        source TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
        PRIMARY KEY (source, path)) STRICT;
";

/// What collection remembers.
#[derive(Debug)]
pub struct CollectState(Mutex<Connection>);

/// Why it could not be remembered.
#[derive(Debug, thiserror::Error)]
#[error("collection state failed: {0}")]
pub struct StateError(#[from] rusqlite::Error);

/// How a source fares, for its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// Name of the configured source.
    pub name: String,
    /// Begin of the latest visit.
    pub last_attempt: Option<Moment>,
    /// Begin of the latest visit that reached the source.
    pub last_success: Option<Moment>,
    /// Machine code of the latest visit's failure; `None` when it succeeded.
    pub last_error: Option<String>,
    /// Sums over all visits.
    pub totals: Summary,
    /// Addresses found but not fetched yet.
    pub waiting: u64,
}

/// What is known of one page or feed item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Its record is on the log, or it was refused for good.
    pub done: bool,
    /// How often it failed since it was last read.
    pub tries: u32,
    /// Digest of the content at the last visit.
    pub digest: Option<String>,
    /// To ask "changed since?" with.
    pub validators: Validators,
}

impl CollectState {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// When SQLite cannot open it or it is no database.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        Self::with(Connection::open(path)?)
    }

    /// A memory that ends with the process: for trying out a source.
    ///
    /// # Errors
    /// When SQLite cannot be set up.
    pub fn in_memory() -> Result<Self, StateError> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, StateError> {
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(frontier::SCHEMA)?;
        connection.execute_batch(visits::SCHEMA)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// A panic elsewhere leaves no half statement behind, so a poisoned lock is as good as any.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a page or item of a source.
    ///
    /// # Errors
    /// When SQLite fails; so below.
    pub fn known(&self, source: &str, key: &str) -> Result<Option<Known>, StateError> {
        let sql = "SELECT done, tries, digest, etag, last_modified FROM page WHERE source = ?1 AND key = ?2";
        let read = |row: &Row<'_>| {
            Ok(Known {
                done: row.get(0)?,
                tries: row.get(1)?,
                digest: row.get(2)?,
                validators: Validators {
                    etag: row.get(3)?,
                    last_modified: row.get(4)?,
                },
            })
        };
        let connection = self.connection();
        Ok(connection
            .prepare_cached(sql)?
            .query_row(params![source, key], read)
            .optional()?)
    }

    /// Remembers addresses to fetch; says how many were new.
    pub fn discover<'a>(
        &self,
        source: &str,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<usize, StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let mut new = 0;
        for key in keys {
            let sql = "INSERT OR IGNORE INTO page (source, key, done) VALUES (?1, ?2, 0)";
            new += transaction.prepare_cached(sql)?.execute(params![source, key])?;
        }
        transaction.commit()?;
        Ok(new)
    }

    /// Addresses found but not done: the least tried first, then as they were found.
    pub fn waiting(&self, source: &str, limit: usize) -> Result<Vec<String>, StateError> {
        let connection = self.connection();
        let sql = "SELECT key FROM page WHERE source = ?1 AND done = 0 ORDER BY tries, rowid LIMIT ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![source, limit as i64], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts one failure of a page that may pass; says how many there were.
    pub fn failed(&self, source: &str, key: &str) -> Result<u32, StateError> {
        let sql = "INSERT INTO page (source, key, done, tries) VALUES (?1, ?2, 0, 1)
                   ON CONFLICT DO UPDATE SET tries = tries + 1 RETURNING tries";
        Ok(self
            .connection()
            .prepare_cached(sql)?
            .query_row(params![source, key], |row| row.get(0))?)
    }

    /// Marks what a [`Visit`] brought as done. Call it after the visit's drafts are durable on the log, never before.
    pub fn confirm(&self, confirm: &Confirm) -> Result<(), StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (key, digest, validators) in &confirm.pages {
            let sql = "INSERT OR REPLACE INTO page (source, key, done, digest, etag, last_modified)
                       VALUES (?1, ?2, 1, ?3, ?4, ?5)";
            let values = params![
                confirm.source,
                key,
                digest,
                validators.etag,
                validators.last_modified
            ];
            transaction.prepare_cached(sql)?.execute(values)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Writes down how a visit that began at `at` went. The counts of a failed visit are counted too.
    pub fn visited(
        &self,
        source: &str,
        at: Moment,
        counts: Summary,
        error: Option<&str>,
    ) -> Result<(), StateError> {
        let sql = "INSERT INTO source (name, last_attempt, last_success, last_error, fetched, yielded, refused, unchanged)
                   VALUES (?1, ?2, iif(?3 IS NULL, ?2, NULL), ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT DO UPDATE SET last_attempt = excluded.last_attempt, last_error = excluded.last_error,
                       last_success = coalesce(excluded.last_success, last_success),
                       fetched = fetched + excluded.fetched, yielded = yielded + excluded.yielded,
                       refused = refused + excluded.refused, unchanged = unchanged + excluded.unchanged";
        let Summary {
            fetched,
            yielded,
            refused,
            unchanged,
        } = counts;
        let values = params![
            source,
            at.timestamp_millis(),
            error,
            fetched as i64,
            yielded as i64,
            refused as i64,
            unchanged as i64
        ];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// How every source visited so far fares, by name.
    pub fn sources(&self) -> Result<Vec<SourceStatus>, StateError> {
        let connection = self.connection();
        let sql = "SELECT name, last_attempt, last_success, last_error, fetched, yielded, refused, unchanged,
                   (SELECT count(*) FROM page WHERE source = name AND done = 0) FROM source ORDER BY name";
        let moment = |millis: Option<i64>| millis.map(from_millis);
        let count = |row: &Row<'_>, at: usize| {
            row.get::<_, i64>(at)
                .map(|count| u64::try_from(count).unwrap_or(0))
        };
        let read = |row: &Row<'_>| {
            Ok(SourceStatus {
                name: row.get(0)?,
                last_attempt: moment(row.get(1)?),
                last_success: moment(row.get(2)?),
                last_error: row.get(3)?,
                totals: Summary {
                    fetched: count(row, 4)?,
                    yielded: count(row, 5)?,
                    refused: count(row, 6)?,
                    unchanged: count(row, 7)?,
                },
                waiting: count(row, 8)?,
            })
        };
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a watched file of this size and modification time was read to its end.
    pub fn file_done(
        &self,
        source: &str,
        path: &str,
        size: u64,
        modified: Moment,
    ) -> Result<bool, StateError> {
        let sql = "SELECT 1 FROM file WHERE source = ?1 AND path = ?2 AND size = ?3 AND modified = ?4";
        let values = params![source, path, size as i64, modified.timestamp_millis()];
        Ok(self.connection().prepare_cached(sql)?.exists(values)?)
    }

    /// Remembers that a watched file was read to its end and its records are durable.
    pub fn confirm_file(
        &self,
        source: &str,
        path: &str,
        size: u64,
        modified: Moment,
    ) -> Result<(), StateError> {
        let sql = "INSERT OR REPLACE INTO file (source, path, size, modified) VALUES (?1, ?2, ?3, ?4)";
        let values = params![source, path, size as i64, modified.timestamp_millis()];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::now;

    #[test]
    fn what_is_not_confirmed_is_not_done_and_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("collect.sqlite");
        let state = CollectState::open(&path).unwrap();
        assert_eq!(state.discover("a", ["x", "y", "x"]).unwrap(), 2);
        assert_eq!(state.failed("a", "x").unwrap(), 1);
        drop(state);
        let state = CollectState::open(&path).unwrap();
        assert_eq!(state.waiting("a", 10).unwrap(), ["y", "x"]);
        assert_eq!(state.waiting("b", 10).unwrap(), Vec::<String>::new());
        let mut confirm = Confirm::new("a");
        let etag = Validators {
            etag: Some("\"1\"".into()),
            last_modified: None,
        };
        confirm.add("x", Some("d".into()), etag.clone());
        state.confirm(&confirm).unwrap();
        let known = Known {
            done: true,
            tries: 0,
            digest: Some("d".into()),
            validators: etag,
        };
        assert_eq!(state.known("a", "x").unwrap(), Some(known));
        assert_eq!(state.known("b", "x").unwrap(), None);
        assert_eq!(state.discover("a", ["x"]).unwrap(), 0);
        assert_eq!(state.waiting("a", 10).unwrap(), ["y"]);
    }

    #[test]
    fn a_failure_keeps_the_last_success_and_adds_its_counts() {
        let state = CollectState::in_memory().unwrap();
        let (first, second) = (from_millis(1_000), from_millis(2_000));
        let counts = Summary {
            fetched: 3,
            yielded: 2,
            refused: 1,
            unchanged: 0,
        };
        state.visited("a", first, counts, None).unwrap();
        state
            .visited(
                "a",
                second,
                Summary {
                    fetched: 1,
                    ..Summary::default()
                },
                Some("timeout"),
            )
            .unwrap();
        let status = state.sources().unwrap().remove(0);
        assert_eq!(
            (status.last_attempt, status.last_success),
            (Some(second), Some(first))
        );
        assert_eq!(
            (status.last_error.as_deref(), status.totals.fetched),
            (Some("timeout"), 4)
        );
    }

    #[test]
    fn a_changed_file_is_not_done() {
        let state = CollectState::in_memory().unwrap();
        let at = now();
        assert!(!state.file_done("a", "f.csv", 10, at).unwrap());
        state.confirm_file("a", "f.csv", 10, at).unwrap();
        assert!(state.file_done("a", "f.csv", 10, at).unwrap());
        assert!(!state.file_done("a", "f.csv", 11, at).unwrap());
    }
}
