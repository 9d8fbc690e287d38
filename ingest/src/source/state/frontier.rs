//! What a site is still to be asked for: its lists with how far they were followed, and when to look again.
//!
//! How often a page is looked at follows how often it changes: the pause is halved when it did and doubled when it
//! did not, between two bounds.

use super::{CollectState, StateError};
use crate::time::Moment;
use rusqlite::{OptionalExtension, params};
use std::time::Duration;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS list (
        source TEXT NOT NULL, url TEXT NOT NULL, depth INTEGER NOT NULL, walking INTEGER NOT NULL DEFAULT 1,
        due INTEGER NOT NULL DEFAULT 0, pause INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source, url)) STRICT;
    CREATE TABLE IF NOT EXISTS revisit (
        source TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, pause INTEGER NOT NULL,
        until INTEGER NOT NULL, PRIMARY KEY (source, key)) STRICT;
    CREATE INDEX IF NOT EXISTS revisit_due ON revisit (source, due);
";

/// The shortest and the longest pause between two looks at one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Shortest pause.
    pub shortest: Duration,
    /// Longest pause.
    pub longest: Duration,
}

impl Bounds {
    /// The pause after a look: half as long as the last when the page had changed, twice as long when not.
    pub fn next(self, last: Duration, changed: bool) -> Duration {
        let wanted = if changed { last / 2 } else { last.saturating_mul(2) };
        wanted.max(self.shortest).min(self.longest.max(self.shortest))
    }
}

/// A list page, or a sitemap, as remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundList {
    /// Its address.
    pub url: String,
    /// Steps from a configured list; 0 for these.
    pub depth: usize,
    /// It was never followed to its end, or not since it last had something new: so the next walk must not stop at a
    /// page that holds nothing new.
    pub walking: bool,
    /// Not to be looked at before.
    pub due: Moment,
    /// The pause that led to `due`.
    pub pause: Duration,
}

