//! 总办结率: resolved by the as-of time ÷ accepted.

use super::{Metric, exclusion};
use polars::prelude::col;

pub(super) const METRIC: Metric = Metric {
    name: "completion",
    chinese: "总办结率",
    rule: "accepted",
    formula: "截至统计时点已办结 ÷ 受理",
    exclusions: &[exclusion::MERGED],
    numerator: |_| col("resolved"),
};
