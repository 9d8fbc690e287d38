//! 限时办结率, rule A: resolved on time ÷ resolved.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "on_time_closed",
    chinese: "限时办结率（按办结）",
    rule: "closed",
    formula: "按时办结 ÷ 已办结",
    exclusions: &[
        exclusion::MERGED,
        ("未办结", |_| !flag("resolved")),
        exclusion::UNTIMED,
    ],
    numerator: |_| flag("on_time"),
};
