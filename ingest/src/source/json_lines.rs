//! JSON Lines of posts and tickets, one object a line: `{"kind":"post",…}` or `{"kind":"ticket",…}`; the same objects
//! as one JSON array; and the objects of MediaCrawler's content exports, which have no `kind` (see [`super::media_crawler`]).
//!
//! A mistyped key is refused with the right one: a mistyped `resolved_at` must not count as unresolved.
//!
//! Must never hold more than one line in memory, except where the file is one array.

use super::{Collected, Drafts, LONGEST_NAME, mapping::Mapping, media_crawler, object::Object};
use crate::{
    clean::{Draft, PostDraft, Refusal, TicketDraft},
    record::{CalledBack, DISPATCHER_SOURCE, Engagement, MODEL_SOURCE, Place},
    time::Moment,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    io::{self, BufRead, Cursor, Read as _},
    path::PathBuf,
};

/// Settings of a `json_lines` source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonLinesConfig {
    /// Folder that is watched for `.jsonl`, `.ndjson` and `.json` files.
    pub folder: PathBuf,
}

/// Longest line: far above any post, and a bound on memory.
pub const LONGEST_LINE: usize = 1 << 20;

/// Largest array: it is read as a whole.
const LARGEST_ARRAY: u64 = 256 << 20;

/// The keys of posts and of tickets, for mappings.
pub(super) const KEYS: ([&str; 14], [&str; 23]) = (POST_KEYS, TICKET_KEYS);

const POST_KEYS: [&str; 14] = [
    "kind",
    "id",
    "source",
    "channel",
    "url",
    "title",
    "body",
    "author",
    "published_at",
    "region",
    "likes",
    "comments",
    "shares",
    "views",
];

const TICKET_KEYS: [&str; 23] = [
    "kind",
    "no",
    "title",
    "body",
    "channel",
    "unit",
    "region",
    "urgency",
    "accepted_at",
    "dispatched_at",
    "signed_at",
    "contacted_at",
    "resolved_at",
    "replied_at",
    "reply",
    "due_at",
    "satisfaction",
    "solved",
    "called_back_at",
    "caller",
    "type",
    "topic",
    "direct",
];

/// The drafts of a body that was pushed, or of a whole file in memory.
///
/// # Errors
/// As [`read`].
pub fn read_body(origin: &str, body: Vec<u8>, observed_at: Moment) -> io::Result<Drafts> {
    read(origin, Cursor::new(body), observed_at)
}

/// As [`read_body`], for objects of another program: `mapping` says which of their keys is which of ours.
///
/// # Errors
/// As [`read`].
pub fn read_mapped(
    origin: &str,
    body: Vec<u8>,
    observed_at: Moment,
    mapping: Option<Mapping>,
) -> io::Result<Drafts> {
    read_as(origin, Cursor::new(body), observed_at, mapping)
}

/// The draft of one object of another program in `bytes`, read at `place`.
pub(super) fn read_object(bytes: &[u8], place: Place, observed_at: Moment, mapping: &Mapping) -> Collected {
    if bytes.len() > LONGEST_LINE {
        let refusal = refuse(place, "too_large", "一个对象超过 1 MiB");
        return Collected::refused(refusal, observed_at);
    }
    let value: Result<Value, ()> = serde_json::from_slice(bytes).map_err(|_| ());
    let excerpt = value
        .as_ref()
        .map_or_else(|()| String::from_utf8_lossy(bytes).into_owned(), excerpt_of);
    collected(value, excerpt, place, observed_at, Some(mapping))
}

/// The drafts of JSON Lines or one JSON array, told apart by the first character.
///
/// # Errors
/// When the first bytes, or an array, cannot be read. Later failures are drafts that say so.
pub fn read(origin: &str, input: impl BufRead + Send + 'static, observed_at: Moment) -> io::Result<Drafts> {
    read_as(origin, input, observed_at, None)
}

fn read_as(
    origin: &str,
    mut input: impl BufRead + Send + 'static,
    observed_at: Moment,
    mapping: Option<Mapping>,
) -> io::Result<Drafts> {
    skip_blank(&mut input)?;
    if input.fill_buf()?.first() == Some(&b'[') {
        return array(origin, input, observed_at, mapping);
    }
    Ok(Box::new(Lines {
        origin: origin.to_owned(),
        input,
        line: 0,
        observed_at,
        mapping,
        broken: false,
    }))
}

