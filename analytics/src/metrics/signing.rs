//! 按期签收率: signed in time ÷ dispatched. In time is by the end of the working day after the first dispatch.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "signing",
    chinese: "按期签收率",
    rule: "dispatched",
    formula: "按期签收 ÷ 派单",
    exclusions: &[exclusion::MERGED, exclusion::NOT_DISPATCHED],
    numerator: |_| flag("signed_in_time"),
};
