//! Sources: one file per kind. A source yields drafts; cleaning makes records of them.
//!
//! A component's configuration *is* its factory: each kind's struct lives in its own file and knows how to read.
//! Adding a kind is one file, one variant of [`Kind`] and one line in [`KINDS`].
//!
//! Must never build a [`crate::record::Record`]: drafts are raw, only [`crate::clean`] lets them in.

pub mod feed;
pub mod file;
pub mod folder;
pub mod json_lines;
pub mod kafka_topic;
pub mod letters;
pub mod mapping;
pub mod media_crawler;
mod object;
pub mod open311;
pub mod push;
pub mod site;
pub mod spreadsheet;
pub mod state;
pub mod trial;
pub mod trouble;
mod words;

use crate::{
    clean::{Draft, Refusal},
    record::{DISPATCHER_SOURCE, MODEL_SOURCE, Place},
    time::Moment,
};
use serde::{Deserialize, Deserializer, de::Error as _};

/// The source an `import` without `--source` counts as. A record's id contains its source's name, so a file that a
/// watched folder also reads must be imported under that folder's name to be recognised as the same.
pub const IMPORT_SOURCE: &str = "import";

/// Longest name a source may have, in characters.
const LONGEST_NAME: usize = 64;

/// One `[[source]]` table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SourceConfig {
    /// Part of every record's id and key of the source's page: letters, digits, `-`, `_` and `.`. Renaming a source
    /// makes all it says new.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// `kind = "…"` and that kind's own keys; a key the kind does not have is an error.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What a source reads, with its settings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// Hotline exports in a watched folder.
    Spreadsheet(spreadsheet::SpreadsheetConfig),
    /// JSON Lines of posts and tickets in a watched folder.
    JsonLines(json_lines::JsonLinesConfig),
    /// What other programs send over HTTP.
    Push(push::PushConfig),
    /// RSS, Atom or JSON Feed.
    Feed(feed::FeedConfig),
    /// A web site's list pages and articles.
    Site(Box<site::SiteConfig>),
    /// A portal's letters with their replies.
    Letters(letters::LettersConfig),
    /// Another city's service requests.
    Open311(open311::Open311Config),
    /// A topic of the city's own Kafka.
    KafkaTopic(kafka_topic::KafkaTopicConfig),
}

/// A kind's name in the configuration and what it does, for help and documentation.
pub const KINDS: [(&str, &str); 8] = [
    ("spreadsheet", "热线工单导出表（XLSX、CSV），监视文件夹"),
    (
        "json_lines",
        "帖文与工单的 JSON Lines 文件（含 MediaCrawler 的微博、小红书、抖音、哔哩哔哩、快手、知乎、贴吧导出），监视文件夹",
    ),
    ("push", "其他系统经 HTTP 推送的帖文与工单"),
    ("feed", "RSS、Atom、JSON Feed 订阅源"),
    ("site", "网站列表页及其文章页"),
    (
        "letters",
        "政府网站的来信与答复（主任信箱、来信反馈等），取得工单",
    ),
    ("open311", "其他城市的 Open311 GeoReport v2 接口，取得工单"),
    ("kafka_topic", "本市已有 Kafka 主题中的 JSON 数据，按配置对应字段"),
];

impl Kind {
    /// The name of the kind in the configuration, an entry of [`KINDS`].
    pub fn name(&self) -> &'static str {
        let index = match self {
            Self::Spreadsheet(_) => 0,
            Self::JsonLines(_) => 1,
            Self::Push(_) => 2,
            Self::Feed(_) => 3,
            Self::Site(_) => 4,
            Self::Letters(_) => 5,
            Self::Open311(_) => 6,
            Self::KafkaTopic(_) => 7,
        };
        KINDS[index].0
    }
}

/// A draft with where and when it was read: what every source yields.
#[derive(Debug, Clone)]
pub struct Collected {
    /// The raw material.
    pub draft: Draft,
    /// Where it was read, for a dead letter.
    pub place: Place,
    /// When the source was seen saying this (for a file: its export or modification time).
    pub observed_at: Moment,
}

impl Collected {
    /// What could not be read at `refusal.place`.
    pub fn refused(refusal: Refusal, observed_at: Moment) -> Self {
        let place = refusal.place.clone();
        Self {
            draft: Draft::Refused(refusal),
            place,
            observed_at,
        }
    }
}