/// Past a byte order mark. Blank lines before an array are rare, and part of the lines otherwise.
fn skip_blank(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(())
}

fn array(
    origin: &str,
    input: impl BufRead,
    observed_at: Moment,
    mapping: Option<Mapping>,
) -> io::Result<Drafts> {
    let mut bytes = Vec::new();
    input.take(LARGEST_ARRAY + 1).read_to_end(&mut bytes)?;
    let place = Place {
        origin: origin.to_owned(),
        row: None,
        field: None,
    };
    if bytes.len() as u64 > LARGEST_ARRAY {
        let refusal = refuse(
            place,
            "too_large",
            "JSON 数组超过 256 MiB，请改用每行一个对象的格式",
        );
        return Ok(Box::new(std::iter::once(Collected::refused(
            refusal,
            observed_at,
        ))));
    }
    let Ok(values) = serde_json::from_slice::<Vec<Value>>(&bytes) else {
        let refusal = refuse(place, "bad_json", "不是有效的 JSON 数组");
        return Ok(Box::new(std::iter::once(Collected::refused(
            refusal,
            observed_at,
        ))));
    };
    Ok(Box::new(values.into_iter().zip(1..).map(move |(value, row)| {
        let place = Place {
            row: Some(row),
            ..place.clone()
        };
        let excerpt = excerpt_of(&value);
        collected(Ok(value), excerpt, place, observed_at, mapping.as_ref())
    })))
}

struct Lines<R> {
    origin: String,
    input: R,
    line: u64,
    observed_at: Moment,
    mapping: Option<Mapping>,
    broken: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Collected;

    fn next(&mut self) -> Option<Collected> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            if self.broken {
                return None;
            }
            let place = Place {
                origin: self.origin.clone(),
                row: Some(self.line + 1),
                field: None,
            };
            let read = match read_line(&mut self.input, &mut bytes) {
                Ok(Some(read)) => read,
                Ok(None) => return None,
                Err(_) => {
                    self.broken = true;
                    let refusal = refuse(place, "damaged_file", "文件从此处起无法读取");
                    return Some(Collected::refused(refusal, self.observed_at));
                }
            };
            self.line += 1;
            if read > LONGEST_LINE {
                let refusal = refuse(place, "too_large", "一行超过 1 MiB");
                return Some(Collected::refused(refusal, self.observed_at));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let value = serde_json::from_slice(&bytes).map_err(|_| ());
            let excerpt = value
                .as_ref()
                .map_or_else(|()| String::from_utf8_lossy(&bytes).into_owned(), excerpt_of);
            return Some(collected(
                value,
                excerpt,
                place,
                self.observed_at,
                self.mapping.as_ref(),
            ));
        }
    }
}

/// Reads a line, keeping at most one byte more than [`LONGEST_LINE`]; gives its whole length without the line end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut length = 0;
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any.then_some(length));
        }
        any = true;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = (LONGEST_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        length += part.len();
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(length));
        }
    }
}

fn collected(
    value: Result<Value, ()>,
    excerpt: String,
    place: Place,
    observed_at: Moment,
    mapping: Option<&Mapping>,
) -> Collected {
    let object = match value {
        Ok(Value::Object(object)) => match mapping {
            Some(mapping) => mapping.apply(&object),
            None => object,
        },
        _ => {
            let refusal = Refusal {
                excerpt,
                ..refuse(place, "bad_json", "不是有效的 JSON 对象")
            };
            return Collected::refused(refusal, observed_at);
        }
    };
    let seen_at = media_crawler::crawled_at(&object).unwrap_or(observed_at);
    match draft(&object) {
        Ok(draft) => Collected {
            draft,
            place,
            observed_at: seen_at,
        },
        Err((field, code, reason)) => {
            let place = Place {
                field: Some(field),
                ..place
            };
            Collected::refused(
                Refusal {
                    place,
                    reason,
                    code,
                    excerpt,
                },
                observed_at,
            )
        }
    }
}

