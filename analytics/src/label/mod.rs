//! Type, topic and sentiment of a text, with confidence, abstention and evidence.
//!
//! One call, [`Models::label`], serves a batch of the pipeline, one ticket on the triage page and the command line. The
//! models are linear, one pass over the text's features gives all three; the type is judged from its words together with
//! what each clause does (module `acts`). They read no file, no clock and no network, and never learn while labelling;
//! [`train`] makes new weights and [`evaluate`] measures them.

mod acts;
mod batch;
mod clause;
pub mod correct;
mod error;
pub mod evaluate;
pub(crate) mod event;
mod evidence;
mod feature;
mod letters;
mod marks;
mod score;
mod sealed;
mod text;
mod tone;
pub mod train;
pub mod weights;

pub use error::LabelError;
pub use text::{Evidence, Label, PostLabel, SENTIMENTS, TOPICS, Text, Words, sentiment_name};

use crate::{
    region::{Businesses, Gazetteer, Located},
    sensitive::Flags,
};
use correct::Correction;
use ingest::record::MODEL_SOURCE;
use std::sync::Arc;
use text::sentiment_of;
use weights::Weights;

// Made by `minsheng train`; `analytics/models/README.md` says from what and how good it is.
const SHIPPED: &[u8] = include_bytes!("../../models/labels.weights");

/// The models: the shipped weights or others in their place, with the correction learnt from the dispatchers where one is
/// installed.
pub struct Models {
    scorer: score::Scorer,
    sentiment: score::SentimentScorer,
    correction: Option<Correction>,
    gazetteer: Arc<Gazetteer>,
    flags: Arc<Flags>,
    base_hash: String,
    hash: String,
}

impl Models {
    /// The weights, the national gazetteer and the word lists embedded in the program.
    ///
    /// # Errors
    /// When they cannot be read: a defect of the build.
    pub fn shipped() -> Result<Self, LabelError> {
        Self::ready(Weights::load(SHIPPED)?, SHIPPED)
    }

    /// Weights from elsewhere.
    ///
    /// # Errors
    /// When they hold a number that is not finite.
    pub fn from_weights(weights: Weights) -> Result<Self, LabelError> {
        let bytes = weights.to_bytes()?;
        Self::ready(weights, &bytes)
    }

    fn ready(weights: Weights, bytes: &[u8]) -> Result<Self, LabelError> {
        let models = Self {
            scorer: score::Scorer::new(&weights),
            sentiment: score::SentimentScorer::new(&weights),
            correction: None,
            gazetteer: Arc::new(Gazetteer::load(&[])?),
            flags: Arc::new(Flags::embedded()?),
            base_hash: short_hash(&[bytes]),
            hash: String::new(),
        };
        models.hashed()
    }

    /// The same models with other places and word lists.
    ///
    /// # Errors
    /// When a number of the correction is not finite.
    pub fn with_lists(self, gazetteer: Gazetteer, flags: Flags) -> Result<Self, LabelError> {
        let models = Self {
            gazetteer: Arc::new(gazetteer),
            flags: Arc::new(flags),
            ..self
        };
        models.hashed()
    }

    fn hashed(mut self) -> Result<Self, LabelError> {
        let correction = self
            .correction
            .as_ref()
            .map(Correction::to_bytes)
            .transpose()?
            .unwrap_or_default();
        let base = self.base_hash.as_bytes();
        self.hash = short_hash(&[
            base,
            &correction,
            self.gazetteer.hash(),
            self.flags.hash(),
            tone::RULES,
        ]);
        Ok(self)
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
        let models = Self {
            correction: Some(correction),
            ..self
        };
        models.hashed()
    }