/// Why a file yields nothing at all. Single rows that cannot be read are drafts ([`Draft::Refused`]), not errors.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file system refused.
    #[error("cannot read {file}: {error}")]
    Io {
        /// File name without folders.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not what its name says, or damaged.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// File name without folders.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A table lacks a column that no row can do without.
    #[error("{file} has no column for {missing}; headers found: {found}")]
    Column {
        /// File name without folders.
        file: String,
        /// Chinese names of the missing columns.
        missing: String,
        /// Headers of the most likely header row, masked: a file without headers has data there.
        found: String,
    },
}

impl SourceError {
    /// The same as a draft, so that a file nobody could read is counted among the dead letters.
    pub fn collected(&self, observed_at: Moment) -> Collected {
        let (file, field, code, reason) = match self {
            Self::Io { file, .. } => (file, None, "unreadable_file", "文件无法打开".to_owned()),
            Self::Unreadable { file, .. } => (file, None, "unreadable_file", "文件损坏或格式不符".to_owned()),
            Self::Column { file, missing, found } => {
                let reason = format!("表中缺少“{missing}”列；现有表头：{found}");
                (file, Some(missing.clone()), "missing_column", reason)
            }
        };
        let place = Place {
            origin: file.clone(),
            row: None,
            field,
        };
        Collected::refused(
            Refusal {
                place,
                reason,
                code,
                excerpt: String::new(),
            },
            observed_at,
        )
    }
}

/// Drafts in the order of the file, read while they are asked for.
pub type Drafts = Box<dyn Iterator<Item = Collected> + Send>;

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    check_name(&name).map_err(D::Error::custom)?;
    Ok(name)
}

/// The known name nearest to a mistyped one.
fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known
        .min_by_key(|name| strsim::damerau_levenshtein(given, name))
        .unwrap_or_default()
}

/// Whether a source may be called so.
///
/// # Errors
/// Says what is wrong with the name.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(format!("source name must have 1 to {LONGEST_NAME} characters"));
    }
    if !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
        return Err(format!(
            "source name `{name}` may hold only letters, digits, `-`, `_` and `.`"
        ));
    }
    if [DISPATCHER_SOURCE, MODEL_SOURCE].contains(&name) {
        return Err(format!(
            "source name `{name}` is reserved for this program's own events"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        source: Vec<SourceConfig>,
    }

    #[test]
    fn every_registered_kind_is_known_to_the_configuration() {
        for (kind, _) in KINDS {
            let error =
                toml::from_str::<File>(&format!("[[source]]\nname = 'a'\nkind = '{kind}'\nxyzzy = 1"))
                    .err()
                    .map(|e| e.to_string())
                    .unwrap_or_default();
            assert!(!error.contains("unknown variant"), "{kind}: {error}");
            assert!(!error.is_empty(), "{kind} accepts any key");
        }
    }

    #[test]
    fn a_kind_tells_its_registered_name() {
        let text =
            "[[source]]\nname = '热线'\nkind = 'spreadsheet'\nfolder = 'in'\n[source.columns]\nno = '流水号'";
        let file: File = toml::from_str(text).unwrap();
        assert_eq!(file.source[0].name, "热线");
        assert_eq!(file.source[0].kind.name(), "spreadsheet");
    }

    #[test]
    fn sources_with_tables_of_their_own_are_read() {
        let text = "[[source]]\nname = 'events'\nkind = 'kafka_topic'\nbrokers = ['k:9092']\ntopic = 'events'\n\
                    [source.properties]\n'security.protocol' = 'sasl_ssl'\n[source.mapping]\ntarget = 'ticket'\n\
                    [source.mapping.fields]\nno = 'event.id'\nbody = ['a', 'b']\n[source.mapping.constants]\nchannel = '城运'\n\
                    [[source]]\nname = 'grid'\nkind = 'push'\ntoken_env = 'T'\npreset = 'grid'\n\
                    [[source]]\nname = 'city'\nkind = 'open311'\nendpoint = 'https://a.example/v2'\nfrom = '2024-01-01'\nformat = 'xml'\n\
                    [[source]]\nname = 'box'\nkind = 'letters'\nlists = ['https://a.example/']\nlinks = 'a'";
        let file: File = toml::from_str(text).unwrap();
        let kinds: Vec<_> = file.source.iter().map(|source| source.kind.name()).collect();
        assert_eq!(kinds, ["kafka_topic", "push", "open311", "letters"]);
    }

    #[test]
    fn names_that_would_break_ids_or_addresses_are_refused() {
        for name in ["", "a b", "a/b", "model", "dispatcher", "电话:1", &"x".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for name in ["weibo", "city-portal", "热线_2016", IMPORT_SOURCE] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }
}
