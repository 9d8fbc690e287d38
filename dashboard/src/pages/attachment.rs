//! `/tickets/{no}/attachments/{hash}`: evidence as a download.

use crate::{attachments::Found, error::Error, router::Site};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use ingest::record::{Attachment, ContentHash};

/// `GET /tickets/{no}/attachments/{hash}`
pub(crate) async fn get(
    State(site): State<Site>,
    Path((no, hash)): Path<(String, String)>,
) -> Result<Response, Error> {
    download(&site, no, hash).await
}

/// A file that an event of the ticket names. Never inline: whatever it holds, no browser opens it on our own origin.
pub(crate) async fn download(site: &Site, no: String, hash: String) -> Result<Response, Error> {
    let missing = || Error::NotFound("该工单没有这个附件。".to_owned());
    let hash = ContentHash::parse(&hash).ok_or_else(missing)?;
    let (attachment, found) = site
        .blocking(move |app| {
            let timeline = app.ledger().timeline(&no)?;
            let attachment = timeline
                .into_iter()
                .flat_map(|entry| entry.event.attachments)
                .find(|attachment| attachment.hash == hash)
                .ok_or_else(missing)?;
            let found = app.attachments.get(&attachment.hash)?;
            Ok((attachment, found))
        })
        .await?;
    match found {
        Found::Whole(bytes) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            let kind = HeaderValue::from_str(&attachment.media_type);
            headers.insert(
                header::CONTENT_TYPE,
                kind.unwrap_or(HeaderValue::from_static("application/octet-stream")),
            );
            let disposition = HeaderValue::from_str(&disposition(&attachment));
            headers.insert(
                header::CONTENT_DISPOSITION,
                disposition.unwrap_or(HeaderValue::from_static("attachment")),
            );
            Ok(response)
        }
        Found::Missing => Err(Error::NotFound(
            "附件的文件不在本机：日志只记录附件的名称和校验值，请从原机器的数据文件夹复制 attachments 目录。"
                .to_owned(),
        )),
        Found::Corrupt => {
            tracing::error!(hash = attachment.hash.as_str(), "attachment is corrupt");
            Err(Error::NotFound(
                "附件的文件已损坏（与登记的校验值不符），请从备份恢复。".to_owned(),
            ))
        }
    }
}

/// RFC 6266: a plain name for old clients, the whole one in UTF-8 beside it.
fn disposition(attachment: &Attachment) -> String {
    let plain: String = attachment
        .name
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') => c,
            _ => '_',
        })
        .collect();
    let whole: String = attachment
        .name
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let named = |name: &str| {
            disposition(&Attachment {
                hash: ContentHash::of(b""),
                name: name.to_owned(),
                media_type: "image/jpeg".to_owned(),
                size: 0,
            })
        };
        assert_eq!(
            named("照片 1.jpg"),
            "attachment; filename=\"__ 1.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87%201.jpg"
        );
        let hostile = named("a\"; x=\"\r\nSet-Cookie: a");
        assert!(!hostile.contains(['\r', '\n']));
        assert_eq!(hostile.matches('"').count(), 2, "{hostile}");
    }
}
