//! The tantivy index: documents and checkpoint are committed in one act.
//!
//! In its folder: `lock`, held by the process that has the index open, and `v<SCHEMA_VERSION>`, tantivy's own files.

use crate::{
    layout::{Fields, SCHEMA_VERSION},
    query::Named,
    row::Row,
    schema::Document,
    seen::Seen,
    segment::Segmenter,
    tokens::tokenizers,
};
use ingest::log::Checkpoint;
use std::{
    fs::{self, File, TryLockError},
    num::NonZero,
    path::Path,
    sync::{Mutex, PoisonError, RwLock},
    thread,
};
use tantivy::{
    IndexBuilder, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError,
    directory::MmapDirectory,
    indexer::{IndexWriterOptions, UserOperation},
};

/// What one indexing thread gathers before it writes a segment. 40,000 posts of 170 characters were seen to fit: large
/// enough that an import is not spent merging, small enough that eight threads stay within half a gigabyte.
const MEMORY_PER_THREAD: usize = 64 << 20;

/// tantivy's own limit.
const MOST_THREADS: usize = 8;

/// Documents handed to an indexing thread at once: enough to make the queue's cost vanish, few enough that the threads
/// of even a small batch all have work.
const ROWS_AT_ONCE: usize = 32;

/// An index in a folder. One process writes; any thread searches.
pub struct Index {
    pub(crate) fields: Fields,
    pub(crate) segmenter: Segmenter,
    /// What `flag:` in a query may name.
    pub(crate) flags: Vec<Named>,
    reader: IndexReader,
    /// Adding needs only a shared borrow, committing an exclusive one. `None` after tantivy failed so badly that it
    /// could not go back to the last commit; what is committed can still be searched.
    writer: RwLock<Option<IndexWriter<Row>>>,
    /// Locked while operations are numbered, so that what comes later also replaces what came before.
    seen: Mutex<Seen>,
    checkpoint: Mutex<Checkpoint>,
    /// Held, not read: the operating system lets go of the lock when the process ends, however it ends. `None` beside
    /// the process that writes.
    _lock: Option<File>,
    /// Beside the process that writes: where its last commit is looked up.
    followed: Option<tantivy::Index>,
}

impl Index {
    /// Opens or makes the index in `dir`. An index of an older schema version is deleted and made anew (it is rebuilt
    /// from the log), which [`Index::checkpoint`] shows by being empty. Indexes on as many threads as the machine has
    /// cores, at most eight.
    ///
    /// # Errors
    /// [`IndexError::Locked`] when another process (or another `Index` of this one) has the folder open, and when the
    /// folder cannot be used.
    pub fn open(dir: &Path, segmenter: Segmenter) -> Result<Self, IndexError> {
        Self::open_with_threads(
            dir,
            segmenter,
            thread::available_parallelism().map_or(1, NonZero::get),
        )
    }

    /// [`Index::open`] with the number of indexing threads (1 to 8).
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn open_with_threads(dir: &Path, segmenter: Segmenter, threads: usize) -> Result<Self, IndexError> {
        fs::create_dir_all(dir)?;
        let lock = lock(dir)?;
        remove_other_versions(dir)?;
        let (index, fields) = open_current(dir)?;

        let checkpoint = committed(&index)?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads.clamp(1, MOST_THREADS))
            .memory_budget_per_thread(MEMORY_PER_THREAD)
            .num_merge_threads(1)
            .build();
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let seen = Seen::of(&reader.searcher(), &fields)?;
        Ok(Self {
            fields,
            segmenter,
            flags: Vec::new(),
            reader,
            writer: RwLock::new(Some(index.writer_with_options(options)?)),
            seen: Mutex::new(seen),
            checkpoint: Mutex::new(checkpoint),
            _lock: Some(lock),
            followed: None,
        })
    }

    /// Opens an existing index to search it beside the process that writes it. [`Index::checkpoint`] looks for that
    /// process's last commit and shows it to the next search; writing is refused.
    ///
    /// # Errors
    /// When there is no index of this version.
    pub fn open_reader(dir: &Path, segmenter: Segmenter) -> Result<Self, IndexError> {
        let mut index = tantivy::Index::open_in_dir(dir.join(current()))?;
        index.set_tokenizers(tokenizers());
        let (_, fields) = Fields::schema();
        // Before the reader, for the reason given at `follow`.
        let checkpoint = committed(&index)?;
        Ok(Self {
            fields,
            segmenter,
            flags: Vec::new(),
            reader: index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()?,
            writer: RwLock::new(None),
            seen: Mutex::default(),
            checkpoint: Mutex::new(checkpoint),
            _lock: None,
            followed: Some(index),
        })
    }

    /// The same index, whose queries know these kinds of sensitive content. What documents hold comes with them
    /// ([`Document::flags`]).
    #[must_use]
    pub fn with_flags(self, flags: Vec<Named>) -> Self {
        Self { flags, ..self }
    }

    /// The checkpoint of the last commit (tantivy's commit payload).
    pub fn checkpoint(&self) -> Checkpoint {
        if let Some(index) = &self.followed {
            self.follow(index);
        }
        self.checkpoint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes over another process's last commit. Where its files are just being replaced, the commit known so far stays.
    fn follow(&self, index: &tantivy::Index) {
        // Looked up before the reload: the checkpoint must not promise what a search does not find yet.
        if let Ok(checkpoint) = committed(index)
            && self.reader.reload().is_ok()
        {
            *self.checkpoint.lock().unwrap_or_else(PoisonError::into_inner) = checkpoint;
        }
    }

    /// Writes documents, each replacing the one of its kind and id (a later one of the same call as well). Visible to
    /// search after [`Index::commit`].
    ///
    /// # Errors
    /// When tantivy cannot write. Then everything since the last commit is given up, as after a failed commit.
    pub fn write(&self, documents: Vec<Document>) -> Result<(), IndexError> {
        let written = self.add(documents);
        if written.is_err() {
            give_up(&mut self.writer.write().unwrap_or_else(PoisonError::into_inner));
        }
        written
    }

    fn add(&self, documents: Vec<Document>) -> Result<(), IndexError> {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        let writer = writer.as_ref().ok_or(IndexError::Closed)?;
        let mut documents = documents.into_iter().peekable();
        while documents.peek().is_some() {
            let rows: Vec<Row> = documents
                .by_ref()
                .take(ROWS_AT_ONCE)
                .map(|document| Row::new(self.fields, document))
                .collect();
            let mut operations = Vec::with_capacity(2 * ROWS_AT_ONCE);
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            for row in rows {
                if !seen.first(row.key().as_bytes()) {
                    operations.push(UserOperation::Delete(row.key_term()));
                }
                operations.push(UserOperation::Add(row));
            }
            writer.run(operations)?;
        }
        Ok(())
    }

    /// Commits what was written together with `checkpoint` and shows it to the next search. Blocking.
    ///
    /// # Errors
    /// When tantivy cannot commit; nothing of the uncommitted writes is then visible, now or after a restart.
    pub fn commit(&self, checkpoint: &Checkpoint) -> Result<(), IndexError> {
        let payload = serde_json::to_string(checkpoint)?;
        let mut slot = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        let writer = slot.as_mut().ok_or(IndexError::Closed)?;
        let committed = writer.prepare_commit().and_then(|mut prepared| {
            prepared.set_payload(&payload);
            prepared.commit()
        });
        if let Err(error) = committed {
            give_up(&mut slot);
            return Err(error.into());
        }
        // In this order, for the reason given at `follow`.
        self.reader.reload()?;
        *self.checkpoint.lock().unwrap_or_else(PoisonError::into_inner) = checkpoint.clone();
        Ok(())
    }

    /// The last committed state.
    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }
}

