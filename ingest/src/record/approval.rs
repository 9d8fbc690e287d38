//! Items of approvals offices (行政审批).

use super::Card;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// An item of an approvals office: no ticket, counted apart from all tickets. Each export says all that is known of it; the
/// one observed last stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// 办件编号
    pub no: String,
    /// Name of the configured source.
    pub source: String,
    /// 事项名称, masked.
    pub item: String,
    /// 办理部门
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// 受理时间
    pub accepted_at: Moment,
    /// 承诺办结时间 as a moment, which stands above the limit in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Moment>,
    /// 承诺时限 in working days, the day of receipt not counted; 0 is the same day (即办).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_working_days: Option<u32>,
    /// 办结时间
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
    /// 办理结果, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The card the office's own system gave; ours is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}
