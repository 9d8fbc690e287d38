//! The rhythm of a source, learned from its own past: in which hours of the week something of it usually arrives. A
//! silence is an alert only when it is longer than that rhythm explains.
//!
//! What counts is whether anything arrived in an hour, never how much: a backlog read at once, or a busy day, says
//! nothing about when the source speaks. Must never judge a source by less than [`SHORTEST_DAYS`] of its past, and never
//! lets a silence that still lasts teach that silence is normal.

mod learn;
#[cfg(test)]
mod tests;

pub use learn::{Rhythm, Silence, outages};

/// Days of the past a rhythm is learned from: eight of each hour of the week.
pub const LONGEST_DAYS: i64 = 56;
/// Less of the past than this shows no weekly rhythm.
pub const SHORTEST_DAYS: i64 = 14;
/// Fewer hours with an arrival than this show no rhythm at all.
pub const FEWEST_HOURS: usize = 12;
/// A silence is an alert when the rhythm gives it less than this probability.
pub const THRESHOLD: f64 = 0.001;
