//! Ledger to Polars frames, kept current.
//!
//! Each frame is a base plus a delta: a refresh reads only rows changed since the last one, and folds the delta into the
//! base when it has grown. A [`Snapshot`] is an immutable view that one page reads, so that its figures agree.
//!
//! **Architecture invariant:** frames hold numbers and codes only, no text of a ticket or post; no Polars type is public.

mod columns;
mod post;
mod predicate;
mod refold;
mod table;
#[cfg(test)]
mod tests;
mod ticket;

use crate::ledger::{Ledger, LedgerError, Names, Store, change};
use ingest::time::Moment;
use polars::prelude::{DataFrame, PolarsError};
use std::sync::{Arc, Mutex, PoisonError};
use table::Table;

pub(crate) use predicate::{Masks, Predicate, after, before, flag, is, pieces, rows_where};
pub(crate) use table::{LIVE, ROW};

/// Views of past moments a snapshot keeps: a page asks for one, its comparison for another.
const VIEWS: usize = 4;

/// The frames over a ledger. One per process; share it.
pub struct Frames {
    store: Arc<Store>,
    held: Mutex<Held>,
}

struct Held {
    tickets: Table,
    posts: Table,
    names: Arc<Names>,
    change: i64,
    current: Option<Arc<Snapshot>>,
}

/// Tickets and posts as they stood after one transaction of the ledger.
pub struct Snapshot {
    pub(crate) tickets: Vec<DataFrame>,
    pub(crate) posts: Vec<DataFrame>,
    pub(crate) names: Arc<Names>,
    change: i64,
    store: Arc<Store>,
    views: Mutex<Vec<(Window, Arc<View>)>>,
}

/// Tickets accepted in `from..to` (milliseconds) as they stood at `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) as_of: Moment,
}

impl Window {
    /// Standing rows accepted in the window and not after its moment.
    pub(crate) fn predicate(self) -> Predicate {
        let accepted = "accepted_at";
        flag(LIVE)
            & !before(accepted, self.from)
            & before(accepted, self.to)
            & !after(accepted, self.as_of.timestamp_millis())
    }
}

/// The ticket frame of a [`Window`]: the rows in it are those that are [`LIVE`], compared once for all figures of a page.
pub(crate) struct View {
    pub(crate) parts: Vec<DataFrame>,
    pub(crate) names: Arc<Names>,
}

/// Why a frame cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Polars failed.
    #[error("frame job failed: {0}")]
    Polars(#[from] PolarsError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// SQLite failed.
    #[error("ledger failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl Frames {
    /// Frames over `ledger`, empty until the first [`Frames::snapshot`].
    pub fn new(ledger: &Ledger) -> Self {
        let held = Held {
            tickets: Table::new(ticket::COLUMNS.empty()),
            posts: Table::new(post::COLUMNS.empty()),
            names: Arc::default(),
            change: 0,
            current: None,
        };
        Self {
            store: Arc::clone(ledger.store()),
            held: Mutex::new(held),
        }
    }

    /// The present state. Reads what changed since the last call; the same snapshot again when nothing did. Blocking.
    ///
    /// # Errors
    /// When the ledger cannot be read. The next call reads again what this one could not.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, FrameError> {
        // A poisoned lock is safe to enter: `Held` is changed only after everything was read.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = self.store.read()?;
        let transaction = connection.unchecked_transaction()?;
        let now = change(&transaction)?;
        if let Some(current) = held.current.as_ref().filter(|_| held.change == now) {
            return Ok(Arc::clone(current));
        }
        let tickets = ticket::changed(&transaction, held.change)?;
        let posts = post::changed(&transaction, held.change)?;
        let mut names = held.names.as_ref().clone();
        if names.extend(&transaction)? {
            held.names = Arc::new(names);
        }
        held.tickets.absorb(tickets)?;
        held.posts.absorb(posts)?;
        held.change = now;
        let snapshot = Arc::new(Snapshot {
            tickets: held.tickets.parts()?,
            posts: held.posts.parts()?,
            names: Arc::clone(&held.names),
            change: now,
            store: Arc::clone(&self.store),
            views: Mutex::default(),
        });
        held.current = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }
}

impl Snapshot {
    /// The number of the ledger transaction this is the state after: equal numbers, equal figures.
    pub fn change(&self) -> i64 {
        self.change
    }

    /// The numbers of tickets by their rows, sorted.
    pub(crate) fn numbers(&self, rows: &[u32]) -> Result<Vec<String>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached("SELECT no FROM tickets WHERE row = ?1")?;
        let mut numbers: Vec<String> = rows
            .iter()
            .map(|row| statement.query_row([row], |row| row.get(0)))
            .collect::<Result<_, _>>()?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The tickets of a window as of its moment. Those with an event after it are folded again from their events, once
    /// per snapshot and window.
    pub(crate) fn view(&self, window: Window) -> Result<Arc<View>, FrameError> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, view)) = views.iter().find(|(held, _)| *held == window) {
            return Ok(Arc::clone(view));
        }
        let view = Arc::new(refold::view(self, window)?);
        if views.len() >= VIEWS {
            views.remove(0);
        }
        views.push((window, Arc::clone(&view)));
        Ok(view)
    }
}
