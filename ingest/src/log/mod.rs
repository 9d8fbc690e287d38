//! The log port: everything that happens is a record on it, and nothing else is a source of truth.
//!
//! Two adapters pass the same contract suite: [`embedded`] (SQLite in the data folder, no server) and [`kafka`].

pub mod embedded;
pub mod kafka;

use crate::record::{Body, Record, RecordError};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The `[log]` section: which log, and what that one needs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LogConfig {
    /// SQLite in the data folder, with nothing to configure. The braces make serde refuse stray keys.
    Embedded {},
    /// Apache Kafka.
    Kafka(kafka::KafkaConfig),
}

impl Default for LogConfig {
    fn default() -> Self {
        Self::Embedded {}
    }
}

impl LogConfig {
    /// What tells this log from another: checkpoints made on one mean nothing on the other. Brokers may move, the
    /// prefix of the topics stays.
    pub fn identity(&self) -> String {
        match self {
            Self::Embedded {} => "embedded".to_owned(),
            Self::Kafka(config) => format!("kafka:{}", config.topic_prefix),
        }
    }
}

/// Opens the configured log. The embedded one lives in the folder `log` under `data`.
///
/// # Errors
/// When the folder is in use by another process, or the brokers cannot be reached or lack what is configured.
pub async fn open(config: &LogConfig, data: &Path) -> Result<Arc<dyn Log>, LogError> {
    match config {
        LogConfig::Embedded {} => {
            let folder = data.join("log");
            let log = blocking(move || embedded::EmbeddedLog::open(&folder)).await?;
            Ok(Arc::new(log))
        }
        LogConfig::Kafka(config) => Ok(Arc::new(kafka::KafkaLog::connect(config).await?)),
    }
}

/// Runs what waits for a disk or a broker off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| LogError::Task(error.to_string()))?
}

/// The topics of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Key: post id.
    Posts,
    /// Key: ticket number, so one ticket's events keep their order; or the number of an approval item.
    Tickets,
    /// Key: source.
    Dead,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 3] = [Self::Posts, Self::Tickets, Self::Dead];

    /// The name without a configured prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Tickets => "tickets",
            Self::Dead => "dead",
        }
    }

    /// The topic a record belongs on.
    pub fn of(record: &Record) -> Self {
        match record.body {
            Body::Post(_) => Self::Posts,
            Body::Ticket(_) | Body::Approval(_) => Self::Tickets,
            Body::Dead(_) => Self::Dead,
        }
    }
}

/// The next offset to read in each partition. A partition that is absent starts at 0 and reads everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(Topic, i32, i64)>", into = "Vec<(Topic, i32, i64)>")]
pub struct Checkpoint(BTreeMap<(Topic, i32), i64>);

impl Checkpoint {
    /// The next offset to read; 0 for a partition never read.
    pub fn next(&self, topic: Topic, partition: i32) -> i64 {
        self.0.get(&(topic, partition)).copied().unwrap_or(0)
    }

    /// Sets the next offset to read.
    pub fn set(&mut self, topic: Topic, partition: i32, next: i64) {
        self.0.insert((topic, partition), next);
    }

    /// Moves past an entry; an entry already passed changes nothing.
    pub fn advance(&mut self, entry: &Entry) {
        let next = self.0.entry((entry.topic, entry.partition)).or_insert(0);
        *next = (*next).max(entry.offset + 1);
    }

    /// Whether this checkpoint is past `entry`.
    pub fn holds(&self, entry: &Entry) -> bool {
        entry.offset < self.next(entry.topic, entry.partition)
    }

    /// Whether every partition here is at or past its place in `other`.
    pub fn reached(&self, other: &Self) -> bool {
        other
            .0
            .iter()
            .all(|(&(topic, partition), &next)| self.next(topic, partition) >= next)
    }

    /// The older of the two in every partition: where a restart must read from.
    pub fn older(&self, other: &Self) -> Self {
        let keys = self.0.keys().chain(other.0.keys());
        Self(
            keys.map(|&(t, p)| ((t, p), self.next(t, p).min(other.next(t, p))))
                .collect(),
        )
    }

    /// Every partition named, with its next offset.
    pub fn iter(&self) -> impl Iterator<Item = (Topic, i32, i64)> + '_ {
        self.0
            .iter()
            .map(|(&(topic, partition), &next)| (topic, partition, next))
    }
}

impl From<Vec<(Topic, i32, i64)>> for Checkpoint {
    fn from(entries: Vec<(Topic, i32, i64)>) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(topic, partition, next)| ((topic, partition), next))
                .collect(),
        )
    }
}

impl From<Checkpoint> for Vec<(Topic, i32, i64)> {
    fn from(checkpoint: Checkpoint) -> Self {
        checkpoint.iter().collect()
    }
}

/// One place on the log and what stands there.
#[derive(Debug)]
pub struct Entry {
    /// Topic.
    pub topic: Topic,
    /// Partition, from 0. The embedded log has one per topic.
    pub partition: i32,
    /// Offset in the partition, from 0, without reuse. Gaps are allowed (Kafka leaves them).
    pub offset: i64,
    /// The record, or why these bytes are none: a foreign message is counted, not skipped in silence.
    pub record: Result<Record, RecordError>,
}

