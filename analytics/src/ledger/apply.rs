//! A batch of log entries and the checkpoint behind it, in one SQL transaction.

use super::{
    Applied, Labelled, Ledger, LedgerError, Outcome, TicketRow, arrivals, copies,
    events::{is_label, kind, slot, text},
    history::{History, TicketHistory},
    names::Names,
    posts,
    read::set_meta,
    store::Writer,
    ties,
};
use crate::{
    copies::{Place as Standing, Print},
    deadline::Rules,
    label::PostLabel,
};
use ingest::{
    log::{Checkpoint, Entry},
    record::{Body, Classified, DeadLetter, Event, Place, Post, Record, RecordId, TicketEvent},
    time::from_millis,
};
use rayon::prelude::*;
use rusqlite::{Connection, params};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

impl Ledger {
    /// Applies a batch and the new checkpoint in one SQL transaction. Entries the stored checkpoint already holds change
    /// nothing. Folds and stores every ticket the batch touched.
    ///
    /// `labels` are the model's `classified` events for texts of this batch. They are already on the log (and will come
    /// back from there, to be recognised as held); applying them here, in the same transaction, saves folding and
    /// indexing each ticket twice.
    ///
    /// # Errors
    /// When SQLite fails; the ledger is then as it was before.
    pub fn apply(
        &self,
        batch: &[Labelled],
        labels: &[Record],
        checkpoint: &Checkpoint,
    ) -> Result<Applied, LedgerError> {
        // On all cores and before the transaction, in which nobody else writes.
        let prints: Vec<Option<Print>> = batch.par_iter().map(print_of).collect();
        self.transact(|applying| applying.batch(batch, &prints, labels, checkpoint))
    }

    /// Runs `work` in one transaction, with the number of that transaction.
    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&mut Applying<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut writer = self.store.write()?;
        let Writer {
            connection,
            names,
            wal,
            ..
        } = &mut *writer;
        let result = (|| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let change = super::read::change(&transaction)? + 1;
            set_meta(&transaction, "change", &change.to_string())?;
            let mut applying = Applying {
                connection: &transaction,
                names,
                rules: &self.store.rules,
                change,
                sources: BTreeMap::new(),
                unjudged: None,
                applied: Applied::default(),
            };
            let done = work(&mut applying)?;
            transaction.commit()?;
            wal.committed();
            Ok(done)
        })();
        if result.is_err() {
            // Codes handed out in the transaction went with it. Should even this fail, an empty dictionary makes the
            // next transaction fail on the first name instead of giving one code to two names.
            *names = Names::read(connection).unwrap_or_default();
        }
        result
    }
}

/// One transaction at work.
pub(super) struct Applying<'a> {
    pub(super) connection: &'a Connection,
    pub(super) names: &'a mut Names,
    pub(super) rules: &'a Rules,
    pub(super) change: i64,
    sources: BTreeMap<String, SourceGain>,
    /// The first post whose print changed.
    unjudged: Option<Standing>,
    applied: Applied,
}

/// What a batch adds to the counts of a source.
#[derive(Default)]
struct SourceGain {
    posts: i64,
    tickets: i64,
    dead: i64,
    last_observed_at: i64,
    /// Observations by the hour they were made in.
    hours: BTreeMap<i64, i64>,
}

/// One sight of a post, with what was computed for it.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) post: &'a Post,
    pub(super) label: Option<&'a PostLabel>,
    pub(super) print: Option<&'a Print>,
}

fn print_of(Labelled { entry, .. }: &Labelled) -> Option<Print> {
    match &entry.record.as_ref().ok()?.body {
        Body::Post(post) => Print::of(&post.title, &post.body),
        _ => None,
    }
}

/// Records of one ticket or post with their places in the batch, in batch order.
pub(super) type Group<'a, T> = Vec<(Option<usize>, &'a Record, T)>;

