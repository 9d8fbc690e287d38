//! The frame of weight and correction files, little-endian: magic, length and bytes of a JSON head, the content, then the
//! BLAKE3 hash of all that. Reading checks the hash, so a damaged file is refused, never used.

use super::error::LabelError;
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// Bytes of the hash at the end.
const SEAL: usize = 32;

/// The content of a file whose seal holds, read from the front.
pub(super) struct Content<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Content<'a> {
    /// Head and content of a `what` file.
    ///
    /// # Errors
    /// When the bytes are no such file or are damaged.
    pub(super) fn open<H: DeserializeOwned>(
        what: &'static str,
        magic: &[u8; 16],
        bytes: &'a [u8],
    ) -> Result<(H, Self), LabelError> {
        let mut content = Self { what, rest: bytes };
        let (sealed, hash) = bytes
            .len()
            .checked_sub(SEAL)
            .and_then(|at| bytes.split_at_checked(at))
            .ok_or_else(|| content.refuse("the file is too short"))?;
        content.rest = sealed
            .strip_prefix(magic.as_slice())
            .ok_or_else(|| content.refuse("not a file of this kind and version"))?;
        if blake3::hash(sealed).as_bytes() != hash {
            return Err(content.refuse("the content does not match its hash"));
        }
        let length = content.count()?;
        let head = serde_json::from_slice(content.take(length)?)
            .map_err(|_| content.refuse("the head is not understood"))?;
        Ok((head, content))
    }

    /// The next bytes.
    ///
    /// # Errors
    /// When the file ends before them.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], LabelError> {
        let (taken, left) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| self.refuse("the file ends early"))?;
        self.rest = left;
        Ok(taken)
    }

    /// The next `count` whole numbers.
    ///
    /// # Errors
    /// When the file ends before them.
    pub(super) fn words(&mut self, count: usize) -> Result<Vec<u32>, LabelError> {
        let bytes = self.take(count.saturating_mul(4))?;
        let (words, _) = bytes.as_chunks::<4>();
        Ok(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// A length or a number of rows.
    ///
    /// # Errors
    /// When the file ends before it.
    pub(super) fn count(&mut self) -> Result<usize, LabelError> {
        Ok(self.words(1)?.first().map_or(0, |count| *count as usize))
    }

    /// Why the file is not used.
    pub(super) fn refuse(&self, why: &str) -> LabelError {
        LabelError::Weights(format!("{}: {why}", self.what))
    }
}

/// A file of a head and the content that `fill` appends. Equal input gives equal bytes.
///
/// # Errors
/// When a number of the head is not finite.
pub(super) fn seal<H: Serialize + DeserializeOwned>(
    magic: &[u8; 16],
    head: &H,
    fill: impl FnOnce(&mut Vec<u8>),
) -> Result<Vec<u8>, LabelError> {
    let refuse = |error: serde_json::Error| LabelError::Weights(error.to_string());
    let head = serde_json::to_vec(head).map_err(refuse)?;
    // JSON has no word for a number that is not finite and writes nothing in its place: what would not be read is not written.
    serde_json::from_slice::<H>(&head).map_err(refuse)?;
    let mut bytes = magic.to_vec();
    bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&head);
    fill(&mut bytes);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    Ok(bytes)
}

/// Writes a file beside `path` and moves it there in one step.
///
/// # Errors
/// When it cannot be written.
pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<(), LabelError> {
    let failed = |source| LabelError::File {
        file: path.to_owned(),
        source,
    };
    let partial = path.with_extension("partial");
    std::fs::write(&partial, bytes).map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)
}
