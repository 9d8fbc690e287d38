//! The published statistics: one per file, registered in [`METRICS`]; every one a Polars job over a [`Snapshot`](crate::frame::Snapshot).
//!
//! A metric is its list of exclusions and its numerator. Of the tickets in scope, each exclusion takes its share in
//! order; what remains is the denominator, and the numerator is a part of that. So scope = denominator + exclusions
//! holds for every rate, and each of the three can list its tickets.
//!
//! **Architecture invariant:** a rate never travels without its counts; a zero denominator is `N/A`, never 0 % or 100 %.

mod backlog;
mod compare;
mod completion;
mod count;
mod direct;
mod exclusion;
mod extension;
mod feed_flag;
mod handling;
mod members;
mod on_time_accepted;
mod on_time_closed;
mod on_time_due;
mod period;
mod posts;
mod ranking;
mod rate;
mod reopen;
mod reply;
mod response;
mod returned;
mod same_day;
mod satisfaction;
mod scope;
mod signing;
mod solved;
mod tally;
#[cfg(test)]
mod tests;
mod three_days;

pub use backlog::{AGES, Age, backlog, waiting};
pub use compare::{Before, Compared, compared};
pub use count::{Cut, count, count_by, counted};
pub use handling::{Handling, handling};
pub use members::{Part, members};
pub use posts::{PostCut, PostDay, PostScope, negative_share, post_count, post_days, posts_by};
pub use ranking::{Ranked, Ranking, RankingRules, ranking, wilson};
pub use rate::{Exclusion, Rate, rate, rate_by, rates};
pub use scope::Scope;

use crate::{
    frame::{FrameError, Predicate},
    ledger::LedgerError,
};
use polars::prelude::PolarsError;

/// Every metric, in the order of pages and reports.
pub const METRICS: &[Metric] = &[
    on_time_due::METRIC,
    completion::METRIC,
    on_time_closed::METRIC,
    on_time_accepted::METRIC,
    same_day::METRIC,
    three_days::METRIC,
    signing::METRIC,
    response::METRIC,
    reply::METRIC,
    direct::METRIC,
    returned::METRIC,
    extension::METRIC,
    reopen::METRIC,
    solved::METRIC,
    satisfaction::METRIC,
    feed_flag::METRIC,
];

/// A published statistic.
#[derive(Debug)]
pub struct Metric {
    /// Name in addresses and interfaces.
    pub name: &'static str,
    /// 名称 on pages and in exports.
    pub chinese: &'static str,
    /// Short name of the rule it is counted by.
    pub rule: &'static str,
    /// Numerator ÷ denominator in words, Chinese.
    pub formula: &'static str,
    /// What is left out of the denominator: reason (Chinese) and which tickets, the first reason that fits.
    exclusions: &'static [(&'static str, Condition)],
    /// Which tickets of the denominator are in the numerator.
    numerator: Condition,
}

/// A condition on the columns of the ticket frame, given the as-of time in milliseconds. Never null: a missing fact is
/// `false`.
type Condition = fn(i64) -> Predicate;

/// The metric of that name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// Why a figure cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum MetricError {
    /// Polars failed.
    #[error("metric job failed: {0}")]
    Polars(#[from] PolarsError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The frames cannot be had.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// The result of a metric job.
type Result<T> = std::result::Result<T, MetricError>;
