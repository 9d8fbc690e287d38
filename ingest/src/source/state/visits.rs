//! How the latest visits of each source went, and what a person asked of it: pause, resume, read again.
//!
//! All of it is in `collect.sqlite`, so it survives a restart and reaches a collector in another process.

use super::{CollectState, StateError, Summary};
use crate::time::{Moment, from_millis};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Visits remembered of each source: enough to tell a bad day from a bad minute.
const REMEMBERED: i64 = 48;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS visit (
        source TEXT NOT NULL, at INTEGER NOT NULL, fetched INTEGER NOT NULL, yielded INTEGER NOT NULL,
        refused INTEGER NOT NULL, unchanged INTEGER NOT NULL, error TEXT, codes TEXT NOT NULL,
        PRIMARY KEY (source, at)) STRICT;
    CREATE TABLE IF NOT EXISTS control (
        source TEXT PRIMARY KEY, paused_since INTEGER, asked INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE IF NOT EXISTS refusal (
        source TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (source, key)) STRICT;
";

/// How one visit went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitNote {
    /// When it began.
    pub at: Moment,
    /// What it did.
    pub summary: Summary,
    /// Machine code of what ended it early.
    pub error: Option<String>,
    /// Items refused by machine code of the reason.
    pub codes: BTreeMap<String, u64>,
}

