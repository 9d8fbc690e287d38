//! `minsheng audit-bulletin`: what a published text or table says, and whether it can be so.

use super::{Common, output::Output};
use crate::run;
use analytics::{
    bulletin::{self, Finding, LONGEST, Period},
    frame::Frames,
    ledger::Ledger,
};
use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use std::{io::Read, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct BulletinArgs {
    /// Text, CSV, tab-separated or markdown table, in UTF-8 or GB18030; standard input where not given or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// First day of the period our own figures are taken from; read from the text where not given
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<NaiveDate>,
    /// Last day of that period
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
}

pub(super) fn run(common: &Common, args: &BulletinArgs) -> anyhow::Result<()> {
    let text = decode(read(args)?);
    if text.chars().nth(LONGEST).is_some() {
        tracing::warn!(
            read = LONGEST,
            "text is longer than is read: the rest is left out"
        );
    }
    let mut findings = bulletin::audit(&text);
    compare(common, args, &text, &mut findings)?;
    let mut out = Output::new();
    for finding in &findings {
        if common.json() {
            out.json(finding)?;
        } else {
            let verdict = if finding.possible {
                "possible  "
            } else {
                "impossible"
            };
            out.line(format_args!(
                "{verdict}  {}\t{}",
                finding.text, finding.explanation
            ))?;
        }
    }
    out.flush()
}

fn read(args: &BulletinArgs) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        }
        _ => {
            std::io::stdin().lock().read_to_end(&mut bytes)?;
        }
    }
    Ok(bytes)
}

/// UTF-8, else GB18030: offices still save text files so.
fn decode(bytes: Vec<u8>) -> String {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => encoding_rs::GB18030.decode(error.as_bytes()).0.into_owned(),
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

/// Puts our own figures beside the findings, where there is a ledger with tickets of the text's period.
fn compare(common: &Common, args: &BulletinArgs, text: &str, findings: &mut [Finding]) -> anyhow::Result<()> {
    let data = common.existing_data();
    if !data.ledger().exists() {
        return Ok(());
    }
    let config = common.config()?;
    let now = run::clock(&config).now();
    let asked = args.from.zip(args.to).map(|(from, to)| Period { from, to });
    let Some(period) = asked.or_else(|| bulletin::period(text, now.date_naive())) else {
        return Ok(());
    };
    let ledger = Ledger::open_reader(&data.ledger(), run::rules(&config)?)
        .with_context(|| format!("no ledger can be read in data folder {}", data.root().display()))?;
    let snapshot = Frames::new(&ledger).snapshot()?;
    Ok(bulletin::compare(&snapshot, period, now, findings)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_are_read() {
        let text = "共受理1760件";
        assert_eq!(decode(text.as_bytes().to_vec()), text);
        let (bytes, ..) = encoding_rs::GB18030.encode(text);
        assert_eq!(decode(bytes.into_owned()), text);
        assert_eq!(decode(b"\xEF\xBB\xBF1".to_vec()), "1");
    }
}
