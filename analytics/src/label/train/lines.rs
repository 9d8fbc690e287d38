//! Files of lines that are learnt from, and errors that name the line.

use crate::label::error::LabelError;
use std::path::Path;

/// The lines of `file`, counted from 1.
pub(super) fn lines(file: &Path) -> Result<Vec<(usize, String)>, LabelError> {
    let text = std::fs::read_to_string(file).map_err(|source| LabelError::File {
        file: file.to_owned(),
        source,
    })?;
    Ok((1..).zip(text.lines().map(str::to_owned)).collect())
}

/// The lines of `file` that are no comment; `#` begins one.
pub(super) fn rows(file: &Path) -> Result<Vec<(usize, String)>, LabelError> {
    let mut rows = lines(file)?;
    rows.retain(|(_, row)| !row.starts_with('#'));
    Ok(rows)
}

/// The error of a line that is not of its file's form.
pub(super) fn bad(file: &Path, line: usize, reason: &'static str) -> LabelError {
    LabelError::Line {
        file: file.to_owned(),
        line,
        reason,
    }
}
