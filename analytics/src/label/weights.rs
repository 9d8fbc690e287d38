//! The weight file: what training writes and the program embeds.
//!
//! A sealed file: its content is the number of rows, then the hashes (ascending), the norms, the rows and, where the head
//! tells of acts, the rows of the acts.

use super::acts::{ACTS, Judge, PerAct};
use super::error::LabelError;
use super::sealed::{Content, save, seal};
use serde::{Deserialize, Serialize};
use std::path::Path;

const MAGIC: &[u8; 16] = b"minsheng-label\x00\x05";
/// Types, topics and emotions side by side.
pub(crate) const COLUMNS: usize = 5 + 15 + 5;
/// The three models: each has its own norm.
pub(crate) const MODELS: usize = 3;
/// Columns of each model.
pub(crate) const TYPE: std::ops::Range<usize> = 0..5;
pub(crate) const TOPIC: std::ops::Range<usize> = 5..20;
pub(crate) const SENTIMENT: std::ops::Range<usize> = 20..25;
/// A norm byte counts in these steps of squared inverse document frequency.
pub(crate) const NORM_STEP: f32 = 0.4;

/// Trained weights: what [`super::train::train`] gives, [`Weights::save`] writes and [`super::Models::from_weights`] uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    pub(crate) head: Head,
    /// Feature hashes, ascending.
    pub(crate) keys: Vec<u32>,
    /// Squared inverse document frequencies in each model, in steps of [`NORM_STEP`].
    pub(crate) norms: Vec<[u8; MODELS]>,
    /// One row of weights a feature.
    pub(crate) rows: Vec<[i8; COLUMNS]>,
    /// What a feature says about the acts of the clause it stands in, a row a feature; empty where no acts were learnt.
    pub(crate) acts: Vec<PerAct<i8>>,
}

/// The readable part of a weight file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    /// Texts learnt from: tickets, posts, own material.
    pub(crate) learnt_from: LearntFrom,
    pub(crate) r#type: Calibration,
    pub(crate) topic: Calibration,
    pub(crate) sentiment: Calibration,
    /// How many times more the topic counts what stands in the title.
    pub(crate) topic_title: f32,
    /// Below this confidence a type is not used.
    pub(crate) threshold: f32,
    /// How acts are told and the type judged by them; without it the words alone decide.
    pub(crate) acts: Option<Acts>,
}

/// What the acts of clauses are told by, and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acts {
    /// `softmax(bias + scale * sum / sqrt(known features of the clause))`.
    pub(crate) calibration: Calibration,
    pub(crate) judge: Judge,
}

/// How many texts were learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct LearntFrom {
    pub(crate) tickets: usize,
    pub(crate) posts: usize,
    pub(crate) material: usize,
}

/// Turns sums of weights into probabilities: `softmax(bias + scale * sum / norm)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    pub(crate) bias: Vec<f32>,
    pub(crate) scale: Vec<f32>,
}

impl Weights {
    /// Reads a weight file.
    ///
    /// # Errors
    /// When the bytes are no weight file of this version or are damaged.
    pub fn load(bytes: &[u8]) -> Result<Self, LabelError> {
        let (head, mut content) = Content::open::<Head>("weights", MAGIC, bytes)?;
        let count = content.count()?;
        let keys = content.words(count)?;
        let norms = content.take(count.saturating_mul(MODELS))?;
        let rows = content.take(count.saturating_mul(COLUMNS))?;
        let acts = match &head.acts {
            Some(_) => content.take(count.saturating_mul(ACTS.len()))?,
            None => &[],
        };
        let shape = |model: &Calibration, columns: &std::ops::Range<usize>| {
            model.bias.len() == columns.len() && model.scale.len() == columns.len()
        };
        if !(shape(&head.r#type, &TYPE) && shape(&head.topic, &TOPIC) && shape(&head.sentiment, &SENTIMENT)) {
            return Err(content.refuse("the head does not fit the rows"));
        }
        if let Some(Acts { calibration, judge }) = &head.acts
            && !(shape(calibration, &(0..ACTS.len())) && judge.fits())
        {
            return Err(content.refuse("the acts do not fit the rows"));
        }
        Ok(Self {
            head,
            keys,
            norms: norms.as_chunks().0.to_vec(),
            rows: rows
                .as_chunks::<COLUMNS>()
                .0
                .iter()
                .map(|row| row.map(|weight| weight as i8))
                .collect(),
            acts: acts
                .as_chunks::<{ ACTS.len() }>()
                .0
                .iter()
                .map(|row| row.map(|weight| weight as i8))
                .collect(),
        })
    }

    /// The weight file. Equal weights give equal bytes.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabelError> {
        seal(MAGIC, &self.head, |bytes| {
            bytes.extend_from_slice(&(self.keys.len() as u32).to_le_bytes());
            bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
            bytes.extend(self.norms.iter().flatten());
            bytes.extend(self.rows.iter().flatten().map(|weight| *weight as u8));
            bytes.extend(self.acts.iter().flatten().map(|weight| *weight as u8));
        })
    }

    /// Writes the weight file beside `path` and moves it there in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LabelError> {
        save(path, &self.to_bytes()?)
    }
}
