//! Every HTTP status the dashboard answers with, and how a failure is shown.
//!
//! Handlers return [`Error`]; `show` turns it into a page, or into problem+json (RFC 9457) under `/api`. What went
//! wrong inside is logged here, once, and never shown: people get a sentence, not a diagnostic.

use crate::{
    attachments::AttachmentError,
    deeds::ActError,
    pages::{self, Frame},
    router::Site,
    state::{PushError, StateError},
};
use analytics::{label::LabelError, ledger::LedgerError, matter::MatterError, metrics::MetricError};
use axum::{
    extract::{Request, State, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use index::writer::IndexError;
use serde::Serialize;

/// Why a request was not answered as asked. Texts are Chinese and meant for people.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No such thing.
    #[error("not found")]
    NotFound(String),
    /// The request cannot be understood; the text names the field.
    #[error("request cannot be understood")]
    Malformed(String),
    /// Another site's page, or a form of an earlier run of the program.
    #[error("request is forbidden")]
    Forbidden(String),
    /// A token is missing or wrong.
    #[error("request is not authorised")]
    Unauthorised,
    /// The ticket's state does not allow it.
    #[error("conflict with the present state")]
    Conflict(String),
    /// Understood, but not acceptable; the text says what is missing.
    #[error("content is not acceptable")]
    Unacceptable(String),
    /// Not `application/json`.
    #[error("media type is not supported")]
    MediaType,
    /// Larger than is taken.
    #[error("request is too large")]
    TooLarge,
    /// The host name is not one of ours: a rebound DNS name leads here.
    #[error("host name is not served")]
    Misdirected,
    /// Not ready, or the log cannot promise durability at the moment.
    #[error("not available now")]
    Unavailable(String),
    /// Something inside failed; it was logged when this was made.
    #[error("internal failure")]
    Internal,
}

/// RFC 9457.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says all a program needs.
    pub r#type: &'static str,
    /// What the status means.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
}

impl Error {
    /// Logs what failed inside; callers and people learn only that something did.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        Self::Internal
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unacceptable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound(text)
            | Self::Malformed(text)
            | Self::Forbidden(text)
            | Self::Conflict(text)
            | Self::Unacceptable(text)
            | Self::Unavailable(text) => text.clone(),
            Self::Unauthorised => "缺少访问令牌，或访问令牌不正确。".to_owned(),
            Self::MediaType => "请求内容须为 application/json。".to_owned(),
            Self::TooLarge => "提交的内容超出上限，请分批提交。".to_owned(),
            Self::Misdirected => "本系统仅接受以本机地址（localhost、127.0.0.1）访问。".to_owned(),
            Self::Internal => "系统内部出现故障，详情已记入运行日志，请稍后重试或联系管理员。".to_owned(),
        }
    }
}

/// What a status means, for titles.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "未找到所请求的内容",
        StatusCode::BAD_REQUEST => "请求有误",
        StatusCode::FORBIDDEN => "请求被拒绝",
        StatusCode::UNAUTHORIZED => "未获授权",
        StatusCode::METHOD_NOT_ALLOWED => "不支持的请求方式",
        StatusCode::CONFLICT => "当前状态不允许此操作",
        StatusCode::UNPROCESSABLE_ENTITY => "提交的内容有误",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "不支持的内容类型",
        StatusCode::PAYLOAD_TOO_LARGE => "提交的内容过大",
        StatusCode::MISDIRECTED_REQUEST => "访问地址不受理",
        StatusCode::SERVICE_UNAVAILABLE => "暂时无法提供服务",
        _ if status.is_client_error() => "请求有误",
        _ => "系统故障",
    }
}

