//! What arrives: records, the log, sources and cleaning.
//!
//! **Architecture invariant:** this crate knows no sibling crate, and types of rdkafka never leave it.
//! Only [`clean`] builds a [`record::Record`] from outside data.

pub mod clean;
pub mod extract;
pub mod fetch;
#[cfg(test)]
mod fuzz_tests;
pub mod log;
pub mod record;
pub mod source;
pub mod time;
