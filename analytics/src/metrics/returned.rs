//! 退单率: returned at least once ÷ dispatched.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "return",
    chinese: "退单率",
    rule: "dispatched",
    formula: "退单 ÷ 派单",
    exclusions: &[exclusion::MERGED, exclusion::NOT_DISPATCHED],
    numerator: |_| flag("returned"),
};
