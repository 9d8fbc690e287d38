//! Corrections: what the dispatchers of this city know better than the shipped weights.
//!
//! The base texts are not shipped, so the shipped weights cannot be learnt anew. A correction is a small linear model over
//! the same features that adds to the base model's log-probabilities; where it knows nothing it adds nothing, so the base
//! model is its prior. It corrects type and topic, never sentiment, and it belongs to the base weights it was learnt on.

mod file;
mod learn;
mod measure;

pub use measure::{Measured, Report, measure};

use super::error::LabelError;
use super::feature::{Field, Kind, extract};
use super::score::Scores;
use super::text::Text;
use super::{Models, text::TOPICS};
use crate::ledger::Judged;
use index::Segmenter;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::Range};

/// Types and topics side by side.
pub(super) const COLUMNS: usize = 5 + TOPICS.len();
/// Columns of the types.
pub(super) const TYPE: Range<usize> = 0..5;
/// Columns of the topics.
pub(super) const TOPIC: Range<usize> = 5..COLUMNS;
/// Fewer corrected types than this teach nothing that could be measured.
pub const LEAST: usize = 20;

/// A learnt correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    pub(super) head: Head,
    /// Feature hashes, ascending, each with its inverse document frequency and its weights.
    pub(super) keys: Vec<u32>,
    pub(super) rarity: Vec<f32>,
    pub(super) weights: Vec<[f32; COLUMNS]>,
    /// Place of each key.
    pub(super) places: FxHashMap<u32, u32>,
}

/// The readable part of a correction file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// Hash of the weights it was learnt on.
    pub(super) base: String,
    /// Tickets people classified.
    pub(super) judged: usize,
    /// Tickets whose label people let stand.
    pub(super) let_stand: usize,
    /// Inverse document frequency of a feature no text held.
    pub(super) unknown: f32,
    pub(super) bias: Vec<f32>,
    /// Fingerprints of the labels learnt from, so that it is never measured on them.
    pub(super) learnt: BTreeSet<u64>,
}

/// What a correction is learnt from and measured on.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// Tickets people classified ([`crate::ledger::Ledger::judged`]).
    pub judged: &'a [Judged],
    /// Tickets whose label people let stand ([`crate::ledger::Ledger::let_stand`]).
    pub let_stand: &'a [Judged],
    /// The weights to correct.
    pub base: &'a Models,
    /// The segmenter the weights are used with.
    pub segmenter: &'a Segmenter,
}

impl Correction {
    /// Learns from everything in `material`. Same material, same correction, byte for byte.
    ///
    /// # Errors
    /// When fewer than [`LEAST`] tickets have a type a person gave.
    pub fn learn(material: &Material<'_>) -> Result<Self, LabelError> {
        learn::learn(material)
    }

    /// Whether it was learnt from exactly these labels.
    pub fn learnt_from(&self, judged: &[Judged]) -> bool {
        self.head.learnt == judged.iter().map(fingerprint).collect()
    }

    /// Hash of the weights it belongs to.
    pub fn base(&self) -> &str {
        &self.head.base
    }

    /// Moves the probabilities of type and topic.
    pub(super) fn adjust(&self, text: &Text<'_>, scores: &mut Scores) {
        let delta = self.delta(&features(text));
        tilt(&mut scores.r#type, &delta[TYPE]);
        tilt(&mut scores.topic, &delta[TOPIC]);
    }

    /// Moves the probabilities of the topics, as [`Self::adjust`] does.
    pub(super) fn adjust_topics(&self, text: &Text<'_>, topics: &mut [f32; 15]) {
        tilt(topics, &self.delta(&features(text))[TOPIC]);
    }

    /// What is added to the log-probabilities of a text with these features.
    pub(super) fn delta(&self, features: &[u32]) -> [f32; COLUMNS] {
        let mut delta = [0.0; COLUMNS];
        let norm = self.norm(features);
        for place in features.iter().filter_map(|hash| self.places.get(hash)) {
            let share = self.rarity[*place as usize] / norm;
            for (sum, weight) in delta.iter_mut().zip(&self.weights[*place as usize]) {
                *sum += share * weight;
            }
        }
        for (sum, bias) in delta.iter_mut().zip(&self.head.bias) {
            *sum += bias;
        }
        delta
    }

    /// Features nobody taught it count in the length: the stranger a text, the less is corrected.
    fn norm(&self, features: &[u32]) -> f32 {
        let square = |hash| {
            let rarity = self
                .places
                .get(hash)
                .map_or(self.head.unknown, |place| self.rarity[*place as usize]);
            rarity * rarity
        };
        features.iter().map(square).sum::<f32>().sqrt().max(1.0)
    }

    /// What each occurrence of a known feature adds to type `winner` over type `other`.
    pub(super) fn contributions(
        &self,
        text: &Text<'_>,
        winner: usize,
        other: usize,
        mut each: impl FnMut(f32, Field, Range<u32>),
    ) {
        let norm = self.norm(&features(text));
        let mut times = FxHashMap::<u32, f32>::default();
        extract(text, &mut |hash, _: Kind, _: Field, _: Range<u32>| {
            if self.places.contains_key(&hash) {
                *times.entry(hash).or_default() += 1.0;
            }
        });
        extract(text, &mut |hash, _: Kind, field: Field, span: Range<u32>| {
            if let (Some(place), Some(times)) = (self.places.get(&hash), times.get(&hash)) {
                let weights = &self.weights[*place as usize];
                let logit = (weights[winner] - weights[other]) * self.rarity[*place as usize] / norm;
                each(logit / times, field, span);
            }
        });
    }
}

/// Adds to log-probabilities.
fn tilt(probabilities: &mut [f32], delta: &[f32]) {
    let top = delta.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for (probability, delta) in probabilities.iter_mut().zip(delta) {
        *probability *= (delta - top).exp();
        total += *probability;
    }
    if total > 0.0 {
        probabilities
            .iter_mut()
            .for_each(|probability| *probability /= total);
    }
}

/// The features of a text, each once, ascending.
pub(super) fn features(text: &Text<'_>) -> Vec<u32> {
    let mut features = FxHashSet::default();
    extract(text, &mut |hash, _: Kind, _: Field, _: Range<u32>| {
        features.insert(hash);
    });
    let mut features: Vec<u32> = features.into_iter().collect();
    features.sort_unstable();
    features
}

/// Tells one label of one text from all others.
fn fingerprint(judged: &Judged) -> u64 {
    let topic = judged.topic.as_deref().unwrap_or_default();
    let kind = judged.r#type.map_or("", |kind| kind.name());
    let mut hasher = blake3::Hasher::new();
    for part in [&judged.no, &judged.title, &judged.body, kind, topic] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests;
