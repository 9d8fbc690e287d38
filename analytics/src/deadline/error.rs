//! Why rules or calendars cannot be used.

use super::MAX_WORKING_DAYS;
use crate::configuration::ConfigurationError;

/// Why rules or calendars cannot be used, or a question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum DeadlineError {
    /// The calendar folder cannot be listed.
    #[error("calendar folder `{folder}` cannot be read: {source}")]
    Folder {
        /// As configured.
        folder: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A calendar file cannot be used.
    #[error("calendar file `{file}`: {reason}")]
    Calendar {
        /// File name.
        file: String,
        /// What is wrong, with the line or the date.
        reason: String,
    },
    /// The deadline rules cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// Two rules can match one ticket and neither is more specific.
    #[error(
        "{origin}, line {line}: rules `{first}` and `{second}` are equally specific and can match the same ticket"
    )]
    Tie {
        /// The file, as the caller names it.
        origin: String,
        /// 1-based line of the second.
        line: usize,
        /// The rule that stands first.
        first: String,
        /// The other one.
        second: String,
    },
    /// More working days than [`MAX_WORKING_DAYS`].
    #[error("{working_days} working days are more than {MAX_WORKING_DAYS}")]
    TooMany {
        /// What was asked for.
        working_days: u32,
    },
    /// More hours than [`MAX_WORKING_DAYS`] have.
    #[error("{hours} hours are more than {}", MAX_WORKING_DAYS * 24)]
    TooManyHours {
        /// What was asked for.
        hours: u32,
    },
    /// Office hours were asked for and none are configured.
    #[error("no office hours are configured: add [office_hours] to the deadline rules")]
    NoOfficeHours,
    /// The days asked about lie outside the years the clock knows.
    #[error("the working-day clock runs from {first} to {last} only")]
    OutOfRange {
        /// First day.
        first: chrono::NaiveDate,
        /// Last day.
        last: chrono::NaiveDate,
    },
}
