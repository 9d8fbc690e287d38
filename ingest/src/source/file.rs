//! One file of any kind a folder or an `import` can bring, chosen by its extension.

use super::{
    Drafts, Kind, SourceError, json_lines,
    spreadsheet::{self, SpreadsheetConfig},
};
use crate::time::{Moment, from_millis, now};
use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Largest spreadsheet: it is read as a whole.
const LARGEST_TABLE: u64 = 512 << 20;

/// Extensions [`open_file`] reads, in lower case.
pub const EXTENSIONS: [&str; 5] = ["xlsx", "csv", "jsonl", "ndjson", "json"];

/// The drafts of a file. `kind` is the configured source it belongs to; without one the built-in column names count.
/// The file's name is no part of any id, the source's is: see [`super::IMPORT_SOURCE`].
///
/// # Errors
/// When the file cannot be read as a whole; [`SourceError::collected`] makes a dead letter of that.
pub fn open_file(path: &Path, kind: Option<&Kind>) -> Result<Drafts, SourceError> {
    let file = file_name(path);
    let io_error = |error| SourceError::Io {
        file: file.clone(),
        error,
    };
    let metadata = fs::metadata(path).map_err(io_error)?;
    let modified_at = metadata.modified().map_or_else(|_| now(), moment);
    let default = SpreadsheetConfig::default();
    let table = match kind {
        Some(Kind::Spreadsheet(config)) => config,
        _ => &default,
    };
    let whole = || {
        if metadata.len() > LARGEST_TABLE {
            return Err(io_error(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "larger than 512 MiB",
            )));
        }
        fs::read(path).map_err(io_error)
    };
    match &*extension(path) {
        "xlsx" => spreadsheet::read_xlsx(&file, whole()?, table, modified_at),
        "csv" => spreadsheet::read_csv(&file, whole()?, table, modified_at),
        "jsonl" | "ndjson" | "json" => {
            let input = BufReader::new(File::open(path).map_err(io_error)?);
            json_lines::read(&file, input, modified_at).map_err(io_error)
        }
        _ => Err(SourceError::Unreadable {
            file,
            reason: format!("unknown extension; known: {}", EXTENSIONS.join(", ")),
        }),
    }
}

/// The name without folders: folders may carry what is nobody's business.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The extension in lower case; empty where there is none.
pub(super) fn extension(path: &Path) -> String {
    path.extension()
        .map(|extension| extension.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// A file time in Asia/Shanghai, to the millisecond.
pub(super) fn moment(time: SystemTime) -> Moment {
    let millis = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(0, |millis| -millis),
    };
    from_millis(millis)
}
