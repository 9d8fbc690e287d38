//! The ledger as a whole: how much it holds, and all of it in a form that can be compared.

use super::{Ledger, LedgerError};

/// How much a ledger holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Tickets.
    pub tickets: u64,
    /// Posts.
    pub posts: u64,
    /// Dead letters.
    pub dead: u64,
}

/// Every row as one line of JSON, without what depends on the order of arrival: row numbers, change numbers and the
/// codes of names.
const ROWS: &str = "
WITH named (code, text) AS (SELECT code, text FROM names)
SELECT json_array('event', ticket, id, source, kind, actor, occurred_at, text, labelled_by, label_of, payload) FROM events
UNION ALL SELECT json_array('observation', thing, slot, observed_at, id) FROM observations
UNION ALL SELECT json_array('ticket', no, type, status,
    (SELECT text FROM named WHERE code = source), (SELECT text FROM named WHERE code = topic),
    (SELECT text FROM named WHERE code = unit), (SELECT text FROM named WHERE code = region),
    (SELECT text FROM named WHERE code = channel), (SELECT text FROM named WHERE code = rule),
    accepted_at, last_event_at, dispatched_at, signed_at, sign_due_at, contacted_at, replied_at, resolved_at, due_at,
    warn_at, paused_since, on_time, provisional, returned, extended, reopened, direct, callback, solved, satisfied, feed_late, title)
    FROM tickets
UNION ALL SELECT json_array('tie', ticket, caller, merged_into) FROM ties
UNION ALL SELECT json_array('post', post_id, revision, published_at, sentiment, sentiment_label,
    (SELECT text FROM named WHERE code = source), (SELECT text FROM named WHERE code = channel),
    (SELECT text FROM named WHERE code = topic)) FROM posts
UNION ALL SELECT json_array('revision', post_id, id, published_at, sentiment, sentiment_label,
    (SELECT text FROM named WHERE code = source), (SELECT text FROM named WHERE code = channel),
    (SELECT text FROM named WHERE code = topic)) FROM post_revisions
UNION ALL SELECT json_array('approval', source, no, item, unit, accepted_at, promised_at, promised_days, finished_at,
    outcome, card) FROM approvals
UNION ALL SELECT json_array('print', (SELECT post_id FROM posts WHERE row = post), seen_at, published_at, hex(print)) FROM prints
UNION ALL SELECT json_array('copy', (SELECT post_id FROM posts WHERE row = post),
    (SELECT post_id FROM posts WHERE row = story)) FROM copies
UNION ALL SELECT json_array('dead', id, source, observed_at, payload) FROM dead
UNION ALL SELECT json_array('source', source, posts, tickets, dead, last_observed_at) FROM sources";

impl Ledger {
    /// How much it holds.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn held(&self) -> Result<Held, LedgerError> {
        let connection = self.store.read()?;
        let sql = "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM posts), (SELECT count(*) FROM dead)";
        let held = connection.prepare_cached(sql)?.query_row([], |row| {
            let count = |place| row.get::<_, i64>(place).map(i64::unsigned_abs);
            Ok(Held {
                tickets: count(0)?,
                posts: count(1)?,
                dead: count(2)?,
            })
        })?;
        Ok(held)
    }

    /// Every row as one line of JSON, sorted: two ledgers that were told the same, in whatever order, give the same.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn rows(&self) -> Result<Vec<String>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare(ROWS)?;
        let mut rows: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        rows.sort_unstable();
        Ok(rows)
    }
}
