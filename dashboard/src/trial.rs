//! Trying a configured source from the sources page or over the interface: what it would bring, and why the rest would be
//! refused. Nothing is kept.
//!
//! The collector's own fetcher is used, so a trial waits its turn at each host like every visit.

use crate::{error::Error, state::App};
use ingest::source::{
    SourceConfig,
    trial::{self, Trial},
};
use std::time::Duration;

/// Pages tried where nothing is said.
pub(crate) const PAGES: usize = 5;
/// Pages tried at most: somebody waits for the answer.
pub(crate) const MOST_PAGES: usize = 20;
/// How long somebody waits at most.
const PATIENCE: Duration = Duration::from_secs(90);

/// Tries a configured source. One trial at a time: they are somebody's curiosity, not the collection.
pub(crate) async fn run(app: &App, name: &str, pages: usize) -> Result<Trial, Error> {
    let configured = app.config.sources.iter().find(|source| source.name == name);
    let Some(SourceConfig { kind, .. }) = configured else {
        return Err(Error::NotFound("配置中没有这个名称的数据来源。".to_owned()));
    };
    let Ok(_one) = app.trying.try_lock() else {
        return Err(Error::Conflict("另一次试采正在进行，请稍候再试。".to_owned()));
    };
    let trying = trial::source(kind, &app.fetcher, pages.clamp(1, MOST_PAGES));
    match tokio::time::timeout(PATIENCE, Box::pin(trying)).await {
        Ok(Ok(trial)) => Ok(trial),
        Ok(Err(error)) => {
            tracing::info!(source = name, "trial failed: {error}");
            Err(Error::Unacceptable(error.chinese()))
        }
        Err(_) => Err(Error::Unavailable(format!(
            "对方在 {} 秒内没有给完内容，请稍后再试。",
            PATIENCE.as_secs()
        ))),
    }
}
