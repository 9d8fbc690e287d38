//! The exact tickets behind a rate.

use super::{Metric, Result, Scope};
use crate::frame::{Predicate, Snapshot, View, rows_where};

/// A part of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What counts for it.
    Numerator,
    /// What it is counted over.
    Denominator,
    /// In the denominator, not in the numerator: what is missing to 100 %.
    Missed,
    /// In scope, not in the denominator.
    Excluded,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Numerator, Self::Denominator, Self::Missed, Self::Excluded];

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Numerator => "numerator",
            Self::Denominator => "denominator",
            Self::Missed => "missed",
            Self::Excluded => "excluded",
        }
    }

    /// The part of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == text)
    }
}

/// Numbers of the tickets in a part of a rate, sorted; as many as [`rate`](super::rate) counts.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn members(snapshot: &Snapshot, scope: &Scope, metric: &Metric, part: Part) -> Result<Vec<String>> {
    let view = snapshot.view(scope.window())?;
    let conditions = metric.conditions(scope.as_of.timestamp_millis());
    let [.., denominator, numerator] = conditions.as_slice() else {
        return Ok(Vec::new());
    };
    let condition = match part {
        Part::Numerator => numerator.clone(),
        Part::Denominator => denominator.clone(),
        Part::Missed => denominator.clone() & !numerator.clone(),
        Part::Excluded => !denominator.clone(),
    };
    numbers(snapshot, &view, &(scope.predicate(&view) & condition))
}

/// Numbers of the tickets of a view that meet a condition, sorted.
pub(super) fn numbers(snapshot: &Snapshot, view: &View, predicate: &Predicate) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for part in &view.parts {
        found.extend(rows_where(part, predicate)?);
    }
    Ok(snapshot.numbers(&found)?)
}
