//! What every handler and command shares: the ports, the clock, and the few ways to put something on the log.

use crate::{
    attachments::Attachments,
    config::Config,
    run::{
        Clock,
        collect::{SourceStatus, Statuses},
    },
};
use analytics::{
    deadline::Rules,
    frame::{FrameError, Frames, Snapshot},
    label::Models,
    ledger::{Ledger, LedgerError, Outcome},
    process::ProcessError,
    relabel,
    units::{Suggestion, Units},
};
use chrono::{Datelike, NaiveDate};
use index::{Segmenter, writer::Index};
use ingest::{
    clean::Cleaner,
    fetch::Fetcher,
    log::{Checkpoint, Log, LogError},
    record::{Body, Record, RecordId},
    source::{Collected, Drafts, Kind, SourceConfig, SourceError, file, json_lines, state::CollectState},
    time::{self, Moment},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashSet, VecDeque},
    path::PathBuf,
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, task};

/// Records appended at once: bounds memory, and is large enough that waiting for the ledger costs little.
const CHUNK: usize = 8192;
/// How often a waiting request looks at the checkpoints. Visible latency is this plus one commit.
const POLL: Duration = Duration::from_millis(10);

/// The ports and what was opened over them. Always behind an [`Arc`].
pub struct App {
    pub(crate) config: Config,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) index: Arc<Index>,
    pub(crate) models: Arc<Models>,
    pub(crate) segmenter: Segmenter,
    pub(crate) rules: Rules,
    pub(crate) units: Units,
    pub(crate) cleaner: Cleaner,
    pub(crate) clock: Clock,
    pub(crate) frames: Frames,
    pub(crate) sources: Statuses,
    /// Files given as evidence.
    pub(crate) attachments: Attachments,
    /// Held while the past is labelled again: two at once would each append everything.
    pub(crate) relabelling: tokio::sync::Mutex<()>,
    /// Held while an action is checked and put on the log.
    pub(crate) acting: tokio::sync::Mutex<()>,
    /// The HTTP client, shared with the collector so that both wait their turn at each host.
    pub(crate) fetcher: Fetcher,
    /// Held while a source is tried.
    pub(crate) trying: tokio::sync::Mutex<()>,
    /// What collection remembers, shared with the collector.
    pub(crate) collect: Arc<CollectState>,
    /// What the processor of this process ended with; stays `None` where another process runs it.
    pub(crate) stopped: watch::Receiver<Option<String>>,
    /// The bearer token of `/internal`; empty where this process does not own the data folder.
    pub(crate) internal_token: String,
}

/// What an import brought, in input rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Rows read.
    pub records: u64,
    /// Rows that brought at least one event or revision.
    pub new: u64,
    /// Rows that brought nothing new.
    pub duplicate: u64,
    /// Rows refused, each with a dead letter.
    pub dead: u64,
}

