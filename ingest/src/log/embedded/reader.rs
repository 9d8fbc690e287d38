//! Reads the embedded log onwards, fair between topics.

use super::{Checkpoint, Ends, LogError, PARTITION, Reader, Topic, blocking};
use crate::{log::Entry, record::Record};
use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// A batch ends early once it holds this much JSON, so that large records cannot fill the memory.
const BATCH_BYTES: usize = 16 << 20;

/// What a topic holds for this reader: the offsets from `wanted` up to but not including `end`.
struct Backlog {
    topic: Topic,
    wanted: i64,
    end: i64,
}

/// A reader with its own connection.
pub(super) struct EmbeddedReader {
    // Shared with the blocking task of a call: a cancelled call must not take the connection with it.
    connection: Arc<Mutex<Connection>>,
    ends: watch::Receiver<Ends>,
    topics: Vec<Topic>,
    position: Checkpoint,
}

impl EmbeddedReader {
    pub(super) fn open(
        file: &Path,
        ends: watch::Receiver<Ends>,
        mut topics: Vec<Topic>,
        from: Checkpoint,
    ) -> Result<Self, LogError> {
        topics.sort_unstable();
        topics.dedup();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        for &topic in &topics {
            let wanted = from.next(topic, PARTITION);
            let end = ends.borrow()[topic as usize];
            if wanted > end {
                return Err(LogError::Shorter {
                    topic: topic.name().into(),
                    partition: PARTITION,
                    end,
                    wanted,
                });
            }
            let sql = format!("SELECT coalesce(min(offset), ?1) FROM {}", topic.name());
            let first: i64 = connection.query_row(&sql, [end], |row| row.get(0))?;
            if first > wanted {
                return Err(trimmed(topic, first, wanted));
            }
        }
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            ends,
            topics,
            position: from,
        })
    }

    // Topics with entries to read. The one at the front gets what cannot be divided, so each call turns the order.
    fn backlog(&mut self) -> Vec<Backlog> {
        if !self.topics.is_empty() {
            self.topics.rotate_left(1);
        }
        let ends = *self.ends.borrow();
        let backlogs = self.topics.iter().map(|&topic| Backlog {
            topic,
            wanted: self.position.next(topic, PARTITION),
            end: ends[topic as usize],
        });
        backlogs.filter(|backlog| backlog.wanted < backlog.end).collect()
    }
}

#[async_trait]
impl Reader for EmbeddedReader {
    async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, LogError> {
        let (topics, position) = (&self.topics, &self.position);
        let behind = |ends: &Ends| {
            topics
                .iter()
                .any(|&t| position.next(t, PARTITION) < ends[t as usize])
        };
        match tokio::time::timeout(wait, self.ends.wait_for(behind)).await {
            Err(_) => return Ok(Vec::new()),
            Ok(Err(_)) => return Err(LogError::Task("the embedded log was closed".into())),
            Ok(Ok(_)) => {}
        }
        let backlog = self.backlog();
        let connection = Arc::clone(&self.connection);
        let entries = blocking(move || {
            // Reading leaves nothing half done behind, so a poisoned lock is as good as any.
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            read(&connection, &backlog, max)
        })
        .await?;
        for entry in &entries {
            self.position.advance(entry);
        }
        Ok(entries)
    }
}

// Each topic gets an even share of what is left, in entries and in bytes; what one leaves goes to those behind it.
fn read(connection: &Connection, backlogs: &[Backlog], max: usize) -> Result<Vec<Entry>, LogError> {
    let mut entries = Vec::new();
    let mut bytes = BATCH_BYTES;
    for (index, backlog) in backlogs.iter().enumerate() {
        let sharers = backlogs.len() - index;
        let share = (max - entries.len()).div_ceil(sharers);
        let budget = bytes.div_ceil(sharers);
        let taken = read_topic(connection, backlog, share, budget, &mut entries)?;
        bytes = bytes.saturating_sub(taken);
    }
    Ok(entries)
}

// Reads at most `share` entries, and none after the one that reaches `budget`. Returns the bytes read.
fn read_topic(
    connection: &Connection,
    &Backlog { topic, wanted, end }: &Backlog,
    share: usize,
    budget: usize,
    entries: &mut Vec<Entry>,
) -> Result<usize, LogError> {
    let sql = match topic {
        Topic::Posts => "SELECT offset, json FROM posts WHERE offset >= ?1 ORDER BY offset",
        Topic::Tickets => "SELECT offset, json FROM tickets WHERE offset >= ?1 ORDER BY offset",
        Topic::Dead => "SELECT offset, json FROM dead WHERE offset >= ?1 ORDER BY offset",
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([wanted])?;
    let mut bytes = 0;
    for wanted in (wanted..end).take(share) {
        if bytes >= budget {
            break;
        }
        // The writer leaves no gaps: where one is, entries were removed.
        let Some(row) = rows.next()? else {
            return Err(trimmed(topic, end, wanted));
        };
        let offset = row.get(0)?;
        if offset != wanted {
            return Err(trimmed(topic, offset, wanted));
        }
        // A value of another type is a foreign one; it is reported as no record like any other.
        let json = row.get_ref(1)?.as_bytes().unwrap_or_default();
        bytes += json.len();
        entries.push(Entry {
            topic,
            partition: PARTITION,
            offset,
            record: Record::from_json(json),
        });
    }
    Ok(bytes)
}

fn trimmed(topic: Topic, first: i64, wanted: i64) -> LogError {
    LogError::Trimmed {
        topic: topic.name().into(),
        partition: PARTITION,
        first,
        wanted,
    }
}
