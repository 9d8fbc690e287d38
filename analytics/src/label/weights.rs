//! The weight file: what training writes and the program embeds.
//!
//! Layout, little-endian: magic, length and bytes of a JSON head, number of rows, then the hashes (ascending), the norms
//! and the rows, then the BLAKE3 hash of all that. Reading checks the hash, so damaged weights are refused, never used.

use super::error::LabelError;
use serde::{Deserialize, Serialize};
use std::path::Path;

const MAGIC: &[u8; 16] = b"minsheng-label\x00\x02";
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
    /// Below this confidence a type is not used.
    pub(crate) threshold: f32,
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
        let refuse = |why: &str| LabelError::Weights(why.to_owned());
        let Some((content, hash)) = bytes
            .len()
            .checked_sub(32)
            .and_then(|at| bytes.split_at_checked(at))
        else {
            return Err(refuse("the file is too short"));
        };
        let Some(mut rest) = content.strip_prefix(MAGIC.as_slice()) else {
            return Err(refuse("not a weight file of this version"));
        };
        if blake3::hash(content).as_bytes() != hash {
            return Err(refuse("the content does not match its hash"));
        }
        let mut take = |count: usize| {
            let (taken, left) = rest
                .split_at_checked(count)
                .ok_or_else(|| refuse("the file ends early"))?;
            rest = left;
            Ok::<_, LabelError>(taken)
        };
        let head_length = le(take(4)?);
        let head: Head =
            serde_json::from_slice(take(head_length)?).map_err(|_| refuse("the head is not understood"))?;
        let count = le(take(4)?);
        let keys = take(count.saturating_mul(4))?
            .chunks_exact(4)
            .map(|b| le(b) as u32)
            .collect();
        let norms = take(count.saturating_mul(MODELS))?
            .chunks_exact(MODELS)
            .map(|norms| std::array::from_fn(|i| norms[i]))
            .collect();
        let rows = take(count.saturating_mul(COLUMNS))?
            .chunks_exact(COLUMNS)
            .map(|row| std::array::from_fn(|i| row[i] as i8))
            .collect();
        let shape = |model: &Calibration, columns: &std::ops::Range<usize>| {
            model.bias.len() == columns.len() && model.scale.len() == columns.len()
        };
        if !(shape(&head.r#type, &TYPE) && shape(&head.topic, &TOPIC) && shape(&head.sentiment, &SENTIMENT)) {
            return Err(refuse("the head does not fit the rows"));
        }
        Ok(Self {
            head,
            keys,
            norms,
            rows,
        })
    }

    /// The weight file. Equal weights give equal bytes.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabelError> {
        let head = serde_json::to_vec(&self.head).map_err(|e| LabelError::Weights(e.to_string()))?;
        let mut bytes = Vec::with_capacity(64 + head.len() + self.keys.len() * (4 + MODELS + COLUMNS));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&(self.keys.len() as u32).to_le_bytes());
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(self.norms.iter().flatten());
        bytes.extend(self.rows.iter().flatten().map(|weight| *weight as u8));
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        Ok(bytes)
    }

    /// Writes the weight file beside `path` and moves it there in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LabelError> {
        let failed = |source| LabelError::File {
            file: path.to_owned(),
            source,
        };
        let partial = path.with_extension("partial");
        std::fs::write(&partial, self.to_bytes()?).map_err(failed)?;
        std::fs::rename(&partial, path).map_err(failed)
    }
}

fn le(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}
