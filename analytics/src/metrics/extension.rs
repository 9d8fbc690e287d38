//! 延期率: extended at least once ÷ dispatched.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "extension",
    chinese: "延期率",
    rule: "dispatched",
    formula: "延期 ÷ 派单",
    exclusions: &[exclusion::MERGED, exclusion::NOT_DISPATCHED],
    numerator: |_| flag("extended"),
};
