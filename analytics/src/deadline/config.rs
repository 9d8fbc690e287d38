//! The rules as they are used: which one is most specific, and what the clock of a ticket may do.

use super::{Calendar, DeadlineError, Rules, office::Office};
use ingest::record::TicketType;
use serde::Deserialize;
use std::sync::Arc;

/// The rules shipped in the program.
pub const EMBEDDED: &str = include_str!("../../../config/deadlines.toml");
/// Its name in messages.
pub const EMBEDDED_ORIGIN: &str = "config/deadlines.toml";

/// Rules ready to use.
#[derive(Debug)]
pub(crate) struct RuleSet {
    pub(super) calendar: Calendar,
    /// Most specific first, so that the first that matches wins; the default last.
    pub(super) rules: Vec<Rule>,
    /// When offices are open; every rule that counts by it has it.
    pub(super) office: Option<Office>,
    pub(super) extension: Extension,
    /// By when a unit signs what was dispatched to it.
    pub(super) signing: Span,
    /// Hash of rules and calendar.
    pub(super) version: String,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) name: String,
    /// What a ticket must be to match; an empty list asks nothing.
    pub(super) urgencies: Vec<String>,
    pub(super) units: Vec<String>,
    pub(super) topics: Vec<String>,
    pub(super) types: Vec<TicketType>,
    pub(super) channels: Vec<String>,
    pub(super) span: Span,
    pub(super) from: Start,
    pub(super) warn: Warning,
}

/// How long a ticket may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// To 23:59:59 of the n-th working day.
    WorkingDays(u32, Count),
    /// Hours from the moment itself.
    Hours(u32, By),
}

/// Which hours count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// All, nights and holidays included.
    Clock,
    /// Office hours of working days.
    Office,
}

/// What starts the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Start {
    Accepted,
    Dispatched,
}

/// Whether the first day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Count {
    /// The day of receipt is not counted.
    NextDay,
    /// The day of receipt counts if it is a working day.
    AtOnce,
}

/// How long before the deadline the card is yellow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Warning {
    /// From 00:00 of the last n working days.
    WorkingDays(u32),
    /// The last n hours, counted as the rule counts its own.
    Hours(u32, By),
}

/// How a unit's time may be extended; `None` sets no limit. After expiry it may not be extended at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extension {
    /// How often within one clock (from 受理 or 重办 to 办结).
    pub times: Option<u32>,
    /// How far beyond the deadline in force at the time, in working days.
    pub working_days: Option<u32>,
}

/// A unit signs within one working day, counted from the day after (SPECS), where the file says nothing.
pub(super) const SIGNING: Span = Span::WorkingDays(1, Count::NextDay);

impl Rules {
    /// The rules and the calendar shipped in the program.
    ///
    /// # Errors
    /// When an embedded file cannot be read: a defect of the build.
    pub fn embedded() -> Result<Self, DeadlineError> {
        Self::load(EMBEDDED, EMBEDDED_ORIGIN, Calendar::embedded()?)
    }

    /// How a unit's time may be extended.
    pub fn extension(&self) -> Extension {
        self.inner.extension
    }

    /// The same rules over another calendar.
    pub(super) fn over(&self, calendar: Calendar) -> Self {
        let inner = &*self.inner;
        Self::new(
            calendar,
            inner.rules.clone(),
            inner.office.clone(),
            inner.extension,
            inner.signing,
        )
    }

    /// `rules` most specific first, the default last.
    pub(super) fn new(
        calendar: Calendar,
        rules: Vec<Rule>,
        office: Option<Office>,
        extension: Extension,
        signing: Span,
    ) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{rules:?} {office:?} {extension:?} {signing:?}").as_bytes());
        calendar.digest(&mut hasher);
        let version = hasher.finalize().to_hex().chars().take(16).collect();
        Self {
            inner: Arc::new(RuleSet {
                calendar,
                rules,
                office,
                extension,
                signing,
                version,
            }),
        }
    }
}

impl Rule {
    /// Which attributes the rule asks for, strongest first.
    fn keys(&self) -> [bool; 5] {
        [
            !self.urgencies.is_empty(),
            !self.units.is_empty(),
            !self.topics.is_empty(),
            !self.types.is_empty(),
            !self.channels.is_empty(),
        ]
    }

    /// More keys beat fewer; as many: urgency > unit > topic > type > channel. What is urgent is so whoever handles it.
    pub(super) fn specificity(&self) -> (usize, [bool; 5]) {
        (self.keys().iter().filter(|asked| **asked).count(), self.keys())
    }

    /// Whether both can match one ticket with neither more specific. Different keys always differ in specificity.
    pub(super) fn ties_with(&self, other: &Self) -> bool {
        fn meet<T: PartialEq>(a: &[T], b: &[T]) -> bool {
            a.is_empty() || a.iter().any(|value| b.contains(value))
        }
        self.keys() == other.keys()
            && meet(&self.urgencies, &other.urgencies)
            && meet(&self.units, &other.units)
            && meet(&self.topics, &other.topics)
            && meet(&self.types, &other.types)
            && meet(&self.channels, &other.channels)
    }
}
