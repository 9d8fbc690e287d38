//! What the whole-pipeline tests stand on.

pub mod binary;
pub mod browser;
pub mod hotline;
pub mod kafka;
pub mod sinks;
