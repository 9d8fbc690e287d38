//! Why labelling, training or evaluation failed.

use std::path::PathBuf;

/// Why labelling, training or evaluation failed. Messages name files and lines, never what is written there.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// Polars failed.
    #[error("label job failed: {0}")]
    Polars(String),
    /// Weights are damaged or of another version.
    #[error("model file cannot be used: {0}")]
    Weights(String),
    /// A file of training or evaluation material cannot be opened, read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of the material is not what it should be.
    #[error("{}: line {line}: {reason}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// There is too little to learn from or to measure.
    #[error("too few labelled texts: {0}")]
    TooFew(&'static str),
    /// People gave too few types to learn a correction from.
    #[error("people gave {given} types, at least {needed} are needed to learn from")]
    TooFewGiven {
        /// Tickets with a type a person gave.
        given: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The places or the word lists of sensitive content cannot be read.
    #[error(transparent)]
    Configuration(#[from] crate::configuration::ConfigurationError),
    /// A correction belongs to the weights it was learnt on.
    #[error(
        "the correction was learnt on the weights {was}, but {now} are in use: learn it anew with `minsheng train`"
    )]
    OtherBase {
        /// Hash of the weights it was learnt on.
        was: String,
        /// Hash of the weights in use.
        now: String,
    },
}
