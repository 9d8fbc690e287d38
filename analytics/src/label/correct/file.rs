//! The correction file.
//!
//! A sealed file: its content is the number of rows, then the hashes (ascending), the rarities and the weights.

use super::{COLUMNS, Correction, Head};
use crate::label::{
    error::LabelError,
    sealed::{Content, save, seal},
};
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
        let (head, mut content) = Content::open::<Head>("correction", MAGIC, bytes)?;
        let count = content.count()?;
        let keys = content.words(count)?;
        let floats = |words: Vec<u32>| -> Vec<f32> { words.into_iter().map(f32::from_bits).collect() };
        let rarity = floats(content.words(count)?);
        let weights: Vec<[f32; COLUMNS]> = floats(content.words(count.saturating_mul(COLUMNS))?)
            .as_chunks()
            .0
            .to_vec();
        let fits = head.bias.len() == COLUMNS;
        let correction = Self::new(head, keys, rarity, weights);
        match fits && correction.is_finite() {
            true => Ok(correction),
            false => Err(content.refuse("the numbers do not fit")),
        }
    }

    fn is_finite(&self) -> bool {
        let all = self.head.bias.iter().chain([&self.head.unknown]);
        all.chain(&self.rarity)
            .chain(self.weights.iter().flatten())
            .all(|value| value.is_finite())
    }

    /// The correction file. Equal corrections give equal bytes.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LabelError> {
        if !self.is_finite() {
            return Err(LabelError::Weights(
                "correction: a number is not finite".to_owned(),
            ));
        }
        seal(MAGIC, &self.head, |bytes| {
            bytes.extend_from_slice(&(self.keys.len() as u32).to_le_bytes());
            bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
            bytes.extend(self.rarity.iter().flat_map(|value| value.to_le_bytes()));
            bytes.extend(
                self.weights
                    .iter()
                    .flatten()
                    .flat_map(|weight| weight.to_le_bytes()),
            );
        })
    }

    /// Writes the file beside `path` and moves it there in one step.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), LabelError> {
        save(path, &self.to_bytes()?)
    }
}