impl CollectState {
    /// Remembers lists, each with its depth; one known already stays as it is.
    ///
    /// # Errors
    /// When SQLite fails; so below.
    pub fn found_lists<'a>(
        &self,
        source: &str,
        lists: impl IntoIterator<Item = (&'a str, usize)>,
    ) -> Result<(), StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (url, depth) in lists {
            let sql = "INSERT OR IGNORE INTO list (source, url, depth) VALUES (?1, ?2, ?3)";
            transaction
                .prepare_cached(sql)?
                .execute(params![source, url, depth as i64])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// All lists of a source, those nearest to the configured ones first.
    pub fn lists(&self, source: &str) -> Result<Vec<FoundList>, StateError> {
        let connection = self.connection();
        let sql = "SELECT url, depth, walking, due, pause FROM list WHERE source = ?1 ORDER BY depth, rowid";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![source], |row| {
            Ok(FoundList {
                url: row.get(0)?,
                depth: usize::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
                walking: row.get(2)?,
                due: crate::time::from_millis(row.get(3)?),
                pause: millis(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A walk along a list has begun that brings something new: until [`CollectState::walked`] nothing may be passed
    /// over as known.
    pub fn walking(&self, source: &str, url: &str) -> Result<(), StateError> {
        let sql = "UPDATE list SET walking = 1 WHERE source = ?1 AND url = ?2";
        self.connection()
            .prepare_cached(sql)?
            .execute(params![source, url])?;
        Ok(())
    }

    /// A list was followed to its end, and is not to be looked at before `at` + `pause`.
    pub fn walked(&self, source: &str, url: &str, at: Moment, pause: Duration) -> Result<(), StateError> {
        let sql = "UPDATE list SET walking = 0, due = ?3, pause = ?4 WHERE source = ?1 AND url = ?2";
        let pause = whole(pause);
        let values = params![source, url, at.timestamp_millis().saturating_add(pause), pause];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// A list could not be followed, and is not to be looked at before `at` + `pause`.
    pub fn postponed(&self, source: &str, url: &str, at: Moment, pause: Duration) -> Result<(), StateError> {
        let sql = "UPDATE list SET due = ?3, pause = ?4 WHERE source = ?1 AND url = ?2";
        let pause = whole(pause);
        let values = params![source, url, at.timestamp_millis().saturating_add(pause), pause];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Articles that are due to be looked at again, the longest overdue first.
    pub fn due(&self, source: &str, now: Moment, limit: usize) -> Result<Vec<String>, StateError> {
        let connection = self.connection();
        let sql = "SELECT key FROM revisit WHERE source = ?1 AND due <= ?2 ORDER BY due, rowid LIMIT ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![source, now.timestamp_millis(), limit as i64], |row| {
            row.get(0)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Looks at an article again: for the first time after the shortest pause, until `until`.
    pub fn look_again(
        &self,
        source: &str,
        key: &str,
        at: Moment,
        bounds: Bounds,
        until: Moment,
    ) -> Result<(), StateError> {
        let sql =
            "INSERT OR IGNORE INTO revisit (source, key, due, pause, until) VALUES (?1, ?2, ?3, ?4, ?5)";
        let pause = whole(bounds.shortest);
        let due = at.timestamp_millis().saturating_add(pause);
        let values = params![source, key, due, pause, until.timestamp_millis()];
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// An article was looked at again; the next time follows from whether it had changed, unless its time is over.
    pub fn looked(
        &self,
        source: &str,
        key: &str,
        at: Moment,
        bounds: Bounds,
        changed: bool,
    ) -> Result<(), StateError> {
        let connection = self.connection();
        let sql = "SELECT pause FROM revisit WHERE source = ?1 AND key = ?2";
        let last: Option<i64> = connection
            .prepare_cached(sql)?
            .query_row(params![source, key], |row| row.get(0))
            .optional()?;
        let pause = whole(bounds.next(millis(last.unwrap_or(0)), changed));
        let due = at.timestamp_millis().saturating_add(pause);
        let sql = "UPDATE revisit SET due = ?3, pause = ?4 WHERE source = ?1 AND key = ?2";
        connection
            .prepare_cached(sql)?
            .execute(params![source, key, due, pause])?;
        let sql = "DELETE FROM revisit WHERE source = ?1 AND key = ?2 AND due > until";
        connection.prepare_cached(sql)?.execute(params![source, key])?;
        Ok(())
    }

    /// A sitemap says that these pages have changed since: those looked at before that are due at once.
    pub fn changed<'a>(
        &self,
        source: &str,
        pages: impl IntoIterator<Item = (&'a str, Moment)>,
    ) -> Result<(), StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (key, at) in pages {
            // `due - pause` is when it was looked at last.
            let sql = "UPDATE revisit SET due = ?3 WHERE source = ?1 AND key = ?2 AND due - pause < ?3 AND due > ?3";
            transaction
                .prepare_cached(sql)?
                .execute(params![source, key, at.timestamp_millis()])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// An article is not looked at again.
    pub fn leave(&self, source: &str, key: &str) -> Result<(), StateError> {
        let sql = "DELETE FROM revisit WHERE source = ?1 AND key = ?2";
        self.connection()
            .prepare_cached(sql)?
            .execute(params![source, key])?;
        Ok(())
    }
}

fn millis(value: i64) -> Duration {
    Duration::from_millis(u64::try_from(value).unwrap_or(0))
}

fn whole(pause: Duration) -> i64 {
    i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millis;

    const HOUR: Duration = Duration::from_secs(3600);
    const BOUNDS: Bounds = Bounds {
        shortest: HOUR,
        longest: Duration::from_secs(4 * 3600),
    };

    #[test]
    fn the_pause_follows_the_changes_within_its_bounds() {
        assert_eq!(BOUNDS.next(Duration::ZERO, true), HOUR);
        assert_eq!(BOUNDS.next(HOUR, false), 2 * HOUR);
        assert_eq!(BOUNDS.next(4 * HOUR, false), 4 * HOUR);
        assert_eq!(BOUNDS.next(4 * HOUR, true), 2 * HOUR);
        assert_eq!(BOUNDS.next(HOUR, true), HOUR);
    }

    #[test]
    fn an_article_is_looked_at_more_and_more_rarely_until_its_time_is_over() {
        let state = CollectState::in_memory().unwrap();
        let hours = |hours: i64| from_millis(hours * 3_600_000);
        state.look_again("a", "x", hours(0), BOUNDS, hours(9)).unwrap();
        let due = |at: i64| state.due("a", hours(at), 10).unwrap();
        assert_eq!(due(0), Vec::<String>::new());
        assert_eq!(due(1), ["x"]);
        state.looked("a", "x", hours(1), BOUNDS, false).unwrap();
        assert_eq!(due(2), Vec::<String>::new());
        // The sitemap says it has changed after we looked.
        state.changed("a", [("x", hours(2))]).unwrap();
        assert_eq!(due(2), ["x"]);
        state.looked("a", "x", hours(3), BOUNDS, true).unwrap();
        // What changed before we looked is no news.
        state.changed("a", [("x", hours(2))]).unwrap();
        assert_eq!(due(3), Vec::<String>::new());
        assert_eq!(due(4), ["x"]);
        state.looked("a", "x", hours(8), BOUNDS, false).unwrap();
        assert_eq!(due(1000), Vec::<String>::new(), "its time is over");
    }

    #[test]
    fn a_list_is_walked_whole_until_it_was_once() {
        let state = CollectState::in_memory().unwrap();
        state.found_lists("a", [("l", 0), ("m", 1), ("l", 1)]).unwrap();
        let lists = state.lists("a").unwrap();
        assert_eq!((lists.len(), lists[0].depth, lists[0].walking), (2, 0, true));
        state.walked("a", "l", from_millis(5_000), HOUR).unwrap();
        let list = state.lists("a").unwrap().remove(0);
        assert_eq!(
            (list.walking, list.due, list.pause),
            (false, from_millis(3_605_000), HOUR)
        );
        state.walking("a", "l").unwrap();
        assert!(state.lists("a").unwrap()[0].walking);
    }
}
