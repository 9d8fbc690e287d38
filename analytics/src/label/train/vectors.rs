//! Meanings of words: vectors in which words used alike lie close, so that what is learnt from one holds a little for its
//! neighbours, also for those no training text holds.
//!
//! The file is made by `analytics/models/vectors.py`: a line `minsheng-vectors COUNT DIMENSIONS STEP`, a line a word, then a
//! signed byte for each dimension of each word, in units of STEP.

use crate::label::error::LabelError;
use crate::label::feature::{Zone, hash_of};
use rustc_hash::FxHashMap;
use std::path::Path;

/// Vectors by feature.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vectors {
    /// Place of a feature's vector in `values`.
    pub(crate) of: FxHashMap<u32, usize>,
    /// Length of a vector.
    pub(crate) dimensions: usize,
    values: Vec<f32>,
}

impl Vectors {
    /// Reads the file. The words count as words anywhere in a text.
    ///
    /// # Errors
    /// When the file cannot be read or is not of its form.
    pub(crate) fn read(file: &Path) -> Result<Self, LabelError> {
        let bytes = std::fs::read(file).map_err(|source| LabelError::File {
            file: file.to_owned(),
            source,
        })?;
        parse(&bytes).ok_or_else(|| LabelError::Line {
            file: file.to_owned(),
            line: 1,
            reason: "not `minsheng-vectors COUNT DIMENSIONS STEP` with as many words and bytes",
        })
    }

    /// The same vectors, `gain` times as long.
    pub(crate) fn scaled(mut self, gain: f32) -> Self {
        self.values.iter_mut().for_each(|value| *value *= gain);
        self
    }

    /// The vector of a feature; empty if it has none.
    pub(crate) fn vector(&self, feature: u32) -> &[f32] {
        self.of
            .get(&feature)
            .and_then(|at| self.values.get(*at..at + self.dimensions))
            .unwrap_or_default()
    }
}

fn parse(bytes: &[u8]) -> Option<Vectors> {
    let mut rest = bytes;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let text = std::str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        Some(text)
    };
    let mut head = line()?.strip_prefix("minsheng-vectors ")?.split(' ');
    let (count, dimensions) = (head.next()?.parse().ok()?, head.next()?.parse::<usize>().ok()?);
    let step: f32 = head.next()?.parse().ok()?;
    let mut of = FxHashMap::default();
    for at in 0..count {
        if let Some(hash) = hash_of(line()?, Zone::Words) {
            of.entry(hash).or_insert(at * dimensions);
        }
    }
    let values: Vec<f32> = rest.iter().map(|byte| f32::from(*byte as i8) * step).collect();
    (step.is_finite() && Some(values.len()) == dimensions.checked_mul(count)).then_some(Vectors {
        of,
        dimensions,
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_get_their_vectors_and_broken_files_are_refused() {
        let mut file = "minsheng-vectors 2 3 0.5\n停水\n路灯\n".as_bytes().to_vec();
        file.extend([1, 2, 3, 0xFF, 0, 4]);
        let vectors = parse(&file).unwrap().scaled(2.0);
        assert_eq!(
            vectors.vector(hash_of("路灯", Zone::Words).unwrap()),
            [-1.0, 0.0, 4.0]
        );
        assert!(vectors.vector(7).is_empty());
        for broken in [&file[..file.len() - 1], &file[..20], b"", b"x\n"] {
            assert!(parse(broken).is_none());
        }
    }
}
