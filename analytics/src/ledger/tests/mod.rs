//! The ledger against its invariants.

mod copies;
mod extension;
mod fold;
mod list;
mod properties;
mod revisions;