impl Applying<'_> {
    fn batch(
        &mut self,
        batch: &[Labelled],
        prints: &[Option<Print>],
        labels: &[Record],
        checkpoint: &Checkpoint,
    ) -> Result<Applied, LedgerError> {
        let mut stored = super::read::checkpoint(self.connection)?;
        self.applied.outcomes = vec![Outcome::Duplicate; batch.len()];
        let mut tickets: Groups<'_, &TicketEvent> = Groups::default();
        let mut posts: Groups<'_, Sight<'_>> = Groups::default();
        for (place, (Labelled { entry, label }, print)) in batch.iter().zip(prints).enumerate() {
            if stored.holds(entry) {
                continue;
            }
            match &entry.record {
                Ok(record) => match &record.body {
                    Body::Ticket(event) => tickets.add(&event.no, (Some(place), record, event)),
                    Body::Post(post) => {
                        let (label, print) = (label.as_ref(), print.as_ref());
                        posts.add(
                            post.post_id.as_str(),
                            (Some(place), record, Sight { post, label, print }),
                        );
                    }
                    Body::Approval(item) => {
                        self.applied.outcomes[place] = self.approval(record, item)?;
                    }
                    Body::Dead(dead) => {
                        self.dead(&record.id, record.observed_at.timestamp_millis(), dead)?;
                        self.applied.outcomes[place] = Outcome::Dead;
                    }
                },
                Err(_) => {
                    let (id, dead) = foreign(entry);
                    self.dead(&id, from_millis(0).timestamp_millis(), &dead)?;
                    self.applied.outcomes[place] = Outcome::Dead;
                }
            }
        }
        for record in labels {
            if let Body::Ticket(event) = &record.body {
                tickets.add(&event.no, (None, record, event));
            }
        }
        for (no, group) in tickets.0 {
            self.ticket(no, &group)?;
        }
        // In the order of the tables' keys: what is next to each other there is written together.
        posts.0.sort_unstable_by_key(|(post_id, _)| *post_id);
        for (post_id, group) in posts.0 {
            self.post(post_id, &group)?;
        }
        self.count_sources()?;
        copies::mark(self.connection, self.unjudged)?;
        // Reading may start behind what the ledger holds (the index was older): never step back.
        for (topic, partition, next) in checkpoint.iter() {
            stored.set(topic, partition, next.max(stored.next(topic, partition)));
        }
        let json = serde_json::to_string(&stored).map_err(|_| LedgerError::Damaged("checkpoint".into()))?;
        set_meta(self.connection, "checkpoint", &json)?;
        Ok(std::mem::take(&mut self.applied))
    }

    fn ticket(&mut self, no: &str, group: &Group<'_, &TicketEvent>) -> Result<(), LedgerError> {
        let mut history = History::read(self.connection, no)?;
        let first = history.is_empty();
        let mut sources: Vec<&str> = Vec::new();
        let mut moved = false;
        for (place, record, event) in group {
            let (id, at) = (record.id.as_str(), record.observed_at.timestamp_millis());
            let known = history.has(id);
            let slot = slot(id, event);
            let observed = history.observe(&slot, at, id);
            self.seen(&event.source, at);
            if let Some(place) = place {
                self.applied.outcomes[*place] = observed.outcome;
            }
            if observed.held {
                continue;
            }
            self.arrived(&event.source, at);
            self.observation(no, &slot, at, id)?;
            if !known {
                if !sources.contains(&event.source.as_str()) {
                    sources.push(&event.source);
                    if first || !self.has_source(no, &event.source)? {
                        self.sources.entry(event.source.clone()).or_default().tickets += 1;
                    }
                }
                self.event(no, id, event)?;
            }
            moved |= observed.moved;
        }
        if moved {
            // All there is of a new ticket stands in the batch: the bulk of every import needs no reading back.
            let history = if first {
                TicketHistory::of(group)
            } else {
                TicketHistory::read(self.connection, no, None)?
            };
            if let Some(fold) = history.fold(None, self.rules) {
                TicketRow::write(self.connection, self.names, self.rules, &fold, self.change)?;
                ties::write(self.connection, &fold.ticket, first)?;
                self.applied.tickets.push(no.to_owned());
            }
        }
        Ok(())
    }

    /// Whether the ticket has an event of this source.
    fn has_source(&self, no: &str, source: &str) -> Result<bool, LedgerError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM events WHERE ticket = ?1 AND source = ?2 LIMIT 1")?;
        Ok(statement.exists((no, source))?)
    }

    fn event(&mut self, no: &str, id: &str, event: &TicketEvent) -> Result<(), LedgerError> {
        let label_of = match &event.event {
            Event::Classified(Classified { of: Some(of), .. }) if is_label(event) => Some(of.as_str()),
            _ => None,
        };
        let payload = serde_json::to_string(event).map_err(|_| super::history::damaged(id))?;
        self.connection
            .prepare_cached(
                "INSERT INTO events (ticket, id, source, kind, actor, occurred_at, text, label_of, payload)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                no,
                id,
                event.source,
                kind(&event.event),
                event.actor,
                event.occurred_at.timestamp_millis(),
                text(event).is_some(),
                label_of,
                payload
            ])?;
        // Either may come first: the label or the text it read.
        let labelled = label_of.or(text(event).map(|_| id));
        if let Some(labelled) = labelled {
            self.connection
                .prepare_cached(
                    "UPDATE events SET labelled_by = (SELECT max(l.actor) FROM events AS l WHERE l.label_of = ?2)
                     WHERE ticket = ?1 AND id = ?2 AND text = 1",
                )?
                .execute((no, labelled))?;
        }
        Ok(())
    }

    fn post(&mut self, post_id: &str, group: &Group<'_, Sight<'_>>) -> Result<(), LedgerError> {
        // Nearly every post comes for the first time: all there is of it stands in the batch, and nothing is read back.
        let new = self.new_post(group)?;
        let mut history = match new {
            Some(_) => History::default(),
            None => History::read(self.connection, post_id)?,
        };
        let (was, first_seen) = (history.newest().map(str::to_owned), history.first_seen());
        for (place, record, sight) in group {
            let (id, at) = (record.id.as_str(), record.observed_at.timestamp_millis());
            let source = &sight.post.source;
            if history.is_empty() {
                self.sources.entry(source.clone()).or_default().posts += 1;
            }
            let known = history.has(id);
            let observed = history.observe("", at, id);
            self.seen(source, at);
            if let Some(place) = place {
                self.applied.outcomes[*place] = observed.outcome;
            }
            if observed.held {
                continue;
            }
            self.arrived(source, at);
            self.observation(post_id, "", at, id)?;
            if !known {
                posts::write_revision(self.connection, self.names, sight, id)?;
            }
        }
        let mut text = None;
        if history.newest() != was.as_deref() {
            // What was not the newest before came with this group.
            let newest = group
                .iter()
                .find(|(_, record, _)| history.newest() == Some(record.id.as_str()));
            self.applied
                .posts
                .extend(newest.map(|(_, record, sight)| (sight.post.post_id.clone(), record.id.clone())));
            text = newest.map(|(_, _, sight)| *sight);
        }
        if let (Some(newest), Some(seen)) = (history.newest(), history.first_seen())
            && (Some(newest) != was.as_deref() || Some(seen) != first_seen)
        {
            if new.is_none() {
                posts::write_facts(self.connection, post_id, newest, seen, self.change)?;
            }
            let changed = copies::keep(self.connection, post_id, new, seen, text.as_ref())?;
            self.unjudged = [self.unjudged, changed].into_iter().flatten().min();
        }
        Ok(())
    }

    /// Writes the facts of a post that was never seen; gives its row, `None` for one that was.
    fn new_post(&mut self, group: &Group<'_, Sight<'_>>) -> Result<Option<i64>, LedgerError> {
        let newest = group
            .iter()
            .max_by_key(|(_, record, _)| (record.observed_at, &record.id));
        let first_seen = group
            .iter()
            .map(|(_, record, _)| record.observed_at.timestamp_millis())
            .min();
        let (Some((_, record, sight)), Some(first_seen)) = (newest, first_seen) else {
            return Ok(None);
        };
        let id = record.id.as_str();
        posts::write_new(self.connection, self.names, sight, id, first_seen, self.change)
    }

    pub(super) fn observation(&self, thing: &str, slot: &str, at: i64, id: &str) -> Result<(), LedgerError> {
        self.connection
            .prepare_cached(
                "INSERT INTO observations (thing, slot, observed_at, id, change) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((thing, slot, at, id, self.change))?;
        Ok(())
    }

    fn dead(&mut self, id: &RecordId, at: i64, dead: &DeadLetter) -> Result<(), LedgerError> {
        let payload = serde_json::to_string(dead).map_err(|_| super::history::damaged(id.as_str()))?;
        let new = self
            .connection
            .prepare_cached(
                "INSERT OR IGNORE INTO dead (id, source, observed_at, payload) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((id.as_str(), &dead.source, at, payload))?;
        self.connection
            .prepare_cached("UPDATE dead SET observed_at = max(observed_at, ?2) WHERE id = ?1")?
            .execute((id.as_str(), at))?;
        self.seen(&dead.source, at);
        self.sources.entry(dead.source.clone()).or_default().dead += i64::from(new > 0);
        Ok(())
    }

    pub(super) fn seen(&mut self, source: &str, at: i64) {
        if let Some(gain) = self.sources.get_mut(source) {
            gain.last_observed_at = gain.last_observed_at.max(at);
        } else {
            self.sources.insert(
                source.to_owned(),
                SourceGain {
                    last_observed_at: at,
                    ..SourceGain::default()
                },
            );
        }
    }

    /// Counts an observation that was not held before, so that the order of the log and a replay change nothing.
    pub(super) fn arrived(&mut self, source: &str, at: i64) {
        if let Some(gain) = self.sources.get_mut(source) {
            *gain.hours.entry(at.div_euclid(arrivals::HOUR)).or_default() += 1;
        }
    }

    fn count_sources(&mut self) -> Result<(), LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO sources (source, posts, tickets, dead, last_observed_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (source) DO UPDATE SET posts = posts + ?2, tickets = tickets + ?3, dead = dead + ?4,
                 last_observed_at = max(last_observed_at, ?5)",
        )?;
        for (source, gain) in std::mem::take(&mut self.sources) {
            statement.execute((
                &source,
                gain.posts,
                gain.tickets,
                gain.dead,
                gain.last_observed_at,
            ))?;
            arrivals::write(self.connection, &source, &gain.hours)?;
        }
        Ok(())
    }
}

