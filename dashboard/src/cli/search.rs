//! `minsheng search QUERY`.

use super::{Common, output::Output};
use crate::{
    data::DataError,
    run::{Engine, forward},
};
use clap::Args;
use index::search::{Hits, Request};
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// Words, "exact phrases", fields (type:投诉 source:weibo flag:生命安全 date:2016-05-01..2016-05-31), OR, -not, (groups)
    query: String,
    /// Hits to print
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// Newest first instead of best first
    #[arg(long)]
    newest: bool,
}

pub(super) async fn run(common: &Common, args: SearchArgs) -> anyhow::Result<()> {
    let request = Request {
        query: args.query,
        limit: args.limit,
        newest_first: args.newest,
        ..Request::default()
    };
    let lines = match Engine::open(common.config()?, common.data()?).await {
        Ok(engine) => {
            let found = engine
                .app()
                .caught_up()
                .await
                .map(|()| engine.app().index().search(&request));
            engine.stop().await?;
            lines(&found??)?
        }
        Err(error) => match error.downcast::<DataError>() {
            Ok(DataError::Held {
                owner: Some(owner), ..
            }) if owner.address.is_some() => forward::search(&owner, &request).await?,
            Ok(other) => return Err(other.into()),
            Err(other) => return Err(other),
        },
    };
    let mut out = Output::new();
    for line in &lines {
        if common.json() {
            out.json(line)?;
        } else {
            out.line(readable(line))?;
        }
    }
    out.flush()
}

/// One value per hit, then `{"total":N}`: what `--json` prints and what a running process answers.
pub(crate) fn lines(hits: &Hits) -> Result<Vec<serde_json::Value>, serde_json::Error> {
    let total = std::iter::once(Ok(json!({ "total": hits.total })));
    hits.hits.iter().map(serde_json::to_value).chain(total).collect()
}

fn readable(line: &serde_json::Value) -> String {
    let text = |key: &str| {
        line.get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    match line.get("total") {
        Some(total) => format!("{total} found"),
        None => format!(
            "{} {} {} {}{}\n    {}",
            text("published_at").get(..16).unwrap_or_default(),
            text("source"),
            text("native_id"),
            text("title"),
            flags(line),
            text("snippet").replace('\n', " "),
        ),
    }
}

/// ` [life_safety]` after a title; nothing where no flag is raised.
fn flags(line: &serde_json::Value) -> String {
    let flags = line.get("flags").and_then(serde_json::Value::as_array);
    flags
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
        .map(|flag| format!(" [{flag}]"))
        .collect()
}