/// The checkpoint of the last commit.
fn committed(index: &tantivy::Index) -> Result<Checkpoint, IndexError> {
    match index.load_metas()?.payload {
        Some(payload) => Ok(serde_json::from_str(&payload)?),
        None => Ok(Checkpoint::default()),
    }
}

/// Goes back to the last commit; where even that fails, closes the writer.
fn give_up(slot: &mut Option<IndexWriter<Row>>) {
    if let Some(mut writer) = slot.take()
        && writer.rollback().is_ok()
    {
        *slot = Some(writer);
    }
}

/// Takes the folder for this process. tantivy has a lock of its own, but an old version is deleted before tantivy sees
/// the folder, and that must not happen under another process.
fn lock(dir: &Path) -> Result<File, IndexError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn current() -> String {
    format!("v{SCHEMA_VERSION}")
}

/// Deletes the folders of other schema versions, and nothing else.
fn remove_other_versions(dir: &Path) -> Result<(), IndexError> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let version = name
            .to_str()
            .and_then(|name| name.strip_prefix('v'))
            .and_then(|v| v.parse::<u32>().ok());
        if version.is_some_and(|version| version != SCHEMA_VERSION) && entry.file_type()?.is_dir() {
            tracing::warn!(
                version,
                "index has another schema version and is rebuilt from the log"
            );
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// tantivy's index of the current version. One whose fields or file format differ all the same is made anew.
fn open_current(dir: &Path) -> Result<(tantivy::Index, Fields), IndexError> {
    let dir = dir.join(current());
    let (schema, fields) = Fields::schema();
    let open = || {
        fs::create_dir_all(&dir)?;
        let files = MmapDirectory::open(&dir)?;
        IndexBuilder::new()
            .schema(schema.clone())
            .tokenizers(tokenizers())
            .open_or_create(files)
    };
    let index = match open() {
        Err(TantivyError::SchemaError(_) | TantivyError::IncompatibleIndex(_)) => {
            tracing::warn!("index has another form and is rebuilt from the log");
            fs::remove_dir_all(&dir)?;
            open()?
        }
        opened => opened?,
    };
    Ok((index, fields))
}

/// Why the index failed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// tantivy failed.
    #[error("index failed: {0}")]
    Tantivy(String),
    /// The folder failed.
    #[error("index folder failed: {0}")]
    Io(#[from] std::io::Error),
    /// Another process has the index open.
    #[error("index is open in another process")]
    Locked,
    /// An earlier failure closed the writer.
    #[error("index takes no more documents after an earlier failure, restart the program")]
    Closed,
    /// The checkpoint beside the documents is none.
    #[error("index checkpoint cannot be read: {0}")]
    Checkpoint(#[from] serde_json::Error),
    /// A query cannot be read.
    #[error(transparent)]
    Query(#[from] crate::query::QueryError),
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        Self::Tantivy(error.to_string())
    }
}

#[cfg(test)]
mod tests;