impl CollectState {
    /// Writes down how a visit went; the oldest are forgotten.
    ///
    /// # Errors
    /// When SQLite fails; so below.
    pub fn note_visit(&self, source: &str, note: &VisitNote) -> Result<(), StateError> {
        let codes = serde_json::to_string(&note.codes).unwrap_or_default();
        let connection = self.connection();
        connection
            .prepare_cached("INSERT OR REPLACE INTO visit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                source,
                note.at.timestamp_millis(),
                note.summary.fetched as i64,
                note.summary.yielded as i64,
                note.summary.refused as i64,
                note.summary.unchanged as i64,
                note.error,
                codes
            ])?;
        connection
            .prepare_cached(
                "DELETE FROM visit WHERE source = ?1 AND at <=
                 (SELECT at FROM visit WHERE source = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute(params![source, REMEMBERED])?;
        Ok(())
    }

    /// The visits remembered of a source, newest first.
    pub fn visits(&self, source: &str) -> Result<Vec<VisitNote>, StateError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT at, fetched, yielded, refused, unchanged, error, codes FROM visit WHERE source = ?1 ORDER BY at DESC",
        )?;
        let rows = statement.query_map([source], |row| {
            let count = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
            Ok(VisitNote {
                at: from_millis(row.get(0)?),
                summary: Summary {
                    fetched: count(1)?,
                    yielded: count(2)?,
                    refused: count(3)?,
                    unchanged: count(4)?,
                },
                error: row.get(5)?,
                codes: serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Pauses a source from `at` on; says whether it was not paused before.
    pub fn pause(&self, source: &str, at: Moment) -> Result<bool, StateError> {
        let changed = self
            .connection()
            .prepare_cached(
                "INSERT INTO control (source, paused_since) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET paused_since = excluded.paused_since WHERE paused_since IS NULL",
            )?
            .execute(params![source, at.timestamp_millis()])?;
        Ok(changed > 0)
    }

    /// Resumes a source; says whether it was paused.
    pub fn resume(&self, source: &str) -> Result<bool, StateError> {
        let changed = self
            .connection()
            .prepare_cached(
                "UPDATE control SET paused_since = NULL WHERE source = ?1 AND paused_since IS NOT NULL",
            )?
            .execute([source])?;
        Ok(changed > 0)
    }

    /// Since when a source is paused.
    pub fn paused(&self, source: &str) -> Result<Option<Moment>, StateError> {
        let since: Option<Option<i64>> = self
            .connection()
            .prepare_cached("SELECT paused_since FROM control WHERE source = ?1")?
            .query_row([source], |row| row.get(0))
            .optional()?;
        Ok(since.flatten().map(from_millis))
    }

    /// Remembers that a page or item was refused, until it is read or read again.
    pub(in crate::source) fn refused(&self, source: &str, key: &str) -> Result<(), StateError> {
        self.connection()
            .prepare_cached("INSERT OR IGNORE INTO refusal (source, key) VALUES (?1, ?2)")?
            .execute([source, key])?;
        Ok(())
    }

    /// Forgets what was refused of a source, so that its origin is read again: pages and items at a visit that is asked
    /// for now, files at the next look (`files`: their names without folders). Says how many there are. What the server
    /// calls unchanged is asked for anew, because a feed that did not change hides the items that could not be read.
    pub fn read_again(&self, source: &str, files: &[String]) -> Result<u64, StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let pages = transaction
            .prepare_cached(
                "UPDATE page SET done = 0, tries = 0, digest = NULL
                 WHERE source = ?1 AND key IN (SELECT key FROM refusal WHERE source = ?1)",
            )?
            .execute([source])?;
        transaction
            .prepare_cached("UPDATE page SET etag = NULL, last_modified = NULL WHERE source = ?1")?
            .execute([source])?;
        transaction
            .prepare_cached("DELETE FROM refusal WHERE source = ?1")?
            .execute([source])?;
        let mut read = 0;
        let known: Vec<String> = transaction
            .prepare_cached("SELECT path FROM file WHERE source = ?1")?
            .query_map([source], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for path in known {
            let name = std::path::Path::new(&path)
                .file_name()
                .map(|name| name.to_string_lossy());
            if name.is_some_and(|name| files.iter().any(|file| *file == name)) {
                read += transaction
                    .prepare_cached("DELETE FROM file WHERE source = ?1 AND path = ?2")?
                    .execute([source, &path])?;
            }
        }
        transaction
            .prepare_cached(
                "INSERT INTO control (source, asked) VALUES (?1, 1) ON CONFLICT DO UPDATE SET asked = 1",
            )?
            .execute([source])?;
        transaction.commit()?;
        Ok((pages + read) as u64)
    }

    /// Keys of a source whose digest begins with `mark`, in the order of the keys.
    pub(in crate::source) fn keys_marked(&self, source: &str, mark: &str) -> Result<Vec<String>, StateError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT key FROM page WHERE source = ?1 AND digest >= ?2 AND digest < ?2 || char(1114111) ORDER BY key",
        )?;
        let rows = statement.query_map([source, mark], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a visit was asked for; asked for once, it is granted once.
    pub fn take_asked(&self, source: &str) -> Result<bool, StateError> {
        let changed = self
            .connection()
            .prepare_cached("UPDATE control SET asked = 0 WHERE source = ?1 AND asked = 1")?
            .execute([source])?;
        Ok(changed > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fetch::Validators, source::state::Confirm};

    #[test]
    fn a_pause_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("collect.sqlite");
        let state = CollectState::open(&path).unwrap();
        assert_eq!(state.paused("a").unwrap(), None);
        assert!(state.pause("a", from_millis(5_000)).unwrap());
        assert!(
            !state.pause("a", from_millis(9_000)).unwrap(),
            "it was paused before"
        );
        drop(state);
        let state = CollectState::open(&path).unwrap();
        assert_eq!(state.paused("a").unwrap(), Some(from_millis(5_000)));
        assert_eq!(state.paused("b").unwrap(), None);
        assert!(state.resume("a").unwrap() && !state.resume("a").unwrap());
        assert_eq!(state.paused("a").unwrap(), None);
    }

    #[test]
    fn only_the_latest_visits_are_remembered() {
        let state = CollectState::in_memory().unwrap();
        for at in 0..60 {
            let note = VisitNote {
                at: from_millis(at * 1000),
                summary: Summary {
                    fetched: 3,
                    ..Summary::default()
                },
                error: (at == 59).then(|| "robots".to_owned()),
                codes: BTreeMap::from([("no_text".to_owned(), 2)]),
            };
            state.note_visit("a", &note).unwrap();
        }
        let visits = state.visits("a").unwrap();
        assert_eq!(visits.len(), 48);
        assert_eq!(
            (visits[0].at, visits[0].error.as_deref()),
            (from_millis(59_000), Some("robots"))
        );
        assert_eq!(visits[47].codes["no_text"], 2);
    }

    #[test]
    fn what_was_refused_is_read_again_and_nothing_else() {
        let state = CollectState::in_memory().unwrap();
        let validators = Validators {
            etag: Some("\"1\"".into()),
            last_modified: None,
        };
        let mut confirm = Confirm::new("a");
        for key in ["good", "bad", "list"] {
            confirm.add(key, Some("d".into()), validators.clone());
        }
        state.confirm(&confirm).unwrap();
        state.refused("a", "bad").unwrap();
        state
            .confirm_file("a", "/in/week.csv", 1, from_millis(0))
            .unwrap();
        state
            .confirm_file("a", "/in/other.csv", 1, from_millis(0))
            .unwrap();
        assert!(!state.take_asked("a").unwrap());
        assert_eq!(state.read_again("a", &["week.csv".to_owned()]).unwrap(), 2);
        assert_eq!(state.waiting("a", 9).unwrap(), ["bad"]);
        assert!(
            state
                .known("a", "good")
                .unwrap()
                .is_some_and(|known| known.done && known.validators == Validators::default())
        );
        assert!(!state.file_done("a", "/in/week.csv", 1, from_millis(0)).unwrap());
        assert!(state.file_done("a", "/in/other.csv", 1, from_millis(0)).unwrap());
        assert!(state.take_asked("a").unwrap() && !state.take_asked("a").unwrap());
        assert_eq!(state.read_again("a", &[]).unwrap(), 0, "once");
    }
}
