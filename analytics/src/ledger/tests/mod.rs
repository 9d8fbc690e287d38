//! The ledger against its invariants.

mod extension;
mod fold;
mod list;
mod properties;
mod revisions;
