//! Records: pure data, no I/O. Everything that happens is a [`Record`] on the log.
//!
//! The JSON form is versioned (`"v": 1`; approval items `"v": 2`); a record of any past version still parses (golden files under
//! `golden/`). Adding an optional field keeps the version; anything else raises it and adds a reading path.

mod approval;
mod attachment;

pub use approval::Approval;
pub use attachment::{Attachment, ContentHash};

use crate::time::{Moment, from_millis};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The newest version this code writes. Every version up to it is read.
pub const RECORD_VERSION: u32 = 2;

/// One thing that happened, with when it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the JSON form.
    pub v: u32,
    /// Hash of the source's own identity and the content; see [`Body::content_id`]. Holds neither file name nor
    /// `observed_at`, so the same content seen twice has the same id.
    pub id: RecordId,
    /// When the source was seen saying this (for a file: its export or modification time).
    pub observed_at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub body: Body,
}

/// What a record can hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// What people say: one revision of an article or post.
    Post(Post),
    /// What people ask: one event in a ticket's life.
    Ticket(TicketEvent),
    /// What could not be read, with where and why.
    Dead(DeadLetter),
    /// An item of an approvals office (行政审批) as its export has it. Since version 2.
    Approval(Approval),
}

/// 128 bits of BLAKE3 in 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// Hashes parts with their lengths, so that `["ab","c"]` and `["a","bc"]` differ.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut digest = [0u8; 16];
        hasher.finalize_xof().fill(&mut digest);
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The medium a post came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// 新闻
    News,
    /// 微博
    Weibo,
    /// 微信公众号
    Wechat,
    /// 论坛
    Forum,
    /// 政府门户 (the portal's letters and notices)
    Portal,
    /// 短视频
    Video,
    /// 其他
    #[default]
    Other,
}

impl Medium {
    /// All media in the order pages show them.
    pub const ALL: [Self; 7] = [
        Self::News,
        Self::Weibo,
        Self::Wechat,
        Self::Forum,
        Self::Portal,
        Self::Video,
        Self::Other,
    ];

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Weibo => "weibo",
            Self::Wechat => "wechat",
            Self::Forum => "forum",
            Self::Portal => "portal",
            Self::Video => "video",
            Self::Other => "other",
        }
    }

    /// The Chinese name on pages.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::News => "新闻",
            Self::Weibo => "微博",
            Self::Wechat => "微信",
            Self::Forum => "论坛",
            Self::Portal => "门户网站",
            Self::Video => "短视频",
            Self::Other => "其他",
        }
    }
}

/// One revision of an article or post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Same for every revision of one post: hash of source and native id. The log's key and the search document's key.
    pub post_id: RecordId,
    /// The source's own id, or the canonical URL where it has none.
    pub native_id: String,
    /// Name of the configured source, e.g. `weibo` or `city-portal`.
    pub source: String,
    /// The medium.
    pub channel: Medium,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Title, empty where the medium has none; masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Text as written, paragraphs parted by `\n`; masked.
    pub body: String,
    /// Author's public name, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Originating media (来源：…) where the page names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
    /// When it was published, as the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Moment>,
    /// Region the source itself names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Counts shown beside the post. They change by the minute and are outside the content id.
    #[serde(default, skip_serializing_if = "Engagement::is_empty")]
    pub engagement: Engagement,
}

/// Public counts of a post; `None` where the source shows none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Engagement {
    /// 点赞
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    /// 评论
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    /// 转发
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<u64>,
    /// 阅读
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
}

impl Engagement {
    /// Whether the source showed no count at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

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

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Name of the configured source.
    pub source: String,
    /// Where: file and row, or URL.
    pub place: Place,
    /// Why, for people (Chinese); names the field.
    pub reason: String,
    /// Machine name of the reason, for counting: e.g. `missing_field`, `bad_time`, `robots`.
    pub code: String,
    /// Up to 120 characters of what was refused, masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Place {
    /// File name without folders, or URL.
    pub origin: String,
    /// 1-based row or line, header included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column header or field name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Record {
    /// A ticket's event as it was read before, under the id it had then.
    pub fn of_event(id: RecordId, observed_at: Moment, event: TicketEvent) -> Self {
        let body = Body::Ticket(event);
        Self {
            v: body.since(),
            id,
            observed_at,
            body,
        }
    }

