//! The correction file.
//!
//! Layout, little-endian: magic, length and bytes of a JSON head, number of rows, then the hashes (ascending), the
//! rarities and the weights, then the BLAKE3 hash of all that. Reading checks the hash, so a damaged file is refused.

use super::{COLUMNS, Correction, Head};
use crate::label::error::LabelError;
use std::path::Path;

const MAGIC: &[u8; 16] = b"minsheng-correct";

impl Correction {
    pub(super) fn new(head: Head, keys: Vec<u32>, rarity: Vec<f32>, weights: Vec<[f32; COLUMNS]>) -> Self {
        let places = (0u32..).zip(&keys).map(|(place, key)| (*key, place)).collect();
        Self {
            head,
            keys,
            rarity,
            weights,
            places,
        }
    }

    /// Reads a correction file.
    ///
    /// # Errors
    /// When the bytes are no correction file of this version or are damaged.
    pub fn load(bytes: &[u8]) -> Result<Self, LabelError> {
        let refuse = |why: &str| LabelError::Weights(format!("correction: {why}"));
        let (content, hash) = bytes
            .len()
            .checked_sub(32)
            .and_then(|at| bytes.split_at_checked(at))
            .ok_or_else(|| refuse("the file is too short"))?;
        let mut rest = content
            .strip_prefix(MAGIC.as_slice())
            .ok_or_else(|| refuse("not a correction file of this version"))?;
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
        let words = |bytes: &[u8]| -> Vec<u32> {
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|four| u32::from_le_bytes(*four))
                .collect()
        };
        let one = |bytes: &[u8]| words(bytes).first().map_or(0, |word| *word as usize);
        let length = one(take(4)?);
        let head: Head =
            serde_json::from_slice(take(length)?).map_err(|_| refuse("the head is not understood"))?;
        let count = one(take(4)?);
        let keys = words(take(count.saturating_mul(4))?);
        let floats = |bytes: &[u8]| -> Vec<f32> { words(bytes).into_iter().map(f32::from_bits).collect() };
        let rarity = floats(take(count.saturating_mul(4))?);
        let weights: Vec<[f32; COLUMNS]> = floats(take(count.saturating_mul(4 * COLUMNS))?)
            .as_chunks::<COLUMNS>()
            .0
            .to_vec();
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        let fits = head.bias.len() == COLUMNS && head.unknown.is_finite() && finite(&head.bias);
        if !(fits && finite(&rarity) && weights.iter().all(|row| finite(row))) {
            return Err(refuse("the numbers do not fit"));
        }
        Ok(Self::new(head, keys, rarity, weights))
    }

    /// The correction file. Equal corrections give equal bytes.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabelError> {
        let head = serde_json::to_vec(&self.head).map_err(|e| LabelError::Weights(e.to_string()))?;
        let mut bytes = Vec::with_capacity(64 + head.len() + self.keys.len() * (8 + 4 * COLUMNS));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&(self.keys.len() as u32).to_le_bytes());
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(self.rarity.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend(
            self.weights
                .iter()
                .flatten()
                .flat_map(|weight| weight.to_le_bytes()),
        );
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        Ok(bytes)
    }

    /// Writes the file beside `path` and moves it there in one step.
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
