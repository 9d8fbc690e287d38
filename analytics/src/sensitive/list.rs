//! The lists as configured.

use super::{EMBEDDED, EMBEDDED_ORIGIN, FlagError, Flags, Name, Role};
use aho_corasick::AhoCorasick;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    #[serde(default)]
    negations: Vec<String>,
    #[serde(default, rename = "flag")]
    flags: Vec<List>,
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
    pub fn embedded() -> Result<Self, FlagError> {
        Self::load(EMBEDDED, EMBEDDED_ORIGIN)
    }

    /// Reads lists; `origin` names them in messages.
    ///
    /// # Errors
    /// Names the line of a wrong key or value, and a flag named twice or with an empty word.
    pub fn load(text: &str, origin: &str) -> Result<Self, FlagError> {
        let refuse = |line: usize, reason: String| FlagError {
            origin: origin.to_owned(),
            line,
            reason,
        };
        let lists: Lists = toml::from_str(text).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes()[..before]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                + 1;
            refuse(line, error.message().to_owned())
        })?;
        // Sorted, so that the automaton does not depend on a map's order.
        let mut patterns: BTreeMap<&str, Vec<(usize, Role)>> = BTreeMap::new();
        let mut flags: Vec<Name> = Vec::new();
        for (place, list) in lists.flags.iter().enumerate() {
            if flags.iter().any(|flag| flag.name == list.name) {
                return Err(refuse(0, format!("two flags are named `{}`", list.name)));
            }
            let plain =
                !list.name.is_empty() && list.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !plain {
                return Err(refuse(
                    0,
                    format!("`{}` is no name: small letters and _ only", list.name),
                ));
            }
            flags.push(Name {
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
                        return Err(refuse(0, format!("flag `{}` has an empty word", list.name)));
                    }
                    patterns.entry(word).or_default().push((place, role));
                }
            }
        }
        let (words, roles): (Vec<&str>, Vec<_>) = patterns.into_iter().unzip();
        Ok(Self {
            // Overlapping matches are wanted: a word of one flag may lie inside a word of another.
            words: AhoCorasick::new(words).map_err(|_| refuse(0, "too many words".to_owned()))?,
            roles,
            flags,
            negations: lists.negations,
            hash: *blake3::hash(text.as_bytes()).as_bytes(),
        })
    }
}