    /// Wraps a body with its content id. `observed_at` is cut to the millisecond, the precision the ledger keeps:
    /// revisions must compare the same everywhere.
    pub fn new(body: Body, observed_at: Moment) -> Self {
        Self {
            v: body.since(),
            id: body.content_id(),
            observed_at: from_millis(observed_at.timestamp_millis()),
            body,
        }
    }

    /// The log key: post id, ticket number, the source of a dead letter, or the number of an approval item.
    pub fn key(&self) -> &str {
        match &self.body {
            Body::Post(post) => post.post_id.as_str(),
            Body::Ticket(event) => &event.no,
            Body::Dead(dead) => &dead.source,
            Body::Approval(item) => &item.no,
        }
    }

    /// One line of JSON.
    ///
    /// # Errors
    /// When a number is not finite (JSON has no NaN).
    pub fn to_json(&self) -> Result<String, RecordError> {
        serde_json::to_string(self).map_err(RecordError::Json)
    }

    /// Reads a record of any past version.
    ///
    /// # Errors
    /// Names the version when it is newer than this code, else what serde found wrong (never the text itself).
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        let Versioned { v } = serde_json::from_slice(json).map_err(RecordError::Json)?;
        if v == 0 || v > RECORD_VERSION {
            return Err(RecordError::Version { found: v });
        }
        serde_json::from_slice(json).map_err(RecordError::Json)
    }
}

impl Body {
    /// The version that brought this kind: what an older program can read stays readable for it.
    fn since(&self) -> u32 {
        match self {
            Self::Post(_) | Self::Ticket(_) | Self::Dead(_) => 1,
            Self::Approval(_) => 2,
        }
    }

    /// Hash of the source's own identity and content, without file name, `observed_at` and engagement counts.
    pub fn content_id(&self) -> RecordId {
        // serde_json writes struct fields in declaration order, so equal content gives equal bytes.
        fn json(value: &impl Serialize) -> Vec<u8> {
            serde_json::to_vec(value).unwrap_or_default()
        }
        match self {
            Self::Post(post) => {
                let content = Post {
                    engagement: Engagement::default(),
                    ..post.clone()
                };
                RecordId::of(&[b"post", &json(&content)])
            }
            Self::Ticket(event) => match &event.event {
                // The doer names the doing: the first saying of it counts.
                _ if event.key.is_some() => RecordId::of(&[
                    b"keyed",
                    event.no.as_bytes(),
                    event.actor.as_bytes(),
                    event.key.as_ref().map_or(b"", |key| key.as_str().as_bytes()),
                ]),
                // A model's label of one text is one event however often it is computed; labelling it again is another.
                Event::Classified(Classified {
                    of: Some(text),
                    relabelled_at,
                    ..
                }) => {
                    let again = relabelled_at.map(|at| at.timestamp_millis().to_le_bytes());
                    let mut parts: Vec<&[u8]> = vec![
                        b"label",
                        event.no.as_bytes(),
                        event.actor.as_bytes(),
                        text.as_str().as_bytes(),
                    ];
                    parts.extend(again.as_ref().map(<[u8; 8]>::as_slice));
                    RecordId::of(&parts)
                }
                _ => RecordId::of(&[b"ticket", &json(event)]),
            },
            Self::Dead(dead) => RecordId::of(&[b"dead", &json(dead)]),
            Self::Approval(item) => RecordId::of(&[b"approval", &json(item)]),
        }
    }
}

/// `TicketEvent::source` of labels given by a model.
pub const MODEL_SOURCE: &str = "model";
/// `TicketEvent::source` of what a person did on the dashboard.
pub const DISPATCHER_SOURCE: &str = "dispatcher";

/// `TicketEvent::source` of what a job of the program did when the clock asked for it.
pub const JOB_SOURCE: &str = "job";

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON, or not of a record's shape.
    #[error("not a record: {}", describe(.0))]
    Json(serde_json::Error),
    /// Written by a newer program.
    #[error("record version {found} is newer than this program understands (up to {RECORD_VERSION})")]
    Version {
        /// The version found.
        found: u32,
    },
}

// serde_json's own message may quote the text ("invalid type: string \"…\""), which can hold personal data.
fn describe(error: &serde_json::Error) -> String {
    format!(
        "{:?} error at line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    )
    .to_lowercase()
}

#[cfg(test)]
#[path = "record_golden_tests.rs"]
mod golden_tests;
