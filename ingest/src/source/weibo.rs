//! MediaCrawler's Weibo content export: objects with `note_id`, `content` and times in Unix seconds, without `kind`.
//! Its other keys (gender, avatar, home page of the author) are not taken: nothing here is about persons.

use super::object::{Object, Wrong, missing};
use crate::{
    clean::PostDraft,
    record::{Engagement, Medium},
    time::{Moment, from_millis},
};
use serde_json::{Map, Value};

/// Whether an object is one of the export's.
pub(super) fn is_content(object: &Map<String, Value>) -> bool {
    object.contains_key("note_id") && object.contains_key("content")
}

/// When the crawler saw the post: its counts are of that moment.
pub(super) fn crawled_at(object: &Map<String, Value>) -> Option<Moment> {
    is_content(object)
        .then(|| object.get("last_modify_ts").and_then(unix))
        .flatten()
}

/// The post.
pub(super) fn post(object: &Object<'_>) -> Result<PostDraft, Wrong> {
    let published_at = match object.0.get("create_time").and_then(unix) {
        Some(moment) => moment,
        None => object
            .moment("create_date_time")?
            .ok_or_else(|| missing("create_time"))?,
    };
    Ok(PostDraft {
        source: None,
        native_id: object.required("note_id")?,
        channel: Medium::Weibo,
        url: object.text("note_url")?,
        title: String::new(),
        body: object.text("content")?.unwrap_or_default(),
        author: object.text("nickname")?,
        source_name: None,
        published_at: Some(published_at),
        region: object
            .text("ip_location")?
            .map(|place| place.trim_start_matches("发布于").trim().to_owned()),
        engagement: Engagement {
            likes: object.count("liked_count")?,
            comments: object.count("comments_count")?,
            shares: object.count("shared_count")?,
            views: None,
        },
    })
}

/// Unix seconds or milliseconds, as a number or its digits, from 2001 on.
fn unix(value: &Value) -> Option<Moment> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    match number {
        1_000_000_000..=9_999_999_999 => Some(from_millis(number * 1000)),
        1_000_000_000_000..=9_999_999_999_999 => Some(from_millis(number)),
        _ => None,
    }
}
