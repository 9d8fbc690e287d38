//! One batch on its way: segment once, label, ledger transaction, then index commit — each sink with its own checkpoint.
//!
//! Must never let the index run ahead of the ledger, and never label the past: while it catches up with a log that was
//! written before it started, labels come from the log, so a replay gives the past as it was.

mod documents;

use crate::{
    copies::Rule,
    label::{Label, LabelError, Models, PostLabel, Text, event::classified},
    ledger::{Labelled, Ledger, LedgerError, Unread},
    relabel::labels_of,
};
use index::{
    Document, Segmented, Segmenter,
    writer::{Index, IndexError},
};
use ingest::{
    log::{Checkpoint, Entry, Log, LogError, Topic},
    record::{Accepted, Body, Event, Record, RecordId, TicketEvent},
};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task};

/// Entries per batch: large enough that a page of the ledger many of them touch is written once, small enough that the
/// texts of two batches of long articles (10 KB each), one being read and one being stored, are some 80 MB.
const BATCH: usize = 4096;
/// How long the reader waits for the first entry of a batch; also how soon a shutdown is noticed.
const WAIT: Duration = Duration::from_millis(250);
/// While more entries are waiting, the index is committed only every so many documents: a commit costs tens of
/// milliseconds, and nobody sees the middle of a bulk load.
const COMMIT_EVERY: usize = 50_000;
/// Texts labelled at once after a replay or crash.
const PENDING: usize = 1000;

/// Carries the log into ledger and index. One per data folder.
pub struct Processor {
    log: Arc<dyn Log>,
    ledger: Arc<Ledger>,
    index: Arc<Index>,
    models: Arc<Models>,
    segmenter: Segmenter,
    copies: Rule,
    actor: String,
}

/// Why processing stopped. Every one of them stops the role: going on would lose records in silence.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Labelling failed.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A blocking task was cancelled or ended by a defect.
    #[error("processing task ended: {0}")]
    Task(#[from] task::JoinError),
}

/// A batch on its way into ledger and index; gives the number of documents written.
type Storing = task::JoinHandle<Result<usize, ProcessError>>;

/// Waits for the batch that is being stored, if any; how many documents it wrote.
async fn finish(storing: &mut Option<Storing>) -> Result<usize, ProcessError> {
    match storing.take() {
        Some(storing) => storing.await?,
        None => Ok(0),
    }
}

/// A batch after the work that needs neither sink.
struct Prepared {
    entries: Vec<Labelled>,
    /// Words of (title, body) by place in `entries`.
    words: FxHashMap<usize, (Segmented, Segmented)>,
    /// The model's `classified` events for ticket texts of this batch.
    labels: Vec<Record>,
    /// A corrected text came in; its label is made once the ledger knows the whole text.
    amended: bool,
}

/// Places of the entries to label.
#[derive(Default)]
struct Wanted {
    posts: Vec<usize>,
    tickets: Vec<usize>,
}

/// Texts that a thread labels at once.
const AT_ONCE: usize = 256;

impl Processor {
    /// A processor over its ports. `models` label what arrives from now on; `copies` says what counts as a copy.
    pub fn new(
        log: Arc<dyn Log>,
        ledger: Arc<Ledger>,
        index: Arc<Index>,
        models: Arc<Models>,
        segmenter: Segmenter,
        copies: Rule,
    ) -> Arc<Self> {
        let actor = models.actor();
        Arc::new(Self {
            log,
            ledger,
            index,
            models,
            segmenter,
            copies,
            actor,
        })
    }

