//! 限时办结率, rule B: resolved on time ÷ accepted.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "on_time_accepted",
    chinese: "限时办结率（按受理）",
    rule: "accepted",
    formula: "按时办结 ÷ 受理",
    exclusions: &[exclusion::MERGED, exclusion::UNTIMED],
    numerator: |_| flag("on_time"),
};