fn refuse(place: Place, code: &'static str, reason: &str) -> Refusal {
    Refusal {
        place,
        reason: reason.to_owned(),
        code,
        excerpt: String::new(),
    }
}

fn excerpt_of(value: &Value) -> String {
    let text = ["title", "body", "content", "desc", "事件标题", "事件描述"]
        .into_iter()
        .find_map(|key| value.get(key)?.as_str());
    text.unwrap_or_default().to_owned()
}

fn draft(object: &Map<String, Value>) -> Result<Draft, super::object::Wrong> {
    let reader = Object(object);
    match object.get("kind").and_then(Value::as_str) {
        Some("post") => post(&reader).map(Draft::Post),
        Some("ticket") => ticket(&reader).map(|ticket| Draft::Ticket(Box::new(ticket))),
        None if media_crawler::is_content(object) => media_crawler::post(&reader).map(Draft::Post),
        _ => Err((
            "kind".to_owned(),
            "unknown_kind",
            "“kind”应为 post 或 ticket".to_owned(),
        )),
    }
}

fn post(object: &Object<'_>) -> Result<PostDraft, super::object::Wrong> {
    object.only(&POST_KEYS)?;
    Ok(PostDraft {
        native_id: object.required("id")?,
        channel: object.medium("channel")?,
        url: object.text("url")?,
        title: object.text("title")?.unwrap_or_default(),
        body: object.text("body")?.unwrap_or_default(),
        author: object.text("author")?,
        source: source(object)?,
        source_name: None,
        published_at: Some(
            object
                .moment("published_at")?
                .ok_or_else(|| super::object::missing("published_at"))?,
        ),
        region: object.text("region")?,
        engagement: Engagement {
            likes: object.count("likes")?,
            comments: object.count("comments")?,
            shares: object.count("shares")?,
            views: object.count("views")?,
        },
    })
}

/// The source a line names; it is part of the post's identity, so the names of this program's own events are refused.
fn source(object: &Object<'_>) -> Result<Option<String>, super::object::Wrong> {
    let Some(source) = object.text("source")? else {
        return Ok(None);
    };
    let reserved = [DISPATCHER_SOURCE, MODEL_SOURCE].contains(&source.as_str());
    if reserved || source.chars().count() > LONGEST_NAME {
        let reason = "“source”过长，或为系统保留的来源名称".to_owned();
        return Err(("source".to_owned(), "bad_source", reason));
    }
    Ok(Some(source))
}

fn ticket(object: &Object<'_>) -> Result<TicketDraft, super::object::Wrong> {
    object.only(&TICKET_KEYS)?;
    let callback = object.word("satisfaction", super::words::satisfaction)?.flatten();
    let solved = object.word("solved", super::words::solved)?.flatten();
    Ok(TicketDraft {
        no: object.required("no")?,
        title: object.text("title")?.unwrap_or_default(),
        body: object.text("body")?.unwrap_or_default(),
        channel: object.text("channel")?,
        region: object.text("region")?,
        urgency: object.text("urgency")?,
        caller: object.text("caller")?,
        r#type: object.word("type", super::words::ticket_type)?.flatten(),
        topic: object.text("topic")?,
        accepted_at: object.moment("accepted_at")?,
        unit: object.text("unit")?,
        dispatched_at: object.moment("dispatched_at")?,
        signed_at: object.moment("signed_at")?,
        contacted_at: object.moment("contacted_at")?,
        due_at: object.moment("due_at")?,
        resolved_at: object.moment("resolved_at")?,
        unresolved: false,
        late: None,
        replied_at: object.moment("replied_at")?,
        reply: object.text("reply")?,
        direct: object.flag("direct")?,
        callback: match (callback, solved) {
            (Some(callback), solved) => Some(CalledBack { solved, ..callback }),
            (None, Some(_)) => Some(CalledBack {
                reached: true,
                solved,
                satisfied: None,
            }),
            (None, None) => None,
        },
        called_back_at: object.moment("called_back_at")?,
    })
}

#[cfg(test)]
#[path = "json_lines_tests.rs"]
mod tests;
