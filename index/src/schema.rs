//! What the index holds of a post or ticket.

use crate::segment::Segmented;
use ingest::time::Moment;
use serde::{Deserialize, Serialize};

/// A post or a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What people say.
    Post,
    /// What people ask.
    Ticket,
}

impl Kind {
    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Ticket => "ticket",
        }
    }
}

/// One live document: the newest revision of a post, or the fold of a ticket's events.
#[derive(Debug, Clone)]
pub struct Document {
    /// Kind.
    pub kind: Kind,
    /// Post id or ticket number; with `kind` the document's key. Writing it again replaces it.
    pub id: String,
    /// The source's own id; the ticket number for a ticket.
    pub native_id: String,
    /// Title as written (masked).
    pub title: String,
    /// Text as written (masked).
    pub body: String,
    /// Words of `title`.
    pub title_words: Segmented,
    /// Words of `body`.
    pub body_words: Segmented,
    /// Configured source.
    pub source: String,
    /// Medium (`news`, `weibo` …) or a ticket's 来源渠道.
    pub channel: Option<String>,
    /// Public author.
    pub author: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// Publication time of a post, acceptance time of a ticket; the observation time where neither is known.
    pub published_at: Moment,
    /// 承办单位
    pub unit: Option<String>,
    /// 诉求类型: `help` … or `unknown` (待判定) for a ticket without one; `None` for a post.
    pub r#type: Option<String>,
    /// 诉求领域
    pub topic: Option<String>,
    /// Sentiment in -1..=1.
    pub sentiment: Option<f32>,
    /// `negative`, `neutral` or `positive`.
    pub sentiment_label: Option<String>,
    /// Names of the sensitive contents found in the text.
    pub flags: Vec<String>,
    /// Region.
    pub region: Option<String>,
    /// Ticket state, e.g. `accepted`, `resolved`.
    pub status: Option<String>,
}
