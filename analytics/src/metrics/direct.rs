//! 直接答复率: answered at the hotline without dispatch ÷ accepted.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "direct",
    chinese: "直接答复率",
    rule: "accepted",
    formula: "热线直接答复（未派单） ÷ 受理",
    exclusions: &[exclusion::MERGED],
    numerator: |_| flag("direct"),
};