    /// First 12 hexadecimal digits of a hash over weights, correction, places, word lists and rules: the actor of a label is
    /// `model:<hash>`.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Who a label of these models is by.
    pub fn actor(&self) -> String {
        format!("{MODEL_SOURCE}:{}", self.hash)
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

    /// What weights and turns of phrase say without correction.
    pub(crate) fn base_scores(&self, text: &Text<'_>) -> score::Scores {
        let mut scores = self.scorer.score(text, &mut self.scorer.scratch());
        tone::apply(text, &mut scores);
        scores
    }

    /// Labels a batch of tickets, in order. A Polars job; runs on the calling thread. Never panics, also on empty texts.
    ///
    /// # Errors
    /// When Polars fails.
    pub fn label(&self, texts: &[Text<'_>]) -> Result<Vec<Label>, LabelError> {
        let mut labels = self.label_words(texts)?;
        self.add_finds(&mut labels, texts);
        Ok(labels)
    }

    /// Labels posts, in order: what [`Self::label`] says of them, sooner.
    pub fn label_posts(&self, texts: &[Text<'_>]) -> Vec<PostLabel> {
        let mut scratch = self.scorer.scratch();
        let label = |text: &Text<'_>| {
            let (mut topics, mut sentiment) = self.scorer.score_subject(text, &mut scratch);
            tone::correct(text, &mut sentiment);
            if let Some(correction) = &self.correction {
                correction.adjust_topics(text, &mut topics);
            }
            let sentiment = sentiment_of(sentiment);
            PostLabel {
                topic: TOPICS[score::best(&topics)],
                sentiment,
                sentiment_label: sentiment_name(sentiment),
                region: self.gazetteer.locate(text.title, text.body).region,
                flags: self.flags.raised(text.title, text.body),
            }
        };
        texts.iter().map(label).collect()
    }

    /// Type, topic and sentiment alone.
    ///
    /// # Errors
    /// When Polars fails.
    pub fn label_words(&self, texts: &[Text<'_>]) -> Result<Vec<Label>, LabelError> {
        Ok(batch::label(&self.scorer, self.correction.as_ref(), texts, None)?.0)
    }

    /// The sentiment of each text alone, in order: the number [`Self::label`] gives, sooner.
    pub fn sentiments(&self, texts: &[Text<'_>]) -> Vec<f32> {
        let mut scratch = self.sentiment.scratch();
        let number = |text: &Text<'_>| {
            let mut sentiment = self.sentiment.score(text, &mut scratch);
            tone::correct(text, &mut sentiment);
            sentiment_of(sentiment)
        };
        texts.iter().map(number).collect()
    }

    /// [`Self::label`] with the pieces of each text that decided its type, strongest first, at most `limit`. Weights are
    /// shares of all that was said for and against, for the type over the next likely one.
    ///
    /// # Errors
    /// When Polars fails.
    pub fn explain(
        &self,
        texts: &[Text<'_>],
        limit: usize,
    ) -> Result<Vec<(Label, Vec<Evidence>)>, LabelError> {
        let (mut labels, told) = batch::label(&self.scorer, self.correction.as_ref(), texts, Some(limit))?;
        self.add_finds(&mut labels, texts);
        Ok(labels.into_iter().zip(told).collect())
    }

    /// Adds what is found by lists: region, businesses, sensitive content.
    fn add_finds(&self, labels: &mut [Label], texts: &[Text<'_>]) {
        for (label, text) in labels.iter_mut().zip(texts) {
            let (title, body) = (Businesses::of(text.title), Businesses::of(text.body));
            let located = self.gazetteer.locate_beside(&title, &body);
            label.region = located.region;
            label.region_words = located.words;
            for name in title.names().chain(body.names()) {
                if !label.organisations.iter().any(|known| known == name) {
                    label.organisations.push(name.to_owned());
                }
            }
            label.flags = self.flags.raised(text.title, text.body);
        }
    }

    /// The places a text names, and the region it is about.
    pub fn locate(&self, title: &str, body: &str) -> Located {
        self.gazetteer.locate(title, body)
    }

    /// The word lists of sensitive content.
    pub fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The page name of a flag.
    pub fn flag_title<'a>(&'a self, name: &'a str) -> &'a str {
        self.flags.title(name)
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
