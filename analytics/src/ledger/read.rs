//! Reading the ledger.

use super::{
    Ledger, LedgerError, Outcome, Seen, SourceCount, Ticket, TimelineEntry,
    events::{is_label, slot, standing, text},
    fold::{fold, fold_until},
    history::{TicketHistory, damaged, event, thing},
    names::Names,
};
use ingest::{
    log::Checkpoint,
    record::{Attachment, DeadLetter, Record, RecordId},
    time::{Moment, from_millis},
};
use rusqlite::{Connection, OptionalExtension};
use rustc_hash::FxHashSet;

impl Ledger {
    /// The checkpoint stored with the last transaction.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn checkpoint(&self) -> Result<Checkpoint, LedgerError> {
        checkpoint(&*self.store.read()?)
    }

    /// One ticket: the fold of all its events, with its deadline by the rules.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn ticket(&self, no: &str) -> Result<Option<Ticket>, LedgerError> {
        Ok(self.tickets(&[no.to_owned()])?.pop())
    }

    /// Many tickets, in the order asked for; unknown numbers are left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn tickets(&self, numbers: &[String]) -> Result<Vec<Ticket>, LedgerError> {
        let connection = self.store.read()?;
        let transaction = connection.unchecked_transaction()?;
        let mut tickets = Vec::with_capacity(numbers.len());
        for no in numbers {
            let folded = TicketHistory::read(&transaction, no, None)?.fold(None, &self.store.rules);
            tickets.extend(folded.map(|fold| fold.ticket));
        }
        Ok(tickets)
    }

    /// A ticket as its events up to `until` make it, by what is known now; `None` when it had none by then.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn ticket_as_of(&self, no: &str, until: Moment) -> Result<Option<Ticket>, LedgerError> {
        let folded = self.history(no)?.fold(Some(until), &self.store.rules);
        Ok(folded.map(|fold| fold.ticket))
    }

    /// Every attachment an event names, with its ticket's number; each file once. Reads every event: for checks only.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn attachments(&self) -> Result<Vec<(String, Attachment)>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection
            .prepare("SELECT id, payload FROM events WHERE instr(payload, '\"attachments\":[') > 0")?;
        let mut rows = statement.query([])?;
        let (mut seen, mut found) = (FxHashSet::default(), Vec::new());
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let event =
                event(row.get_ref(1)?.as_str().map_err(|_| damaged(&id))?).ok_or_else(|| damaged(&id))?;
            for attachment in event.attachments {
                if seen.insert(attachment.hash.clone()) {
                    found.push((event.no.clone(), attachment));
                }
            }
        }
        Ok(found)
    }

    /// A ticket as it was known at `moment`: what had been seen by then, under the calendars published by then; `None` when
    /// nothing had been.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn ticket_as_known(&self, no: &str, moment: Moment) -> Result<Option<Ticket>, LedgerError> {
        let history = self.history(no)?;
        let mut seen = history.seen();
        seen.retain(|seen| seen.observed_at <= moment);
        let rules = self.store.rules.as_known_at(moment);
        Ok(fold_until(&seen, Some(moment)).map(|fold| fold.judge(&rules).ticket))
    }

    /// All events of a ticket in fold order, those that no longer count among them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn timeline(&self, no: &str) -> Result<Vec<TimelineEntry>, LedgerError> {
        let history = self.history(no)?;
        let observations = history.seen();
        let text_event = fold(&observations).and_then(|fold| fold.text_event);
        let stands = standing(&observations, None);
        let mut entries: Vec<TimelineEntry> = stands
            .iter()
            .map(|seen| {
                let label = is_label(seen.event);
                let of = match &seen.event.event {
                    ingest::record::Event::Classified(classified) => classified.of.as_ref(),
                    _ => None,
                };
                entry(seen, !label || of == text_event.as_ref())
            })
            .collect();
        // What a later revision replaced: each record once, at its first observation.
        let mut known: FxHashSet<&RecordId> = stands.iter().map(|seen| seen.id).collect();
        let mut replaced = observations.clone();
        replaced.sort_by_key(|seen| (seen.observed_at, seen.id));
        replaced.retain(|seen| known.insert(seen.id));
        entries.extend(replaced.iter().map(|seen| entry(seen, false)));
        entries.sort_by_key(|entry| (entry.event.occurred_at, entry.observed_at));
        Ok(entries)
    }

    /// Those of `texts` (ids of text-bearing events) that a model has labelled.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn labelled(&self, texts: &[RecordId]) -> Result<FxHashSet<RecordId>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached("SELECT 1 FROM events WHERE label_of = ?1")?;
        let mut held = FxHashSet::default();
        for id in texts {
            if statement.exists([id.as_str()])? {
                held.insert(id.clone());
            }
        }
        Ok(held)
    }

    /// The text (title, body) of a ticket as its events up to and including `event` make it. A revision that a later one
    /// replaced is read in the place of that later one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn text_at(&self, no: &str, event: &RecordId) -> Result<Option<(String, String)>, LedgerError> {
        let history = self.history(no)?;
        let mut observations = history.seen();
        let Some(target) = observations.iter().find(|seen| seen.id == event).copied() else {
            return Ok(None);
        };
        let place = slot(event.as_str(), target.event);
        observations.retain(|seen| seen.id == event || slot(seen.id.as_str(), seen.event) != place);
        let (mut title, mut body) = (String::new(), String::new());
        let mut empty = true;
        for seen in standing(&observations, None) {
            let Some(said) = text(seen.event) else { continue };
            // As in the fold: an acceptance makes the text only while there is none.
            if empty || !matches!(seen.event.event, ingest::record::Event::Accepted(_)) || seen.id == event {
                said.0.unwrap_or(&title).to_owned().clone_into(&mut title);
                said.1.unwrap_or(&body).to_owned().clone_into(&mut body);
            }
            empty = title.is_empty() && body.is_empty();
            if seen.id == event {
                break;
            }
        }
        Ok(Some((title, body)))
    }

    /// What this observation of a record did when it came: [`Outcome::New`] unless it was equal to a neighbour that
    /// was there before. `None` when this observation is not held.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn outcome(&self, record: &Record) -> Result<Option<Outcome>, LedgerError> {
        let connection = self.store.read()?;
        let (id, at) = (record.id.as_str(), record.observed_at.timestamp_millis());
        let Some(thing) = thing(record) else {
            let dead = connection
                .prepare_cached("SELECT 1 FROM dead WHERE id = ?1")?
                .exists([id])?;
            return Ok(dead.then_some(Outcome::Dead));
        };
        let mut statement = connection.prepare_cached(
            "SELECT o.observed_at, o.id, o.change FROM observations AS o
             JOIN observations AS this ON this.thing = o.thing AND this.slot = o.slot
             WHERE this.thing = ?1 AND this.observed_at = ?2 AND this.id = ?3 ORDER BY o.observed_at, o.id",
        )?;
        let slot: Vec<(i64, String, i64)> = statement
            .query_map((thing.as_ref(), at, id), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<_, _>>()?;
        // Of a run of equals, the one that came first was new.
        let run = slot.chunk_by(|(_, a, _), (_, b, _)| a == b).find(|run| {
            run.iter()
                .any(|(seen, held, _)| (*seen, held.as_str()) == (at, id))
        });
        let first = run.and_then(|run| run.iter().min_by_key(|(_, _, change)| *change));
        Ok(first.map(|(seen, _, _)| {
            if *seen == at {
                Outcome::New
            } else {
                Outcome::Duplicate
            }
        }))
    }

    /// Counts by source, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sources(&self) -> Result<Vec<SourceCount>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT source, posts, tickets, dead, last_observed_at FROM sources ORDER BY source",
        )?;
        let counts = statement.query_map([], |row| {
            let last: i64 = row.get(4)?;
            Ok(SourceCount {
                source: row.get(0)?,
                posts: row.get::<_, i64>(1)?.unsigned_abs(),
                tickets: row.get::<_, i64>(2)?.unsigned_abs(),
                dead: row.get::<_, i64>(3)?.unsigned_abs(),
                last_observed_at: (last != 0).then(|| from_millis(last)),
            })
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// Dead letters, newest first, with when they were seen; `source` narrows.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn dead_letters(
        &self,
        source: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Moment, DeadLetter)>, LedgerError> {
        self.dead_letters_of(source, None, limit)
    }

    /// As [`Self::dead_letters`]; `code` narrows to one machine name of the reason.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn dead_letters_of(
        &self,
        source: Option<&str>,
        code: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Moment, DeadLetter)>, LedgerError> {
        let connection = self.store.read()?;
        let by_source = if source.is_some() {
            "source = ?1"
        } else {
            "?1 IS NULL"
        };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT observed_at, payload, id FROM dead
             WHERE {by_source} AND (?2 IS NULL OR json_extract(payload, '$.code') = ?2)
             ORDER BY observed_at DESC, id LIMIT ?3"
        ))?;
        let mut rows = statement.query((source, code, limit as i64))?;
        let mut letters = Vec::new();
        while let Some(row) = rows.next()? {
            let (at, payload, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            letters.push((
                from_millis(at),
                serde_json::from_str(&payload).map_err(|_| damaged(&id))?,
            ));
        }
        Ok(letters)
    }

    /// Units with a ticket, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn units(&self) -> Result<Vec<String>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT text FROM names WHERE code > 0 AND EXISTS (SELECT 1 FROM tickets WHERE unit = code) ORDER BY text",
        )?;
        let units = statement.query_map([], |row| row.get(0))?;
        Ok(units.collect::<Result<_, _>>()?)
    }

    fn history(&self, no: &str) -> Result<TicketHistory, LedgerError> {
        let connection = self.store.read()?;
        let transaction = connection.unchecked_transaction()?;
        TicketHistory::read(&transaction, no, None)
    }
}

