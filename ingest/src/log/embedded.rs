//! The log without a server: one SQLite file in the data folder, one partition per topic.
//!
//! One writer thread commits every append that waits at that moment in a single transaction, so concurrent
//! appenders share one `fsync`. Readers have their own read-only connection and sleep until the writer has
//! committed; nothing polls.
//!
//! It never drops or rewrites an entry: entries removed by other means are reported as [`LogError::Trimmed`].
//! JSON is stored once and uncompressed, and without the key: one partition keeps the order of every key.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use super::{Checkpoint, Log, LogError, Reader, Topic, blocking};
use crate::record::Record;
use async_trait::async_trait;
use reader::EmbeddedReader;
use rusqlite::Connection;
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    thread::JoinHandle,
};
use tokio::sync::{mpsc, oneshot, watch};
use writer::{Append, Row, Writer};

/// Format of the file, kept in SQLite's `user_version`.
const FORMAT: i64 = 1;

/// Appends that may wait for the writer before `append` itself waits.
const WAITING_APPENDS: usize = 256;

/// Records encoded between two chances for other tasks on the same async thread.
const ENCODED_AT_ONCE: usize = 64;

/// The only partition of every topic.
const PARTITION: i32 = 0;

/// The next offset of each topic, in the order of [`Topic::ALL`].
type Ends = [i64; Topic::ALL.len()];

/// A log in a folder that this process owns.
pub struct EmbeddedLog {
    file: PathBuf,
    ends: watch::Receiver<Ends>,
    // Both are `Some` until `drop`.
    appends: Option<mpsc::Sender<Append>>,
    writer: Option<JoinHandle<()>>,
}

impl EmbeddedLog {
    /// Opens or makes the log in `folder`. Waits for the disk: call it off the async threads.
    ///
    /// # Errors
    /// [`LogError::Locked`] when another process owns the folder, [`LogError::Format`] when a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        std::fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        let file = folder.join("log.sqlite");
        let connection = open_for_writing(&file)?;
        let mut ends: Ends = [0; Topic::ALL.len()];
        for topic in Topic::ALL {
            ends[topic as usize] = end_of(&connection, topic)?;
        }
        let (ends_sender, ends) = watch::channel(ends);
        let (appends, waiting) = mpsc::channel(WAITING_APPENDS);
        let writer = Writer::new(connection, waiting, ends_sender, lock);
        let writer = std::thread::Builder::new()
            .name("log-writer".into())
            .spawn(move || writer.run())?;
        Ok(Self {
            file,
            ends,
            appends: Some(appends),
            writer: Some(writer),
        })
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    async fn append(&self, records: &[Record]) -> Result<(), LogError> {
        if records.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(records.len());
        for chunk in records.chunks(ENCODED_AT_ONCE) {
            for record in chunk {
                rows.push(Row {
                    topic: Topic::of(record),
                    json: record.to_json()?,
                });
            }
            tokio::task::yield_now().await;
        }
        let ended = || LogError::Task("the writer of the embedded log ended".into());
        let (done, outcome) = oneshot::channel();
        let appends = self.appends.as_ref().ok_or_else(ended)?;
        appends.send(Append { rows, done }).await.map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?.map_err(LogError::Sqlite)
    }

    async fn reader(&self, topics: &[Topic], from: &Checkpoint) -> Result<Box<dyn Reader>, LogError> {
        for (topic, partition, _) in from.iter() {
            if topics.contains(&topic) && partition != PARTITION {
                return Err(LogError::Partitions {
                    topic: topic.name().into(),
                    found: 1,
                    expected: usize::try_from(partition).map_or(1, |last| last + 1),
                });
            }
        }
        let (file, ends) = (self.file.clone(), self.ends.clone());
        let (topics, from) = (topics.to_vec(), from.clone());
        let reader = blocking(move || EmbeddedReader::open(&file, ends, topics, from)).await?;
        Ok(Box::new(reader))
    }

    async fn end(&self) -> Result<Checkpoint, LogError> {
        let ends = *self.ends.borrow();
        let mut checkpoint = Checkpoint::default();
        for topic in Topic::ALL {
            checkpoint.set(topic, PARTITION, ends[topic as usize]);
        }
        Ok(checkpoint)
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        // The folder must be free for its next owner when this returns. Nobody can append any more, so the wait is
        // at most the one transaction under way.
        drop(self.appends.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

// A lock on a file of its own: SQLite's locks come and go with each transaction, this one says who owns the folder.
// The system releases it when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File, LogError> {
    let lock = File::create(folder.join("log.lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LogError::Locked {
            folder: folder.to_path_buf(),
        }),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn open_for_writing(file: &Path) -> Result<Connection, LogError> {
    let connection = Connection::open(file)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if !(0..=FORMAT).contains(&found) {
        return Err(LogError::Format { found, known: FORMAT });
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With WAL, FULL syncs the journal on every commit: a committed append survives a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    // macOS only: plain fsync there leaves data in the drive's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // A burst must not leave a large journal behind for good.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    let tables: String = Topic::ALL
        .iter()
        .map(|topic| {
            let name = topic.name();
            format!("CREATE TABLE IF NOT EXISTS {name} (offset INTEGER PRIMARY KEY, json TEXT NOT NULL);")
        })
        .collect();
    connection.execute_batch(&format!(
        "BEGIN; {tables} PRAGMA user_version = {FORMAT}; COMMIT;"
    ))?;
    Ok(connection)
}

fn end_of(connection: &Connection, topic: Topic) -> Result<i64, LogError> {
    let sql = format!("SELECT coalesce(max(offset) + 1, 0) FROM {}", topic.name());
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}
