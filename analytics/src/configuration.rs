//! What a configuration file of this crate is told when it is wrong: the file, the line, and the nearest right key.
//!
//! One reader for deadline rules, escalation ladder, units, regions and word lists, so that all of them say it alike.

use serde::de::DeserializeOwned;
use std::ops::Range;

/// Why a configuration file is refused.
#[derive(Debug, thiserror::Error)]
#[error("{origin}, {}{reason}", place(*line))]
pub struct ConfigurationError {
    /// The file, as the caller names it.
    pub origin: String,
    /// 1-based; 0 where it is about the whole file.
    pub line: usize,
    /// What is wrong, with the nearest right key or value.
    pub reason: String,
}

fn place(line: usize) -> String {
    match line {
        0 => String::new(),
        line => format!("line {line}: "),
    }
}

/// A file being read, for messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) origin: &'a str,
}

impl Source<'_> {
    /// Reads the whole file.
    ///
    /// # Errors
    /// What toml or serde refuse, with the line and the nearest right key.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, ConfigurationError> {
        toml::from_str(self.text).map_err(|error| self.refused(&error))
    }

    /// What toml or serde refused. They list the right names between backticks, the wrong one first.
    fn refused(self, error: &toml::de::Error) -> ConfigurationError {
        let names: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
        let kind = [("unknown field", "key"), ("unknown variant", "value")]
            .into_iter()
            .find(|(start, _)| error.message().starts_with(start));
        let reason = match (kind, names.split_first()) {
            (Some((_, kind)), Some((wrong, right))) => {
                format!("unknown {kind} `{wrong}`{}", nearest(wrong, right))
            }
            _ => error.message().trim().replace('\n', " "),
        };
        self.wrong(error.span().unwrap_or_default(), reason)
    }

    /// Something is wrong at these bytes.
    pub(crate) fn wrong(self, span: Range<usize>, reason: String) -> ConfigurationError {
        ConfigurationError {
            origin: self.origin.to_owned(),
            line: self.line(span.start),
            reason,
        }
    }

    /// Something is wrong with the file as a whole.
    pub(crate) fn wrong_whole(self, reason: String) -> ConfigurationError {
        ConfigurationError {
            origin: self.origin.to_owned(),
            line: 0,
            reason,
        }
    }

    /// 1-based line of a byte offset.
    pub(crate) fn line(self, offset: usize) -> usize {
        let before = self.text.bytes().take(offset);
        before.filter(|byte| *byte == b'\n').count() + 1
    }
}

/// `, the nearest right one is …`; nothing where there is no right one.
pub(crate) fn nearest(wrong: &str, right: &[&str]) -> String {
    right
        .iter()
        .min_by_key(|name| strsim::damerau_levenshtein(wrong, name))
        .map_or_else(String::new, |name| format!(", the nearest right one is `{name}`"))
}

#[cfg(test)]
mod tests {
    use crate::{deadline, escalation, region, sensitive, units};

    /// Every file this crate reads says the line and the right key, in one form.
    #[test]
    fn every_file_says_line_and_nearest_key_alike() {
        let calendar = || deadline::Calendar::embedded().unwrap();
        let told: [(String, &str); 5] = [
            (
                deadline::Rules::load("\n[default]\nworkin_days = 5\n", "d.toml", calendar())
                    .unwrap_err()
                    .to_string(),
                "d.toml, line 3: unknown key `workin_days`, the nearest right one is `working_days`",
            ),
            (
                escalation::Ladder::load("[cards]\nyelow = true\nred = true\n", "e.toml")
                    .unwrap_err()
                    .to_string(),
                "e.toml, line 2: unknown key `yelow`, the nearest right one is `yellow`",
            ),
            (
                units::Units::load("[[unit]]\nname = '甲'\ntopics = ['建设']\n", "u.toml")
                    .unwrap_err()
                    .to_string(),
                "u.toml, line 1: unit `甲`: unknown topic `建设`, the nearest right one is `城乡建设`",
            ),
            (
                region::Gazetteer::load(&[(
                    "r.toml".to_owned(),
                    "district = '甲乙区'\n[[street]]\nnam = '丙丁街道'\n".to_owned(),
                )])
                .err()
                .unwrap()
                .to_string(),
                "r.toml, line 3: unknown key `nam`, the nearest right one is `name`",
            ),
            (
                sensitive::Flags::load("[[flag]]\nname = 'a'\ntitel = 'A'\n", "s.toml")
                    .err()
                    .unwrap()
                    .to_string(),
                "s.toml, line 3: unknown key `titel`, the nearest right one is `title`",
            ),
        ];
        for (told, expected) in told {
            assert_eq!(told, expected);
        }
    }
}
