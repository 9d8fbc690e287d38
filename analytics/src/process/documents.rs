//! What is searched: documents of posts and tickets.

use crate::{
    label::PostLabel,
    ledger::{Labelled, Ticket},
};
use index::{Document, Kind, Segmented};
use ingest::{
    record::{Body, Post, Record, RecordId},
    time::Moment,
};
use rustc_hash::FxHashMap;

/// Documents of those posts whose newest revision, given by `newest`, stands in this batch. A newer one that is read later
/// in the log will bring its own document.
pub(super) fn of_posts(
    entries: &[Labelled],
    words: &mut FxHashMap<usize, (Segmented, Segmented)>,
    newest: &FxHashMap<&RecordId, RecordId>,
) -> Vec<Document> {
    // The same revision may have been seen more than once: its last sight counts.
    let mut places: FxHashMap<&RecordId, (Moment, usize)> = FxHashMap::default();
    for (place, Labelled { entry, .. }) in entries.iter().enumerate() {
        if let Ok(Record {
            id,
            observed_at,
            body: Body::Post(post),
            ..
        }) = &entry.record
            && newest.get(&post.post_id) == Some(id)
        {
            let seen = places.entry(&post.post_id).or_insert((*observed_at, place));
            *seen = (*seen).max((*observed_at, place));
        }
    }
    let mut document = |(observed_at, place): (Moment, usize)| {
        let Labelled { entry, label } = entries.get(place)?;
        let Ok(Record {
            body: Body::Post(post),
            ..
        }) = &entry.record
        else {
            return None;
        };
        let words = words.remove(&place).unwrap_or_default();
        Some(of_post(post, observed_at, words, label.as_ref()))
    };
    places.into_values().filter_map(&mut document).collect()
}

fn of_post(
    post: &Post,
    observed_at: Moment,
    words: (Segmented, Segmented),
    label: Option<&PostLabel>,
) -> Document {
    Document {
        kind: Kind::Post,
        id: post.post_id.as_str().to_owned(),
        native_id: post.native_id.clone(),
        title: post.title.clone(),
        body: post.body.clone(),
        title_words: words.0,
        body_words: words.1,
        source: post.source.clone(),
        channel: Some(post.channel.name().to_owned()),
        author: post.author.clone(),
        url: post.url.clone(),
        published_at: post.published_at.unwrap_or(observed_at),
        unit: None,
        r#type: None,
        topic: label.map(|label| label.topic.to_owned()),
        sentiment: label.map(|label| label.sentiment),
        sentiment_label: label.map(|label| label.sentiment_label.to_owned()),
        flags: label.map_or_else(Vec::new, |label| {
            label.flags.iter().map(|flag| flag.name.clone()).collect()
        }),
        region: post
            .region
            .clone()
            .or_else(|| label.and_then(|label| label.region.clone())),
        status: None,
    }
}

/// The document of a ticket as the ledger folded it.
pub(super) fn of_ticket(ticket: Ticket, words: (Segmented, Segmented)) -> Document {
    let (sentiment, flags) = ticket
        .model
        .map_or((None, Vec::new()), |model| (model.sentiment, model.flags));
    Document {
        kind: Kind::Ticket,
        id: ticket.no.clone(),
        native_id: ticket.no,
        title: ticket.title,
        body: ticket.body,
        title_words: words.0,
        body_words: words.1,
        source: ticket.source,
        channel: ticket.channel,
        author: None,
        url: None,
        published_at: ticket.accepted_at,
        unit: ticket.unit,
        r#type: Some(ticket.r#type.map_or("unknown", |kind| kind.name()).to_owned()),
        topic: ticket.topic,
        sentiment,
        sentiment_label: sentiment.map(|value| crate::label::sentiment_name(value).to_owned()),
        flags,
        region: ticket.region,
        status: Some(ticket.status.name().to_owned()),
    }
}
