//! `minsheng deadline`: the working-day clock by itself.

use super::{Common, output::Output};
use analytics::deadline::{Clock, Explained, Rules};
use anyhow::Context;
use clap::{Args, ValueEnum};
use ingest::{
    record::TicketType,
    time::{self, Moment},
};
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
    #[arg(long, value_name = "N", required_unless_present_any = ["lines", "hours", "by_rule"])]
    working_days: Option<u32>,
    /// With --working-days: whether the day of receipt counts
    #[arg(long, value_enum, default_value = "next_day", requires = "working_days")]
    count: Count,
    /// Hours instead of working days
    #[arg(long, value_name = "N", conflicts_with_all = ["working_days", "by_rule"])]
    hours: Option<u32>,
    /// With --hours: count only the office hours of the deadline rules
    #[arg(long, requires = "hours")]
    office_hours: bool,
    /// Count by the configured rule that holds for a ticket of these attributes
    #[arg(long, conflicts_with = "working_days")]
    by_rule: bool,
    /// 诉求类型 of the ticket
    #[arg(long, value_name = "TYPE", requires = "by_rule", value_parser = ticket_type)]
    r#type: Option<TicketType>,
    /// 诉求领域 of the ticket
    #[arg(long, value_name = "TOPIC", requires = "by_rule")]
    topic: Option<String>,
    /// 承办单位 of the ticket
    #[arg(long, value_name = "UNIT", requires = "by_rule")]
    unit: Option<String>,
    /// 来源渠道 of the ticket
    #[arg(long, value_name = "CHANNEL", requires = "by_rule")]
    channel: Option<String>,
    /// 紧急程度 of the ticket
    #[arg(long, value_name = "URGENCY", requires = "by_rule")]
    urgency: Option<String>,
    /// When the ticket was dispatched, for rules that count from there
    #[arg(long, value_name = "TIME", requires = "by_rule", value_parser = moment)]
    dispatched: Option<Moment>,
    /// Use only the calendars published by then
    #[arg(long, value_name = "TIME", value_parser = moment)]
    as_known_at: Option<Moment>,
    /// `-` reads JSON Lines of {"from","working_days"} or {"from","hours","office_hours"} and answers each
    #[arg(value_name = "-", conflicts_with_all = ["from", "working_days", "hours", "by_rule"], value_parser = ["-"])]
    lines: Option<String>,
}

/// Whether the day of receipt counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
enum Count {
    /// It does not.
    #[default]
    NextDay,
    /// It does when it is worked.
    AtOnce,
}

#[derive(Deserialize)]
struct Question {
    from: String,
    working_days: Option<u32>,
    #[serde(default)]
    count: Count,
    hours: Option<u32>,
    #[serde(default)]
    office_hours: bool,
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

fn ticket_type(text: &str) -> Result<TicketType, String> {
    TicketType::parse(text).ok_or_else(|| {
        let names = TicketType::ALL.map(|kind| format!("{} {}", kind.name(), kind.chinese()));
        format!("not a type: {}", names.join(", "))
    })
}

pub(super) fn run(common: &Common, args: &DeadlineArgs) -> anyhow::Result<ExitCode> {
    let mut rules = crate::run::rules(&common.config()?)?;
    if let Some(moment) = args.as_known_at {
        rules = rules.as_known_at(moment);
    }
    let mut out = Output::new();
    let mut code = ExitCode::SUCCESS;
    if let Some(from) = args.from {
        let explained = match (args.working_days, args.hours) {
            (Some(days), _) => count(&rules, from, days, args.count)?,
            (None, Some(hours)) => rules.hours_after(from, hours, args.office_hours)?,
            (None, None) => args.by_rule(&rules, from)?,
        };
        print(common, &mut out, &explained)?;
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

impl DeadlineArgs {
    fn by_rule(&self, rules: &Rules, from: Moment) -> anyhow::Result<Explained> {
        let clock = Clock {
            accepted_at: from,
            dispatched_at: self.dispatched,
            urgency: self.urgency.as_deref(),
            r#type: self.r#type,
            topic: self.topic.as_deref(),
            unit: self.unit.as_deref(),
            channel: self.channel.as_deref(),
            ..Clock::default()
        };
        rules
            .explain_rule(&clock)?
            .context("no rule holds for such a ticket and there is no default")
    }
}

fn count(
    rules: &Rules,
    from: Moment,
    days: u32,
    count: Count,
) -> Result<Explained, analytics::deadline::DeadlineError> {
    match count {
        Count::NextDay => rules.working_days_after(from, days),
        Count::AtOnce => rules.working_days_at_once(from, days),
    }
}

fn answer(rules: &Rules, line: &str) -> Result<Option<Explained>, String> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let question: Question = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let from = moment(&question.from)?;
    let explained = match (question.working_days, question.hours) {
        (Some(days), None) => count(rules, from, days, question.count),
        (None, Some(hours)) => rules.hours_after(from, hours, question.office_hours),
        (None, None) => return Err("missing field `working_days` (or `hours`)".to_owned()),
        (Some(_), Some(_)) => return Err("both `working_days` and `hours`".to_owned()),
    };
    explained.map(Some).map_err(|error| error.to_string())
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
