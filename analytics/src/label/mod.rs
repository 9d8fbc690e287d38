//! Type, topic and sentiment of a text, with confidence, abstention and evidence.
//!
//! One call, [`Models::label`], serves a batch of the pipeline, one ticket on the triage page and the command line. The
//! models are linear: one pass over the text's features gives all three. They read no file, no clock and no network, and
//! never learn while labelling; [`train`] makes new weights and [`evaluate`] measures them.

mod batch;
mod error;
pub mod evaluate;
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

use weights::Weights;

// Made by `minsheng train`; `analytics/models/README.md` says from what and how good it is.
const SHIPPED: &[u8] = include_bytes!("../../models/labels.weights");

/// The models: the shipped weights, or those `minsheng train` installed in the data folder.
pub struct Models {
    scorer: score::Scorer,
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
        let hash = blake3::hash(bytes).to_hex().chars().take(12).collect();
        Self {
            scorer: score::Scorer::new(&weights),
            hash,
        }
    }

    /// First 12 hexadecimal digits of the weights' hash: the actor of a label is `model:<hash>`.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Labels a batch, in order. A Polars job; runs on the calling thread. Never panics, also on empty texts.
    ///
    /// # Errors
    /// When Polars fails.
    pub fn label(&self, texts: &[Text<'_>]) -> Result<Vec<Label>, LabelError> {
        batch::label(&self.scorer, texts)
    }

    /// The pieces of `text` that decided its type, strongest first, at most `limit`. Weights are shares of all that was
    /// said for and against, for the type over the next likely one.
    pub fn evidence(&self, text: &Text<'_>, limit: usize) -> Vec<Evidence> {
        evidence::evidence(&self.scorer, text, limit)
    }
}

#[cfg(test)]
mod tests;
