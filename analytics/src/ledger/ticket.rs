//! A ticket as people see it.

use crate::deadline::Due;
use ingest::{
    record::{CalledBack, Caller, Card, Classified, TicketType},
    time::Moment,
};
use serde::Serialize;

/// A ticket as its events make it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ticket {
    /// 工单编号
    pub no: String,
    /// Configured source of the first event.
    pub source: String,
    /// 标题
    pub title: String,
    /// 内容
    pub body: String,
    /// 来源渠道
    pub channel: Option<String>,
    /// 区域, the feed's or a person's; where there is none, the one the model's label of the text found.
    pub region: Option<String>,
    /// Whether `region` was found in the text.
    pub region_derived: bool,
    /// 紧急程度
    pub urgency: Option<String>,
    /// 来电人
    pub caller: Option<Caller>,
    /// 受理时间; the earliest event's time while no `accepted` event has come.
    pub accepted_at: Moment,
    /// 承办单位 of the last dispatch.
    pub unit: Option<String>,
    /// First 派单.
    pub dispatched_at: Option<Moment>,
    /// Last 派单.
    pub last_dispatched_at: Option<Moment>,
    /// First 签收.
    pub signed_at: Option<Moment>,
    /// First 联系.
    pub contacted_at: Option<Moment>,
    /// First 答复.
    pub replied_at: Option<Moment>,
    /// Last 答复.
    pub reply: Option<String>,
    /// 办结, `None` again after 重办.
    pub resolved_at: Option<Moment>,
    /// 办结结果
    pub result: String,
    /// 直接答复
    pub direct: bool,
    /// Where in its life.
    pub status: Status,
    /// In this order: a human's, the feed's, the model's when it does not abstain, else `None` (待判定).
    pub r#type: Option<TicketType>,
    /// Whose `type` is.
    pub type_by: Option<LabelledBy>,
    /// 诉求领域, by the same order.
    pub topic: Option<String>,
    /// The newest model label, also when a human's or the feed's stands above it.
    pub model: Option<Classified>,
    /// 回访 (the last).
    pub callback: Option<CalledBack>,
    /// Times returned, extended, reopened, urged, supervised, paused.
    pub counts: Counts,
    /// Cards given, by events.
    pub cards: Vec<Card>,
    /// Main ticket this one is merged into.
    pub merged_into: Option<String>,
    /// Tickets split off this one (拆分), in order.
    pub split_into: Vec<String>,
    /// The deadline in force; `None` while nothing gives one. Of a resolved ticket, the one it was resolved under.
    pub due: Option<Due>,
    /// Extensions that broke the rules: they stand on the timeline, but move the deadline no further than the rules let.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
    /// Whether the last resolution came in time; `None` while unresolved or without deadline.
    pub on_time: Option<bool>,
    /// What the feed says of lateness (是否超期), the last word; never trusted.
    pub feed_late: Option<bool>,
    /// Resolutions before the last one that came late: a reopened ticket keeps its past.
    pub late_before: u32,
}

/// How often things happened to a ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// 派单
    pub dispatched: u32,
    /// 退单
    pub returned: u32,
    /// 延期
    pub extended: u32,
    /// 延期 since the last 受理 or 重办: the limit is one of the running clock.
    pub extended_now: u32,
    /// 重办
    pub reopened: u32,
    /// 催办
    pub urged: u32,
    /// 督办
    pub supervised: u32,
    /// 挂起
    pub paused: u32,
}

/// An extension that broke the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// When it was given.
    pub at: Moment,
    /// To when.
    pub to: Moment,
    /// Which rule.
    pub rule: Broken,
}

/// Which rule an extension broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// It was given after the deadline had passed.
    Expired,
    /// One more than the rules allow.
    TooOften,
    /// Further than the rules allow.
    TooLong,
}

impl Broken {
    /// In Chinese, for pages.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Expired => "时限已过才延期，时限不变",
            Self::TooOften => "延期次数超过规定，时限不变",
            Self::TooLong => "延期时长超过规定，按规定上限计",
        }
    }
}

/// Where in its life a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 待派单
    Accepted,
    /// 待签收
    Dispatched,
    /// 办理中
    Signed,
    /// 已退单
    Returned,
    /// 挂起
    Paused,
    /// 已办结
    Resolved,
    /// 重办中
    Reopened,
    /// 已合并
    Merged,
}

/// Who gave a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelledBy {
    /// A person on the dashboard.
    Human,
    /// The feed.
    Feed,
    /// The model, not abstaining.
    Model,
}

impl Status {
    /// All states in the order of a ticket's life.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Dispatched,
        Self::Signed,
        Self::Returned,
        Self::Paused,
        Self::Resolved,
        Self::Reopened,
        Self::Merged,
    ];

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Dispatched => "dispatched",
            Self::Signed => "signed",
            Self::Returned => "returned",
            Self::Paused => "paused",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Merged => "merged",
        }
    }

    /// The Chinese name on pages and in exports.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Accepted => "待派单",
            Self::Dispatched => "待签收",
            Self::Signed => "办理中",
            Self::Returned => "已退单",
            Self::Paused => "挂起",
            Self::Resolved => "已办结",
            Self::Reopened => "重办中",
            Self::Merged => "已合并",
        }
    }

    /// Reads either name; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|status| text == status.name() || text == status.chinese())
    }

    /// The number kept in the ledger and the frames.
    pub(crate) fn code(self) -> u32 {
        Self::ALL
            .iter()
            .position(|&status| status == self)
            .map_or(0, |place| place as u32)
    }
}

/// What stands for a ticket without a type, in addresses and interfaces.
pub const UNKNOWN_TYPE: &str = "unknown";
/// What stands for a ticket without a type on pages: counted as such, never under a guess.
pub const UNKNOWN_TYPE_CHINESE: &str = "待判定";

/// A type as a filter or a cut knows it: one of the five, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TypeIs {
    /// One of the five.
    Known(TicketType),
    /// 待判定
    Unknown,
}

impl TypeIs {
    /// Reads a JSON or Chinese name, `unknown` or 待判定; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == UNKNOWN_TYPE || text == UNKNOWN_TYPE_CHINESE {
            return Some(Self::Unknown);
        }
        TicketType::parse(text).map(Self::Known)
    }

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known(kind) => kind.name(),
            Self::Unknown => UNKNOWN_TYPE,
        }
    }

    /// The Chinese name.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Known(kind) => kind.chinese(),
            Self::Unknown => UNKNOWN_TYPE_CHINESE,
        }
    }

    /// The number kept in the ledger and the frames: 0 for none, else the published order from 1.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Unknown => 0,
            Self::Known(kind) => type_code(Some(kind)),
        }
    }

    /// The inverse of [`TypeIs::code`].
    pub(crate) fn of_code(code: u32) -> Self {
        TicketType::ALL
            .get((code as usize).wrapping_sub(1))
            .map_or(Self::Unknown, |&kind| Self::Known(kind))
    }
}

/// 0 for a ticket without type, else its place in the published order from 1.
pub(crate) fn type_code(kind: Option<TicketType>) -> u32 {
    kind.and_then(|kind| TicketType::ALL.iter().position(|&other| other == kind))
        .map_or(0, |place| place as u32 + 1)
}
