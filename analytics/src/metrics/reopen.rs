//! 重办率: reopened at least once ÷ dispatched.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "reopen",
    chinese: "重办率",
    rule: "dispatched",
    formula: "重办 ÷ 派单",
    exclusions: &[exclusion::MERGED, exclusion::NOT_DISPATCHED],
    numerator: |_| flag("reopened"),
};
