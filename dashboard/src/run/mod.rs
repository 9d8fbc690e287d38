//! The roles: collect, process, serve — all in one process by default, apart over Kafka.

pub mod collect;
pub(crate) mod escalate;
pub mod forward;
mod loaded;
mod telemetry;

pub use loaded::Clock;
pub(crate) use loaded::{
    base_models, cleaner, clock, correction, models_of, regions, rules, segmenter, sensitive, units,
};

use crate::{
    attachments::Attachments,
    config::Config,
    data::{DataDir, Ownership},
    state::App,
};
use analytics::{frame::Frames, ledger::Ledger, process::Processor};
use anyhow::Context;
use index::writer::Index;
use ingest::{
    fetch::Fetcher,
    log::{self, LogConfig},
    source::state::CollectState,
};
use std::{net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// What one process runs: the ports, and the processor where it owns the data folder.
pub struct Engine {
    app: Arc<App>,
    ownership: Option<Ownership>,
    processor: Option<JoinHandle<anyhow::Result<()>>>,
    stop: watch::Sender<bool>,
}

impl Engine {
    /// Takes the data folder and starts carrying the log into ledger and index.
    ///
    /// # Errors
    /// [`crate::data::DataError::Held`] when another process has the folder; else names what cannot be opened.
    pub async fn open(config: Config, data: DataDir) -> anyhow::Result<Self> {
        let ownership = data.own()?;
        Self::start(config, data, Some(ownership)).await
    }

    /// As [`Engine::open`], after deleting ledger and index: they are rebuilt from the log.
    ///
    /// # Errors
    /// As [`Engine::open`]; also when the log was trimmed, because it could not bring everything back.
    pub async fn open_fresh(config: Config, data: DataDir) -> anyhow::Result<Self> {
        let ownership = data.own()?;
        // Before anything is deleted: a trimmed log refuses a reader from its beginning.
        let log = log::open(&config.log, data.root()).await?;
        log.reader(&log::Topic::ALL, &log::Checkpoint::default()).await?;
        drop(log);
        let ledger = data.ledger();
        for file in [
            ledger.clone(),
            ledger.with_extension("sqlite-wal"),
            ledger.with_extension("sqlite-shm"),
        ] {
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| file.display().to_string());
                }
                _ => {}
            }
        }
        data.unbind_log()?;
        if data.index().exists() {
            std::fs::remove_dir_all(data.index()).with_context(|| data.index().display().to_string())?;
        }
        Self::start(config, data, Some(ownership)).await
    }

    /// Opens the data folder beside the process that owns it, to serve pages from it.
    ///
    /// # Errors
    /// Names what cannot be opened.
    pub async fn beside(config: Config, data: DataDir) -> anyhow::Result<Self> {
        Self::start(config, data, None).await
    }

    async fn start(config: Config, data: DataDir, ownership: Option<Ownership>) -> anyhow::Result<Self> {
        let rules = rules(&config)?;
        let segmenter = segmenter(&config)?;
        let models = Arc::new(models_of(&config, &data)?);
        let units = units(&config)?;
        let cleaner = cleaner(&config, &data)?;
        let fetcher = Fetcher::new(config.fetch.clone())?;
        data.bind_log(&config.log.identity())?;
        let log = log::open(&config.log, data.root()).await?;
        let (ledger, index) = if ownership.is_some() {
            (
                Ledger::open(&data.ledger(), rules.clone())?,
                Index::open(&data.index(), segmenter.clone())?,
            )
        } else {
            (
                Ledger::open_reader(&data.ledger(), rules.clone())?,
                Index::open_reader(&data.index(), segmenter.clone())?,
            )
        };
        let index = index.with_flags(models.flags().names().to_vec());
        let frames = Frames::new(&ledger);
        let (ledger, index) = (Arc::new(ledger), Arc::new(index));
        let (stop, stopping) = watch::channel(false);
        let (ended, stopped) = watch::channel(None);
        let processor = ownership.is_some().then(|| {
            let processor = Processor::new(
                Arc::clone(&log),
                Arc::clone(&ledger),
                Arc::clone(&index),
                Arc::clone(&models),
                segmenter.clone(),
                config.copies,
            );
            tokio::spawn(async move {
                let done = processor.run(stopping).await;
                let _ = ended.send(Some(
                    done.as_ref()
                        .map_or_else(ToString::to_string, |()| "shut down".to_owned()),
                ));
                done.map_err(Into::into)
            })
        });
        let app = Arc::new(App {
            clock: clock(&config),
            internal_token: ownership
                .as_ref()
                .map(|owner| owner.token().to_owned())
                .unwrap_or_default(),
            attachments: Attachments::new(data.attachments(), config.attachments.clone()),
            sources: collect::statuses(&config.sources),
            collect: Arc::new(CollectState::open(&data.collect_state())?),
            config,
            log,
            ledger,
            index,
            models,
            segmenter,
            rules,
            units,
            cleaner,
            frames,
            relabelling: tokio::sync::Mutex::default(),
            acting: tokio::sync::Mutex::default(),
            fetcher,
            trying: tokio::sync::Mutex::default(),
            stopped,
        });
        Ok(Self {
            app,
            ownership,
            processor,
            stop,
        })
    }

    /// The shared state.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Ends the processor after its present batch and gives the data folder free.
    ///
    /// # Errors
    /// What the processor ended with.
    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(true);
        match self.processor {
            Some(processor) => processor.await?,
            None => Ok(()),
        }
    }
}

