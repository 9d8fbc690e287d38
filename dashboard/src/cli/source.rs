//! `minsheng source try URL|FILE`: what a source would collect, and why the rest would be refused. Appends nothing.

use super::{Common, output::Output};
use anyhow::Context;
use clap::{Args, Subcommand};
use ingest::{
    fetch::Fetcher,
    source::{
        Kind,
        trial::{self, Finding, Options, Trial},
    },
};
use reqwest::Url;
use serde::Serialize;
use std::{path::Path, process::ExitCode};

#[derive(Debug, Args)]
pub(super) struct SourceArgs {
    #[command(subcommand)]
    command: SourceCommand,
}

#[derive(Debug, Subcommand)]
enum SourceCommand {
    /// Show what an address or file would bring and why the rest would be refused; nothing is kept
    Try(TryArgs),
}

#[derive(Debug, Args)]
struct TryArgs {
    /// A feed, sitemap, list page or article to fetch (robots.txt is honoured), or a file; where the configured source
    /// begins if left out
    #[arg(value_name = "URL|FILE", required_unless_present = "source")]
    what: Option<String>,
    /// Configured source to try, or whose settings (selectors, patterns, columns …) to try an address or file with
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Pages to fetch, or rows to read, at most
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Address the saved page or feed had
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// The address may be in a private network
    #[arg(long)]
    allow_private: bool,
}

/// The closing line.
#[derive(Serialize)]
struct Total {
    taken_for: &'static str,
    collected: usize,
    refused: usize,
    passed_over: usize,
    untried: usize,
}

pub(super) async fn run(common: &Common, args: SourceArgs) -> anyhow::Result<ExitCode> {
    let SourceCommand::Try(args) = args.command;
    let config = common.config()?;
    let kind = match &args.source {
        Some(name) => Some(
            &config
                .sources
                .iter()
                .find(|source| source.name == *name)
                .with_context(|| format!("no source is called `{name}`"))?
                .kind,
        ),
        None => None,
    };
    let options = Options {
        kind,
        limit: args.limit,
        allow_private: args.allow_private || allows_private(kind),
    };
    let trial = match args.what.as_deref() {
        None => {
            let kind = kind.context("neither an address nor a source is given")?;
            trial::source(kind, &Fetcher::new(config.fetch.clone())?, args.limit).await?
        }
        Some(what) if what.starts_with("http://") || what.starts_with("https://") => {
            let url: Url = what.parse().context("not an address")?;
            let fetcher = Fetcher::new(config.fetch.clone())?;
            trial::address(&url, &fetcher, &options).await?
        }
        Some(file) => trial::file(Path::new(file), args.url.as_ref(), &options)?,
    };
    let mut out = Output::new();
    let total = total(&trial);
    if common.json() {
        for finding in &trial.findings {
            out.json(finding)?;
        }
        out.json(&total)?;
    } else {
        for finding in &trial.findings {
            print(&mut out, finding)?;
        }
        let Total {
            taken_for,
            collected,
            refused,
            passed_over,
            untried,
        } = &total;
        out.line(format_args!(
            "taken for a {taken_for}: {collected} collected, {refused} refused, {passed_over} links passed over, {untried} not tried"
        ))?;
    }
    out.flush()?;
    // Whoever asks whether a source is worth configuring gets a "no".
    Ok(match total.collected {
        0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

fn allows_private(kind: Option<&Kind>) -> bool {
    match kind {
        Some(Kind::Site(site)) => site.allow_private,
        Some(Kind::Feed(feed)) => feed.allow_private,
        Some(Kind::Letters(letters)) => letters.allow_private,
        Some(Kind::Open311(open311)) => open311.allow_private,
        _ => false,
    }
}

fn total(trial: &Trial) -> Total {
    let mut total = Total {
        taken_for: trial.taken_for,
        collected: 0,
        refused: 0,
        passed_over: 0,
        untried: trial.untried,
    };
    for finding in &trial.findings {
        match finding {
            Finding::Post { .. } | Finding::Ticket { .. } => total.collected += 1,
            Finding::Refused { .. } => total.refused += 1,
            Finding::PassedOver { .. } => total.passed_over += 1,
        }
    }
    total
}

fn print(out: &mut Output, finding: &Finding) -> anyhow::Result<()> {
    match finding {
        Finding::Post {
            url,
            title,
            published_at,
            source_name,
            characters,
            ..
        } => {
            let time = published_at.map_or_else(|| "-".to_owned(), |at| at.format("%F %R").to_string());
            out.line(format_args!(
                "collected    {title}\n             {time}  {}  {characters} characters  {}",
                source_name.as_deref().unwrap_or("-"),
                url.as_deref().unwrap_or("-"),
            ))
        }
        Finding::Ticket { no, occurred_at } => out.line(format_args!(
            "collected    ticket {no}, event of {}",
            occurred_at.format("%F %R")
        )),
        Finding::Refused { place, code, reason } => {
            let row = place.row.map(|row| format!(", row {row}")).unwrap_or_default();
            out.line(format_args!(
                "refused      {}{row}: {reason} ({code})",
                place.origin
            ))
        }
        Finding::PassedOver { url, code, reason } => {
            out.line(format_args!("passed over  {url}: {reason} ({code})"))
        }
    }
}
