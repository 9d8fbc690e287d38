//! Raw material from sources, before cleaning. Nothing in it may be logged or shown.

use crate::{
    record::{Attachment, CalledBack, Card, Engagement, Event, Medium, Place, TicketType},
    time::Moment,
};

/// Raw material from a source, before cleaning. Nothing in it may be logged or shown.
#[derive(Debug, Clone)]
pub enum Draft {
    /// An article or post.
    Post(PostDraft),
    /// A snapshot of a ticket: one row of a hotline export. Becomes its events.
    Ticket(Box<TicketDraft>),
    /// An item of an approvals office: one row of its export.
    Approval(Box<ApprovalDraft>),
    /// One event of a ticket: what a dispatcher did.
    Event(EventDraft),
    /// What a source could not read.
    Refused(Refusal),
}

/// An article or post as read.
#[derive(Debug, Clone, Default)]
pub struct PostDraft {
    /// The source a line itself names. In a one-off import the post belongs to it; from a configured source it is shown
    /// as the originating media.
    pub source: Option<String>,
    /// The source's own id; the canonical URL where it has none.
    pub native_id: String,
    /// The medium.
    pub channel: Medium,
    /// Where it can be read.
    pub url: Option<String>,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Author.
    pub author: Option<String>,
    /// Originating media.
    pub source_name: Option<String>,
    /// When it was published.
    pub published_at: Option<Moment>,
    /// Region the source names.
    pub region: Option<String>,
    /// Counts.
    pub engagement: Engagement,
}

/// One row of a hotline export.
#[derive(Debug, Clone, Default)]
pub struct TicketDraft {
    /// 工单编号
    pub no: String,
    /// 标题
    pub title: String,
    /// 内容
    pub body: String,
    /// 来源渠道
    pub channel: Option<String>,
    /// 区域
    pub region: Option<String>,
    /// 紧急程度
    pub urgency: Option<String>,
    /// 来电号码, raw.
    pub caller: Option<String>,
    /// 诉求类型 the feed gives.
    pub r#type: Option<TicketType>,
    /// 诉求领域 the feed gives.
    pub topic: Option<String>,
    /// 受理时间
    pub accepted_at: Option<Moment>,
    /// 承办单位
    pub unit: Option<String>,
    /// 派单时间
    pub dispatched_at: Option<Moment>,
    /// 签收时间
    pub signed_at: Option<Moment>,
    /// 联系时间
    pub contacted_at: Option<Moment>,
    /// 办结时限
    pub due_at: Option<Moment>,
    /// 办结时间
    pub resolved_at: Option<Moment>,
    /// The feed says expressly that it is not resolved (工单状态：办理中).
    pub unresolved: bool,
    /// 是否超期, as the feed says.
    pub late: Option<bool>,
    /// 答复时间; the resolution's time where the feed gives none.
    pub replied_at: Option<Moment>,
    /// 答复内容
    pub reply: Option<String>,
    /// 直接答复
    pub direct: bool,
    /// 回访
    pub callback: Option<CalledBack>,
    /// 回访时间; the resolution's time where the feed gives none.
    pub called_back_at: Option<Moment>,
}

/// One row of an approvals office's export.
#[derive(Debug, Clone, Default)]
pub struct ApprovalDraft {
    /// 办件编号
    pub no: String,
    /// 事项名称
    pub item: String,
    /// 办理部门
    pub unit: Option<String>,
    /// 受理时间
    pub accepted_at: Option<Moment>,
    /// 承诺办结时间
    pub promised_at: Option<Moment>,
    /// 承诺时限 in working days; 0 is the same day.
    pub promised_working_days: Option<u32>,
    /// 办结时间
    pub finished_at: Option<Moment>,
    /// 办理结果
    pub outcome: Option<String>,
    /// The card the office's own system gave.
    pub card: Option<Card>,
}

/// One event of a ticket.
#[derive(Debug, Clone)]
pub struct EventDraft {
    /// Ticket number.
    pub no: String,
    /// Who, e.g. `user:local`.
    pub actor: String,
    /// When.
    pub occurred_at: Moment,
    /// What the doer calls this doing: said again, it is the same event. Only its hash is kept.
    pub key: Option<String>,
    /// Evidence; each file is in the data folder already.
    pub attachments: Vec<Attachment>,
    /// What; texts in it are masked by cleaning.
    pub event: Event,
}

/// What could not be read, before masking.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Where.
    pub place: Place,
    /// Why, for people (Chinese); must not quote the value.
    pub reason: String,
    /// Machine name of the reason.
    pub code: &'static str,
    /// Raw material, masked and cut to 120 characters by cleaning.
    pub excerpt: String,
}
