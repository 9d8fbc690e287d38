//! The configuration: every crate owns its section; this file joins them.
//!
//! A wrong key names the file, the line and the nearest right key. Later files override earlier ones key by key;
//! `[[source]]` tables of all files are joined. `config/minsheng.toml` shows every key with its reason.

use crate::attachments::AttachmentConfig;
use analytics::{copies, hot::Thresholds, metrics::RankingRules};
use ingest::{fetch::FetchConfig, log::LogConfig, source::SourceConfig, time::Moment};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};
use toml::Table;

/// The whole configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The log: embedded or Kafka.
    pub log: LogConfig,
    /// The HTTP client of all sources.
    pub fetch: FetchConfig,
    /// Files that replace the embedded ones.
    pub files: Files,
    /// The web server and what its pages open on.
    pub dashboard: DashboardConfig,
    /// What may be attached to a ticket.
    pub attachments: AttachmentConfig,
    /// How units are ranked.
    pub ranking: RankingRules,
    /// From when on an issue is hot or stubborn.
    pub issues: Thresholds,
    /// What counts as a copy of a post.
    pub copies: copies::Rule,
    /// What is collected.
    #[serde(rename = "source")]
    pub sources: Vec<SourceConfig>,
    /// Tokens of push sources made by this program itself (the demo's); all others come from the environment.
    #[serde(skip)]
    pub push_tokens: BTreeMap<String, String>,
}

/// Files that replace the embedded ones. Relative paths are taken from the working folder.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Words added to jieba's dictionary.
    pub dictionary: Option<PathBuf>,
    /// Folder with calendar files.
    pub calendar: Option<PathBuf>,
    /// Deadline rules.
    pub deadlines: Option<PathBuf>,
    /// Cards, urging and the escalation ladder.
    pub escalation: Option<PathBuf>,
    /// Places of the districts listened to, one file a district; only the national list where none is named.
    pub regions: Vec<PathBuf>,
    /// Units and what they are responsible for.
    pub units: Option<PathBuf>,
    /// Word lists of sensitive content.
    pub sensitive: Option<PathBuf>,
}

/// The web server and what its pages open on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DashboardConfig {
    /// Where to listen. Loopback only: there is no log-in.
    pub listen: SocketAddr,
    /// First day pages open on; the first day of the present year where not given.
    pub period_from: Option<chrono::NaiveDate>,
    /// Last day pages open on; today where not given.
    pub period_to: Option<chrono::NaiveDate>,
    /// Starts the dashboard's clock at another moment (it ticks on from there): for demonstrations on past data.
    pub clock_start: Option<Moment>,
    /// Environment variable that holds the key callers are hashed with, 64 hexadecimal digits. Without it the key is
    /// made once and kept in the data folder.
    pub caller_key_env: Option<String>,
}

impl Default for DashboardConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            period_from: None,
            period_to: None,
            clock_start: None,
            caller_key_env: None,
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration {file} cannot be read: {error}")]
    Read {
        /// Path as given.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Not TOML, or a key or value that does not belong there.
    #[error("configuration {file} line {line}: {message}")]
    Content {
        /// Path as given.
        file: String,
        /// 1-based.
        line: usize,
        /// What is wrong, with the nearest right key.
        message: String,
    },
    /// Two values do not go together.
    #[error("configuration: {0}")]
    Together(String),
}

impl Config {
    /// Reads and joins `files`; none gives the defaults.
    ///
    /// # Errors
    /// The first file that cannot be read or holds a wrong key or value.
    pub fn load(files: &[PathBuf]) -> Result<Self, ConfigError> {
        let mut joined = Table::new();
        let mut last = String::new();
        for path in files {
            let file = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read {
                file: file.clone(),
                error,
            })?;
            // Each file is checked by itself, because only there a key has a line.
            parse::<Self>(&file, &text)?;
            join(&mut joined, parse::<Table>(&file, &text)?);
            last = file;
        }
        let config: Self = joined
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Content {
                file: last,
                line: 0,
                message: explain(error.message()),
            })?;
        config.checked()
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let mut names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ConfigError::Together(format!(
                "two sources are named `{}`",
                pair[0]
            )));
        }
        self.copies.check().map_err(ConfigError::Together)?;
        let listen = self.dashboard.listen;
        if !listen.ip().is_loopback() {
            return Err(ConfigError::Together(format!(
                "dashboard.listen = \"{listen}\" is refused: there is no log-in yet, so only loopback addresses \
                 (127.0.0.1, ::1) are served"
            )));
        }
        Ok(self)
    }
}

/// Tables are joined key by key, `[[source]]` lists one after the other; anything else is replaced.
fn join(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => join(old, new),
            (Some(toml::Value::Array(old)), toml::Value::Array(new)) if key == "source" => old.extend(new),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

/// Reads TOML; an error names file, line and the nearest right key.
fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..before]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        ConfigError::Content {
            file: file.to_owned(),
            line,
            message: explain(error.message()),
        }
    })
}

/// serde's "unknown field `lisen`, expected one of `listen`, …" with the nearest right key put first.
fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let nearest = message.starts_with("unknown").then(|| {
        let wrong = quoted.next()?;
        quoted
            .map(|right| (strsim::damerau_levenshtein(wrong, right), right))
            .filter(|(distance, right)| *distance <= right.chars().count().div_ceil(2))
            .min()
            .map(|(_, right)| right)
    });
    match nearest.flatten() {
        Some(right) => format!("did you mean `{right}`? {message}"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(texts: &[&str]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| {
                let path = folder.path().join(format!("{n}.toml"));
                std::fs::write(&path, text).unwrap();
                path
            })
            .collect();
        Config::load(&files)
    }

    #[test]
    fn a_wrong_key_names_file_line_and_the_nearest_right_one() {
        let error = load(&["[log]\nkind = \"embedded\"\n\n[dashboard]\nlisen = \"127.0.0.1:1\"\n"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("0.toml line 5"), "{error}");
        assert!(error.contains("did you mean `listen`?"), "{error}");
    }

    #[test]
    fn later_files_override_key_by_key() {
        let config = load(&[
            "[dashboard]\nlisten = \"127.0.0.1:1\"\nperiod_from = \"2016-01-01\"\n",
            "[dashboard]\nlisten = \"127.0.0.1:2\"\n",
        ])
        .unwrap();
        assert_eq!(config.dashboard.listen.port(), 2);
        assert_eq!(
            config.dashboard.period_from,
            chrono::NaiveDate::from_ymd_opt(2016, 1, 1)
        );
    }

    #[test]
    fn only_loopback_is_served() {
        let error = load(&["[dashboard]\nlisten = \"0.0.0.0:8080\"\n"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("loopback"), "{error}");
    }
}
