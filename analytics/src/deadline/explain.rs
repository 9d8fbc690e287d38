//! Counting with reasons: what `minsheng deadline` prints.

use super::{
    Calendar, Clock, DeadlineError, MAX_WORKING_DAYS, Rules,
    config::{By, Count, Span},
    count::{self, DAY},
    due::civil,
    office::Office,
};
use chrono::NaiveDate;
use ingest::time::Moment;
use serde::Serialize;

/// A count of working days or hours with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// As asked.
    pub from: Moment,
    /// As asked or as the rule has it; written only of a count in working days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// As asked or as the rule has it; written only of a count in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// 23:59:59 of the last day counted, or the moment the last hour ends, in Asia/Shanghai.
    pub due_at: Moment,
    /// How it was counted: `working_days/next_day`, `working_days/at_once`, `hours/clock`, `hours/office`; of a ticket,
    /// the name of its rule.
    pub rule: String,
    /// Names of the calendar files that say something about these days.
    pub calendar: Vec<String>,
    /// A day without a published arrangement was counted; written only when it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Every day from the day of receipt to the deadline; for people, not in the JSON form.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// One day of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The day.
    pub date: NaiveDate,
    /// Whether it counts.
    pub counted: bool,
    /// Why, in Chinese: `国庆节，不计`, `国庆节调休上班，第 3 个工作日`.
    pub why: String,
}

impl Rules {
    /// The end (23:59:59) of the `n`-th working day after `from`, the day of receipt not counted; for 0 the end of the
    /// day of receipt itself.
    ///
    /// # Errors
    /// `n` beyond [`MAX_WORKING_DAYS`], or days outside the years the clock knows.
    pub fn working_days_after(&self, from: Moment, n: u32) -> Result<Explained, DeadlineError> {
        self.explain(from, Span::WorkingDays(n, Count::NextDay))
    }

    /// As [`Rules::working_days_after`], the day of receipt counted when it is worked.
    ///
    /// # Errors
    /// As [`Rules::working_days_after`].
    pub fn working_days_at_once(&self, from: Moment, n: u32) -> Result<Explained, DeadlineError> {
        self.explain(from, Span::WorkingDays(n, Count::AtOnce))
    }

    /// `n` hours after `from`: all hours, or office hours only.
    ///
    /// # Errors
    /// Office hours where none are configured, too many, or days outside the years the clock knows.
    pub fn hours_after(&self, from: Moment, n: u32, office: bool) -> Result<Explained, DeadlineError> {
        let by = if office { By::Office } else { By::Clock };
        self.explain(from, Span::Hours(n, by))
    }

    /// The count of the rule that holds for a ticket, before its feed, an extension or a pause moves it; `None` where no
    /// rule does.
    ///
    /// # Errors
    /// Days outside the years the clock knows.
    pub fn explain_rule(&self, clock: &Clock<'_>) -> Result<Option<Explained>, DeadlineError> {
        let Some(rule) = self.inner.matching(clock) else {
            return Ok(None);
        };
        let opened = clock.reopened_at.unwrap_or(clock.accepted_at);
        let explained = self.explain(rule.since(opened, clock.dispatched_at), rule.span)?;
        Ok(Some(Explained {
            rule: rule.name.clone(),
            ..explained
        }))
    }

    fn explain(&self, from: Moment, span: Span) -> Result<Explained, DeadlineError> {
        let (days, hours, name) = match span {
            Span::WorkingDays(n, _) if n > MAX_WORKING_DAYS => {
                return Err(DeadlineError::TooMany { working_days: n });
            }
            Span::Hours(n, _) if n > MAX_WORKING_DAYS * 24 => {
                return Err(DeadlineError::TooManyHours { hours: n });
            }
            Span::Hours(_, By::Office) if self.inner.office.is_none() => {
                return Err(DeadlineError::NoOfficeHours);
            }
            Span::WorkingDays(n, Count::NextDay) => (Some(n), None, "working_days/next_day"),
            Span::WorkingDays(n, Count::AtOnce) => (Some(n), None, "working_days/at_once"),
            Span::Hours(n, By::Clock) => (None, Some(n), "hours/clock"),
            Span::Hours(n, By::Office) => (None, Some(n), "hours/office"),
        };
        let calendar = self.calendar();
        let (table, office) = (calendar.table(), self.inner.office.as_ref());
        let Some(due_at) = span.end(table, office, from) else {
            let (first, last) = count::range();
            return Err(DeadlineError::OutOfRange { first, last });
        };
        let (first, last) = (count::day(from), count::day(due_at));
        let steps = match (span, office) {
            (Span::WorkingDays(_, counting), _) => {
                steps(calendar, count::date(first), count::date(last), counting)
            }
            (Span::Hours(_, By::Office), Some(office)) => office_steps(calendar, office, from, due_at),
            (Span::Hours(..), _) => hour_steps(calendar, from, due_at),
        };
        let by_the_clock = matches!(span, Span::Hours(_, By::Clock));
        Ok(Explained {
            from,
            working_days: days,
            hours,
            due_at,
            rule: name.to_owned(),
            calendar: calendar.files(count::date(first), count::date(last)),
            provisional: !by_the_clock && table.is_provisional(first, last),
            steps,
        })
    }

