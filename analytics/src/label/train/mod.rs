//! Training: from labelled texts to a weight file. Same inputs, same weights, byte for byte.

pub(crate) mod acts;
pub(crate) mod calibrate;
pub(crate) mod corpus;
mod cue;
pub(crate) mod duplicates;
pub(crate) mod fit;
mod fold;
mod judge;
mod lexicon;
mod lines;
pub(crate) mod logistic;
pub(crate) mod matrix;
mod ratio;
mod vectors;

use super::error::LabelError;
use super::weights::Weights;
use index::Segmenter;
use std::path::Path;

/// What to learn from. The shipped weights were made from exactly these kinds of file.
#[derive(Clone, Copy)]
pub struct TrainInput<'a> {
    /// JSON Lines of messages: `{"id","title","body"}`, other fields are passed over.
    pub tickets: &'a Path,
    /// Tab-separated labels of messages with a heading line: `id, type, topic, sure` (`sure` 0 is a borderline case).
    pub labels: &'a Path,
    /// JSON Lines of further messages with a topic only: `{"id","title","body","topic"}`.
    pub topics: Option<&'a Path>,
    /// JSON Lines of posts with a sentiment, and an emotion where it is known: `{"id","text","sentiment","emotion"}`.
    pub posts: Option<&'a Path>,
    /// Folder of the project's own texts: `*.txt` with lines `type|topic|sentiment|title|body`.
    pub material: Option<&'a Path>,
    /// Vectors of words, made by `analytics/models/vectors.py`.
    pub vectors: Option<&'a Path>,
    /// What words speak for.
    pub lexicon: Option<&'a Path>,
    /// What clauses of these texts do, as annotators read them; ids and clause numbers only.
    pub acts: Option<&'a Path>,
    /// The segmenter the weights will be used with.
    pub segmenter: &'a Segmenter,
}

/// Learns all three models. `progress` is called with rounds done and rounds planned.
///
/// # Errors
/// When a file cannot be read or is not of its form, or when a class has too few texts.
pub fn train(input: &TrainInput<'_>, progress: &dyn Fn(u64, u64)) -> Result<Weights, LabelError> {
    let corpus = corpus::Corpus::read(input)?;
    fit::fit(&corpus, &knowledge(input)?, input.segmenter, progress)
}

/// What is known beside labelled texts.
pub(crate) struct Knowledge {
    /// Meanings of words; empty where none are named.
    vectors: vectors::Vectors,
    /// What words speak for; empty where none is named.
    lexicon: lexicon::Lexicon,
    /// What clauses do.
    acts: Option<acts::Annotations>,
}

/// The knowledge `input` names.
pub(crate) fn knowledge(input: &TrainInput<'_>) -> Result<Knowledge, LabelError> {
    let vectors = input
        .vectors
        .map_or_else(|| Ok(vectors::Vectors::default()), vectors::Vectors::read)?;
    let lexicon = input
        .lexicon
        .map_or_else(|| Ok(lexicon::Lexicon::default()), lexicon::Lexicon::read)?;
    let acts = input.acts.map(acts::Annotations::read).transpose()?;
    Ok(Knowledge {
        vectors,
        lexicon,
        acts,
    })
}
