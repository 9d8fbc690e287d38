//! The connections: one that writes, and as many that read as threads ask for at once.

use super::{LedgerError, names::Names, schema, wal::WalCarrier};
use crate::{copies::Shelves, deadline::Rules};
use rusqlite::{Connection, OpenFlags};
use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long a statement waits for another process before it fails: an import's transaction takes well under this.
const BUSY: Duration = Duration::from_secs(30);
/// Prepared statements kept per connection; the ledger has about thirty.
const STATEMENTS: usize = 64;

/// The file and the rules deadlines are computed by.
pub(crate) struct Store {
    path: PathBuf,
    pub(crate) rules: Rules,
    writer: Option<Mutex<Writer>>,
    /// Idle connections. Each is used by one thread at a time and returned when its [`Reading`] drops.
    idle: Mutex<Vec<Connection>>,
}

/// The one connection that writes, with what it knows by heart: names it has handed codes to, founders of stories.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) names: Names,
    /// Founders in memory, as of the last transaction that judged copies.
    pub(super) shelves: Shelves,
    pub(super) wal: WalCarrier,
}

impl Store {
    pub(super) fn open(path: &Path, rules: Rules) -> Result<Self, LedgerError> {
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        // The log's length shall say what is in it, see `wal`.
        connection.pragma_update(None, "journal_size_limit", 0)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // The log is the truth: what a power cut takes from the ledger comes back from there. WAL keeps the file whole.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        schema::prepare(&mut connection)?;
        let names = Names::read(&connection)?;
        let second = Connection::open(path)?;
        configure(&second)?;
        let wal = WalCarrier::start(second, path);
        Ok(Self {
            path: path.to_owned(),
            rules,
            writer: Some(Mutex::new(Writer {
                connection,
                names,
                shelves: Shelves::default(),
                wal,
            })),
            idle: Mutex::default(),
        })
    }

    pub(super) fn open_reader(path: &Path, rules: Rules) -> Result<Self, LedgerError> {
        let store = Self {
            path: path.to_owned(),
            rules,
            writer: None,
            idle: Mutex::default(),
        };
        let found = schema::version(&*store.read()?)?;
        if found != schema::VERSION {
            return Err(LedgerError::Version {
                found,
                expected: schema::VERSION,
            });
        }
        Ok(store)
    }

    /// A connection to read with.
    pub(crate) fn read(&self) -> Result<Reading<'_>, LedgerError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                // Reading a WAL needs write access to its shared memory; `query_only` keeps the promise.
                let connection = Connection::open_with_flags(&self.path, flags)?;
                configure(&connection)?;
                connection.pragma_update(None, "query_only", true)?;
                connection
            }
        };
        Ok(Reading {
            store: self,
            connection: Some(connection),
        })
    }

    /// The connection that writes, for one transaction.
    pub(super) fn write(&self) -> Result<MutexGuard<'_, Writer>, LedgerError> {
        // A panic of another thread dropped its transaction, which rolled back: the connection is whole.
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn configure(connection: &Connection) -> Result<(), LedgerError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    // Pages after which the writer itself carries the log over, 256 MB: only where the carrier cannot keep up.
    connection.pragma_update(None, "wal_autocheckpoint", 65_536)?;
    Ok(())
}

/// A connection on loan from the pool.
pub(crate) struct Reading<'a> {
    store: &'a Store,
    /// `None` only while dropping.
    connection: Option<Connection>,
}

impl Deref for Reading<'_> {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "the connection is there until drop takes it")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("reading was dropped")
    }
}

impl DerefMut for Reading<'_> {
    #[expect(clippy::expect_used, reason = "the connection is there until drop takes it")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("reading was dropped")
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.store
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}