fn entry(seen: &Seen<'_>, current: bool) -> TimelineEntry {
    TimelineEntry {
        id: seen.id.clone(),
        observed_at: seen.observed_at,
        current,
        event: seen.event.clone(),
    }
}

/// The stored checkpoint.
pub(super) fn checkpoint(connection: &Connection) -> Result<Checkpoint, LedgerError> {
    match meta(connection, "checkpoint")? {
        None => Ok(Checkpoint::default()),
        Some(json) => serde_json::from_str(&json).map_err(|_| LedgerError::Damaged("checkpoint".into())),
    }
}

/// The number of the last transaction; 0 for a new ledger.
pub(crate) fn change(connection: &Connection) -> Result<i64, LedgerError> {
    let stored = meta(connection, "change")?;
    stored.map_or(Ok(0), |text| {
        text.parse()
            .map_err(|_| LedgerError::Damaged("change number".into()))
    })
}

/// One value about the ledger itself.
pub(super) fn meta(connection: &Connection, key: &str) -> Result<Option<String>, LedgerError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// Stores one value about the ledger itself.
pub(super) fn set_meta(connection: &Connection, key: &str, value: &str) -> Result<(), LedgerError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute([key, value])?;
    Ok(())
}

/// The text of a code; `None` for code 0.
pub(super) fn text_of(names: &Names, code: u32) -> Option<String> {
    Some(names.text(code))
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
