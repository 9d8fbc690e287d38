//! The label job: a batch's scores as Polars columns, the labels as columns derived from them.
//!
//! Polars types stay in here.

use super::correct::Correction;
use super::error::LabelError;
use super::evidence::evidence;
use super::score::{Scorer, Scores, best};
use super::text::{Evidence, Label, TOPICS, Text, sentiment_name, sentiment_of};
use super::tone;
use ingest::record::TicketType;
use polars::prelude::*;

/// Labels `texts`, in order; with evidence, up to so many pieces each.
pub(crate) fn label(
    scorer: &Scorer,
    correction: Option<&Correction>,
    texts: &[Text<'_>],
    pieces: Option<usize>,
) -> Result<(Vec<Label>, Vec<Vec<Evidence>>), LabelError> {
    let mut scratch = scorer.scratch();
    let mut told = Vec::new();
    let scores: Vec<Scores> = texts
        .iter()
        .map(|text| {
            let mut scores = match pieces {
                Some(_) => scorer.read(text, &mut scratch),
                None => scorer.score(text, &mut scratch),
            };
            tone::apply(text, &mut scores);
            if let Some(correction) = correction {
                correction.adjust(text, &mut scores);
            }
            if let Some(pieces) = pieces {
                told.push(evidence(
                    scorer,
                    correction,
                    text,
                    scores.r#type,
                    &scratch,
                    pieces,
                ));
            }
            scores
        })
        .collect();
    Ok((rows(job(&scores, scorer.head.threshold)?)?, told))
}

fn job(scores: &[Scores], threshold: f32) -> PolarsResult<DataFrame> {
    let whole = |name: &str, value: fn(&Scores) -> usize| {
        Column::new(
            name.into(),
            scores.iter().map(|s| value(s) as u32).collect::<Vec<_>>(),
        )
    };
    let part = |name: &str, value: fn(&Scores) -> f32| {
        Column::new(name.into(), scores.iter().map(value).collect::<Vec<_>>())
    };
    let columns = vec![
        whole("type", |s| best(&s.r#type)),
        part("confidence", |s| s.r#type[best(&s.r#type)]),
        whole("topic", |s| best(&s.topic)),
        part("topic_confidence", |s| s.topic[best(&s.topic)]),
        part("sentiment", |s| sentiment_of(s.sentiment)),
    ];
    let mut frame = DataFrame::new(scores.len(), columns)?;
    let mut abstained = frame.column("confidence")?.f32()?.lt(threshold);
    abstained.rename("abstained".into());
    frame.with_column(abstained.into_series().into_column())?;
    Ok(frame)
}

fn rows(frame: DataFrame) -> Result<Vec<Label>, LabelError> {
    let read = || -> PolarsResult<Vec<Label>> {
        let (types, confidence) = (frame.column("type")?.u32()?, frame.column("confidence")?.f32()?);
        let (topics, topic_confidence) = (
            frame.column("topic")?.u32()?,
            frame.column("topic_confidence")?.f32()?,
        );
        let sentiment = frame.column("sentiment")?.f32()?;
        let abstained = frame.column("abstained")?.bool()?;
        let at = |column: &UInt32Chunked, row| column.get(row).unwrap_or(0) as usize;
        Ok((0..frame.height())
            .map(|row| Label {
                r#type: TicketType::ALL[at(types, row)],
                confidence: confidence.get(row).unwrap_or(0.0),
                abstained: abstained.get(row).unwrap_or(true),
                topic: TOPICS[at(topics, row)],
                topic_confidence: topic_confidence.get(row).unwrap_or(0.0),
                sentiment: sentiment.get(row).unwrap_or(0.0),
                sentiment_label: sentiment_name(sentiment.get(row).unwrap_or(0.0)),
                region: None,
                region_words: Vec::new(),
                organisations: Vec::new(),
                flags: Vec::new(),
            })
            .collect())
    };
    Ok(read()?)
}

impl From<PolarsError> for LabelError {
    fn from(error: PolarsError) -> Self {
        Self::Polars(error.to_string())
    }
}
