//! Articles and posts: ids, links, texts.

use super::{Cleaner, Fault, LONGEST_ID, PostDraft, is_personal, mask::mask_id, some_text, text};
use crate::{
    record::{Body, Post, RecordId},
    source::IMPORT_SOURCE,
};
use std::borrow::Cow;
use url::Url;

impl Cleaner {
    /// One revision of a post of `source`; what a one-off import brings belongs to the source each line names itself. Its id is the hash of source and native id; where it has none, of its link; where it
    /// has neither, of its text and time.
    pub(super) fn post(&self, source: &str, draft: PostDraft) -> Result<Body, Fault> {
        let (title, body) = (text(&draft.title), text(&draft.body));
        if title.is_empty() && body.is_empty() {
            return Err(Fault::missing("正文"));
        }
        let named = draft
            .source
            .as_deref()
            .map(text)
            .filter(|named| !named.is_empty());
        let source = match &named {
            Some(named) if source == IMPORT_SOURCE => named,
            _ => source,
        };
        let url = draft.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let native_id = match (draft.native_id.trim(), url) {
            ("", Some(url)) => self.native_id(url),
            ("", None) => {
                let time = draft
                    .published_at
                    .map(|time| time.timestamp_millis().to_le_bytes())
                    .unwrap_or_default();
                format!(
                    "text:{}",
                    RecordId::of(&[b"text", title.as_bytes(), body.as_bytes(), &time])
                )
            }
            (id, _) => self.native_id(id),
        };
        Ok(Body::Post(Post {
            post_id: RecordId::of(&[b"post", source.as_bytes(), native_id.as_bytes()]),
            native_id,
            source: source.to_owned(),
            channel: draft.channel,
            url: url.map(mask_link),
            title,
            body,
            author: some_text(draft.author),
            source_name: some_text(draft.source_name).or_else(|| named.clone()),
            published_at: draft.published_at,
            region: some_text(draft.region),
            engagement: draft.engagement,
        }))
    }

    /// An id as it is kept. One that is a personal number is replaced by its keyed hash, so that neither it nor the
    /// post id computed from it can be tried out; so is one too long for a key.
    fn native_id(&self, id: &str) -> String {
        if is_personal(id) || mask_link(id) != id || id.chars().count() > LONGEST_ID {
            format!("hashed:{}", self.key.hash(b"id", id))
        } else {
            id.to_owned()
        }
    }
}

/// A link with personal numbers hidden, also those written with `%` codes or `+` for a blank. A link without any is
/// kept byte for byte; one that had some leads nowhere, but still shows where it came from.
pub(super) fn mask_link(link: &str) -> String {
    let plain = decoded(link);
    match mask_id(&plain) {
        Cow::Borrowed(_) => mask_id(link).into_owned(),
        Cow::Owned(masked) => Url::parse(&masked).map_or(masked, String::from),
    }
}

/// `%XX` and, after the `?`, `+` decoded.
fn decoded(link: &str) -> String {
    let bytes = link.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|&digit| (digit as char).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let (mut at, mut query) = (0, false);
    while at < bytes.len() {
        query |= bytes[at] == b'?';
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) if query => plain.push(b' '),
            (byte, ..) => plain.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}
