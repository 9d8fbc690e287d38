//! Carries SQLite's write-ahead log into the ledger file, on a thread and a connection of its own.
//!
//! Left to the writer it happens in the commit that fills the log, and the whole pipeline waits for the disk.

use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, JoinHandle},
};

/// Bytes of log that are worth the trip to the disk.
const FULL: u64 = 64 << 20;

/// The thread; it ends when this is dropped. Where none could be had, the writer goes to the disk itself, at its own limit.
pub(super) struct WalCarrier {
    // Both are `Some` until `drop`.
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WalCarrier {
    /// `connection` is open on the file at `path` and used for nothing else.
    pub(super) fn start(connection: Connection, path: &Path) -> Self {
        // One waiting message says all that many would.
        let (committed, commits) = sync_channel(1);
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        let thread = Builder::new()
            .name("ledger-wal".into())
            .spawn(move || carry(&connection, &PathBuf::from(wal), &commits));
        Self {
            committed: Some(committed),
            thread: thread.ok(),
        }
    }

    /// To be called after a commit; never waits.
    pub(super) fn committed(&self) {
        if let Some(committed) = &self.committed {
            let _ = committed.try_send(());
        }
    }
}

impl Drop for WalCarrier {
    fn drop(&mut self) {
        drop(self.committed.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn carry(connection: &Connection, wal: &Path, commits: &Receiver<()>) {
    while commits.recv().is_ok() {
        if std::fs::metadata(wal).is_ok_and(|wal| wal.len() >= FULL) {
            // Passive: takes what nobody is using and waits for nobody. What it leaves, the next one takes.
            let carried = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            if let Err(error) = carried {
                tracing::warn!(%error, "ledger: write-ahead log not carried over, tried again at the next commit");
            }
        }
    }
}
