//! Labels of a new model for the past: appended to the log, never over a person's, and nothing when there is nothing new.
//!
//! Must never write to the ledger: what it makes goes on the log and comes back from there.

use crate::{
    label::{Models, Text, Words, event::classified},
    ledger::Ledger,
    process::ProcessError,
};
use chrono::TimeDelta;
use index::Segmenter;
use ingest::{
    record::{Body, Record},
    time::Moment,
};
use rayon::prelude::*;

/// Texts labelled at once.
const BATCH: usize = 2048;
/// Texts one thread labels at once.
const CHUNK: usize = 256;

/// The labels of the next texts, and where to go on.
#[derive(Debug)]
pub struct Batch {
    /// `classified` events to append.
    pub labels: Vec<Record>,
    /// Passed to the next call.
    pub next: i64,
}

/// When the past is labelled again: `now`, or right after the newest label where a clock ran ahead of this one. A label
/// observed before another would never be in force, and each call would append it again. Blocking.
///
/// # Errors
/// When the ledger cannot be read.
pub fn moment(ledger: &Ledger, now: Moment) -> Result<Moment, ProcessError> {
    let newest = ledger.newest_label()?;
    Ok(newest.map_or(now, |newest| now.max(newest + TimeDelta::milliseconds(1))))
}

/// Labels the next texts whose newest model label is not these models', and which no person classified, as of `at`
/// ([`moment`]). `after` is 0 at first, then [`Batch::next`]; `None` when all are read. Blocking.
///
/// # Errors
/// When the ledger cannot be read or labelling fails.
pub fn batch(
    ledger: &Ledger,
    models: &Models,
    segmenter: &Segmenter,
    at: Moment,
    after: i64,
) -> Result<Option<Batch>, ProcessError> {
    let unread = ledger.unread_by(&models.actor(), after, BATCH)?;
    if unread.texts.is_empty() {
        return Ok(None);
    }
    Ok(Some(Batch {
        labels: labels_of(ledger, models, segmenter, unread.texts, Some(at))?,
        next: unread.next,
    }))
}

/// The labels of ticket texts as their ledger holds them, for texts whose words are not at hand. Blocking.
///
/// # Errors
/// When the ledger cannot be read or labelling fails.
pub(crate) fn labels_of(
    ledger: &Ledger,
    models: &Models,
    segmenter: &Segmenter,
    records: Vec<Record>,
    relabelled_at: Option<Moment>,
) -> Result<Vec<Record>, ProcessError> {
    let actor = models.actor();
    let texts: Vec<(Record, String, String, Words)> = records
        .into_par_iter()
        .filter_map(|record| {
            let Body::Ticket(event) = &record.body else {
                return None;
            };
            let text = match ledger.text_at(&event.no, &record.id) {
                Ok(text) => text.unwrap_or_default(),
                Err(error) => return Some(Err(error)),
            };
            let words = Words::of(segmenter, &text.0, &text.1);
            Some(Ok((record, text.0, text.1, words)))
        })
        .collect::<Result<_, _>>()?;
    let labels = texts.par_chunks(CHUNK).map(|part| {
        let views: Vec<Text<'_>> = part
            .iter()
            .map(|(_, title, body, words)| words.text(title, body))
            .collect();
        let labels = models.label(&views)?;
        let records = part.iter().zip(&labels);
        Ok(records
            .filter_map(|((record, ..), label)| classified(&actor, record, label, relabelled_at))
            .collect::<Vec<_>>())
    });
    Ok(labels.collect::<Result<Vec<_>, ProcessError>>()?.concat())
}
