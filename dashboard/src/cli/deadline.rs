//! `minsheng deadline`: the working-day clock by itself.

use super::{Common, output::Output};
use analytics::deadline::{Explained, Rules};
use clap::Args;
use ingest::time::{self, Moment};
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, stdin},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub(super) struct DeadlineArgs {
    /// From when, RFC 3339 or a civil time in Asia/Shanghai
    #[arg(long, value_name = "TIME", required_unless_present = "lines", value_parser = moment)]
    from: Option<Moment>,
    /// Working days; the day of receipt is not counted
    #[arg(long, value_name = "N", required_unless_present = "lines")]
    working_days: Option<u32>,
    /// `-` reads JSON Lines of {"from","working_days"} and answers each
    #[arg(value_name = "-", conflicts_with_all = ["from", "working_days"], value_parser = ["-"])]
    lines: Option<String>,
}

#[derive(Deserialize)]
struct Question {
    from: String,
    working_days: u32,
}

#[derive(Serialize)]
struct Refused {
    line: usize,
    error: String,
}

fn moment(text: &str) -> Result<Moment, String> {
    time::parse(text)
        .ok_or_else(|| "not a time: write 2024-09-30T10:00+08:00 or \"2024-09-30 10:00\"".to_owned())
}

pub(super) fn run(common: &Common, args: &DeadlineArgs) -> anyhow::Result<ExitCode> {
    let rules = crate::run::rules(&common.config()?)?;
    let mut out = Output::new();
    let mut code = ExitCode::SUCCESS;
    if let (Some(from), Some(days)) = (args.from, args.working_days) {
        print(common, &mut out, &rules.working_days_after(from, days)?)?;
    } else {
        for (number, line) in stdin().lock().lines().enumerate() {
            match answer(&rules, &line?) {
                Ok(None) => {}
                Ok(Some(explained)) => print(common, &mut out, &explained)?,
                Err(error) => {
                    code = ExitCode::FAILURE;
                    out.json(&Refused {
                        line: number + 1,
                        error,
                    })?;
                }
            }
        }
    }
    out.flush()?;
    Ok(code)
}

fn answer(rules: &Rules, line: &str) -> Result<Option<Explained>, String> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let question: Question = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let from = moment(&question.from)?;
    rules
        .working_days_after(from, question.working_days)
        .map(Some)
        .map_err(|error| error.to_string())
}

fn print(common: &Common, out: &mut Output, explained: &Explained) -> anyhow::Result<()> {
    if common.json() {
        return out.json(explained);
    }
    for step in &explained.steps {
        let counted = if step.counted {
            "counted    "
        } else {
            "not counted"
        };
        out.line(format_args!("{}  {counted}  {}", step.date, step.why))?;
    }
    let provisional = if explained.provisional {
        " (provisional: a year without calendar file)"
    } else {
        ""
    };
    out.line(format_args!(
        "due {}{provisional}, rule {}",
        explained.due_at.to_rfc3339(),
        explained.rule
    ))
}