    /// Reads the log from the older of the two checkpoints until `stop` turns true, and commits before it returns.
    ///
    /// # Errors
    /// The first failure of log, ledger, index or model. A restart goes on from the checkpoints.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) -> Result<(), ProcessError> {
        let mut position = self.ledger.checkpoint()?.older(&self.index.checkpoint());
        let past = self.log.end().await?;
        let mut reader = self.log.reader(&Topic::ALL, &position).await?;
        let mut live = false;
        let mut uncommitted = 0;
        let mut judged = false;
        // Up to where texts without a label were given one.
        let mut asked = 0;
        // The batch on its way into the sinks, while the next one is read, segmented and labelled.
        let mut storing: Option<Storing> = None;
        // The entries read while the batch before them was prepared.
        let mut ahead: Option<Vec<Entry>> = None;
        while !*stop.borrow_and_update() {
            if !live && position.reached(&past) {
                uncommitted += finish(&mut storing).await?;
                live = true;
                asked = self.label_pending(asked).await?;
            }
            let wait = if storing.is_some() { Duration::ZERO } else { WAIT };
            let entries = match ahead.take() {
                Some(entries) => entries,
                None => reader.next(BATCH, wait).await?,
            };
            let more = entries.len() == BATCH;
            for entry in &entries {
                position.advance(entry);
            }
            let prepared = match entries.is_empty() {
                true => None,
                false => {
                    let this = Arc::clone(&self);
                    let preparing = task::spawn_blocking(move || this.prepare(entries, live));
                    if more {
                        ahead = Some(reader.next(BATCH, Duration::ZERO).await?);
                    }
                    Some(preparing.await??)
                }
            };
            uncommitted += finish(&mut storing).await?;
            if let Some(prepared) = prepared {
                // On the log before it is anywhere else: the ledger holds nothing that a replay would not bring.
                self.log.append(&prepared.labels).await?;
                let amended = prepared.amended;
                let (this, at) = (Arc::clone(&self), position.clone());
                storing = Some(task::spawn_blocking(move || this.store(prepared, &at)));
                judged = false;
                if amended && live {
                    uncommitted += finish(&mut storing).await?;
                    asked = self.label_pending(asked).await?;
                }
            }
            if !more || uncommitted >= COMMIT_EVERY {
                finish(&mut storing).await?;
                if !self.index.checkpoint().reached(&position) {
                    let (this, at) = (Arc::clone(&self), position.clone());
                    task::spawn_blocking(move || this.index.commit(&at)).await??;
                }
                // Copies wait until what came in is searchable, and in the middle of a bulk load nobody asks for them: each
                // post would be judged more than once.
                if !more && !judged {
                    let this = Arc::clone(&self);
                    task::spawn_blocking(move || this.ledger.judge_copies(&this.copies)).await??;
                    judged = true;
                }
                uncommitted = 0;
            }
        }
        finish(&mut storing).await?;
        Ok(())
    }

    /// Appends labels for the ticket texts that no model has labelled; they come back through the log. Texts another model
    /// labelled keep its label until [`crate::relabel`]: the past stays as it was. The labels of texts before `after` are on
    /// their way; returned is where the next call goes on.
    async fn label_pending(self: &Arc<Self>, mut after: i64) -> Result<i64, ProcessError> {
        loop {
            let this = Arc::clone(self);
            let (next, labels) = task::spawn_blocking(move || this.pending_labels(after)).await??;
            if next == after {
                return Ok(after);
            }
            self.log.append(&labels).await?;
            after = next;
        }
    }

    /// Labels of the next texts that have none, and where to go on.
    fn pending_labels(&self, after: i64) -> Result<(i64, Vec<Record>), ProcessError> {
        let Unread { texts, next } = self.ledger.unlabelled(after, PENDING)?;
        let labels = labels_of(&self.ledger, &self.models, &self.segmenter, texts, None)?;
        Ok((next, labels))
    }

    /// Segments and labels. Ticket texts are labelled only when `live`.
    fn prepare(&self, entries: Vec<Entry>, live: bool) -> Result<Prepared, ProcessError> {
        let words: FxHashMap<usize, (Segmented, Segmented)> = entries
            .par_iter()
            .enumerate()
            .filter_map(|(place, entry)| {
                let (title, body) = text_of(entry)?;
                Some((
                    place,
                    (self.segmenter.segment(title), self.segmenter.segment(body)),
                ))
            })
            .collect();
        let views = |places: &[usize]| -> Vec<Text<'_>> {
            let view = |place: &usize| {
                let (title, body) = text_of(&entries[*place])?;
                let (title_words, body_words) = words.get(place)?;
                Some(Text {
                    title,
                    body,
                    title_words: &title_words.words,
                    body_words: &body_words.words,
                })
            };
            places.iter().filter_map(view).collect()
        };
        let wanted = self.wanted(&entries, live)?;
        let posts = wanted.posts.par_chunks(AT_ONCE);
        let posts: Vec<Vec<PostLabel>> = posts
            .map(|places| self.models.label_posts(&views(places)))
            .collect();
        let tickets = wanted.tickets.par_chunks(AT_ONCE);
        let tickets: Vec<Vec<Label>> = tickets
            .map(|places| self.models.label(&views(places)))
            .collect::<Result<_, _>>()?;
        let mut posts: FxHashMap<usize, PostLabel> = wanted
            .posts
            .into_iter()
            .zip(posts.into_iter().flatten())
            .collect();
        let mut tickets: FxHashMap<usize, Label> = wanted
            .tickets
            .into_iter()
            .zip(tickets.into_iter().flatten())
            .collect();
        let mut events = Vec::new();
        let mut amended = false;
        let mut labelled = Vec::with_capacity(entries.len());
        for (place, entry) in entries.into_iter().enumerate() {
            if let Ok(
                record @ Record {
                    body: Body::Ticket(event),
                    ..
                },
            ) = &entry.record
            {
                amended |= matches!(&event.event, Event::Amended { title, body, .. } if title.is_some() || body.is_some());
                let label = tickets.remove(&place);
                events.extend(label.and_then(|label| classified(&self.actor, record, &label, None)));
            }
            let label = posts.remove(&place);
            labelled.push(Labelled { entry, label });
        }
        Ok(Prepared {
            entries: labelled,
            words,
            labels: events,
            amended,
        })
    }

    /// The entries to label: every post, and when `live` each ticket text no model has labelled yet.
    fn wanted(&self, entries: &[Entry], live: bool) -> Result<Wanted, ProcessError> {
        let accepted: Vec<RecordId> = entries
            .iter()
            .filter_map(|entry| match &entry.record {
                Ok(Record {
                    id,
                    body:
                        Body::Ticket(TicketEvent {
                            event: Event::Accepted(_),
                            ..
                        }),
                    ..
                }) if live => Some(id.clone()),
                _ => None,
            })
            .collect();
        let mut held = self.ledger.labelled(&accepted)?;
        let mut wanted = Wanted::default();
        for (place, entry) in entries.iter().enumerate() {
            match &entry.record {
                Ok(Record {
                    body: Body::Post(_), ..
                }) => wanted.posts.push(place),
                Ok(Record {
                    id,
                    body:
                        Body::Ticket(TicketEvent {
                            event: Event::Accepted(_),
                            ..
                        }),
                    ..
                }) if live && held.insert(id.clone()) => wanted.tickets.push(place),
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// Ledger transaction, then documents to the index (uncommitted). Returns how many documents were written.
    fn store(&self, mut batch: Prepared, position: &Checkpoint) -> Result<usize, ProcessError> {
        let ledger_was = self.ledger.checkpoint()?;
        let index_was = self.index.checkpoint();
        let applied = self.ledger.apply(&batch.entries, &batch.labels, position)?;
        let mut tickets: FxHashSet<&str> = applied.tickets.iter().map(String::as_str).collect();
        let mut posts: FxHashMap<&RecordId, RecordId> = applied
            .posts
            .iter()
            .map(|(post, newest)| (post, newest.clone()))
            .collect();
        // After a crash between the two sinks the ledger holds entries whose documents the index lost.
        for Labelled { entry, .. } in &batch.entries {
            if ledger_was.holds(entry) && !index_was.holds(entry) {
                match entry.record.as_ref().map(|record| &record.body) {
                    Ok(Body::Ticket(event)) => drop(tickets.insert(&event.no)),
                    Ok(Body::Post(post)) if !posts.contains_key(&post.post_id) => {
                        posts.extend(
                            self.ledger
                                .newest_revision(&post.post_id)?
                                .map(|newest| (&post.post_id, newest)),
                        );
                    }
                    _ => {}
                }
            }
        }
        let mut documents = documents::of_posts(&batch.entries, &mut batch.words, &posts);
        documents.extend(self.ticket_documents(&batch, &tickets)?);
        let written = documents.len();
        self.index.write(documents)?;
        Ok(written)
    }

    /// One document per ticket, from its fold.
    fn ticket_documents(
        &self,
        batch: &Prepared,
        tickets: &FxHashSet<&str>,
    ) -> Result<Vec<Document>, ProcessError> {
        let mut words: FxHashMap<&str, (&Accepted, &(Segmented, Segmented))> = FxHashMap::default();
        for (place, Labelled { entry, .. }) in batch.entries.iter().enumerate() {
            if let Ok(Record {
                body:
                    Body::Ticket(TicketEvent {
                        no,
                        event: Event::Accepted(accepted),
                        ..
                    }),
                ..
            }) = &entry.record
                && let Some(segmented) = batch.words.get(&place)
            {
                words.insert(no, (accepted, segmented));
            }
        }
        let numbers: Vec<String> = tickets.iter().map(|no| (*no).to_owned()).collect();
        let folded = self.ledger.tickets(&numbers)?;
        Ok(folded
            .into_iter()
            .map(|ticket| {
                let segmented = match words.get(ticket.no.as_str()) {
                    Some((accepted, words))
                        if accepted.title == ticket.title && accepted.body == ticket.body =>
                    {
                        (*words).clone()
                    }
                    _ => (
                        self.segmenter.segment(&ticket.title),
                        self.segmenter.segment(&ticket.body),
                    ),
                };
                documents::of_ticket(ticket, segmented)
            })
            .collect())
    }
}

/// Title and body of an entry that carries text of its own.
fn text_of(entry: &Entry) -> Option<(&str, &str)> {
    match &entry.record.as_ref().ok()?.body {
        Body::Post(post) => Some((&post.title, &post.body)),
        Body::Ticket(TicketEvent {
            event: Event::Accepted(accepted),
            ..
        }) => Some((&accepted.title, &accepted.body)),
        _ => None,
    }
}
