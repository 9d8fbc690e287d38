//! What people ask: all that can happen to a ticket.

use super::{Attachment, RecordId};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// `TicketEvent::source` of labels given by a model.
pub const MODEL_SOURCE: &str = "model";
/// `TicketEvent::source` of what a person did on the dashboard.
pub const DISPATCHER_SOURCE: &str = "dispatcher";
/// `TicketEvent::source` of what a job of the program did when the clock asked for it.
pub const JOB_SOURCE: &str = "job";

/// One event in a ticket's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketEvent {
    /// Ticket number (工单编号) as the feed gives it: the log's key.
    pub no: String,
    /// Name of the configured source, `dispatcher` for a click, `model` for a machine label.
    pub source: String,
    /// Who did it: `feed:<source>`, `user:<name>` or `model:<hash>`.
    pub actor: String,
    /// When it happened, as the feed or the clock says.
    pub occurred_at: Moment,
    /// The event stems from a snapshot (one row per ticket): a later observation of the same source and event kind
    /// replaces this one whatever its `occurred_at`, because a snapshot holds each kind once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub snapshot: bool,
    /// What the doer calls this doing (hash of an idempotency key): said again, it is the same event whatever its time
    /// and wording, so a form sent twice or a job run again adds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<RecordId>,
    /// Evidence that came with it (photos, documents); the files lie in the data folder under their hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What happened.
    pub event: Event,
}

/// All that can happen to a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// 受理
    Accepted(Accepted),
    /// 派单/转办
    Dispatched {
        /// 承办单位
        unit: String,
        /// 办结时限 given by the feed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Moment>,
    },
    /// 签收
    Signed {
        /// 承办单位
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// 退单
    Returned {
        /// Why the unit sent it back.
        reason: String,
    },
    /// 延期
    Extended {
        /// The new deadline.
        due_at: Moment,
        /// Why.
        reason: String,
    },
    /// 挂起
    Paused {
        /// Why.
        reason: String,
    },
    /// 恢复
    Resumed,
    /// 联系诉求人
    Contacted,
    /// 答复
    Replied {
        /// Text of the reply, masked.
        text: String,
    },
    /// 催办
    Urged {
        /// Why.
        reason: String,
    },
    /// 督办
    Supervised {
        /// Why.
        reason: String,
    },
    /// 黄牌/红牌
    Carded {
        /// Which card.
        card: Card,
        /// Why.
        reason: String,
    },
    /// 办结
    Resolved {
        /// What was done, masked.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        result: String,
        /// Answered at the hotline itself without dispatch (直接答复).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        direct: bool,
        /// Of a snapshot that says expressly that the ticket is not resolved: takes back what an earlier one of the same
        /// source said, and is no resolution.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withdrawn: bool,
    },
    /// 回访
    CalledBack(CalledBack),
    /// 重办
    Reopened {
        /// Why.
        reason: String,
    },
    /// A type, topic or sentiment was given by a feed, a human or a model.
    Classified(Classified),
    /// Corrected fields; `None` leaves a field as it is.
    Amended {
        /// New title, masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// New body, masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// New region.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// New 紧急程度.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<String>,
    },
    /// 同诉合并 into a main ticket.
    Merged {
        /// Number of the main ticket.
        into: String,
    },
    /// 取消合并
    Unmerged,
    /// 拆分
    Split {
        /// Numbers of the new tickets.
        into: Vec<String>,
    },
    /// 备注
    Noted {
        /// Text, masked.
        text: String,
    },
}

/// What the hotline took down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// 标题, masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// 内容, masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// 来源渠道, e.g. 电话, 网站.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// 区域 the feed names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// 紧急程度 as the feed writes it, e.g. 一般, 紧急, 特急.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// The caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// 办结时限 given by the feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
}

/// A caller: recognisable when calling again, never readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Keyed hash of the normalised number; equal for repeat calls under the same key.
    pub hash: RecordId,
    /// Masked form for people, e.g. `138****5678`.
    pub masked: String,
}

/// 黄牌 or 红牌.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// Inside the warning window.
    Yellow,
    /// Past due.
    Red,
}

/// A callback's answers; `None` where the question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledBack {
    /// Whether the caller was reached.
    pub reached: bool,
    /// 是否解决
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<bool>,
    /// 是否满意
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
}

/// The five types of a ticket (诉求类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketType {
    /// 求助
    Help,
    /// 投诉
    Complaint,
    /// 咨询
    Inquiry,
    /// 建议
    Suggestion,
    /// 表扬
    Praise,
}

impl TicketType {
    /// All types in their published order.
    pub const ALL: [Self; 5] = [
        Self::Help,
        Self::Complaint,
        Self::Inquiry,
        Self::Suggestion,
        Self::Praise,
    ];

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Complaint => "complaint",
            Self::Inquiry => "inquiry",
            Self::Suggestion => "suggestion",
            Self::Praise => "praise",
        }
    }

    /// The Chinese name on pages and in exports.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Help => "求助",
            Self::Complaint => "投诉",
            Self::Inquiry => "咨询",
            Self::Suggestion => "建议",
            Self::Praise => "表扬",
        }
    }

    /// Reads either name; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|kind| text == kind.name() || text == kind.chinese())
    }
}

/// A label given to a ticket. Fields left `None` say nothing about that label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Classified {
    /// 诉求类型
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<TicketType>,
    /// 诉求领域, one of the fifteen of the guideline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Feed only: whether it calls the ticket late (是否超期). Never trusted: lateness is computed, this is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<bool>,
    /// Model only: confidence of the type in 0..=1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// Model only: the confidence is below the threshold, the type is not to be used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub abstained: bool,
    /// Model only: confidence of the topic in 0..=1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_confidence: Option<f32>,
    /// Sentiment in -1..=1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<f32>,
    /// Model only: id of the `accepted` or `amended` event whose text was labelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<RecordId>,
    /// Model only: region the text is about, by the gazetteer; used where the feed gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Model only: the words that decided the region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub region_words: Vec<String>,
    /// Model only: names of the sensitive contents found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Model only: when a text of the past was labelled again by another model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relabelled_at: Option<Moment>,
}
