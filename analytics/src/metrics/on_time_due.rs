//! 限时办结率, rule C, the default: resolved on time ÷ (resolved + open past due).
//!
//! An open ticket still in time says nothing yet; one past due is as late as one resolved late. Counting the resolved
//! alone (rule A) would reward leaving the late ones open.

use super::{Metric, exclusion};
use crate::frame::{Predicate, after, flag};

pub(super) const METRIC: Metric = Metric {
    name: "on_time_due",
    chinese: "限时办结率",
    rule: "due",
    formula: "按时办结 ÷（已办结 + 逾期未办结）",
    exclusions: &[
        exclusion::MERGED,
        exclusion::UNTIMED,
        ("挂起中、时钟已停", |as_of| {
            waiting(as_of) & flag("paused")
        }),
        ("办理中、尚未到期", waiting),
    ],
    numerator: |_| flag("on_time"),
};

/// Open and not past due.
fn waiting(as_of: i64) -> Predicate {
    !flag("resolved") & after("expires_at", as_of)
}
