//! Collection: every configured source is visited in its rhythm, what it yields is cleaned and appended to the log, and
//! only then marked as done. A source that fails is counted and tried again; a log that fails stops the role.

use crate::{config::Config, data::DataDir, state::App};
use anyhow::Context;
use chrono::TimeDelta;
use ingest::{
    clean::Cleaner,
    fetch::Fetcher,
    log::Log,
    record::{Body, Record},
    source::{
        Collected, Kind, SourceConfig, feed, file, folder, kafka_topic, letters, open311, site,
        state::{CollectState, Summary, Visit, VisitNote},
    },
    time::{Moment, now},
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, task::JoinSet};

/// How often a watched folder is looked at. A file is read when two looks saw it the same.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a topic is read to its end.
const FOLLOW_EVERY: Duration = Duration::from_secs(5);
/// Visits appended together: one durable write for many pages.
const TOGETHER: usize = 256;
/// Records of a file appended at once: bounds memory.
const CHUNK: usize = 4096;

/// What is known of a source, for its page.
#[derive(Debug, Clone, Serialize)]
pub struct SourceStatus {
    /// Name.
    pub name: String,
    /// Kind in the configuration.
    pub kind: &'static str,
    /// Begin of the latest visit that reached it.
    pub last_success: Option<Moment>,
    /// Begin of the latest visit.
    pub last_attempt: Option<Moment>,
    /// When it will be visited next; `None` for a source that brings by itself.
    pub next_visit: Option<Moment>,
    /// Machine code of the latest visit's failure.
    pub last_error: Option<String>,
    /// Pages or files read, over all visits.
    pub fetched: u64,
    /// Posts and tickets handed on.
    pub yielded: u64,
    /// Items refused, each with a dead letter.
    pub refused: u64,
}

/// The statuses of all configured sources, shared with the pages.
pub(crate) type Statuses = Arc<Mutex<Vec<SourceStatus>>>;

/// The statuses before anything was visited.
pub(crate) fn statuses(sources: &[SourceConfig]) -> Statuses {
    let statuses = sources.iter().map(|source| SourceStatus {
        name: source.name.clone(),
        kind: source.kind.name(),
        last_success: None,
        last_attempt: None,
        next_visit: None,
        last_error: None,
        fetched: 0,
        yielded: 0,
        refused: 0,
    });
    Arc::new(Mutex::new(statuses.collect()))
}

/// Collects all configured sources.
pub struct Collector {
    log: Arc<dyn Log>,
    cleaner: Cleaner,
    fetcher: Fetcher,
    state: Arc<CollectState>,
    sources: Vec<SourceConfig>,
    statuses: Statuses,
}

/// Collects the sources of an app until a role fails.
///
/// # Errors
/// When the log fails or the memory of collection cannot be used.
pub(crate) async fn run(app: Arc<App>) -> anyhow::Result<()> {
    let collector = Collector {
        log: Arc::clone(&app.log),
        cleaner: app.cleaner.clone(),
        fetcher: app.fetcher.clone(),
        state: Arc::clone(&app.collect),
        sources: app.config.sources.clone(),
        statuses: Arc::clone(&app.sources),
    };
    collector.run().await
}

impl Collector {
    /// A collector by itself, for `minsheng ingest`.
    ///
    /// # Errors
    /// Names what cannot be opened.
    pub async fn open(config: Config, data: &DataDir) -> anyhow::Result<Self> {
        Ok(Self {
            log: ingest::log::open(&config.log, data.root()).await?,
            cleaner: super::cleaner(&config, data)?,
            fetcher: Fetcher::new(config.fetch.clone())?,
            state: Arc::new(CollectState::open(&data.collect_state())?),
            statuses: statuses(&config.sources),
            sources: config.sources,
        })
    }

    /// Visits every source in its rhythm. Returns only when something fails that no retry can mend.
    ///
    /// # Errors
    /// When the log or the memory of collection fails.
    pub async fn run(self) -> anyhow::Result<()> {
        let this = Arc::new(self);
        this.recall()?;
        let mut loops = JoinSet::new();
        for place in 0..this.sources.len() {
            let this = Arc::clone(&this);
            loops.spawn(async move { this.follow(place).await });
        }
        while let Some(ended) = loops.join_next().await {
            ended??;
        }
        // Nothing configured, or only sources that bring by themselves.
        std::future::pending().await
    }