impl IntoResponse for Error {
    /// Carries the failure to `show`, which knows who asked.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if matches!(self, Self::Unauthorised) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every failed response its body: ours, and those axum makes itself (wrong method, unreadable query).
pub(crate) async fn show(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let to_ourselves = path.starts_with("/internal/");
    let for_programs = ["/api/", "/healthz", "/readyz", "/metrics"]
        .iter()
        .any(|start| path.starts_with(start));
    let mut response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let detail = match response.extensions_mut().remove::<Error>() {
        Some(failure) => failure.detail(),
        // A body with its own report (a readiness check, a refused form shown again) stays.
        None if to_ourselves
            || response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(is_finished) =>
        {
            return response;
        }
        None => "请求的地址、参数或方式无法识别。".to_owned(),
    };
    let title = title(status);
    let mut shown = if to_ourselves {
        (status, detail).into_response()
    } else if for_programs {
        let problem = Problem {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail,
        };
        let mut shown = (status, axum::Json(problem)).into_response();
        let kind = HeaderValue::from_static("application/problem+json; charset=utf-8");
        shown.headers_mut().insert(header::CONTENT_TYPE, kind);
        shown
    } else {
        let page = pages::Fault {
            frame: Frame::new(&site, ""),
            status: status.as_u16(),
            title,
            detail,
        };
        match pages::html(&page) {
            Ok(page) => (status, page).into_response(),
            Err(_) => status.into_response(),
        }
    };
    for name in [header::ALLOW, header::WWW_AUTHENTICATE] {
        if let Some(value) = response.headers_mut().remove(&name) {
            shown.headers_mut().insert(name, value);
        }
    }
    shown
}

/// axum's own rejections are plain text; everything we finish ourselves is not.
fn is_finished(kind: &HeaderValue) -> bool {
    !kind.as_bytes().starts_with(b"text/plain")
}

impl From<IndexError> for Error {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Query(wrong) => Self::Malformed(wrong.to_string()),
            error => Self::internal(error),
        }
    }
}

macro_rules! internal {
    ($($error:ty),+) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::internal(error)
            }
        }
    )+};
}

// Nothing the asker could have done otherwise.
internal!(
    LedgerError,
    LabelError,
    MatterError,
    MetricError,
    askama::Error,
    serde_json::Error,
    ingest::source::state::StateError,
    tokio::task::JoinError
);

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Stopped(_) => {
                tracing::error!(%error, "request failed");
                Self::Unavailable("数据处理已停止，暂时无法保存或显示新的内容，请联系管理员。".to_owned())
            }
            StateError::Source(error) => {
                tracing::warn!(%error, "content cannot be read");
                Self::Unacceptable("内容无法读取，请检查格式。".to_owned())
            }
            error => Self::internal(error),
        }
    }
}

impl From<ActError> for Error {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Unknown(_) => Self::NotFound("没有这个编号的工单。".to_owned()),
            ActError::Refused(reason) => Self::Conflict(format!("{reason}。")),
            ActError::State(error) => error.into(),
        }
    }
}

impl From<AttachmentError> for Error {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Empty => Self::Unacceptable("附件是空文件。".to_owned()),
            AttachmentError::TooLarge { .. } => Self::TooLarge,
            AttachmentError::TooMany { per_event } => {
                Self::Unacceptable(format!("一次最多上传 {per_event} 个附件。"))
            }
            AttachmentError::Kind { taken } => Self::Unacceptable(format!(
                "附件的实际类型不在允许之列（按内容识别，不看扩展名）：{taken}。"
            )),
            error @ AttachmentError::Io { .. } => Self::internal(error),
        }
    }
}

impl From<PushError> for Error {
    fn from(error: PushError) -> Self {
        match error {
            // A stranger must not learn which names are configured.
            PushError::Unknown | PushError::Token => Self::Unauthorised,
            PushError::Paused => Self::Conflict("该来源已暂停接收，请恢复后再推送。".to_owned()),
            PushError::State(error) => error.into(),
        }
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        // The rejection's own text may quote the value, which can hold personal data.
        match rejection {
            JsonRejection::MissingJsonContentType(_) => Self::MediaType,
            JsonRejection::JsonDataError(_) => {
                Self::Unacceptable("JSON 的字段或取值不符合接口说明。".to_owned())
            }
            JsonRejection::BytesRejection(_) => Self::TooLarge,
            _ => Self::Malformed("请求内容不是有效的 JSON。".to_owned()),
        }
    }
}