/// A durable, ordered, replayable log.
#[async_trait]
pub trait Log: Send + Sync {
    /// Appends records in order; they are durable when this returns. Each goes to [`Topic::of`] it.
    ///
    /// # Errors
    /// When the log cannot promise durability. Some of the records may have been written; appending all of them
    /// again is safe, because the ledger recognises a record it holds.
    async fn append(&self, records: &[Record]) -> Result<(), LogError>;

    /// Opens a reader at `from`. The log keeps no record of its readers.
    ///
    /// # Errors
    /// When the log cannot be reached, lost entries `from` still needs, or has fewer partitions than `from` names.
    async fn reader(&self, topics: &[Topic], from: &Checkpoint) -> Result<Box<dyn Reader>, LogError>;

    /// The present end: the next offset that will be written, per partition. Every partition of every topic is named.
    ///
    /// # Errors
    /// When the log cannot be reached.
    async fn end(&self) -> Result<Checkpoint, LogError>;
}

/// Reads a log onwards from a checkpoint.
#[async_trait]
pub trait Reader: Send {
    /// The next entries, at most `max`, waiting up to `wait` for the first. Empty when none came in that time.
    /// Entries of one partition come in offset order.
    ///
    /// # Errors
    /// As [`Log::reader`]: a trimmed or changed log is an error that says so, not a gap.
    async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, LogError>;
}

/// Why the log cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// SQLite failed.
    #[error("embedded log failed: {0}")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// The data folder failed.
    #[error("log folder failed: {0}")]
    Io(#[from] std::io::Error),
    /// Another process appends to this folder.
    #[error(
        "log folder {} is in use by another process; the embedded log has one owner, running roles apart needs kafka",
        .folder.display()
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// The log file was written by a newer program.
    #[error("log file has format {found}, but this program understands up to {known}")]
    Format {
        /// Format of the file.
        found: i64,
        /// Newest format understood.
        known: i64,
    },
    /// The `[log]` section asks for what cannot be.
    #[error("log configuration: {0}")]
    Config(String),
    /// The broker or librdkafka failed; the message names the operation.
    #[error("kafka failed: {0}")]
    Kafka(String),
    /// A record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Retention removed entries that the reader still needs.
    #[error(
        "log was trimmed: {topic} partition {partition} begins at offset {first}, but the reader needs {wanted}; \
         the index and ledger cannot be rebuilt from it"
    )]
    Trimmed {
        /// Topic name.
        topic: String,
        /// Partition.
        partition: i32,
        /// First offset the log still holds.
        first: i64,
        /// Offset the reader asked for.
        wanted: i64,
    },
    /// The checkpoint is past the end of the log: the log was replaced.
    #[error(
        "log is shorter than the checkpoint: {topic} partition {partition} ends at {end}, the reader is at {wanted}"
    )]
    Shorter {
        /// Topic name.
        topic: String,
        /// Partition.
        partition: i32,
        /// End of the partition.
        end: i64,
        /// Offset the reader asked for.
        wanted: i64,
    },
    /// The number of partitions is not what it was.
    #[error(
        "{topic} has {found} partitions, but {expected} were expected; keys would change partition and lose their order"
    )]
    Partitions {
        /// Topic name.
        topic: String,
        /// Partitions on the broker.
        found: usize,
        /// Partitions configured or seen before.
        expected: usize,
    },
    /// A background task ended.
    #[error("log task ended: {0}")]
    Task(String),
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(places: &[(Topic, i32, i64)]) -> Checkpoint {
        places.to_vec().into()
    }

    #[test]
    fn a_checkpoint_keeps_its_json_form() {
        let checkpoint = checkpoint(&[(Topic::Tickets, 1, 7), (Topic::Posts, 0, 3)]);
        let json = serde_json::to_string(&checkpoint).unwrap();
        assert_eq!(json, r#"[["posts",0,3],["tickets",1,7]]"#);
        assert_eq!(serde_json::from_str::<Checkpoint>(&json).unwrap(), checkpoint);
    }

    #[test]
    fn a_restart_reads_from_the_older_place_of_each_partition() {
        let ledger = checkpoint(&[
            (Topic::Posts, 0, 9),
            (Topic::Tickets, 0, 2),
            (Topic::Tickets, 1, 5),
        ]);
        let index = checkpoint(&[(Topic::Posts, 0, 4), (Topic::Tickets, 0, 6)]);
        let older = checkpoint(&[
            (Topic::Posts, 0, 4),
            (Topic::Tickets, 0, 2),
            (Topic::Tickets, 1, 0),
        ]);
        assert_eq!(ledger.older(&index), older);
        assert_eq!(index.older(&ledger), older);
        assert!(ledger.reached(&older) && index.reached(&older));
        assert!(!index.reached(&ledger) && !ledger.reached(&index));
    }

    #[test]
    fn a_checkpoint_only_moves_forward() {
        let entry = |offset| Entry {
            topic: Topic::Dead,
            partition: 2,
            offset,
            record: Record::from_json(b""),
        };
        let mut checkpoint = Checkpoint::default();
        assert!(!checkpoint.holds(&entry(0)));
        checkpoint.advance(&entry(5));
        checkpoint.advance(&entry(3));
        assert_eq!(checkpoint.next(Topic::Dead, 2), 6);
        assert!(checkpoint.holds(&entry(5)) && !checkpoint.holds(&entry(6)));
    }
}