/// `minsheng run`: all roles.
///
/// # Errors
/// The first role that fails, or what cannot be opened.
pub async fn all(config: Config, data: DataDir) -> anyhow::Result<()> {
    let engine = Engine::open(config, data).await?;
    let listener = listen(engine.app().config.dashboard.listen).await?;
    let address = listener.local_addr()?;
    eprintln!("minsheng is at http://{address}/");
    serve_until(engine, listener, terminated()).await
}

/// Collects and serves over an engine until `end` completes or a role fails.
pub(crate) async fn serve_until(
    engine: Engine,
    listener: TcpListener,
    end: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    if let Some(ownership) = &engine.ownership {
        ownership.announce(Some(listener.local_addr()?))?;
    }
    let app = Arc::clone(engine.app());
    let mut stopped = app.stopped.clone();
    let processor_ended = async move {
        while stopped.borrow().is_none() {
            if stopped.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        done = collect::run(Arc::clone(&app)) => done.context("collection ended")?,
        done = escalate::run(Arc::clone(&app)) => done.context("escalation ended")?,
        done = async { axum::serve(listener, crate::router::router(Arc::clone(&app))).await } => done.context("web server ended")?,
        () = processor_ended => {}
        () = end => {}
    }
    engine.stop().await
}

/// `minsheng ingest`: collects onto Kafka.
///
/// # Errors
/// When the log is embedded, or what fails.
pub async fn ingest(config: Config, data: DataDir) -> anyhow::Result<()> {
    needs_kafka(&config, "ingest")?;
    let ledgerless = collect::Collector::open(config, &data).await?;
    tokio::select! {
        done = ledgerless.run() => done,
        () = terminated() => Ok(()),
    }
}

/// `minsheng process`: carries Kafka into ledger and index.
///
/// # Errors
/// When the log is embedded, or what fails.
pub async fn process(config: Config, data: DataDir) -> anyhow::Result<()> {
    needs_kafka(&config, "process")?;
    let mut engine = Engine::open(config, data).await?;
    let processor = engine.processor.take();
    let app = Arc::clone(engine.app());
    tokio::select! {
        done = escalate::run(app) => done.context("escalation ended"),
        done = async { match processor { Some(task) => task.await?, None => Ok(()) } } => done,
        () = terminated() => engine.stop().await,
    }
}

/// `minsheng serve`: the dashboard beside a `process` on the same data folder.
///
/// # Errors
/// When the log is embedded, or what fails.
pub async fn serve(config: Config, data: DataDir) -> anyhow::Result<()> {
    needs_kafka(&config, "serve")?;
    let engine = Engine::beside(config, data).await?;
    let listener = listen(engine.app().config.dashboard.listen).await?;
    eprintln!("minsheng is at http://{}/", listener.local_addr()?);
    tokio::select! {
        done = async { axum::serve(listener, crate::router::router(Arc::clone(engine.app()))).await } => Ok(done?),
        () = terminated() => Ok(()),
    }
}

fn needs_kafka(config: &Config, role: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        matches!(config.log, LogConfig::Kafka(_)),
        "`minsheng {role}` runs one role by itself, which needs [log] kind = \"kafka\"; `minsheng run` runs all roles \
         over the embedded log"
    );
    Ok(())
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Completes on Ctrl-C or SIGTERM.
pub(crate) async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
