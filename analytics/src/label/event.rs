//! A model's label as the event that goes on the log.

use super::Label;
use ingest::{
    record::{Body, Classified, Event, MODEL_SOURCE, Record, TicketEvent},
    time::Moment,
};

/// The label `actor` gave a ticket's text: same text, same model, same id. A text of the past that is labelled again says
/// when; it is observed then, so that it stands after the labels given before. `None` when `text` is no ticket's.
pub(crate) fn classified(
    actor: &str,
    text: &Record,
    label: &Label,
    relabelled_at: Option<Moment>,
) -> Option<Record> {
    let Body::Ticket(event) = &text.body else {
        return None;
    };
    let classified = Classified {
        late: None,
        r#type: Some(label.r#type),
        topic: Some(label.topic.to_owned()),
        confidence: Some(label.confidence),
        abstained: label.abstained,
        topic_confidence: Some(label.topic_confidence),
        sentiment: Some(label.sentiment),
        of: Some(text.id.clone()),
        region: label.region.clone(),
        region_words: label.region_words.clone(),
        flags: label.flags.iter().map(|flag| flag.name.clone()).collect(),
        relabelled_at,
    };
    let body = Body::Ticket(TicketEvent {
        no: event.no.clone(),
        source: MODEL_SOURCE.to_owned(),
        actor: actor.to_owned(),
        occurred_at: event.occurred_at,
        snapshot: false,
        key: None,
        attachments: Vec::new(),
        event: Event::Classified(classified),
    });
    Some(Record::new(body, relabelled_at.unwrap_or(text.observed_at)))
}
