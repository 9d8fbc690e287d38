//! 响应率: caller contacted ÷ dispatched.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "response",
    chinese: "响应率",
    rule: "dispatched",
    formula: "已联系诉求人 ÷ 派单",
    exclusions: &[exclusion::MERGED, exclusion::NOT_DISPATCHED],
    numerator: |_| flag("contacted"),
};
