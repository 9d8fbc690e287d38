//! Standard output of the commands that answer.

use serde::Serialize;
use std::io::{BufWriter, Stdout, Write};

/// Writes answers line by line. A closed pipe is an [`std::io::Error`] that `main` takes as a quiet end.
pub(super) struct Output(BufWriter<Stdout>);

impl Output {
    pub(super) fn new() -> Self {
        Self(BufWriter::new(std::io::stdout()))
    }

    /// One value as one line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let line = serde_json::to_vec(value)?;
        self.0.write_all(&line)?;
        Ok(self.0.write_all(b"\n")?)
    }

    /// Whole lines.
    pub(super) fn bytes(&mut self, lines: &[u8]) -> anyhow::Result<()> {
        Ok(self.0.write_all(lines)?)
    }

    /// One line of text.
    pub(super) fn line(&mut self, text: impl std::fmt::Display) -> anyhow::Result<()> {
        Ok(writeln!(self.0, "{text}")?)
    }

    /// To be called at the end, so that a failed write is told.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}

/// A progress bar on standard error; nothing where that is no terminal.
pub(super) fn progress(total: u64, what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(total);
    if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
