//! Constant regular expressions.

use regex::Regex;

/// A pattern written in this crate.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and the tests compile each of them"
)]
pub(super) fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("constant pattern is valid")
}
