//! Watched folders: which files are new or changed, and whole.
//!
//! Must never read a file that is still being written, and keeps no state: the caller holds the marks.

use super::file::{EXTENSIONS, extension, file_name, moment};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// How a file looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Bytes.
    pub size: u64,
    /// Modification time.
    pub modified_at: Moment,
}

/// How the files of a folder looked.
pub type Marks = BTreeMap<PathBuf, Mark>;

/// What a look at a folder shows.
#[derive(Debug, Default)]
pub struct Look {
    /// How every readable file looks now; pass it to the next look as `before`.
    pub marks: Marks,
    /// Files to read now, in the order of their names: unchanged since the last look, and not as they were when read.
    pub ready: Vec<(PathBuf, Mark)>,
}

/// Looks at a folder, not into its subfolders. `before` is what the last look saw, `done` the files as they were when
/// their records became durable. Hidden files and those an office program or a browser is still writing
/// (`~$…`, `.part`) are passed over.
///
/// # Errors
/// When the folder cannot be listed. A file that vanishes meanwhile is left out.
pub fn look(folder: &Path, before: &Marks, done: &Marks) -> io::Result<Look> {
    let mut look = Look::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = file_name(&path);
        if name.starts_with('.') || name.starts_with("~$") || !EXTENSIONS.contains(&&*extension(&path)) {
            continue;
        }
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        let Ok(modified) = metadata.modified() else {
            continue;
        };
        if metadata.is_file() {
            look.marks.insert(
                path,
                Mark {
                    size: metadata.len(),
                    modified_at: moment(modified),
                },
            );
        }
    }
    let ready = look
        .marks
        .iter()
        .filter(|(path, mark)| before.get(*path) == Some(*mark) && done.get(*path) != Some(*mark));
    look.ready = ready.map(|(path, mark)| (path.clone(), *mark)).collect();
    Ok(look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ready_when_it_stands_still_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("导出.CSV");
        fs::write(&path, "编号").unwrap();
        fs::write(folder.path().join("~$导出.xlsx"), "").unwrap();
        fs::write(folder.path().join("readme.txt"), "").unwrap();
        let done = Marks::new();
        let first = look(folder.path(), &Marks::new(), &done).unwrap();
        assert!(first.ready.is_empty());
        let second = look(folder.path(), &first.marks, &done).unwrap();
        assert_eq!(second.ready.len(), 1);
        assert_eq!(second.ready[0].0, path);
        let done: Marks = second.ready.into_iter().collect();
        assert!(
            look(folder.path(), &second.marks, &done)
                .unwrap()
                .ready
                .is_empty()
        );
        fs::write(&path, "编号,标题").unwrap();
        let grown = look(folder.path(), &second.marks, &done).unwrap();
        assert!(grown.ready.is_empty(), "it may still be growing");
        assert_eq!(look(folder.path(), &grown.marks, &done).unwrap().ready.len(), 1);
    }
}
