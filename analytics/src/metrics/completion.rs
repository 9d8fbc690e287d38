//! 总办结率: resolved by the as-of time ÷ accepted.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "completion",
    chinese: "总办结率",
    rule: "accepted",
    formula: "截至统计时点已办结 ÷ 受理",
    exclusions: &[exclusion::MERGED],
    numerator: |_| flag("resolved"),
};
