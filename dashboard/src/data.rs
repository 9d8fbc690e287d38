//! The data folder: where everything lies, and which process owns it.
//!
//! One process at a time owns the folder. The lock is the operating system's (it ends with the process, however that
//! ends); `owner.json` beside it tells other commands where to forward to.

use serde::{Deserialize, Serialize};
use std::{
    fs::{File, TryLockError},
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// The places inside a data folder.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

/// How to reach the process that owns a data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Owner {
    /// Its process id, for people.
    pub pid: u32,
    /// Its web server, absent while it serves none.
    pub address: Option<SocketAddr>,
    /// Bearer token of `/internal`; the file is readable by its user only.
    pub token: String,
}

/// Holds the folder's lock as long as it lives.
#[derive(Debug)]
pub struct Ownership {
    _lock: File,
    data: DataDir,
    token: String,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file system failed.
    #[error("data folder {folder} failed: {error}")]
    Io {
        /// The folder.
        folder: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Ledger and index were filled from another log than the configured one.
    #[error(
        "data folder {folder} was filled from the log `{was}`, but the configuration names `{now}`: use another data \
         folder, or `minsheng replay` to rebuild it from the configured log"
    )]
    OtherLog {
        /// The folder.
        folder: String,
        /// Identity of the log it was filled from.
        was: String,
        /// Identity of the configured log.
        now: String,
    },
    /// Another process owns it.
    #[error("data folder {folder} is in use by process {pid}")]
    Held {
        /// The folder.
        folder: String,
        /// That process.
        pid: u32,
        /// How to reach it.
        owner: Option<Owner>,
    },
}

impl DataDir {
    /// Makes the folder where it does not exist.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: &Path) -> Result<Self, DataError> {
        let data = Self(root.to_owned());
        std::fs::create_dir_all(root).map_err(|error| data.failed(error))?;
        Ok(data)
    }

    /// A folder that may not exist: for commands that only look.
    pub fn at(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// The search index.
    pub fn index(&self) -> PathBuf {
        self.0.join("index")
    }

    /// The ledger.
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger.sqlite")
    }

    /// What collection remembers to be polite.
    pub fn collect_state(&self) -> PathBuf {
        self.0.join("collect.sqlite")
    }

    /// The key callers are hashed with.
    pub fn caller_key(&self) -> PathBuf {
        self.0.join("caller.key")
    }

    /// Files given as evidence.
    pub fn attachments(&self) -> PathBuf {
        self.0.join("attachments")
    }

    /// Weights in place of the shipped ones.
    pub fn model(&self) -> PathBuf {
        self.0.join("model.bin")
    }

    /// The correction in use.
    pub fn correction(&self) -> PathBuf {
        self.0.join("correction.weights")
    }

    /// The correction `minsheng train` learnt last; in use once `minsheng evaluate --install` took it.
    pub fn correction_candidate(&self) -> PathBuf {
        self.0.join("correction.candidate.weights")
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// [`DataError::Held`] with the way to the process that has it.
    pub fn own(&self) -> Result<Ownership, DataError> {
        let path = self.0.join("owner.lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| self.failed(error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = self.owner();
                let pid = owner.as_ref().map_or(0, |owner| owner.pid);
                return Err(DataError::Held {
                    folder: self.0.display().to_string(),
                    pid,
                    owner,
                });
            }
            Err(TryLockError::Error(error)) => return Err(self.failed(error)),
        }
        let ownership = Ownership {
            _lock: lock,
            data: self.clone(),
            token: random_token(),
        };
        ownership.announce(None)?;
        Ok(ownership)
    }

    /// Notes which log fills this folder; a folder already filled from another is refused, because its checkpoints would
    /// skip what they never saw.
    ///
    /// # Errors
    /// [`DataError::OtherLog`], or when the note cannot be read or written.
    pub fn bind_log(&self, identity: &str) -> Result<(), DataError> {
        match std::fs::read_to_string(self.log_note()) {
            Ok(was) if was == identity => Ok(()),
            Ok(was) => {
                let (folder, now) = (self.0.display().to_string(), identity.to_owned());
                Err(DataError::OtherLog { folder, was, now })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::write(self.log_note(), identity).map_err(|error| self.failed(error))
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Forgets which log filled this folder: for a folder that is about to be rebuilt.
    ///
    /// # Errors
    /// When the note cannot be removed.
    pub fn unbind_log(&self) -> Result<(), DataError> {
        match std::fs::remove_file(self.log_note()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(()),
        }
    }

    fn log_note(&self) -> PathBuf {
        self.0.join("filled-from")
    }

    fn owner(&self) -> Option<Owner> {
        serde_json::from_slice(&std::fs::read(self.owner_file()).ok()?).ok()
    }

    fn owner_file(&self) -> PathBuf {
        self.0.join("owner.json")
    }

    fn failed(&self, error: std::io::Error) -> DataError {
        DataError::Io {
            folder: self.0.display().to_string(),
            error,
        }
    }
}

impl Ownership {
    /// The token other commands of this user forward with.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Writes where this process can be reached.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn announce(&self, address: Option<SocketAddr>) -> Result<(), DataError> {
        let owner = Owner {
            pid: std::process::id(),
            address,
            token: self.token.clone(),
        };
        let write = || {
            let fresh = self.data.0.join("owner.json.new");
            let mut file = File::options()
                .create(true)
                .write(true)
                .truncate(true)
                .mode(0o600)
                .open(&fresh)?;
            file.write_all(&serde_json::to_vec(&owner)?)?;
            std::fs::rename(&fresh, self.data.owner_file())
        };
        write().map_err(|error| self.data.failed(error))
    }
}

impl Drop for Ownership {
    fn drop(&mut self) {
        // Nothing to be done when it fails: the lock, not this file, says who owns the folder.
        let _ = std::fs::remove_file(self.data.owner_file());
    }
}

/// 32 random hexadecimal digits.
pub fn random_token() -> String {
    let mut bytes = [0u8; 16];
    // Without randomness no token may be guessable: an unusable source leaves one that no request can present.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_and_tells_the_way_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(&folder.path().join("new")).unwrap();
        let ownership = data.own().unwrap();
        ownership
            .announce(Some("127.0.0.1:8080".parse().unwrap()))
            .unwrap();
        let Err(DataError::Held {
            pid,
            owner: Some(owner),
            ..
        }) = data.own()
        else {
            panic!("owned twice")
        };
        assert_eq!(pid, std::process::id());
        assert_eq!(owner.address.map(|address| address.port()), Some(8080));
        assert_eq!(owner.token, ownership.token());
        drop(ownership);
        data.own().unwrap();
    }

    #[test]
    fn a_folder_filled_from_one_log_is_not_read_on_from_another() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        data.bind_log("embedded").unwrap();
        data.bind_log("embedded").unwrap();
        let refused = data.bind_log("kafka:minsheng.").unwrap_err().to_string();
        assert!(
            refused.contains("`embedded`") && refused.contains("`kafka:minsheng.`"),
            "{refused}"
        );
        data.unbind_log().unwrap();
        data.bind_log("kafka:minsheng.").unwrap();
    }
}
