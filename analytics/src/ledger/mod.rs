//! The ledger: tickets, their events, posts, dead letters and the checkpoint in one SQLite file.
//!
//! A ticket **is** the fold of its events ([`fold()`]); the `tickets` table holds only what lists and frames read of
//! that fold. Every observation of a record is kept, so the same records give the same ledger in whatever order they
//! came.
//!
//! **Architecture invariant:** nothing here is a source of truth: the file can be deleted and rebuilt from the log. One
//! connection writes, batch and checkpoint in one transaction; any thread reads over a connection of its own, and so may
//! another process. No text of a record is ever part of a diagnostic.

mod apply;
mod approvals;
mod arrivals;
mod clock;
mod copies;
mod corrections;
mod events;
#[cfg(test)]
pub(crate) mod fixture;
mod fold;
mod handled;
mod history;
mod list;
mod names;
mod posts;
mod read;
mod refresh;
mod row;
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod ticket;
mod ties;
mod voices;
mod wal;
mod whole;

pub use crate::deadline::Due;
pub use approvals::ApprovalFilter;
pub use arrivals::DeadReason;
pub use clock::Supposed;
pub use copies::{Copy, Story};
pub use corrections::{Judged, Unread};
pub use fold::{Fold, Round, Seen, fold};
pub use handled::Handled;
pub use list::{ListFilter, Order};
pub use ticket::{
    Breach, Broken, Counts, LabelledBy, Status, Ticket, TypeIs, UNKNOWN_TYPE, UNKNOWN_TYPE_CHINESE,
};
pub use voices::{Restless, Voice};
pub use whole::Held;

pub(crate) use {
    history::fold_at,
    names::Names,
    posts::SENTIMENTS,
    read::change,
    row::{COLUMNS as TICKET_COLUMNS, Callback, TicketRow},
    store::Store,
};

use crate::deadline::Rules;
use ingest::{
    log::Entry,
    record::{RecordId, TicketEvent},
    time::Moment,
};
use serde::Serialize;
use std::{path::Path, sync::Arc};

/// The ledger in the data folder. Methods block on the disk: call them off the async threads.
pub struct Ledger {
    store: Arc<Store>,
}

impl Ledger {
    /// Opens or makes the ledger file for the process that writes it. A file of another schema version is emptied and
    /// made anew (it is rebuilt from the log, which an empty [`Ledger::checkpoint`] shows). Deadlines kept by other
    /// rules than `rules` are computed again.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(path: &Path, rules: Rules) -> Result<Self, LedgerError> {
        let ledger = Self {
            store: Arc::new(Store::open(path, rules)?),
        };
        ledger.refresh_deadlines()?;
        Ok(ledger)
    }

    /// Opens an existing ledger for reading beside the process that writes it.
    ///
    /// # Errors
    /// When there is no ledger, or it is of another schema version.
    pub fn open_reader(path: &Path, rules: Rules) -> Result<Self, LedgerError> {
        Ok(Self {
            store: Arc::new(Store::open_reader(path, rules)?),
        })
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }
}

/// A record of the batch with what was computed for it once.
#[derive(Debug)]
pub struct Labelled {
    /// The entry.
    pub entry: Entry,
    /// What the model says of a post; a ticket's label is an event.
    pub label: Option<crate::label::PostLabel>,
}

/// What a batch brought.
#[derive(Debug, Default)]
pub struct Applied {
    /// For each entry in order, what it did.
    pub outcomes: Vec<Outcome>,
    /// Numbers of the tickets whose fold may have changed, each once.
    pub tickets: Vec<String>,
    /// The posts whose newest revision changed, each once, with that revision.
    pub posts: Vec<(RecordId, RecordId)>,
}

/// What one entry did to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Brought an event or a revision.
    New,
    /// Equal to its neighbour in the order of `observed_at`, or held already.
    Duplicate,
    /// A dead letter or no record at all.
    Dead,
}

/// Why the ledger failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// SQLite failed.
    #[error("ledger failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A row written by this program cannot be read: the file was changed by hand or is damaged.
    #[error("ledger row cannot be read: {0}")]
    Damaged(String),
    /// A reader met a ledger that another version of the program wrote.
    #[error(
        "ledger has schema version {found}, this program reads {expected}; run the program that writes it first"
    )]
    Version {
        /// In the file.
        found: i64,
        /// Of this program.
        expected: i64,
    },
    /// A ledger opened for reading was asked to write.
    #[error("ledger is open for reading only")]
    ReadOnly,
}

/// One event as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// Record id.
    pub id: RecordId,
    /// When this revision was first seen.
    pub observed_at: Moment,
    /// Whether the fold counts it: not so a snapshot's revision that a later one replaced, nor a model's label of a text
    /// that is no longer the ticket's.
    pub current: bool,
    /// The event.
    #[serde(flatten)]
    pub event: TicketEvent,
}

/// Counts of one source, for its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    /// Source.
    pub source: String,
    /// Posts.
    pub posts: u64,
    /// Tickets with at least one event of this source.
    pub tickets: u64,
    /// Dead letters.
    pub dead: u64,
    /// Newest `observed_at`.
    pub last_observed_at: Option<Moment>,
}

/// A post as the ledger keeps it: facts for figures. The text is in the index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PostFact {
    /// Post id.
    pub post_id: RecordId,
    /// Source.
    pub source: String,
    /// Medium name.
    pub channel: String,
    /// Publication, else first observation.
    pub published_at: Moment,
    /// Topic.
    pub topic: Option<String>,
    /// Sentiment in -1..=1.
    pub sentiment: Option<f32>,
    /// `negative`, `neutral`, `positive`.
    pub sentiment_label: Option<String>,
}
