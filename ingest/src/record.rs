//! Records: pure data, no I/O. Everything that happens is a [`Record`] on the log.
//!
//! The JSON form is versioned (`"v": 1`; approval items `"v": 2`); a record of any past version still parses (golden files under
//! `golden/`). Adding an optional field keeps the version; anything else raises it and adds a reading path.

mod approval;
mod attachment;
mod post;
mod ticket;

pub use approval::Approval;
pub use attachment::{Attachment, ContentHash};
pub use post::{Engagement, Medium, Post};
pub use ticket::{
    Accepted, CalledBack, Caller, Card, Classified, DISPATCHER_SOURCE, Event, JOB_SOURCE, MODEL_SOURCE,
    TicketEvent, TicketType,
};

use crate::time::{Moment, from_millis};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The newest version this code writes. Every version up to it is read.
pub const RECORD_VERSION: u32 = 2;

/// One thing that happened, with when it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the JSON form.
    pub v: u32,
    /// Hash of the source's own identity and the content; see [`Body::content_id`]. Holds neither file name nor
    /// `observed_at`, so the same content seen twice has the same id.
    pub id: RecordId,
    /// When the source was seen saying this (for a file: its export or modification time).
    pub observed_at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub body: Body,
}

/// What a record can hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// What people say: one revision of an article or post.
    Post(Post),
    /// What people ask: one event in a ticket's life.
    Ticket(TicketEvent),
    /// What could not be read, with where and why.
    Dead(DeadLetter),
    /// An item of an approvals office (行政审批) as its export has it. Since version 2.
    Approval(Approval),
}

/// 128 bits of BLAKE3 in 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// Hashes parts with their lengths, so that `["ab","c"]` and `["a","bc"]` differ.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut digest = [0u8; 16];
        hasher.finalize_xof().fill(&mut digest);
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Name of the configured source.
    pub source: String,
    /// Where: file and row, or URL.
    pub place: Place,
    /// Why, for people (Chinese); names the field.
    pub reason: String,
    /// Machine name of the reason, for counting: e.g. `missing_field`, `bad_time`, `robots`.
    pub code: String,
    /// Up to 120 characters of what was refused, masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// Where something was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Place {
    /// File name without folders, or URL.
    pub origin: String,
    /// 1-based row or line, header included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column header or field name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Record {
    /// A ticket's event as it was read before, under the id it had then.
    pub fn of_event(id: RecordId, observed_at: Moment, event: TicketEvent) -> Self {
        let body = Body::Ticket(event);
        Self {
            v: body.since(),
            id,
            observed_at,
            body,
        }
    }

    /// Wraps a body with its content id. `observed_at` is cut to the millisecond, the precision the ledger keeps:
    /// revisions must compare the same everywhere.
    pub fn new(body: Body, observed_at: Moment) -> Self {
        Self {
            v: body.since(),
            id: body.content_id(),
            observed_at: from_millis(observed_at.timestamp_millis()),
            body,
        }
    }

    /// The log key: post id, ticket number, the source of a dead letter, or the number of an approval item.
    pub fn key(&self) -> &str {
        match &self.body {
            Body::Post(post) => post.post_id.as_str(),
            Body::Ticket(event) => &event.no,
            Body::Dead(dead) => &dead.source,
            Body::Approval(item) => &item.no,
        }
    }

    /// One line of JSON.
    ///
    /// # Errors
    /// When a number is not finite (JSON has no NaN).
    pub fn to_json(&self) -> Result<String, RecordError> {
        serde_json::to_string(self).map_err(RecordError::Json)
    }

    /// Reads a record of any past version.
    ///
    /// # Errors
    /// Names the version when it is newer than this code, else what serde found wrong (never the text itself).
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        let Versioned { v } = serde_json::from_slice(json).map_err(RecordError::Json)?;
        if v == 0 || v > RECORD_VERSION {
            return Err(RecordError::Version { found: v });
        }
        serde_json::from_slice(json).map_err(RecordError::Json)
    }
}

impl Body {
    /// The version that brought this kind: what an older program can read stays readable for it.
    fn since(&self) -> u32 {
        match self {
            Self::Post(_) | Self::Ticket(_) | Self::Dead(_) => 1,
            Self::Approval(_) => 2,
        }
    }

    /// Hash of the source's own identity and content, without file name, `observed_at` and engagement counts.
    pub fn content_id(&self) -> RecordId {
        // serde_json writes struct fields in declaration order, so equal content gives equal bytes.
        fn json(value: &impl Serialize) -> Vec<u8> {
            serde_json::to_vec(value).unwrap_or_default()
        }
        match self {
            Self::Post(post) => {
                let content = Post {
                    engagement: Engagement::default(),
                    ..post.clone()
                };
                RecordId::of(&[b"post", &json(&content)])
            }
            Self::Ticket(event) => match &event.event {
                // The doer names the doing: the first saying of it counts.
                _ if event.key.is_some() => RecordId::of(&[
                    b"keyed",
                    event.no.as_bytes(),
                    event.actor.as_bytes(),
                    event.key.as_ref().map_or(b"", |key| key.as_str().as_bytes()),
                ]),
                // A model's label of one text is one event however often it is computed; labelling it again is another.
                Event::Classified(Classified {
                    of: Some(text),
                    relabelled_at,
                    ..
                }) => {
                    let again = relabelled_at.map(|at| at.timestamp_millis().to_le_bytes());
                    let mut parts: Vec<&[u8]> = vec![
                        b"label",
                        event.no.as_bytes(),
                        event.actor.as_bytes(),
                        text.as_str().as_bytes(),
                    ];
                    parts.extend(again.as_ref().map(<[u8; 8]>::as_slice));
                    RecordId::of(&parts)
                }
                _ => RecordId::of(&[b"ticket", &json(event)]),
            },
            Self::Dead(dead) => RecordId::of(&[b"dead", &json(dead)]),
            Self::Approval(item) => RecordId::of(&[b"approval", &json(item)]),
        }
    }
}

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON, or not of a record's shape.
    #[error("not a record: {}", describe(.0))]
    Json(serde_json::Error),
    /// Written by a newer program.
    #[error("record version {found} is newer than this program understands (up to {RECORD_VERSION})")]
    Version {
        /// The version found.
        found: u32,
    },
}

// serde_json's own message may quote the text ("invalid type: string \"…\""), which can hold personal data.
fn describe(error: &serde_json::Error) -> String {
    format!(
        "{:?} error at line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    )
    .to_lowercase()
}

#[cfg(test)]
#[path = "record_golden_tests.rs"]
mod golden_tests;
