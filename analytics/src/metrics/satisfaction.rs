//! 满意率: satisfied ÷ tickets whose last callback says whether the caller was.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "satisfaction",
    chinese: "满意率",
    rule: "callback",
    formula: "回访答“满意” ÷ 回访有效答复",
    exclusions: &[
        exclusion::MERGED,
        exclusion::NOT_CALLED,
        exclusion::NOT_REACHED,
        ("未答是否满意", |_| !flag("satisfied_known")),
    ],
    numerator: |_| flag("satisfied"),
};
