//! The tables. Times are milliseconds since 1970 (UTC), enough for every figure and exact in JavaScript and Polars.

use super::LedgerError;
use rusqlite::Connection;

/// Raised with every change of [`TABLES`]; a file of another version is made anew from the log.
pub(super) const VERSION: i64 = 6;

/// `change` is the number of the transaction that last changed a row: frames read only what is newer than they hold.
/// `names` holds every repeated text (unit, topic, region …) once; code 0 stands for none.
const TABLES: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE names (code INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE events (
    ticket TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    text INTEGER NOT NULL,      -- 1: carries a ticket's text
    labelled_by TEXT,           -- of such an event: the greatest name of a model that labelled it
    label_of TEXT,              -- of a model's label: the event whose text it read
    payload TEXT NOT NULL,
    UNIQUE (ticket, id)
);
-- Narrows the search for texts a model has not labelled to those another model labelled, or none.
CREATE INDEX events_labelled ON events (labelled_by) WHERE text = 1;
CREATE INDEX events_label ON events (label_of, actor) WHERE label_of IS NOT NULL;

-- Every observation: thing is a ticket number or post id, slot what its revisions replace each other in.
CREATE TABLE observations (
    thing TEXT NOT NULL, slot TEXT NOT NULL, observed_at INTEGER NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL,
    PRIMARY KEY (thing, slot, observed_at, id)
) WITHOUT ROWID;
CREATE INDEX observations_id ON observations (id, observed_at);

CREATE TABLE tickets (
    row INTEGER PRIMARY KEY, no TEXT NOT NULL UNIQUE, change INTEGER NOT NULL,
    source INTEGER NOT NULL, type INTEGER NOT NULL, topic INTEGER NOT NULL, unit INTEGER NOT NULL,
    region INTEGER NOT NULL, channel INTEGER NOT NULL, status INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL, last_event_at INTEGER NOT NULL,
    dispatched_at INTEGER, signed_at INTEGER, sign_due_at INTEGER, contacted_at INTEGER, replied_at INTEGER,
    resolved_at INTEGER, due_at INTEGER, warn_at INTEGER, paused_since INTEGER, on_time INTEGER,
    provisional INTEGER NOT NULL, rule INTEGER NOT NULL,
    returned INTEGER NOT NULL, extended INTEGER NOT NULL, reopened INTEGER NOT NULL, direct INTEGER NOT NULL,
    callback INTEGER NOT NULL, solved INTEGER, satisfied INTEGER,
    feed_late INTEGER,          -- what the feed says of lateness; compared, never trusted
    title TEXT NOT NULL,
    flags INTEGER NOT NULL      -- kinds of sensitive content in the text
);
CREATE INDEX tickets_change ON tickets (change);
CREATE INDEX tickets_accepted ON tickets (accepted_at);
CREATE INDEX tickets_unit ON tickets (unit);
CREATE INDEX tickets_open ON tickets (due_at) WHERE resolved_at IS NULL AND status <> 7;

-- What ties tickets together; only tickets that have a caller or a main ticket are here.
CREATE TABLE ties (
    ticket TEXT PRIMARY KEY,
    caller TEXT,                -- keyed hash: equal for repeat calls
    merged_into TEXT            -- number of the main ticket
) WITHOUT ROWID;
CREATE INDEX ties_caller ON ties (caller) WHERE caller IS NOT NULL;
CREATE INDEX ties_merged ON ties (merged_into) WHERE merged_into IS NOT NULL;

-- Tickets by what they are and who handles them, kept by counting: units are suggested from it.
CREATE TABLE handled (
    topic INTEGER NOT NULL, region INTEGER NOT NULL, unit INTEGER NOT NULL, tickets INTEGER NOT NULL,
    PRIMARY KEY (topic, region, unit)
) WITHOUT ROWID;

CREATE TABLE posts (
    row INTEGER PRIMARY KEY, post_id TEXT NOT NULL UNIQUE, change INTEGER NOT NULL,
    revision TEXT NOT NULL,
    source INTEGER NOT NULL, channel INTEGER NOT NULL, published_at INTEGER NOT NULL,
    topic INTEGER NOT NULL, sentiment REAL, sentiment_label INTEGER NOT NULL
);
CREATE INDEX posts_change ON posts (change);
CREATE TABLE post_revisions (
    post_id TEXT NOT NULL, id TEXT NOT NULL, published_at INTEGER,
    source INTEGER NOT NULL, channel INTEGER NOT NULL,
    topic INTEGER NOT NULL, sentiment REAL, sentiment_label INTEGER NOT NULL,
    PRIMARY KEY (post_id, id)
) WITHOUT ROWID;

-- Items of approvals offices, the revision observed last: no tickets, and in no count of them.
CREATE TABLE approvals (
    source TEXT NOT NULL, no TEXT NOT NULL, item TEXT NOT NULL, unit TEXT, accepted_at INTEGER NOT NULL,
    promised_at INTEGER, promised_days INTEGER, finished_at INTEGER, outcome TEXT,
    card INTEGER,               -- the office's own: 0 yellow, 1 red
    PRIMARY KEY (source, no)
) WITHOUT ROWID;
CREATE INDEX approvals_accepted ON approvals (accepted_at);

-- What is kept of a post's text to find its copies. (seen_at, tie) is the order they are judged in: when it was first
-- seen, then the first bytes of its id.
CREATE TABLE prints (
    post INTEGER PRIMARY KEY, seen_at INTEGER NOT NULL, tie INTEGER NOT NULL, published_at INTEGER NOT NULL,
    print BLOB NOT NULL
);
CREATE INDEX prints_order ON prints (seen_at, tie);
CREATE INDEX prints_published ON prints (published_at);
-- Posts that are copies, with the post they are a copy of (their founder, which is none itself).
CREATE TABLE copies (post INTEGER PRIMARY KEY, story INTEGER NOT NULL);
CREATE INDEX copies_story ON copies (story);

CREATE TABLE dead (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, observed_at INTEGER NOT NULL, payload TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX dead_seen ON dead (observed_at);
CREATE INDEX dead_source ON dead (source, observed_at);

CREATE TABLE sources (
    source TEXT PRIMARY KEY, posts INTEGER NOT NULL, tickets INTEGER NOT NULL, dead INTEGER NOT NULL,
    last_observed_at INTEGER NOT NULL
) WITHOUT ROWID;
-- Observations by the hour they were made in, hours since 1970.
CREATE TABLE arrivals (
    source TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (source, hour)
) WITHOUT ROWID;
";

/// Makes the tables in an empty file; empties a file of another version first.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), LedgerError> {
    let found = version(connection)?;
    if found == VERSION {
        return Ok(());
    }
    let old: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let transaction = connection.transaction()?;
    for table in old {
        transaction.execute_batch(&format!("DROP TABLE \"{}\"", table.replace('"', "\"\"")))?;
    }
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// The version a file says it has; 0 for a new one.
pub(super) fn version(connection: &Connection) -> Result<i64, LedgerError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
