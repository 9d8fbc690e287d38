//! The one thread that writes the embedded log.

use super::{Ends, Topic};
use rusqlite::Connection;
use std::{fs::File, sync::Arc};
use tokio::sync::{mpsc, oneshot, watch};

/// A transaction takes no further append once it holds this many bytes of JSON, so that the first of a group does
/// not wait for an endless one. One append is never split.
const GROUP_BYTES: usize = 8 << 20;

/// One encoded record.
pub(super) struct Row {
    pub(super) topic: Topic,
    pub(super) json: String,
}

/// Rows to be committed together, and who waits for them.
pub(super) struct Append {
    pub(super) rows: Vec<Row>,
    pub(super) done: oneshot::Sender<Result<(), Arc<rusqlite::Error>>>,
}

/// Commits appends in the order they arrive, as many at once as wait.
pub(super) struct Writer {
    connection: Connection,
    appends: mpsc::Receiver<Append>,
    ends: watch::Sender<Ends>,
    // Fields are dropped in this order: the folder is released after the file is closed.
    _lock: File,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        appends: mpsc::Receiver<Append>,
        ends: watch::Sender<Ends>,
        lock: File,
    ) -> Self {
        Self {
            connection,
            appends,
            ends,
            _lock: lock,
        }
    }

    /// Runs until the log is dropped and every append taken before that has its answer.
    pub(super) fn run(mut self) {
        while let Some(first) = self.appends.blocking_recv() {
            let group = self.group(first);
            match self.commit(&group) {
                Ok(ends) => {
                    // Readers wake only now, when what they will read is durable.
                    self.ends.send_replace(ends);
                    for append in group {
                        let _ = append.done.send(Ok(()));
                    }
                }
                Err(error) => {
                    // The transaction is rolled back; the offsets are given to the next append.
                    let error = Arc::new(error);
                    for append in group {
                        let _ = append.done.send(Err(Arc::clone(&error)));
                    }
                }
            }
        }
    }

    fn group(&mut self, first: Append) -> Vec<Append> {
        let bytes = |append: &Append| append.rows.iter().map(|row| row.json.len()).sum::<usize>();
        let mut total = bytes(&first);
        let mut group = vec![first];
        while total < GROUP_BYTES {
            let Ok(append) = self.appends.try_recv() else {
                break;
            };
            total += bytes(&append);
            group.push(append);
        }
        group
    }

    fn commit(&mut self, group: &[Append]) -> Result<Ends, rusqlite::Error> {
        let mut ends = *self.ends.borrow();
        let transaction = self.connection.transaction()?;
        for row in group.iter().flat_map(|append| &append.rows) {
            let sql = match row.topic {
                Topic::Posts => "INSERT INTO posts (offset, json) VALUES (?1, ?2)",
                Topic::Tickets => "INSERT INTO tickets (offset, json) VALUES (?1, ?2)",
                Topic::Dead => "INSERT INTO dead (offset, json) VALUES (?1, ?2)",
            };
            let end = &mut ends[row.topic as usize];
            transaction
                .prepare_cached(sql)?
                .execute((*end, row.json.as_str()))?;
            *end += 1;
        }
        transaction.commit()?;
        Ok(ends)
    }
}