    /// [`Rules::working_days_after`] without its reasons, in constant time; `None` outside the years the clock knows.
    pub fn end_after(&self, from: Moment, n: u32) -> Option<Moment> {
        self.calendar().table().after(count::day(from), n).map(count::end)
    }

    /// The calendar the rules count by.
    pub fn calendar(&self) -> &Calendar {
        &self.inner.calendar
    }

    /// The same rules over the calendar as it was known at `moment`.
    #[must_use]
    pub fn as_known_at(&self, moment: Moment) -> Self {
        self.over(self.calendar().as_known_at(moment))
    }

    /// What is configured, in one line for `minsheng check`.
    pub fn summary(&self) -> String {
        let inner = &*self.inner;
        let limit = |value: Option<u32>| value.map_or_else(|| "any".to_owned(), |value| value.to_string());
        format!(
            "{} rules, office hours {}, extension times {}, extension working days {}",
            inner.rules.len(),
            inner
                .office
                .as_ref()
                .map_or_else(|| "none".to_owned(), Office::chinese),
            limit(inner.extension.times),
            limit(inner.extension.working_days)
        )
    }

    /// Hash of rules and calendar: when it changes, stored deadlines are to be computed anew.
    pub fn version(&self) -> &str {
        &self.inner.version
    }
}

/// What a day is called, whether it is worked, and the remark for one without an arrangement.
fn named(calendar: &Calendar, date: NaiveDate) -> (String, bool, &'static str) {
    let day = calendar.day(date);
    let unsure = if day.provisional {
        "（当年放假安排未公布，暂定）"
    } else {
        ""
    };
    (
        day.name.unwrap_or_else(|| "工作日".to_owned()),
        day.working,
        unsure,
    )
}

fn steps(calendar: &Calendar, received: NaiveDate, last: NaiveDate, counting: Count) -> Vec<Step> {
    let mut counted = 0u32;
    received
        .iter_days()
        .take_while(|date| *date <= last)
        .map(|date| {
            let (what, working, unsure) = named(calendar, date);
            let skipped = date == received && counting == Count::NextDay;
            let counts = working && !skipped;
            counted += u32::from(counts);
            let why = if skipped {
                format!("受理当日，不计{unsure}")
            } else if !counts {
                format!("{what}，不计{unsure}")
            } else {
                format!("{what}，第 {counted} 个工作日{unsure}")
            };
            Step {
                date,
                counted: counts,
                why,
            }
        })
        .collect()
}

/// The days of a count in office hours, each with what it adds.
fn office_steps(calendar: &Calendar, office: &Office, from: Moment, due_at: Moment) -> Vec<Step> {
    let sessions = office.chinese();
    let mut total = 0;
    each_day(from, due_at, |date, begin, end| {
        let (what, working, unsure) = named(calendar, date);
        let open = calendar
            .table()
            .office_seconds(office, begin, end)
            .unwrap_or_default();
        total += open;
        let why = if !working {
            format!("{what}，不计{unsure}")
        } else if open == 0 {
            format!("{what}，办公时间（{sessions}）已过，不计{unsure}")
        } else {
            format!(
                "{what}，办公时间（{sessions}）计 {}，累计 {}{unsure}",
                length(open),
                length(total)
            )
        };
        (open > 0, why)
    })
}

/// The days of a count in hours by the clock: holidays and nights count.
fn hour_steps(calendar: &Calendar, from: Moment, due_at: Moment) -> Vec<Step> {
    let mut total = 0;
    each_day(from, due_at, |date, begin, end| {
        total += end - begin;
        let what = named(calendar, date).0;
        let why = format!("{what}，计 {}，累计 {}", length(end - begin), length(total));
        (end > begin, why)
    })
}

/// One step for each day between two moments; `told` gets the day and its first and last civil second in between.
fn each_day(
    from: Moment,
    to: Moment,
    mut told: impl FnMut(NaiveDate, i64, i64) -> (bool, String),
) -> Vec<Step> {
    let (begin, end) = (count::second(from), count::second(to));
    (count::day(from)..=count::day(civil(end)))
        .map(|day| {
            let date = count::date(day);
            let (counted, why) = told(date, begin.max(day * DAY), end.min((day + 1) * DAY));
            Step { date, counted, why }
        })
        .collect()
}

/// `7 小时 30 分`
fn length(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        (hours, 0) => format!("{hours} 小时"),
        (0, minutes) => format!("{minutes} 分"),
        (hours, minutes) => format!("{hours} 小时 {minutes} 分"),
    }
}
