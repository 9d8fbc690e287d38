//! Type, topic and sentiment of a text, with confidence, abstention and evidence.
//!
//! One call, [`Models::label`], serves a batch of the pipeline, one ticket on the triage page and the command line. The
//! models are linear: one pass over the text's features gives all three. They read no file, no clock and no network, and
//! never learn while labelling; [`train`] makes new weights and [`evaluate`] measures them.

mod batch;
pub mod correct;
mod error;
pub mod evaluate;
pub(crate) mod event;
mod evidence;
mod feature;
mod marks;
mod score;
mod text;
mod tone;
pub mod train;
pub mod weights;

pub use error::LabelError;
pub use text::{Evidence, Label, SENTIMENTS, TOPICS, Text, sentiment_name};

use correct::Correction;
use weights::Weights;

// Made by `minsheng train`; `analytics/models/README.md` says from what and how good it is.
const SHIPPED: &[u8] = include_bytes!("../../models/labels.weights");

/// The models: the shipped weights or others in their place, with the correction learnt from the dispatchers where one is
/// installed.
pub struct Models {
    scorer: score::Scorer,
    correction: Option<Correction>,
    base_hash: String,
    hash: String,
}

impl Models {
    /// The weights embedded in the program.
    ///
    /// # Errors
    /// When the embedded weights cannot be read: a defect of the build.
    pub fn shipped() -> Result<Self, LabelError> {
        Ok(Self::ready(Weights::load(SHIPPED)?, SHIPPED))
    }

    /// Weights from elsewhere.
    ///
    /// # Errors
    /// When they hold a number that is not finite.
    pub fn from_weights(weights: Weights) -> Result<Self, LabelError> {
        let bytes = weights.to_bytes()?;
        Ok(Self::ready(weights, &bytes))
    }

    fn ready(weights: Weights, bytes: &[u8]) -> Self {
        let hash = short_hash(&[bytes]);
        Self {
            scorer: score::Scorer::new(&weights),
            correction: None,
            base_hash: hash.clone(),
            hash,
        }
    }

    /// The same weights with a correction, under a hash of their own.
    ///
    /// # Errors
    /// When the correction was learnt on other weights.
    pub fn corrected(self, correction: Correction) -> Result<Self, LabelError> {
        if correction.base() != self.base_hash {
            return Err(LabelError::OtherBase {
                was: correction.base().to_owned(),
                now: self.base_hash,
            });
        }
        let hash = short_hash(&[self.base_hash.as_bytes(), &correction.to_bytes()?]);
        Ok(Self {
            correction: Some(correction),
            hash,
            ..self
        })
    }

    /// First 12 hexadecimal digits of a hash over weights and correction: the actor of a label is `model:<hash>`.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The hash of the weights alone.
    pub fn base_hash(&self) -> &str {
        &self.base_hash
    }

    /// The correction in use.
    pub fn correction(&self) -> Option<&Correction> {
        self.correction.as_ref()
    }

    /// Confidence below which a type is not used.
    pub(crate) fn threshold(&self) -> f32 {
        self.scorer.head.threshold
    }

    /// What the weights say without correction.
    pub(crate) fn base_scores(&self, text: &Text<'_>) -> score::Scores {
        self.scorer.score(text, &mut self.scorer.scratch())
    }

    /// Labels a batch, in order. A Polars job; runs on the calling thread. Never panics, also on empty texts.
    ///
    /// # Errors
    /// When Polars fails.
    pub fn label(&self, texts: &[Text<'_>]) -> Result<Vec<Label>, LabelError> {
        batch::label(&self.scorer, self.correction.as_ref(), texts)
    }

    /// The pieces of `text` that decided its type, strongest first, at most `limit`. Weights are shares of all that was
    /// said for and against, for the type over the next likely one.
    pub fn evidence(&self, text: &Text<'_>, limit: usize) -> Vec<Evidence> {
        evidence::evidence(&self.scorer, self.correction.as_ref(), text, limit)
    }
}

fn short_hash(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_hex().chars().take(12).collect()
}

#[cfg(test)]
mod tests;
