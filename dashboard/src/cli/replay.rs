//! `minsheng replay`: ledger and index are deleted and rebuilt from the log.

use super::{Common, output::progress};
use crate::run::Engine;
use std::time::Duration;

pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    let data = common.data()?;
    let engine = Engine::open_fresh(common.config()?, data).await?;
    let app = engine.app();
    let end = app.log().end().await?;
    let total: i64 = end.iter().map(|(.., next)| next).sum();
    let bar = progress(total.unsigned_abs(), "replay");
    let follow = async {
        loop {
            if let Ok(at) = app.ledger().checkpoint() {
                bar.set_position(at.iter().map(|(.., next)| next).sum::<i64>().unsigned_abs());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let done = tokio::select! {
        done = app.caught_up() => done,
        () = follow => Ok(()),
    };
    bar.finish_and_clear();
    // The log names attachments, it does not hold them: on another machine they may be missing.
    let evidence = match &done {
        Ok(()) => app.evidence().await.err(),
        Err(_) => None,
    };
    engine.stop().await?;
    done?;
    eprintln!("replayed {total} entries of the log into ledger and index");
    if let Some(error) = evidence {
        eprintln!("{error:#}");
    }
    Ok(())
}
