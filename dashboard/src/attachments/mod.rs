//! Files given as evidence: kept in the data folder under the hash of their bytes, apart from the log that names them.
//!
//! A file is on the disk, flushed, before the event that names it is appended; so the log never names what was not there.
//! What a file is says its content, never its name. Nothing here interprets a file beyond that, and nothing is deleted.

mod kind;

pub(crate) use kind::MediaType;

use ingest::record::{Attachment, ContentHash};
use serde::Deserialize;
use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
};

/// What may be attached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttachmentConfig {
    /// Largest file, in bytes.
    pub max_bytes: usize,
    /// Files of one event at most.
    pub per_event: usize,
    /// Kinds taken, by content.
    pub types: Vec<MediaType>,
}

impl Default for AttachmentConfig {
    fn default() -> Self {
        Self {
            max_bytes: 10 * 1024 * 1024,
            per_event: 5,
            types: MediaType::all().collect(),
        }
    }
}

/// Files named in a report at most.
const NAMED: usize = 5;

/// The attachments of a data folder.
#[derive(Debug, Clone)]
pub(crate) struct Attachments {
    folder: PathBuf,
    config: AttachmentConfig,
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) hash: ContentHash,
    pub(crate) media_type: &'static str,
    pub(crate) size: u64,
}

impl Stored {
    /// As an event names it.
    pub(crate) fn named(self, name: String) -> Attachment {
        Attachment {
            hash: self.hash,
            name,
            media_type: self.media_type.to_owned(),
            size: self.size,
        }
    }
}

/// What was found under a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// The bytes that belong to it.
    Whole(Vec<u8>),
    /// No file: the log came from another machine without its attachments.
    Missing,
    /// Other bytes.
    Corrupt,
}

/// Why a file is not taken, or not found.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// No bytes.
    #[error("attachment is empty")]
    Empty,
    /// Larger than configured.
    #[error("attachment is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
    /// More files than configured.
    #[error("more than {per_event} attachments of one event")]
    TooMany {
        /// The limit.
        per_event: usize,
    },
    /// Not of a configured kind.
    #[error("attachment is of no allowed type")]
    Kind {
        /// What is taken, in Chinese.
        taken: String,
    },
    /// The disk failed.
    #[error("attachment {file} failed: {error}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Attachments {
    /// The attachments in `folder`, which is made when the first comes.
    pub(crate) fn new(folder: PathBuf, config: AttachmentConfig) -> Self {
        Self { folder, config }
    }

    /// The limits.
    pub(crate) fn config(&self) -> &AttachmentConfig {
        &self.config
    }

    /// What may be given, for people: `图片（JPG、PNG…）；每个文件不超过 10 MB，一次最多 5 个`.
    pub(crate) fn limits(&self) -> String {
        format!(
            "{}；每个不超过 {}，一次最多 {} 个",
            self.taken(),
            megabytes(self.config.max_bytes as u64),
            self.config.per_event
        )
    }

    fn taken(&self) -> String {
        let names: Vec<&str> = self.config.types.iter().map(|kind| kind.chinese()).collect();
        names.join("、")
    }

    /// Whether one event may have so many files.
    ///
    /// # Errors
    /// [`AttachmentError::TooMany`].
    pub(crate) fn check_count(&self, count: usize) -> Result<(), AttachmentError> {
        let per_event = self.config.per_event;
        if count > per_event {
            return Err(AttachmentError::TooMany { per_event });
        }
        Ok(())
    }

    /// Keeps a file; on return it is on the disk. The same bytes again are the same file. Blocking.
    ///
    /// # Errors
    /// When it is empty, too large or of no allowed kind, or the disk fails.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Stored, AttachmentError> {
        if bytes.is_empty() {
            return Err(AttachmentError::Empty);
        }
        if bytes.len() > self.config.max_bytes {
            return Err(AttachmentError::TooLarge {
                max_bytes: self.config.max_bytes,
            });
        }
        let kind = MediaType::of(bytes)
            .filter(|kind| self.config.types.contains(kind))
            .ok_or_else(|| AttachmentError::Kind { taken: self.taken() })?;
        let hash = ContentHash::of(bytes);
        let stored = Stored {
            media_type: kind.name(),
            size: bytes.len() as u64,
            hash,
        };
        // Bytes damaged on the disk are mended by giving the file again.
        if !matches!(self.get(&stored.hash)?, Found::Whole(_)) {
            self.write(&stored.hash, bytes)?;
        }
        Ok(stored)
    }

    fn write(&self, hash: &ContentHash, bytes: &[u8]) -> Result<(), AttachmentError> {
        let path = self.path(hash);
        let failed = |error| AttachmentError::Io {
            file: path.display().to_string(),
            error,
        };
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(bytes)
            .and_then(|()| file.as_file().sync_all())
            .map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        // The name is as durable as the bytes only when each folder above it is.
        let mut above = Some(folder);
        while let Some(folder) = above {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed)?;
            above = folder
                .parent()
                .filter(|_| folder != self.folder.parent().unwrap_or(&self.folder));
        }
        Ok(())
    }

    /// The bytes under a hash. Blocking.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn get(&self, hash: &ContentHash) -> Result<Found, AttachmentError> {
        let path = self.path(hash);
        match fs::read(&path) {
            Ok(bytes) if ContentHash::of(&bytes) == *hash => Ok(Found::Whole(bytes)),
            Ok(_) => Ok(Found::Corrupt),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Found::Missing),
            Err(error) => Err(AttachmentError::Io {
                file: path.display().to_string(),
                error,
            }),
        }
    }

    /// A file that was kept before, by its hash; `None` where there is none or it is no longer what it was. Blocking.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn kept(&self, hash: &ContentHash) -> Result<Option<Stored>, AttachmentError> {
        let Found::Whole(bytes) = self.get(hash)? else {
            return Ok(None);
        };
        Ok(MediaType::of(&bytes).map(|kind| Stored {
            hash: hash.clone(),
            media_type: kind.name(),
            size: bytes.len() as u64,
        }))
    }

    /// Whether there is a file under the hash; its bytes are not looked at.
    pub(crate) fn exists(&self, hash: &ContentHash) -> bool {
        self.path(hash).is_file()
    }

    /// Looks at every file the log names: says how many there are, or which are missing or not what they were.
    ///
    /// # Errors
    /// What is missing or corrupt, by ticket and hash, at most [`NAMED`] of each.
    pub(crate) fn verify(&self, named: &[(String, Attachment)]) -> anyhow::Result<String> {
        let (mut missing, mut corrupt) = (Vec::new(), Vec::new());
        for (no, attachment) in named {
            let place = format!("{} of ticket {no}", attachment.hash.as_str());
            match self.get(&attachment.hash)? {
                Found::Whole(_) => {}
                Found::Missing => missing.push(place),
                Found::Corrupt => corrupt.push(place),
            }
        }
        let list = |places: &[String]| places.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        anyhow::ensure!(
            missing.is_empty() && corrupt.is_empty(),
            "of {} attachments the log names, {} are missing ({}) and {} are corrupt ({}) in {}: copy the folder from \
             the machine the log came from",
            named.len(),
            missing.len(),
            list(&missing),
            corrupt.len(),
            list(&corrupt),
            self.folder.display()
        );
        Ok(format!("{} files", named.len()))
    }

    /// Two levels, so that no folder holds millions.
    fn path(&self, hash: &ContentHash) -> PathBuf {
        let digits = hash.as_str();
        self.folder.join(digits.get(..2).unwrap_or_default()).join(digits)
    }
}

