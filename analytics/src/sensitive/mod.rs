//! Sensitive content: what a dispatcher must see first. Word lists with guards, meant to miss little.
//!
//! A flag is a reason to look, never a judgement, and never changes a ticket's type. Lists are configuration
//! (`config/sensitive.toml`); reading them again gives the same flags for the same text.

mod find;
mod list;

use crate::finder::Finder;
use index::query::Named;
use serde::Serialize;

/// The lists shipped with the program.
pub const EMBEDDED: &str = include_str!("../../../config/sensitive.toml");
/// The name the embedded lists go by in messages.
pub const EMBEDDED_ORIGIN: &str = "config/sensitive.toml";

/// The lists, ready to be found.
pub struct Flags {
    flags: Vec<Named>,
    words: Finder,
    /// What each pattern says, for which flags.
    roles: Vec<Vec<(usize, Role)>>,
    negations: Vec<String>,
    /// What ends like a negation and is none.
    questions: Vec<String>,
    /// What may stand between a negation and the word it negates.
    bridges: Vec<String>,
    /// Bytes of the longest word that guards another.
    longest_guard: usize,
    hash: [u8; 32],
}

/// What a pattern does for a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Word,
    Subject,
    Deed,
    Unless,
}

/// A raised flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// Its name in addresses and interfaces, e.g. `life_safety`.
    pub name: String,
    /// Its name on pages, e.g. 生命安全.
    pub title: String,
    /// The words that raised it, as written, each once.
    pub words: Vec<String>,
}

impl Flags {
    /// Hash of the lists.
    pub(crate) fn hash(&self) -> &[u8] {
        &self.hash
    }

    /// The names of the flags, in the order of the lists.
    pub fn names(&self) -> &[Named] {
        &self.flags
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// The Chinese name of a flag; the name itself for one the lists do not hold (any more).
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        self.flags
            .iter()
            .find(|flag| flag.name == name)
            .map_or(name, |flag| &flag.title)
    }
}

#[cfg(test)]
mod tests;