/// Why nothing could be put on the log, or not be waited for.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file or body cannot be read at all.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The processor ended, so nothing becomes visible any more.
    #[error("processing has stopped: {0}")]
    Stopped(String),
    /// The body of a push cannot be read.
    #[error("body cannot be read: {0}")]
    Body(std::io::Error),
    /// A blocking task ended by a defect.
    #[error("task ended: {0}")]
    Task(#[from] task::JoinError),
    /// What collection remembers cannot be read.
    #[error(transparent)]
    Collect(#[from] ingest::source::state::StateError),
    /// The frame could not be brought up to date.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Why a push was refused.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// No push source of this name.
    #[error("no push source of this name is configured")]
    Unknown,
    /// Wrong or missing token.
    #[error("wrong or missing token")]
    Token,
    /// Somebody paused the source.
    #[error("source is paused")]
    Paused,
    /// It could not be put on the log.
    #[error(transparent)]
    State(#[from] StateError),
}

impl App {
    /// The present moment by the configured clock (the demo's starts in the past).
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The days pages open on: configured, else this year up to today.
    pub fn period(&self) -> (NaiveDate, NaiveDate) {
        let today = self.now().date_naive();
        let config = &self.config.dashboard;
        let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        (
            config.period_from.unwrap_or(first),
            config.period_to.unwrap_or(today),
        )
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The log.
    pub fn log(&self) -> &Arc<dyn Log> {
        &self.log
    }

    /// The ledger.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The search index.
    pub fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// The models in use.
    pub fn models(&self) -> &Arc<Models> {
        &self.models
    }

    /// The segmenter.
    pub fn segmenter(&self) -> &Segmenter {
        &self.segmenter
    }

    /// Deadline rules with their calendar.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The units most to the purpose for a ticket of this topic and region, three at most. Blocking.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn suggest_units(
        &self,
        topic: Option<&str>,
        region: Option<&str>,
    ) -> Result<Vec<Suggestion>, LedgerError> {
        let handled = self.ledger.handled(topic, region)?;
        Ok(self.units.suggest(topic, region, &handled))
    }

    /// One immutable view of the ledger, up to date with its last transaction. Blocking.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, StateError> {
        Ok(self.frames.snapshot()?)
    }

    /// What is known of each source's visits.
    pub fn source_statuses(&self) -> Vec<SourceStatus> {
        self.sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether what is appended becomes visible: the processor runs, or another process runs it.
    pub fn ready(&self) -> bool {
        self.stopped.borrow().is_none()
    }

    /// Takes what a push client sent.
    ///
    /// # Errors
    /// When the source is not configured, the token is wrong, or the log fails.
    pub async fn push(
        &self,
        source: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Result<ImportSummary, PushError> {
        let configured = self.config.sources.iter().find(|config| config.name == source);
        let Some(SourceConfig {
            kind: Kind::Push(push),
            ..
        }) = configured
        else {
            return Err(PushError::Unknown);
        };
        let expected = match self.config.push_tokens.get(source) {
            Some(token) => token.clone(),
            None => std::env::var(&push.token_env).unwrap_or_default(),
        };
        // Hashes are compared, so that the time it takes says nothing about how much of a guess is right.
        let right =
            token.is_some_and(|token| blake3::hash(token.as_bytes()) == blake3::hash(expected.as_bytes()));
        if expected.is_empty() || !right {
            return Err(PushError::Token);
        }
        if self.collect.paused(source).map_err(StateError::from)?.is_some() {
            return Err(PushError::Paused);
        }
        let rows = json_lines::read_mapped(source, body.to_vec(), time::now(), push.mapping())
            .map_err(StateError::Body)?;
        Ok(self.take(source, rows, &|_| {}).await?)
    }

    /// Imports files under `source`; `progress` hears the rows done. Returns when all of it is visible.
    ///
    /// # Errors
    /// When a file cannot be read at all, or the log fails; what came before is in.
    pub async fn import(
        &self,
        files: &[PathBuf],
        source: &str,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<ImportSummary, StateError> {
        let configured = self
            .config
            .sources
            .iter()
            .find(|config| config.name == source)
            .map(|config| config.kind.clone());
        let mut total = ImportSummary::default();
        for file in files {
            let (path, kind) = (file.clone(), configured.clone());
            let rows = task::spawn_blocking(move || file::open_file(&path, kind.as_ref())).await??;
            let before = total.records;
            let part = self.take(source, rows, &|rows| progress(before + rows)).await?;
            total.records += part.records;
            total.new += part.new;
            total.duplicate += part.duplicate;
            total.dead += part.dead;
        }
        Ok(total)
    }

    /// Cleans and appends rows, chunk by chunk, and counts what each did.
    pub(crate) async fn take(
        &self,
        source: &str,
        rows: Drafts,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<ImportSummary, StateError> {
        let mut summary = ImportSummary::default();
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let mut records: Vec<Record> = Vec::new();
            let mut ends = VecDeque::new();
            for row in rows.by_ref() {
                let Collected {
                    draft,
                    place,
                    observed_at,
                } = row;
                records.extend(self.cleaner.clean(source, draft, &place, observed_at));
                ends.push_back(records.len());
                if records.len() >= CHUNK {
                    break;
                }
            }
            let known = self.known(&records)?;
            self.append(&records).await?;
            let mut begin = 0;
            for end in ends {
                let row = begin..end;
                begin = end;
                summary.records += 1;
                if records[row.clone()]
                    .iter()
                    .any(|record| matches!(record.body, Body::Dead(_)))
                {
                    summary.dead += 1;
                } else if self.is_new(&records[row.clone()], &known[row])? {
                    summary.new += 1;
                } else {
                    summary.duplicate += 1;
                }
            }
            progress(summary.records);
        }
        Ok(summary)
    }

    /// Labels the past again with the models in use: appends a label for every text whose newest one is another model's,
    /// never for a ticket a person classified. Returns how many were appended, once they are visible; a second call
    /// appends none. `progress` hears the texts done.
    ///
    /// # Errors
    /// When the log, the ledger or labelling fails; what was appended before stays.
    pub async fn relabel(
        self: &Arc<Self>,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<u64, StateError> {
        let _alone = self.relabelling.lock().await;
        self.caught_up().await?;
        let this = Arc::clone(self);
        let at = task::spawn_blocking(move || relabel::moment(&this.ledger, this.now())).await??;
        let (mut after, mut done) = (0, 0);
        loop {
            let this = Arc::clone(self);
            let batch = task::spawn_blocking(move || {
                relabel::batch(&this.ledger, &this.models, &this.segmenter, at, after)
            })
            .await??;
            let Some(batch) = batch else { break };
            self.log.append(&batch.labels).await?;
            after = batch.next;
            done += batch.labels.len() as u64;
            progress(done);
        }
        self.caught_up().await?;
        Ok(done)
    }

    /// For each record, whether it was held before or stands earlier in this chunk.
    fn known(&self, records: &[Record]) -> Result<Vec<bool>, StateError> {
        let mut earlier: HashSet<(&RecordId, Moment)> = HashSet::new();
        records
            .iter()
            .map(|record| {
                let repeated = !earlier.insert((&record.id, record.observed_at));
                Ok(repeated || self.ledger.outcome(record)?.is_some())
            })
            .collect()
    }

    fn is_new(&self, records: &[Record], known: &[bool]) -> Result<bool, StateError> {
        for (record, known) in records.iter().zip(known) {
            if !known && self.ledger.outcome(record)? == Some(Outcome::New) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Appends and returns when ledger and index are past what was appended.
    pub(crate) async fn append(&self, records: &[Record]) -> Result<(), StateError> {
        self.log.append(records).await?;
        self.caught_up().await
    }

    /// Returns when ledger and index are past the present end of the log.
    ///
    /// # Errors
    /// When processing has stopped, or log or ledger fail.
    pub async fn caught_up(&self) -> Result<(), StateError> {
        let end = self.log.end().await?;
        self.passed(&end).await
    }

    async fn passed(&self, end: &Checkpoint) -> Result<(), StateError> {
        loop {
            if let Some(error) = self.stopped.borrow().clone() {
                return Err(StateError::Stopped(error));
            }
            if self.index.checkpoint().reached(end)
                && self.ledger.checkpoint()?.reached(end)
                && self.ledger.copies_judged()?
            {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Looks at every attachment the log names.
    ///
    /// # Errors
    /// Which are missing or corrupt.
    pub async fn evidence(self: &Arc<Self>) -> anyhow::Result<String> {
        let this = Arc::clone(self);
        task::spawn_blocking(move || this.attachments.verify(&this.ledger.attachments()?)).await?
    }

    /// Compares ledger and index: every ticket and post must have its live document and no document may be without.
    ///
    /// # Errors
    /// Says what differs, by counts.
    pub async fn consistency(self: &Arc<Self>) -> anyhow::Result<String> {
        let this = Arc::clone(self);
        task::spawn_blocking(move || {
            let held = this.ledger.held()?;
            let documents = this.index.count()?;
            anyhow::ensure!(
                held.tickets + held.posts == documents as u64,
                "the ledger holds {} tickets and {} posts, the index {documents} documents; run `minsheng replay`",
                held.tickets,
                held.posts
            );
            Ok(format!("{} tickets, {} posts, {} dead letters", held.tickets, held.posts, held.dead))
        })
        .await?
    }
}

impl From<ProcessError> for StateError {
    fn from(error: ProcessError) -> Self {
        Self::Stopped(error.to_string())
    }
}
