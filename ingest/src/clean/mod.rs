//! The only door in: a [`Draft`] from outside becomes [`Record`]s, masked and with its ids.
//!
//! Must never let an unmasked phone, identity-card or bank-card number pass, also not into a dead letter. What lacks
//! what it must have becomes a dead letter; nothing is guessed and nothing is dropped.

mod approval;
mod caller;
mod draft;
mod event;
mod fold;
mod mail;
mod mask;
mod number;
mod post;
mod ticket;

pub use caller::{CallerKey, KeyError};
pub use draft::{ApprovalDraft, Draft, EventDraft, PostDraft, Refusal, TicketDraft};
pub(crate) use fold::folded_word;
pub use mask::mask;

use crate::{
    record::{Body, DeadLetter, Place, Record},
    time::Moment,
};

/// Longest excerpt of a dead letter, in characters.
pub const LONGEST_EXCERPT: usize = 120;

/// Longest number of a ticket and id of a post, in characters: they are keys of the log and the ledger.
const LONGEST_ID: usize = 512;

/// Turns drafts of one source into records.
#[derive(Clone)]
pub struct Cleaner {
    key: CallerKey,
}

/// Why a draft is no record: the field, the machine name of the reason, and the reason for people.
struct Fault {
    field: &'static str,
    code: &'static str,
    reason: String,
}

impl Fault {
    fn missing(field: &'static str) -> Self {
        Self {
            field,
            code: "missing_field",
            reason: format!("缺少“{field}”"),
        }
    }

    fn new(field: &'static str, code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            code,
            reason: reason.into(),
        }
    }
}

impl Cleaner {
    /// A cleaner with the caller key.
    pub fn new(key: CallerKey) -> Self {
        Self { key }
    }

    /// The records of one draft of `source`, seen at `observed_at`. A draft that lacks what it must have becomes one
    /// dead letter at `place`; the result is never empty.
    pub fn clean(&self, source: &str, draft: Draft, place: &Place, observed_at: Moment) -> Vec<Record> {
        let (bodies, excerpt) = match draft {
            Draft::Post(draft) => {
                let excerpt = excerpt(&draft.title, &draft.body);
                (self.post(source, draft).map(|post| vec![post]), excerpt)
            }
            Draft::Ticket(draft) => {
                let excerpt = excerpt(&draft.title, &draft.body);
                (self.ticket(source, *draft), excerpt)
            }
            Draft::Approval(draft) => {
                let excerpt = draft.item.trim().to_owned();
                (approval::body(source, *draft).map(|item| vec![item]), excerpt)
            }
            Draft::Event(draft) => (event::body(source, draft).map(|event| vec![event]), String::new()),
            Draft::Refused(refusal) => (Ok(vec![refused(source, refusal)]), String::new()),
        };
        bodies
            .unwrap_or_else(|Fault { field, code, reason }| {
                let place = Place {
                    field: Some(field.to_owned()),
                    ..place.clone()
                };
                vec![refused(
                    source,
                    Refusal {
                        place,
                        reason,
                        code,
                        excerpt,
                    },
                )]
            })
            .into_iter()
            .map(|body| Record::new(body, observed_at))
            .collect()
    }
}

fn refused(source: &str, refusal: Refusal) -> Body {
    let Refusal {
        place,
        reason,
        code,
        excerpt,
    } = refusal;
    Body::Dead(DeadLetter {
        source: source.to_owned(),
        place: Place {
            origin: post::mask_link(&place.origin),
            row: place.row,
            field: place.field.map(|field| mask(&field).into_owned()),
        },
        reason: mask(&reason).into_owned(),
        code: code.to_owned(),
        // Masked before it is cut: half a number would not be known as one.
        excerpt: mask(&excerpt).chars().take(LONGEST_EXCERPT).collect(),
    })
}

fn excerpt(title: &str, body: &str) -> String {
    let text = if title.trim().is_empty() { body } else { title };
    text.trim().to_owned()
}

/// A text field as it is kept: masked, line ends as `\n`, without leading and trailing blanks and control characters.
fn text(raw: &str) -> String {
    let masked = mask(raw.trim());
    if !masked.contains(|c: char| c.is_control() && c != '\n') {
        return masked.into_owned();
    }
    let unified = masked
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', " ");
    let shown: String = unified
        .chars()
        .filter(|&c| !c.is_control() || c == '\n')
        .collect();
    // Control characters can stand inside a number and hide it from the first look.
    mask(&shown).into_owned()
}

/// [`text`], `None` when nothing is left.
fn some_text(raw: Option<String>) -> Option<String> {
    raw.map(|raw| text(&raw)).filter(|text| !text.is_empty())
}

/// A ticket number as a key: trimmed, not empty, no personal number. What only looks like a mobile because it begins
/// with a date (`16010300123`: 3 January 2016, no. 123) is a ticket number.
fn ticket_no(raw: &str) -> Result<String, Fault> {
    const FIELD: &str = "工单编号";
    let no = raw.trim();
    if no.is_empty() {
        return Err(Fault::missing(FIELD));
    }
    if no.chars().count() > LONGEST_ID || no.contains(char::is_control) {
        return Err(Fault::new(FIELD, "bad_number", "工单编号过长或含有控制字符"));
    }
    if is_personal(no) {
        return Err(Fault::new(
            FIELD,
            "personal_number",
            "工单编号是个人号码，不能作为编号",
        ));
    }
    Ok(no.to_owned())
}

/// Whether an id is, or holds, a personal number.
fn is_personal(id: &str) -> bool {
    let dated = id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_digit()) && number::is_dated(id);
    !dated && mask::mask_id(id) != id
}

#[cfg(test)]
mod tests;
