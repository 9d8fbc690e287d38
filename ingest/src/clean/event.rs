//! One event of a ticket: what a dispatcher did.

use super::{EventDraft, Fault, some_text, text, ticket_no};
use crate::record::{Accepted, Attachment, Body, Classified, Event, RecordId, TicketEvent};

/// The event, masked.
pub(super) fn body(source: &str, draft: EventDraft) -> Result<Body, Fault> {
    Ok(Body::Ticket(TicketEvent {
        no: ticket_no(&draft.no)?,
        source: source.to_owned(),
        actor: text(&draft.actor),
        occurred_at: draft.occurred_at,
        snapshot: false,
        key: draft.key.map(|key| RecordId::of(&[b"key", key.as_bytes()])),
        attachments: draft.attachments.into_iter().map(attachment).collect(),
        event: masked(draft.event)?,
    }))
}

/// Longest name of an attached file, in characters: what file systems take.
const LONGEST_NAME: usize = 120;

/// An attachment with its name masked, without the folders of the machine it came from and cut to a length any disk takes.
fn attachment(given: Attachment) -> Attachment {
    let name = given.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = text(name).replace('\n', " ");
    let cut = match name.char_indices().nth(LONGEST_NAME) {
        None => name,
        // The ending tells people what it is.
        Some(_) => {
            let ending: String = name
                .rsplit_once('.')
                .map_or_else(String::new, |(_, ending)| format!(".{ending}"))
                .chars()
                .take(10)
                .collect();
            let kept = LONGEST_NAME - ending.chars().count();
            name.chars().take(kept).collect::<String>() + &ending
        }
    };
    Attachment {
        name: if cut.is_empty() { "附件".to_owned() } else { cut },
        ..given
    }
}

/// Every text of an event masked. Each variant is named, so that a new one cannot pass unseen.
fn masked(event: Event) -> Result<Event, Fault> {
    Ok(match event {
        Event::Accepted(accepted) => Event::Accepted(Accepted {
            title: text(&accepted.title),
            body: text(&accepted.body),
            channel: some_text(accepted.channel),
            region: some_text(accepted.region),
            urgency: some_text(accepted.urgency),
            // A `Caller` is made by the cleaner only; its masked form passes the mask unchanged.
            caller: accepted.caller.map(|mut caller| {
                caller.masked = text(&caller.masked);
                caller
            }),
            due_at: accepted.due_at,
        }),
        Event::Dispatched { unit, due_at } => Event::Dispatched {
            unit: text(&unit),
            due_at,
        },
        Event::Signed { unit } => Event::Signed {
            unit: some_text(unit),
        },
        Event::Returned { reason } => Event::Returned {
            reason: text(&reason),
        },
        Event::Extended { due_at, reason } => Event::Extended {
            due_at,
            reason: text(&reason),
        },
        Event::Paused { reason } => Event::Paused {
            reason: text(&reason),
        },
        Event::Urged { reason } => Event::Urged {
            reason: text(&reason),
        },
        Event::Supervised { reason } => Event::Supervised {
            reason: text(&reason),
        },
        Event::Carded { card, reason } => Event::Carded {
            card,
            reason: text(&reason),
        },
        Event::Reopened { reason } => Event::Reopened {
            reason: text(&reason),
        },
        Event::Replied { text: reply } => Event::Replied { text: text(&reply) },
        Event::Noted { text: note } => Event::Noted { text: text(&note) },
        Event::Resolved {
            result,
            direct,
            withdrawn,
        } => Event::Resolved {
            result: text(&result),
            direct,
            withdrawn,
        },
        Event::Amended {
            title,
            body,
            region,
            urgency,
        } => Event::Amended {
            title: title.map(|title| text(&title)),
            body: body.map(|body| text(&body)),
            region: region.map(|region| text(&region)),
            urgency: some_text(urgency),
        },
        Event::Classified(label) => Event::Classified(Classified {
            topic: some_text(label.topic.clone()),
            ..label
        }),
        Event::Merged { into } => Event::Merged {
            into: ticket_no(&into)?,
        },
        Event::Split { into } => Event::Split {
            into: into.iter().map(|no| ticket_no(no)).collect::<Result<_, _>>()?,
        },
        event @ (Event::Resumed | Event::Contacted | Event::CalledBack(_) | Event::Unmerged) => event,
    })
}
