//! Why a page was not fetched.

use crate::time::Moment;

/// Why a page was not fetched. The messages name no address: the caller knows which URL it asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// Not an http or https URL with a host, or one that carries a password.
    #[error("not a fetchable URL")]
    BadUrl,
    /// The host is or resolves to an address that must not be reached.
    #[error("host has a private address")]
    PrivateAddress,
    /// robots.txt forbids the page, or could not be read and therefore forbids all (RFC 9309).
    #[error("refused by robots.txt")]
    Robots,
    /// The body is larger than the limit, compressed or not.
    #[error("body is larger than {limit} bytes")]
    TooLarge {
        /// The limit, bytes.
        limit: usize,
    },
    /// The body grows beyond 100 : 1 when decompressed, or is no valid compression.
    #[error("body cannot be decompressed within the limit")]
    Encoding,
    /// The time limit ran out.
    #[error("time limit ran out")]
    Timeout,
    /// The server answered with neither a page, nor a redirect, nor "not modified".
    #[error("server answered with status {0}")]
    Status(u16),
    /// The server asked to be left alone until then (`Retry-After`, or too many requests in a row).
    #[error("server asked to wait until {}", .until.to_rfc3339())]
    Wait {
        /// The earliest moment of the next request.
        until: Moment,
    },
    /// The content type is not one that was asked for.
    #[error("content type is not wanted: {0}")]
    ContentType(String),
    /// Redirects without end, or one without a target.
    #[error("redirects lead nowhere")]
    Redirect,
    /// The name could not be resolved, the connection failed or broke.
    #[error("connection failed")]
    Connection,
    /// The HTTP client could not be set up: proxy or user agent is wrong.
    #[error("cannot set up the HTTP client: {0}")]
    Setup(String),
}

impl FetchError {
    /// Machine name of the reason, for counting.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUrl => "bad_url",
            Self::PrivateAddress => "private_address",
            Self::Robots => "robots",
            Self::TooLarge { .. } => "too_large",
            Self::Encoding => "encoding",
            Self::Timeout => "timeout",
            Self::Status(_) => "status",
            Self::Wait { .. } => "wait",
            Self::ContentType(_) => "content_type",
            Self::Redirect => "redirect",
            Self::Connection => "connection",
            Self::Setup(_) => "setup",
        }
    }

    /// The reason for people.
    pub fn chinese(&self) -> String {
        match self {
            Self::BadUrl => "网址无法访问".into(),
            Self::PrivateAddress => "指向内网地址，已拒绝".into(),
            Self::Robots => "网站的 robots.txt 不允许抓取".into(),
            Self::TooLarge { limit } => format!("页面超过 {limit} 字节"),
            Self::Encoding => "压缩内容无法解开或膨胀过大".into(),
            Self::Timeout => "访问超时".into(),
            Self::Status(status) => format!("网站返回状态码 {status}"),
            Self::Wait { until } => format!("网站要求暂缓访问，{} 之后再试", until.format("%Y-%m-%d %H:%M")),
            Self::ContentType(_) => "内容类型不是网页".into(),
            Self::Redirect => "跳转次数过多或没有目标".into(),
            Self::Connection => "无法连接网站".into(),
            Self::Setup(_) => "抓取设置有误".into(),
        }
    }

    /// Whether the same request may well succeed at the next visit.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Timeout | Self::Wait { .. } | Self::Connection => true,
            Self::Status(status) => *status >= 500 || matches!(status, 408 | 425 | 429),
            _ => false,
        }
    }
}
