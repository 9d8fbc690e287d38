//! Observations of events: which revisions stand, in which order they fold (DESIGN invariants 3 and 5).
//!
//! Everything here is a pure function of the *set* of observations: arrival order and repetition cannot matter.

use super::Seen;
use ingest::{
    record::{Event, TicketEvent},
    time::Moment,
};

/// The name of an event's kind, as in its JSON.
pub(super) fn kind(event: &Event) -> &'static str {
    KINDS[rank(event)]
}

/// Kinds in the order of a ticket's life: of two events in the same millisecond, the earlier kind folds first, so a
/// row whose every time is the same day still dispatches before it resolves.
pub(super) const KINDS: [&str; 21] = [
    "accepted",
    "dispatched",
    "signed",
    "returned",
    "extended",
    "paused",
    "resumed",
    "contacted",
    "replied",
    "urged",
    "supervised",
    "carded",
    "resolved",
    "called_back",
    "reopened",
    "classified",
    "amended",
    "merged",
    "unmerged",
    "split",
    "noted",
];

/// The place of an event's kind in [`KINDS`].
fn rank(event: &Event) -> usize {
    match event {
        Event::Accepted(_) => 0,
        Event::Dispatched { .. } => 1,
        Event::Signed { .. } => 2,
        Event::Returned { .. } => 3,
        Event::Extended { .. } => 4,
        Event::Paused { .. } => 5,
        Event::Resumed => 6,
        Event::Contacted => 7,
        Event::Replied { .. } => 8,
        Event::Urged { .. } => 9,
        Event::Supervised { .. } => 10,
        Event::Carded { .. } => 11,
        Event::Resolved { .. } => 12,
        Event::CalledBack(_) => 13,
        Event::Reopened { .. } => 14,
        Event::Classified(_) => 15,
        Event::Amended { .. } => 16,
        Event::Merged { .. } => 17,
        Event::Unmerged => 18,
        Event::Split { .. } => 19,
        Event::Noted { .. } => 20,
    }
}

/// What revisions of an event replace each other in: a snapshot holds each kind once per source; any other event is a
/// thing of its own.
pub(super) fn slot(id: &str, event: &TicketEvent) -> String {
    if event.snapshot {
        format!("{}:{}", kind(&event.event), event.source)
    } else {
        id.to_owned()
    }
}

/// Whether an event is a model's label of a text. It is no fact of the ticket's life: it stands as long as its text.
pub(super) fn is_label(event: &TicketEvent) -> bool {
    matches!(&event.event, Event::Classified(classified) if classified.of.is_some())
}

/// Whether an event is text: (title, body) where it gives one.
pub(super) fn text(event: &TicketEvent) -> Option<(Option<&str>, Option<&str>)> {
    match &event.event {
        Event::Accepted(accepted) => Some((Some(&accepted.title), Some(&accepted.body))),
        Event::Amended { title, body, .. } if title.is_some() || body.is_some() => {
            Some((title.as_deref(), body.as_deref()))
        }
        _ => None,
    }
}

/// The events that count, in fold order, each with the time its standing revision was first seen: of a snapshot slot
/// the revision observed last, of any other event its first observation. Facts after `until` are left out.
pub(super) fn standing<'a>(observations: &[Seen<'a>], until: Option<Moment>) -> Vec<Seen<'a>> {
    let mut all: Vec<(String, Seen<'a>)> = observations
        .iter()
        .map(|seen| (slot(seen.id.as_str(), seen.event), *seen))
        .collect();
    all.sort_by(|(a, x), (b, y)| (a, x.observed_at, x.id).cmp(&(b, y.observed_at, y.id)));
    let mut standing: Vec<Seen<'a>> = all
        .chunk_by(|(a, _), (b, _)| a == b)
        .filter_map(|revisions| {
            let (_, last) = revisions.last()?;
            // A record equal to its neighbour adds nothing: its revision began where the run of equals began.
            revisions
                .iter()
                .rev()
                .map(|(_, seen)| *seen)
                .take_while(|seen| seen.id == last.id)
                .last()
        })
        .filter(|seen| until.is_none_or(|until| seen.event.occurred_at <= until || is_label(seen.event)))
        .collect();
    standing.sort_by_key(|seen| {
        (
            seen.event.occurred_at,
            seen.observed_at,
            rank(&seen.event.event),
            seen.id,
        )
    });
    standing
}
