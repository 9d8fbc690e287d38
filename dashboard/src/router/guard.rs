//! Keeps other people's pages out: which host names are ours, who may write, and what browsers are told.
//!
//! There is no log-in yet, so being on this machine is the only right there is. A page of another site, open in the
//! same browser, must not gain it: not by a form, not by a script, not by a DNS name that turns into 127.0.0.1.

use super::multipart;
use crate::error::Error;
use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::Arc;

/// Names of this machine. A DNS name that was rebound to loopback arrives with its own name and is refused.
const OUR_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Assets come from ourselves alone, nothing is inline, nobody frames us.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: under it browsers send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Refuses foreign host names and writes from foreign pages.
pub(crate) async fn admit(request: Request, next: Next) -> Response {
    let refused = if !is_our_name(&request) {
        Some(Error::Misdirected)
    } else if !is_read(request.method()) && !is_from_ourselves(request.headers(), request.uri().host()) {
        Some(Error::Forbidden("此请求来自其他网站的页面，已拒绝。".to_owned()))
    } else {
        None
    };
    match refused {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    }
}

/// Adds the security headers to every response. Pages hold what people wrote: no shared cache may keep them.
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_our_name(request: &Request) -> bool {
    let named = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = named.or_else(|| request.uri().authority().map(|authority| authority.as_str())) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    OUR_NAMES.iter().any(|ours| name.eq_ignore_ascii_case(ours))
}

/// Browsers name the page a write comes from; programs (curl, a push client) name none and are let through to the
/// token check of their route.
fn is_from_ourselves(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &HeaderValue| value.to_str().unwrap_or("?"))
    };
    if text(HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return false;
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => text(header::HOST).or(authority).is_some_and(|host| {
            origin.strip_prefix("http://").or(origin.strip_prefix("https://")) == Some(host)
        }),
    }
}

/// The token every form of this run carries in a hidden field. Another site's page cannot read it.
#[derive(Debug, Clone)]
pub(crate) struct FormToken(Arc<str>);

impl FormToken {
    pub(crate) fn new() -> Self {
        Self(crate::data::random_token().into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not depend on where the two differ. An empty token (no randomness was to be had)
    /// admits nobody.
    fn admits(&self, given: &str) -> bool {
        let (ours, given) = (self.0.as_bytes(), given.as_bytes());
        let differing = ours.iter().zip(given).fold(0u8, |sum, (a, b)| sum | (a ^ b));
        !ours.is_empty() && ours.len() == given.len() && differing == 0
    }
}

/// A form of ours, with its token checked: the only way a handler of pages gets at a posted form.
pub(crate) struct OurForm<T>(pub(crate) T);

/// The same with the files chosen in it (name as given, bytes); also a form without files.
pub(crate) struct Filled<T> {
    pub(crate) fields: T,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

#[derive(Deserialize)]
struct Signed<T> {
    #[serde(default)]
    token: String,
    #[serde(flatten)]
    fields: T,
}

impl<S, T> FromRequest<S> for OurForm<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
    FormToken: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let axum::Form(form) = axum::Form::<Signed<T>>::from_request(request, state)
            .await
            .map_err(|_| unreadable())?;
        form.checked(&FormToken::from_ref(state)).map(Self)
    }
}

impl<S, T> FromRequest<S> for Filled<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
    FormToken: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let Some(boundary) = kind.as_deref().and_then(multipart::boundary) else {
            let OurForm(fields) = OurForm::from_request(request, state).await?;
            let files = Vec::new();
            return Ok(Self { fields, files });
        };
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| Error::TooLarge)?;
        let parts = multipart::parts(&body, boundary).ok_or_else(unreadable)?;
        let (mut texts, mut files) = (serde_json::Map::new(), Vec::new());
        for part in parts {
            match part.file {
                None => {
                    let text = std::str::from_utf8(part.bytes).map_err(|_| unreadable())?;
                    texts.insert(part.name, text.into());
                }
                // What a browser sends of a field in which nothing was chosen.
                Some(name) if name.is_empty() && part.bytes.is_empty() => {}
                Some(name) => files.push((name, part.bytes.to_vec())),
            }
        }
        let form: Signed<T> = serde_json::from_value(texts.into()).map_err(|_| unreadable())?;
        let fields = form.checked(&FormToken::from_ref(state))?;
        Ok(Self { fields, files })
    }
}

impl<T> Signed<T> {
    fn checked(self, token: &FormToken) -> Result<T, Error> {
        if token.admits(&self.token) {
            Ok(self.fields)
        } else {
            Err(Error::Forbidden(
                "表单已失效（系统可能已重新启动），请返回并刷新页面后再提交。".to_owned(),
            ))
        }
    }
}

fn unreadable() -> Error {
    Error::Malformed("表单内容无法识别。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().uri("/tickets");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_names_of_this_machine_are_ours() {
        for (host, ours) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("LOCALHOST:80", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example:8080", false),
            ("localhost:evil.example", false),
            ("evil.example:127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_our_name(&request(&[("host", host)])), ours, "{host}");
        }
        assert!(!is_our_name(&request(&[])));
    }

    #[test]
    fn writes_come_from_our_own_pages_or_from_programs() {
        let host = ("host", "127.0.0.1:8080");
        for (headers, own) in [
            (vec![host], true),
            (vec![host, ("origin", "http://127.0.0.1:8080")], true),
            (
                vec![
                    host,
                    ("origin", "http://127.0.0.1:8080"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("origin", "http://127.0.0.1:9090")], false),
            (vec![host, ("origin", "http://localhost:8080")], false),
            (vec![host, ("origin", "null")], false),
            (vec![host, ("origin", "http://evil.example")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (
                vec![
                    host,
                    ("sec-fetch-site", "same-site"),
                    ("origin", "http://127.0.0.1:8080"),
                ],
                false,
            ),
        ] {
            assert_eq!(
                is_from_ourselves(request(&headers).headers(), None),
                own,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn a_token_admits_itself_alone() {
        let token = FormToken("0123456789abcdef".into());
        assert!(token.admits("0123456789abcdef"));
        for wrong in ["", "0123456789abcdee", "0123456789abcde", "0123456789abcdef0"] {
            assert!(!token.admits(wrong), "{wrong}");
        }
        assert!(!FormToken("".into()).admits(""));
    }
}
