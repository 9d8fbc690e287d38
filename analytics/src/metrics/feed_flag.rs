//! 来源超期标记一致率: tickets the feed's own late flag is right about ÷ tickets resolved that carry one.
//!
//! Lateness is computed, never taken from a feed; what is missing to 100 % are the tickets both see differently. Open
//! tickets are left out: whether they are late changes between the export and the as-of time.

use super::{Metric, exclusion};
use crate::frame::flag;

pub(super) const METRIC: Metric = Metric {
    name: "feed_flag",
    chinese: "来源超期标记一致率",
    rule: "closed",
    formula: "来源标记与本系统时钟一致 ÷ 已办结且来源有超期标记",
    exclusions: &[
        exclusion::MERGED,
        ("未办结", |_| !flag("resolved")),
        exclusion::UNTIMED,
        ("来源未标是否超期", |_| !flag("feed_marked")),
    ],
    numerator: |_| flag("feed_right"),
};
