//! What we conclude: labels, the ledger, deadlines and metrics (Polars).
//!
//! **Architecture invariant:** Polars and rusqlite types never leave this crate; it serves no HTTP. The log is the only
//! source of truth: ledger and index can be deleted and rebuilt from it.

pub mod approvals;
pub mod bulletin;
pub mod configuration;
pub mod copies;
pub mod deadline;
pub mod escalation;
mod extent;
mod finder;
pub mod frame;
pub mod hot;
pub mod label;
pub mod ledger;
pub mod lifecycle;
pub mod matter;
pub mod metrics;
pub mod process;
pub mod region;
pub mod relabel;
pub mod rhythm;
pub mod sensitive;
pub mod units;
