//! Keys the index has ever been given, so that only what can be replaced is deleted first.
//!
//! Every deletion is looked up in every segment when it is committed (some microseconds each). Most of what arrives is
//! new and has nothing to delete.

use crate::{layout::Fields, writer::IndexError};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::hash::BuildHasher;
use tantivy::Searcher;

/// Hashes of keys, 8 bytes each. Two keys of one hash cost a deletion that finds nothing, and no more.
#[derive(Debug, Default)]
pub(crate) struct Seen(FxHashSet<u64>);

impl Seen {
    /// The keys of a committed index, replaced documents included.
    pub(crate) fn of(searcher: &Searcher, fields: &Fields) -> Result<Self, IndexError> {
        let mut seen = Self::default();
        for segment in searcher.segment_readers() {
            let keys = segment.inverted_index(fields.key)?;
            let mut keys = keys.terms().stream()?;
            while keys.advance() {
                seen.first(keys.key());
            }
        }
        Ok(seen)
    }

    /// Whether `key` is certainly given for the first time.
    pub(crate) fn first(&mut self, key: &[u8]) -> bool {
        self.0.insert(FxBuildHasher.hash_one(key))
    }
}
