//! 三日办结率: resolved within three calendar days after the day of acceptance ÷ accepted.
//!
//! An open ticket whose days are not over says nothing yet, as in rule C of the on-time rate.

use super::{Metric, exclusion};
use crate::frame::{Predicate, before, flag};
use chrono::TimeDelta;
use ingest::time::{from_millis, shanghai, start_of_day};

pub(super) const METRIC: Metric = Metric {
    name: "three_days",
    chinese: "三日办结率",
    rule: "accepted",
    formula: "受理后三个自然日内办结（受理当日不计）÷ 受理",
    exclusions: &[exclusion::MERGED, ("办理中、三日未满", |as_of| running(as_of, 3))],
    numerator: |_| flag("three_days"),
};

/// Open, and the day of acceptance with `days` more is not over.
pub(super) fn running(as_of: i64, days: i64) -> Predicate {
    let today = from_millis(as_of).with_timezone(&shanghai()).date_naive();
    let first = today.checked_sub_signed(TimeDelta::days(days)).unwrap_or(today);
    !flag("resolved") & !before("accepted_at", start_of_day(first).timestamp_millis())
}
