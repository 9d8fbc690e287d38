//! How text is segmented, indexed and searched (jieba, tantivy).
//!
//! **Architecture invariant:** tantivy and jieba types never leave this crate; it serves no HTTP and reads no log.

mod fold;
mod layout;
pub mod query;
mod row;
#[cfg(test)]
mod sample;
pub mod schema;
pub mod search;
mod seen;
pub mod segment;
mod snippet;
pub mod stored;
mod tally;
mod tokens;
pub mod writer;

pub use schema::{Document, Kind};
pub use segment::{Segmented, Segmenter, Word};
pub use stored::Stored;