/// Records by their key, keys in order of first appearance.
struct Groups<'a, T>(Vec<(&'a str, Group<'a, T>)>, FxHashMap<&'a str, usize>);

impl<T> Default for Groups<'_, T> {
    fn default() -> Self {
        Self(Vec::new(), FxHashMap::default())
    }
}

impl<'a, T> Groups<'a, T> {
    fn add(&mut self, key: &'a str, member: (Option<usize>, &'a Record, T)) {
        let place = *self.1.entry(key).or_insert_with(|| {
            self.0.push((key, Vec::new()));
            self.0.len() - 1
        });
        self.0[place].1.push(member);
    }
}

/// A message on the log that is no record, as a dead letter. It has no time of its own and shall have the same after
/// every replay: the epoch.
fn foreign(entry: &Entry) -> (RecordId, DeadLetter) {
    let origin = format!("{}/{}@{}", entry.topic.name(), entry.partition, entry.offset);
    let dead = DeadLetter {
        source: "log".into(),
        place: Place {
            origin: origin.clone(),
            ..Place::default()
        },
        reason: "日志中的这条消息无法读作记录".into(),
        code: "not_a_record".into(),
        excerpt: String::new(),
    };
    (RecordId::of(&[b"foreign", origin.as_bytes()]), dead)
}
