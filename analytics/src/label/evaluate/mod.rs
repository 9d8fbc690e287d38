//! Measuring: how good a model is on texts it has not seen.
//!
//! The split is by source and holds ids only, so that a model is measured on another source than it learnt from.

mod figures;
pub(crate) mod split;

pub use figures::{Bin, Class, Figures};
pub use split::split;

use super::error::LabelError;
use super::score::Scorer;
use super::text::{SENTIMENTS, TOPICS, Words};
use super::tone;
use super::train::{TrainInput, corpus::Corpus, corpus::Example, fit, knowledge};
use super::weights::Weights;
use figures::Guess;
use ingest::record::TicketType;
use serde::Serialize;
use std::fmt;

/// The split in the project: ids and their part.
pub const SPLIT: &str = include_str!("../../../models/split.tsv");

/// What to measure.
#[derive(Clone, Copy)]
pub struct EvaluateInput<'a> {
    /// The labelled texts.
    pub texts: TrainInput<'a>,
    /// Lines `id<TAB>part`, part being `train` or `test`; [`SPLIT`] is the project's own.
    pub split: &'a str,
    /// The model to measure on the test part; without one, a model is learnt from the train part and the material first.
    /// A model that learnt from the test part measures its memory.
    pub model: Option<&'a Weights>,
}

/// Figures of all three models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// 诉求类型
    pub r#type: Figures,
    /// 诉求领域
    pub topic: Figures,
    /// Sentiment.
    pub sentiment: Figures,
}

/// Measures a model on the test part of the split.
///
/// # Errors
/// When a file cannot be read or is not of its form, or when a part is too small to learn from or to measure.
pub fn evaluate(input: &EvaluateInput<'_>, progress: &dyn Fn(u64, u64)) -> Result<Report, LabelError> {
    let (train, test) = split::parts(Corpus::read(&input.texts)?, input.split);
    let learnt;
    let weights = match input.model {
        Some(weights) => weights,
        None => {
            learnt = fit::fit(&train, &knowledge(&input.texts)?, input.texts.segmenter, progress)?;
            &learnt
        }
    };
    measure(weights, &test, input)
}

fn measure(weights: &Weights, test: &Corpus, input: &EvaluateInput<'_>) -> Result<Report, LabelError> {
    let scorer = Scorer::new(weights);
    let mut scratch = scorer.scratch();
    let (mut types, mut topics, mut sentiments) = (Vec::new(), Vec::new(), Vec::new());
    for example in test.tickets.iter().chain(&test.posts) {
        let Example { title, body, .. } = example;
        let words = Words::of(input.texts.segmenter, title, body);
        let text = words.text(title, body);
        let mut scores = scorer.score(&text, &mut scratch);
        tone::apply(&text, &mut scores);
        let keep = |guesses: &mut Vec<Guess>, truth: Option<usize>, probabilities: &[f32]| {
            if let Some(truth) = truth {
                guesses.push(Guess::new(truth, probabilities));
            }
        };
        keep(&mut types, example.r#type, &scores.r#type);
        keep(&mut topics, example.topic, &scores.topic);
        keep(&mut sentiments, example.sentiment, &scores.sentiment);
    }
    let threshold = weights.head.threshold;
    Ok(Report {
        r#type: Figures::new(&TicketType::ALL.map(TicketType::name), &types, threshold),
        topic: Figures::new(&TOPICS, &topics, 0.0),
        sentiment: Figures::new(&SENTIMENTS, &sentiments, 0.0),
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, figures) in [
            ("type", &self.r#type),
            ("topic", &self.topic),
            ("sentiment", &self.sentiment),
        ] {
            writeln!(f, "{name}\n{figures}")?;
        }
        Ok(())
    }
}
