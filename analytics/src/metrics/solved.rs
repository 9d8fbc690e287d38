//! 解决率: solved ÷ tickets whose last callback says whether it was.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "solved",
    chinese: "解决率",
    rule: "callback",
    formula: "回访答“已解决” ÷ 回访有效答复",
    exclusions: &[
        exclusion::MERGED,
        exclusion::NOT_CALLED,
        exclusion::NOT_REACHED,
        ("未答是否解决", |_| !flag("solved_known")),
    ],
    numerator: |_| flag("solved"),
};
