//! The ledger against its invariants.

mod copies;
mod fold;
mod list;
mod revisions;
