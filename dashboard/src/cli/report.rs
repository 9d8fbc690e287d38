//! `minsheng report`: every rate with its proof, or the whole bulletin as a file, from the ledger alone.

use super::{Common, output::Output};
use crate::{
    report::{Figures, Format, Report},
    run,
};
use analytics::{
    frame::Frames,
    ledger::Ledger,
    metrics::{self, Rate, Scope},
};
use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use ingest::time::{self, Moment};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// First day tickets were accepted on
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// Last day tickets were accepted on
    #[arg(long, value_name = "DATE")]
    to: NaiveDate,
    /// What was known by then; now where not given
    #[arg(long, value_name = "TIME", value_parser = as_of)]
    as_of: Option<Moment>,
    /// Write the bulletin instead; by the ending of --out where not given
    #[arg(long, value_enum, requires = "out")]
    format: Option<Format>,
    /// File the bulletin is written to
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A bare date means its end: a report "as of 30 June" holds what 30 June brought.
fn as_of(text: &str) -> Result<Moment, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(time::start_of_day(date) + chrono::TimeDelta::seconds(24 * 3600 - 1));
    }
    time::parse(text).ok_or_else(|| "not a time: write 2016-06-30 or 2016-06-30T18:00+08:00".to_owned())
}

pub(super) fn run(common: &Common, args: &ReportArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.from <= args.to,
        "--from {} is after --to {}",
        args.from,
        args.to
    );
    let config = common.config()?;
    let as_of = args.as_of.unwrap_or_else(|| run::clock(&config).now());
    let data = common.existing_data();
    let ledger = Ledger::open_reader(&data.ledger(), run::rules(&config)?)
        .with_context(|| format!("no ledger can be read in data folder {}", data.root().display()))?;
    let snapshot = Frames::new(&ledger).snapshot()?;
    let scope = Scope::new(args.from, args.to, as_of);
    if let Some(out) = &args.out {
        let ending = out.extension().and_then(|ending| ending.to_str());
        let format = args
            .format
            .or_else(|| Format::of_ending(ending.unwrap_or_default()))
            .context("--format is needed: the ending of --out is none of xlsx, html, md")?;
        let figures = Figures {
            ledger: &ledger,
            snapshot: &snapshot,
            segmenter: &run::segmenter(&config)?,
            thresholds: &config.issues,
            ranking: &config.ranking,
        };
        let bytes = Report::of(&figures, &scope)?.written(format)?;
        return std::fs::write(out, bytes).with_context(|| format!("{} cannot be written", out.display()));
    }
    let mut out = Output::new();
    for compared in metrics::compared(&snapshot, &scope)? {
        if common.json() {
            out.json(&compared)?;
        } else {
            out.line(readable(&compared.rate))?;
        }
    }
    out.flush()
}

fn readable(rate: &Rate) -> String {
    format!(
        "{}\t{}\t{} / {}\t{}",
        rate.chinese,
        rate.percent(),
        rate.numerator,
        rate.denominator,
        rate.rule
    )
}
