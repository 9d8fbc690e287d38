//! 当日办结率: resolved on the day of acceptance ÷ accepted before the as-of day, or resolved already.

use super::{Metric, exclusion, three_days::running};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "same_day",
    chinese: "当日办结率",
    rule: "accepted",
    formula: "受理当日办结 ÷ 受理",
    exclusions: &[
        exclusion::MERGED,
        ("办理中、受理当日未过", |as_of| running(as_of, 0)),
    ],
    numerator: |_| flag("same_day"),
};
