//! What people say: articles and posts, with the media they came through.

use super::RecordId;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

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