/// `20 KB`, `10 MB`.
pub(crate) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0).replace(".0 ", " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

    fn attachments(folder: &Path, config: AttachmentConfig) -> Attachments {
        Attachments::new(folder.join("attachments"), config)
    }

    #[test]
    fn the_same_bytes_are_one_file_and_damage_is_seen_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let kept = attachments(folder.path(), AttachmentConfig::default());
        let stored = kept.put(PNG).unwrap();
        assert_eq!((stored.media_type, stored.size), ("image/png", PNG.len() as u64));
        assert_eq!(kept.put(PNG).unwrap(), stored);
        assert_eq!(kept.get(&stored.hash).unwrap(), Found::Whole(PNG.to_vec()));
        let files = fs::read_dir(kept.path(&stored.hash).parent().unwrap()).unwrap();
        assert_eq!(files.count(), 1, "nothing half written stays");
        fs::write(kept.path(&stored.hash), b"other").unwrap();
        assert_eq!(kept.get(&stored.hash).unwrap(), Found::Corrupt);
        assert_eq!(kept.kept(&stored.hash).unwrap(), None);
        kept.put(PNG).unwrap();
        assert_eq!(kept.kept(&stored.hash).unwrap(), Some(stored.clone()));
        let named = [("A1".to_owned(), stored.clone().named("灯.png".to_owned()))];
        assert_eq!(kept.verify(&named).unwrap(), "1 files");
        fs::remove_file(kept.path(&stored.hash)).unwrap();
        let told = kept.verify(&named).unwrap_err().to_string();
        assert!(
            told.contains("1 are missing") && told.contains("ticket A1"),
            "{told}"
        );
        assert!(!told.contains('灯'), "no name stands in a report: {told}");
        assert_eq!(kept.get(&stored.hash).unwrap(), Found::Missing);
    }

    #[test]
    fn limits_are_those_of_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let config: AttachmentConfig =
            toml::from_str("max_bytes = 17\ntypes = ['application/pdf', 'image/png']").unwrap();
        let kept = attachments(folder.path(), config);
        assert!(matches!(kept.put(b""), Err(AttachmentError::Empty)));
        assert!(kept.put(&PNG[..17]).is_ok());
        assert!(matches!(
            kept.put(PNG),
            Err(AttachmentError::TooLarge { max_bytes: 17 })
        ));
        assert!(matches!(kept.put(b"GIF89a"), Err(AttachmentError::Kind { .. })));
        assert_eq!(kept.limits(), "PDF、PNG 图片；每个不超过 17 B，一次最多 5 个");
        let wrong = toml::from_str::<AttachmentConfig>("types = ['image/jpg']").unwrap_err();
        assert!(wrong.message().contains("image/jpeg"), "{wrong}");
    }
}
