//! The lists as configured.

use super::{EMBEDDED, EMBEDDED_ORIGIN, Flags, Role};
use crate::configuration::{ConfigurationError, Source};
use crate::finder::Finder;
use aho_corasick::MatchKind;
use index::query::Named;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    #[serde(default)]
    negations: Vec<String>,
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    bridges: Vec<String>,
    #[serde(default, rename = "flag")]
    flags: Vec<Spanned<List>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    name: String,
    title: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    subjects: Vec<String>,
    #[serde(default)]
    deeds: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

impl Flags {
    /// The lists shipped with the program.
    ///
    /// # Errors
    /// When they are damaged: a defect of the build.
    pub fn embedded() -> Result<Self, ConfigurationError> {
        Self::load(EMBEDDED, EMBEDDED_ORIGIN)
    }

    /// Reads lists; `origin` names them in messages.
    ///
    /// # Errors
    /// Names the line of a wrong key or value, and a flag named twice or with an empty word, and an empty word that is to stand
    /// before others.
    pub fn load(text: &str, origin: &str) -> Result<Self, ConfigurationError> {
        let source = Source { text, origin };
        let lists: Lists = source.read()?;
        for (name, words) in [
            ("negations", &lists.negations),
            ("questions", &lists.questions),
            ("bridges", &lists.bridges),
        ] {
            if words.iter().any(|word| word.trim().is_empty()) {
                return Err(source.wrong_whole(format!("`{name}` has an empty word")));
            }
        }
        // Sorted, so that the automaton does not depend on a map's order.
        let mut patterns: BTreeMap<&str, Vec<(usize, Role)>> = BTreeMap::new();
        let mut flags: Vec<Named> = Vec::new();
        for (place, list) in lists.flags.iter().enumerate() {
            let refuse = |reason: String| source.wrong(list.span(), reason);
            let list = list.get_ref();
            if flags.iter().any(|flag| flag.name == list.name) {
                return Err(refuse(format!("two flags are named `{}`", list.name)));
            }
            let plain =
                !list.name.is_empty() && list.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !plain {
                return Err(refuse(format!(
                    "`{}` is no name: small letters and _ only",
                    list.name
                )));
            }
            flags.push(Named {
                name: list.name.clone(),
                title: list.title.clone(),
            });
            for (role, words) in [
                (Role::Word, &list.words),
                (Role::Subject, &list.subjects),
                (Role::Deed, &list.deeds),
                (Role::Unless, &list.unless),
            ] {
                for word in words {
                    if word.trim().is_empty() {
                        return Err(refuse(format!("flag `{}` has an empty word", list.name)));
                    }
                    patterns.entry(word).or_default().push((place, role));
                }
            }
        }
        let guards = lists.flags.iter().flat_map(|list| &list.get_ref().unless);
        let longest_guard = guards.map(String::len).max().unwrap_or(0);
        let (words, roles): (Vec<&str>, Vec<_>) = patterns.into_iter().unzip();
        // Overlapping matches are wanted: a word of one flag may lie inside a word of another.
        let words = Finder::new(MatchKind::Standard, words)
            .map_err(|_| source.wrong_whole("too many words".to_owned()))?;
        Ok(Self {
            words,
            roles,
            flags,
            negations: lists.negations,
            questions: lists.questions,
            bridges: lists.bridges,
            longest_guard,
            hash: *blake3::hash(text.as_bytes()).as_bytes(),
        })
    }
}
