//! 答复率: tickets with a reply by the as-of time ÷ accepted.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "reply",
    chinese: "答复率",
    rule: "accepted",
    formula: "截至统计时点已答复 ÷ 受理",
    exclusions: &[exclusion::MERGED],
    numerator: |_| flag("replied"),
};
