//! What the ledger holds of one thing: its observations in order, and a ticket's events behind them.

use super::{
    LedgerError, Outcome, Seen,
    apply::Group,
    fold::{Fold, fold_until},
};
use crate::deadline::Rules;
use ingest::{
    record::{Approval, Body, Record, RecordId, TicketEvent},
    time::{Moment, from_millis},
};
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use serde::{Deserialize, de::IntoDeserializer};
use std::borrow::Cow;

/// The observations of a ticket or post, sorted by slot, then `observed_at`, then id.
#[derive(Debug, Default)]
pub(super) struct History(Vec<(String, i64, String)>);

/// What the observations of a record are kept under; dead letters have none.
pub(super) fn thing(record: &Record) -> Option<Cow<'_, str>> {
    match &record.body {
        Body::Post(post) => Some(post.post_id.as_str().into()),
        Body::Ticket(event) => Some(event.no.as_str().into()),
        Body::Approval(item) => Some(item_thing(item).into()),
        Body::Dead(_) => None,
    }
}

/// What the observations of an approvals item are kept under. A control character, which no ticket number or post id holds,
/// keeps the things apart.
pub(super) fn item_thing(item: &Approval) -> String {
    format!("\u{1}{}\u{1}{}", item.source, item.no)
}

/// What one more observation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Observed {
    /// What it did.
    pub(super) outcome: Outcome,
    /// This very observation was held already.
    pub(super) held: bool,
    /// A standing revision is new or began earlier than was known.
    pub(super) moved: bool,
}

impl History {
    /// Reads the observations of a ticket number or post id.
    pub(super) fn read(connection: &Connection, thing: &str) -> Result<Self, LedgerError> {
        let mut statement = connection.prepare_cached(
            "SELECT slot, observed_at, id FROM observations WHERE thing = ?1 ORDER BY slot, observed_at, id",
        )?;
        let rows = statement.query_map([thing], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    /// Takes one more observation, and says what it means among its neighbours (invariant 3).
    pub(super) fn observe(&mut self, slot: &str, observed_at: i64, id: &str) -> Observed {
        let place = self
            .0
            .binary_search_by(|(s, at, i)| (s.as_str(), *at, i.as_str()).cmp(&(slot, observed_at, id)));
        let Err(place) = place else {
            return Observed {
                outcome: Outcome::Duplicate,
                held: true,
                moved: false,
            };
        };
        let equal = |place: usize| self.0.get(place).is_some_and(|(s, _, i)| s == slot && i == id);
        let (before, after) = (place > 0 && equal(place - 1), equal(place));
        self.0
            .insert(place, (slot.to_owned(), observed_at, id.to_owned()));
        let outcome = if before || after {
            Outcome::Duplicate
        } else {
            Outcome::New
        };
        Observed {
            outcome,
            held: false,
            moved: !before,
        }
    }

    /// Whether nothing is held.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any observation of this record is held.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|(_, _, held)| held == id)
    }

    /// The earliest observation.
    pub(super) fn first_seen(&self) -> Option<i64> {
        self.0.iter().map(|(_, at, _)| *at).min()
    }

    /// Of a thing with one slot: the record observed last.
    pub(super) fn newest(&self) -> Option<&str> {
        self.0.last().map(|(_, _, id)| id.as_str())
    }
}

/// A ticket's events with their observations.
#[derive(Debug, Default)]
pub(super) struct TicketHistory {
    events: Vec<(RecordId, TicketEvent)>,
    observations: Vec<(usize, Moment)>,
}

impl TicketHistory {
    /// The history of a ticket of which nothing but these records is held. Times as the ledger keeps them.
    pub(super) fn of(records: &Group<'_, &TicketEvent>) -> Self {
        let seen = records.iter().enumerate();
        Self {
            events: records
                .iter()
                .map(|(_, record, event)| (record.id.clone(), (*event).clone()))
                .collect(),
            observations: seen
                .map(|(place, (_, record, _))| (place, from_millis(record.observed_at.timestamp_millis())))
                .collect(),
        }
    }

    /// Reads a ticket's history, as it stood after transaction `change` where one is given.
    pub(super) fn read(connection: &Connection, no: &str, change: Option<i64>) -> Result<Self, LedgerError> {
        let mut history = Self::default();
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut statement = connection.prepare_cached("SELECT id, payload FROM events WHERE ticket = ?1")?;
        let mut rows = statement.query([no])?;
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let event =
                event(row.get_ref(1)?.as_str().map_err(|_| damaged(&id))?).ok_or_else(|| damaged(&id))?;
            history.events.push((record_id(&id)?, event));
            places.insert(id, history.events.len() - 1);
        }
        let mut statement = connection
            .prepare_cached("SELECT id, observed_at FROM observations WHERE thing = ?1 AND change <= ?2")?;
        let mut rows = statement.query((no, change.unwrap_or(i64::MAX)))?;
        while let Some(row) = rows.next()? {
            let (id, observed_at): (String, i64) = (row.get(0)?, row.get(1)?);
            let place = *places.get(&id).ok_or_else(|| damaged(&id))?;
            history.observations.push((place, from_millis(observed_at)));
        }
        Ok(history)
    }

    /// The observations.
    pub(super) fn seen(&self) -> Vec<Seen<'_>> {
        let seen = self.observations.iter().filter_map(|&(place, observed_at)| {
            let (id, event) = self.events.get(place)?;
            Some(Seen {
                id,
                observed_at,
                event,
            })
        });
        seen.collect()
    }

    /// The ticket as of `until`, with its deadline.
    pub(super) fn fold(&self, until: Option<Moment>, rules: &Rules) -> Option<Fold> {
        Some(fold_until(&self.seen(), until)?.judge(rules))
    }
}

/// The ticket of a row as its events up to `until` make it, by what the ledger knew after transaction `change`.
pub(crate) fn fold_at(
    connection: &Connection,
    row: u32,
    until: Moment,
    change: i64,
    rules: &Rules,
) -> Result<Option<Fold>, LedgerError> {
    let no: String = connection
        .prepare_cached("SELECT no FROM tickets WHERE row = ?1")?
        .query_row([row], |row| row.get(0))?;
    Ok(TicketHistory::read(connection, &no, Some(change))?.fold(Some(until), rules))
}

/// Reads an event as the ledger keeps it.
pub(super) fn event(payload: &str) -> Option<TicketEvent> {
    serde_json::from_str(payload).ok()
}

/// A record id from its column.
pub(super) fn record_id(text: &str) -> Result<RecordId, LedgerError> {
    RecordId::deserialize(text.into_deserializer()).map_err(|_: serde::de::value::Error| damaged(text))
}

/// An event row that cannot be read. The id is a hash: it tells nobody anything about the caller.
pub(super) fn damaged(id: &str) -> LedgerError {
    LedgerError::Damaged(format!("record {id}"))
}
