//! One request and its answer: what is sent, what is accepted, and what went wrong.

use super::{
    Expect, FetchError, Page, Validators, address::Private, decompress::decompress, lane::from_now, robots,
};
use crate::time::now;
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap, HeaderName},
};
use std::time::Duration;
use url::Url;

/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The answer to one request of a chain of redirects.
pub(super) enum Hop {
    Page(Page),
    NotModified,
    To(Url),
}

/// Sends and reads; beside the answer stands the pause the server asked for.
pub(super) async fn ask(
    client: &Client,
    url: &Url,
    validators: Option<&Validators>,
    limits: &Limits,
) -> Result<(Result<Hop, FetchError>, Option<Duration>), FetchError> {
    let mut request = client.get(url.clone()).header(header::ACCEPT, limits.accept());
    for (name, value) in [
        (header::IF_NONE_MATCH, validators.and_then(|v| v.etag.as_deref())),
        (
            header::IF_MODIFIED_SINCE,
            validators.and_then(|v| v.last_modified.as_deref()),
        ),
    ] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    let wait = retry_after(response.headers());
    let result = match status {
        StatusCode::NOT_MODIFIED => Ok(Hop::NotModified),
        _ if status.is_redirection() => target(url, response.headers()),
        _ if status.is_success() => read(url, response, limits).await.map(Hop::Page),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(match wait {
            Some(wait) => FetchError::Wait {
                until: from_now(wait),
            },
            None => FetchError::Status(status.as_u16()),
        }),
        _ => Err(FetchError::Status(status.as_u16())),
    };
    Ok((result, wait))
}

/// What bounds one request.
pub(super) struct Limits {
    /// What is wanted; anything where `None` (robots.txt).
    pub(super) expect: Option<Expect>,
    /// Largest body, bytes.
    pub(super) body: usize,
    /// Crawl-delay of the host.
    pub(super) pause: Option<Duration>,
}

impl Limits {
    fn accept(&self) -> &'static str {
        match self.expect {
            Some(Expect::Page) => "text/html, application/xhtml+xml, */*;q=0.1",
            Some(Expect::Feed) => {
                "application/rss+xml, application/atom+xml, application/feed+json, application/xml, */*;q=0.5"
            }
            Some(Expect::Sitemap) => "application/xml, text/xml, application/gzip, text/plain, */*;q=0.5",
            None => "text/plain, */*;q=0.5",
        }
    }

    fn wants(&self, content_type: &str) -> bool {
        let essence = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let media = [
            "image/",
            "audio/",
            "video/",
            "font/",
            "application/pdf",
            "application/zip",
        ];
        match self.expect {
            None => true,
            Some(Expect::Feed | Expect::Sitemap) => !media.iter().any(|prefix| essence.starts_with(prefix)),
            Some(Expect::Page) => {
                matches!(
                    essence.as_str(),
                    "" | "text/html" | "application/xhtml+xml" | "text/xml"
                ) || matches!(essence.as_str(), "application/xml" | "text/plain")
            }
        }
    }
}

/// Finds the reason in what the HTTP client reports.
fn failure(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Private>() {
            return FetchError::PrivateAddress;
        }
        cause = error.source();
    }
    FetchError::Connection
}

fn target(from: &Url, headers: &HeaderMap) -> Result<Hop, FetchError> {
    let location = headers.get(header::LOCATION).ok_or(FetchError::Redirect)?;
    // Chinese servers send raw UTF-8 paths; the URL parser escapes them.
    let location = String::from_utf8_lossy(location.as_bytes());
    let mut to = from.join(&location).map_err(|_| FetchError::Redirect)?;
    to.set_fragment(None);
    Ok(Hop::To(to))
}

async fn read(url: &Url, mut response: Response, limits: &Limits) -> Result<Page, FetchError> {
    let limit = limits.body;
    let headers = response.headers();
    let content_type = text(headers, header::CONTENT_TYPE);
    if let Some(content_type) = content_type.as_deref().filter(|given| !limits.wants(given)) {
        return Err(FetchError::ContentType(content_type.chars().take(60).collect()));
    }
    // Of robots.txt the first 500 KiB count; of a page the whole or nothing.
    let cut = limits.expect.is_none();
    let too_large = Err(FetchError::TooLarge { limit });
    if !cut
        && response
            .content_length()
            .is_some_and(|length| length > limit as u64)
    {
        return too_large;
    }
    let validators = Validators {
        etag: text(headers, header::ETAG),
        last_modified: text(headers, header::LAST_MODIFIED),
    };
    let encodings = text(headers, header::CONTENT_ENCODING).unwrap_or_default();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > limit {
            if cut && encodings.is_empty() {
                break;
            }
            return too_large;
        }
    }
    let mut body = decompress(body, &encodings, limit.max(body_floor(cut)))?;
    // `sitemap.xml.gz` is a file that is compressed, not an answer that was.
    if limits.expect == Some(Expect::Sitemap) && body.starts_with(&GZIP) {
        body = decompress(body, "gzip", limit)?;
    }
    Ok(Page {
        url: url.clone(),
        status,
        content_type,
        body,
        validators,
        fetched_at: now(),
    })
}

/// A robots.txt may open to more than is read of it before it is cut.
fn body_floor(cut: bool) -> usize {
    if cut { 4 * robots::MAX_SIZE } else { 0 }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        // A day at most: a mistyped number must not silence a source for ever.
        return Some(Duration::from_secs(seconds).min(Duration::from_secs(24 * 3600)));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    (at - now())
        .to_std()
        .ok()
        .map(|wait| wait.min(Duration::from_secs(24 * 3600)))
}