    /// What earlier runs of this program knew of the sources.
    fn recall(&self) -> anyhow::Result<()> {
        for known in self.state.sources()? {
            self.update(&known.name, |status| {
                status.last_success = known.last_success;
                status.last_attempt = known.last_attempt;
                status.last_error = known.last_error.clone();
                status.fetched = known.totals.fetched;
                status.yielded = known.totals.yielded;
                status.refused = known.totals.refused;
            });
        }
        Ok(())
    }

    fn update(&self, name: &str, change: impl FnOnce(&mut SourceStatus)) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = statuses.iter_mut().find(|status| status.name == name) {
            change(status);
        }
    }

    async fn follow(self: Arc<Self>, place: usize) -> anyhow::Result<()> {
        let SourceConfig { name, kind } = &self.sources[place];
        match kind {
            Kind::Spreadsheet(config) => self.watch(name, kind, &config.folder).await,
            Kind::JsonLines(config) => self.watch(name, kind, &config.folder).await,
            Kind::Push(_) => Ok(()),
            Kind::Feed(config) => self.visit_every(name, kind, config.every_minutes).await,
            Kind::Site(config) => self.visit_every(name, kind, config.every_minutes).await,
            Kind::Letters(config) => self.visit_every(name, kind, config.every_minutes).await,
            Kind::Open311(config) => self.visit_every(name, kind, config.every_minutes).await,
            Kind::KafkaTopic(_) => self.visit_each(name, kind, FOLLOW_EVERY).await,
        }
    }

    /// Visits over HTTP, for ever.
    async fn visit_every(&self, name: &str, kind: &Kind, minutes: u64) -> anyhow::Result<()> {
        self.visit_each(name, kind, Duration::from_secs(minutes.max(1) * 60))
            .await
    }

    async fn visit_each(&self, name: &str, kind: &Kind, pause: Duration) -> anyhow::Result<()> {
        loop {
            self.until_resumed(name).await?;
            // What is asked for before a visit is answered by it.
            self.state.take_asked(name)?;
            self.visit(name, kind).await?;
            let next = now() + TimeDelta::from_std(pause).unwrap_or_default();
            self.update(name, |status| status.next_visit = Some(next));
            while now() < next && self.state.paused(name)?.is_none() && !self.state.take_asked(name)? {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// Returns at once unless the source is paused, then when it is resumed.
    async fn until_resumed(&self, name: &str) -> anyhow::Result<()> {
        while self.state.paused(name)?.is_some() {
            self.update(name, |status| status.next_visit = None);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    async fn visit(&self, name: &str, kind: &Kind) -> anyhow::Result<()> {
        let (sink, mut visits) = mpsc::channel::<Visit>(TOGETHER);
        let began = now();
        self.update(name, |status| status.last_attempt = Some(began));
        let visit = async {
            let done = match kind {
                Kind::Feed(config) => feed::visit(config, name, &self.fetcher, &self.state, &sink).await,
                Kind::Site(config) => site::visit(config, name, &self.fetcher, &self.state, &sink).await,
                Kind::Letters(config) => {
                    letters::visit(config, name, &self.fetcher, &self.state, &sink).await
                }
                Kind::Open311(config) => {
                    open311::visit(config, name, &self.fetcher, &self.state, &sink).await
                }
                Kind::KafkaTopic(config) => {
                    kafka_topic::visit(config, name, &self.fetcher, &self.state, &sink).await
                }
                Kind::Spreadsheet(_) | Kind::JsonLines(_) | Kind::Push(_) => Ok(Summary::default()),
            };
            drop(sink);
            done
        };
        let take = async {
            let mut together = Vec::new();
            let mut codes: BTreeMap<String, u64> = BTreeMap::new();
            while visits.recv_many(&mut together, TOGETHER).await > 0 {
                let (collected, confirms): (Vec<_>, Vec<_>) = together
                    .drain(..)
                    .map(|visit| (visit.collected, visit.confirm))
                    .unzip();
                let records = self.clean(name, collected.into_iter().flatten());
                for record in &records {
                    if let Body::Dead(dead) = &record.body {
                        *codes.entry(dead.code.clone()).or_default() += 1;
                    }
                }
                self.log.append(&records).await?;
                for confirm in &confirms {
                    self.state.confirm(confirm)?;
                }
            }
            anyhow::Ok(codes)
        };
        let (done, taken) = tokio::join!(visit, take);
        let note = VisitNote {
            at: began,
            summary: done.as_ref().ok().copied().unwrap_or_default(),
            error: done.as_ref().err().map(|error| error.code().to_owned()),
            codes: taken?,
        };
        self.state.note_visit(name, &note)?;
        if let Err(error) = &done {
            tracing::warn!(source = name, code = error.code(), "visit failed: {error}");
        }
        self.count(
            name,
            began,
            done.as_ref().ok().copied(),
            done.as_ref().err().map(|error| error.code()),
        );
        Ok(())
    }

    fn clean(&self, name: &str, collected: impl Iterator<Item = Collected>) -> Vec<Record> {
        collected
            .flat_map(
                |Collected {
                     draft,
                     place,
                     observed_at,
                 }| self.cleaner.clean(name, draft, &place, observed_at),
            )
            .collect()
    }

    fn count(&self, name: &str, began: Moment, summary: Option<Summary>, error: Option<&str>) {
        let Summary {
            fetched,
            yielded,
            refused,
            ..
        } = summary.unwrap_or_default();
        self.update(name, |status| {
            status.fetched += fetched;
            status.yielded += yielded;
            status.refused += refused;
            status.last_attempt = Some(began);
            status.last_error = error.map(str::to_owned);
            if error.is_none() {
                status.last_success = Some(began);
            }
        });
    }

    /// Reads the files of a folder as they come, for ever.
    async fn watch(&self, name: &str, kind: &Kind, path: &Path) -> anyhow::Result<()> {
        let mut before = folder::Marks::new();
        let none = folder::Marks::new();
        loop {
            self.until_resumed(name).await?;
            let began = now();
            match folder::look(path, &before, &none) {
                Ok(look) => {
                    for (file, mark) in look.ready {
                        let known = file.to_string_lossy().into_owned();
                        if !self.state.file_done(name, &known, mark.size, mark.modified_at)? {
                            self.read(name, kind, &file).await?;
                            self.state
                                .confirm_file(name, &known, mark.size, mark.modified_at)?;
                        }
                    }
                    before = look.marks;
                    self.count(name, began, None, None);
                }
                Err(error) => {
                    // Told once, when it begins, not at every look.
                    let mut news = false;
                    self.update(name, |status| news = status.last_error.is_none());
                    if news {
                        tracing::warn!(source = name, "watched folder cannot be read: {}", error.kind());
                    }
                    self.count(name, began, None, Some("folder"));
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Appends everything a file holds; a file that cannot be read as a whole becomes one dead letter.
    async fn read(&self, name: &str, kind: &Kind, path: &Path) -> anyhow::Result<()> {
        let began = now();
        let (file, opened_as) = (path.to_owned(), kind.clone());
        let opened = tokio::task::spawn_blocking(move || file::open_file(&file, Some(&opened_as))).await?;
        let mut drafts = match opened {
            Ok(drafts) => drafts,
            Err(error) => Box::new(std::iter::once(error.collected(began))),
        };
        let mut summary = Summary {
            fetched: 1,
            ..Summary::default()
        };
        loop {
            let records = self.clean(name, drafts.by_ref().take(CHUNK));
            if records.is_empty() {
                break;
            }
            let refused = records
                .iter()
                .filter(|record| matches!(record.body, Body::Dead(_)))
                .count();
            summary.refused += refused as u64;
            summary.yielded += (records.len() - refused) as u64;
            self.log.append(&records).await.context("log failed")?;
        }
        self.count(name, began, Some(summary), None);
        self.state.visited(name, began, summary, None)?;
        Ok(())
    }
}
