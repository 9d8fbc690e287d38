//! Copies: posts that say what another post said first — reposts, reprints, lightly edited reprints.
//!
//! A post's `Print` is computed once from its text. Posts are taken in the order they were first seen (ties by id); each
//! is either a copy of a founder before it, or a founder itself. That order, not the order of the log, decides: whatever
//! comes late is put in its place and what stands behind it is judged again, so the same posts give the same copies.
//! The first source of a story is its earliest published post, whenever that was seen.
//!
//! Two texts are alike (`alike`) when most of either stands in the other and neither tells a stretch of its own that
//! the other replaces; what stands in front or behind may differ more (letterheads, editors' lines). A stretch that many
//! founders share is boilerplate and makes no candidate (`shelf`). Texts below `SHORT` characters are copies only
//! when they are the same but for punctuation, width and case; below `LEAST` characters they say too little to be
//! anybody's copy.
//!
//! Must never keep a text, and never hold more in memory than the founders of `shelf::SHELVES` windows.

mod alike;
mod print;
mod shelf;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use alike::likeness;
pub(crate) use print::Print;
pub(crate) use shelf::{Founder, Place, Shelves};

use serde::Deserialize;

/// Characters (letters and digits) below which only equal texts are copies: a few edits make another sentence.
pub(crate) const SHORT: usize = 40;
/// Characters below which a text is nobody's copy: "今天又停水了" is said by many, each for himself.
pub(crate) const LEAST: usize = 12;

/// What counts as a copy (`[copies]` of the configuration).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Days within which copies are looked for: posts published this many days apart are always compared, posts twice as
    /// far apart never.
    pub window_days: u32,
    /// Share of either text, 0.5..=1, that must stand in the other.
    pub likeness: f32,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            window_days: 7,
            likeness: 0.55,
        }
    }
}

impl Rule {
    /// Says what is wrong with values nobody can mean.
    ///
    /// # Errors
    /// The key and its bounds.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=366).contains(&self.window_days) {
            return Err("copies.window_days must be from 1 to 366".into());
        }
        if !(0.5..=1.0).contains(&self.likeness) {
            return Err("copies.likeness must be from 0.5 to 1".into());
        }
        Ok(())
    }

    /// The window a moment of publication (milliseconds since 1970) lies in. Founders of this window and its two
    /// neighbours are compared.
    pub(crate) fn window(&self, published_at: i64) -> i64 {
        published_at.div_euclid(i64::from(self.window_days.max(1)) * 86_400_000)
    }
}
