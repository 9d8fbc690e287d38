//! The ledger against its invariants.

mod copies;
mod corrections;
mod extension;
mod fold;
mod list;
mod properties;
mod revisions;
