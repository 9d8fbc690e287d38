//! Counting with reasons: what `minsheng deadline` prints.

use super::{Calendar, DeadlineError, MAX_WORKING_DAYS, Rules, count};
use chrono::NaiveDate;
use ingest::time::Moment;
use serde::Serialize;

/// The counting rule of [`Rules::working_days_after`], as `Explained::rule` names it.
const NEXT_DAY: &str = "working_days/next_day";

/// A count of working days with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// As asked.
    pub from: Moment,
    /// As asked.
    pub working_days: u32,
    /// 23:59:59 of the last day counted, in Asia/Shanghai.
    pub due_at: Moment,
    /// How it was counted.
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
        if n > MAX_WORKING_DAYS {
            return Err(DeadlineError::TooMany { working_days: n });
        }
        let calendar = self.calendar();
        let received = count::day(from);
        let Some(last) = calendar.table().after(received, n) else {
            let (first, last) = count::range();
            return Err(DeadlineError::OutOfRange { first, last });
        };
        Ok(Explained {
            from,
            working_days: n,
            due_at: count::end(last),
            rule: NEXT_DAY.to_owned(),
            calendar: calendar.files(count::date(received), count::date(last)),
            provisional: calendar.table().is_provisional(received, last),
            steps: steps(calendar, count::date(received), count::date(last)),
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

    /// Hash of rules and calendar: when it changes, stored deadlines are to be computed anew.
    pub fn version(&self) -> &str {
        &self.inner.version
    }
}

fn steps(calendar: &Calendar, received: NaiveDate, last: NaiveDate) -> Vec<Step> {
    let mut counted = 0u32;
    received
        .iter_days()
        .take_while(|date| *date <= last)
        .map(|date| {
            let day = calendar.day(date);
            let counts = day.working && date != received;
            counted += u32::from(counts);
            let what = day.name.unwrap_or_else(|| "工作日".to_owned());
            let unsure = if day.provisional {
                "（当年放假安排未公布，暂定）"
            } else {
                ""
            };
            let why = if date == received {
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
