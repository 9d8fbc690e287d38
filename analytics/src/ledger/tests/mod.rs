//! The ledger against its invariants.

mod fold;
mod list;
mod revisions;
