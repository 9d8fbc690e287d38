//! The working-day clock: when a ticket is due, by which rule, and why.
//!
//! Deadlines are configuration (`config/deadlines.toml`), counted over the State Council's yearly arrangements
//! (`config/calendar/`), both embedded in the program. In order of strength: an extension, the feed's own 办结时限,
//! the most specific rule. All days are days in Asia/Shanghai.
//!
//! **Architecture invariant:** this room reads no clock and no ledger: the same [`Clock`], [`Rules`] and [`Calendar`]
//! give the same [`Due`] on any day. It never guesses in silence: a day counted without a published arrangement makes
//! the result `provisional`. Nothing here panics on any moment, not even at the ends of what chrono can hold.

mod calendar;
mod config;
mod count;
mod due;
mod error;
mod explain;
mod file;
mod office;
mod paper;

#[cfg(test)]
mod tests;

pub use calendar::{Calendar, Day};
pub use config::{EMBEDDED, EMBEDDED_ORIGIN, Extension};
pub use error::DeadlineError;
pub use explain::{Explained, Step};

use ingest::{
    record::{Card, TicketType},
    time::Moment,
};
use serde::Serialize;
use std::sync::Arc;

/// The most working days anyone may ask for: about forty years. More is a slip of the hand, not a deadline.
pub const MAX_WORKING_DAYS: u32 = 10_000;

/// Deadline rules with the calendar they count by. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Rules {
    pub(crate) inner: Arc<config::RuleSet>,
}

/// What the clock of one ticket needs to know. Facts only: which of them count is decided here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock<'a> {
    /// 受理
    pub accepted_at: Moment,
    /// The last 派单. Rules counting from dispatch count from acceptance until there is one, so that a ticket nobody
    /// dispatches does not escape the clock.
    pub dispatched_at: Option<Moment>,
    /// 办结时限 of the feed, the newest one.
    pub feed_due_at: Option<Moment>,
    /// When the feed gave it (`occurred_at` of that event); `None`: when the running clock started. One given before
    /// the last 重办 belongs to the old clock and is ignored; pauses before it are in it already.
    pub feed_given_at: Option<Moment>,
    /// New deadline of the last 延期.
    pub extended_to: Option<Moment>,
    /// When it was extended; read like `feed_given_at`.
    pub extended_at: Option<Moment>,
    /// 挂起 and 恢复, in any order, overlapping or not; `None`: still paused.
    pub pauses: &'a [(Moment, Option<Moment>)],
    /// The last 重办: a new clock starts there.
    pub reopened_at: Option<Moment>,
    /// 紧急程度
    pub urgency: Option<&'a str>,
    /// 诉求类型
    pub r#type: Option<TicketType>,
    /// 诉求领域
    pub topic: Option<&'a str>,
    /// 承办单位
    pub unit: Option<&'a str>,
    /// 来源渠道
    pub channel: Option<&'a str>,
}

/// A deadline and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Due {
    /// The deadline in force, after extension and every pause that has ended.
    pub due_at: Moment,
    /// From when the card is yellow; never before the clock started, never after `due_at`.
    pub warn_at: Moment,
    /// `feed`, `extended`, or the rule's name.
    pub rule: String,
    /// What the feed gives, as given.
    pub feed_due_at: Option<Moment>,
    /// What the most specific rule gives before extension and pauses, shown beside the feed's when they differ.
    pub rule_due_at: Option<Moment>,
    /// The ticket is paused since then: the clock stands still, `due_at` cannot pass and will move when the pause
    /// ends. Ask [`Due::is_late_at`] and [`Due::card_at`] instead of comparing moments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Moment>,
    /// A day without a published arrangement was counted: the deadline may change when the calendar file arrives.
    pub provisional: bool,
}

impl Due {
    /// Whether the deadline has passed at `moment` for a ticket still open then. While paused it cannot pass. A
    /// deadline of 23:59:59 lasts to the end of that second.
    pub fn is_late_at(&self, moment: Moment) -> bool {
        self.clock_time(moment).timestamp() > self.due_at.timestamp()
    }

    /// The card a ticket still open at `moment` deserves.
    pub fn card_at(&self, moment: Moment) -> Option<Card> {
        if self.is_late_at(moment) {
            Some(Card::Red)
        } else if self.clock_time(moment) >= self.warn_at {
            Some(Card::Yellow)
        } else {
            None
        }
    }

    /// Where the ticket's clock stands at `moment`.
    fn clock_time(&self, moment: Moment) -> Moment {
        self.paused_since.map_or(moment, |since| since.min(moment))
    }
}
