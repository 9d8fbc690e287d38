//! The bulletin audit: what a published text or table says, and whether it can be so.
//!
//! Counts are whole, so a percentage of a stated total is possible only where some k ÷ n gives its digits; parts either
//! add up or do not. Everything is judged from the text alone, in whole numbers; [`compare`] adds what our own ledger
//! says of the same period.
//!
//! **Architecture invariant:** no figure is a float here, and no text makes it panic.

mod change;
mod grid;
mod judge;
mod lex;
mod number;
mod own;
mod period;
mod rate;
mod reading;
mod share;
mod sum;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use own::{Own, compare};
pub use period::{Period, period};

use reading::Reading;
use serde::Serialize;
use share::Percent;
use text::Text;

/// Characters of a text that are read; the longest bulletin is a tenth of that. What lies behind is left out, and the caller is to say so.
pub const LONGEST: usize = 100_000;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A total and its parts.
    Sum,
    /// A percentage: a share, or a change against an earlier period.
    Rate,
}

/// One thing a text states, and whether it can be so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// The words of the text.
    pub text: String,
    /// Whether the figures of the text allow it.
    pub possible: bool,
    /// Sum of the parts, or the count that gives the percentage; `None` where none does.
    pub numerator: Option<u64>,
    /// Stated total, or what the percentage is a share of; `None` where the text gives none.
    pub denominator: Option<u64>,
    /// Figures that would make it so, or come nearest.
    pub candidates: Vec<Candidate>,
    /// In words, Chinese.
    pub explanation: String,
    /// What our own ledger says, where it has tickets of that period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
}

/// Figures that would make a statement so, or come nearest to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Numerator, or part of a sum.
    pub numerator: u64,
    /// Denominator, or total of a sum.
    pub denominator: u64,
    /// Their share at the precision of the text; empty for a sum.
    pub percent: String,
    /// Whether that is what the text says; `false` for what only comes nearest.
    pub fits: bool,
    /// What it is, Chinese.
    pub note: String,
}

impl Candidate {
    fn rate(percent: Percent, numerator: u128, denominator: u128, note: String) -> Self {
        Self {
            numerator: narrow(numerator),
            denominator: narrow(denominator),
            percent: percent.of(numerator, denominator),
            fits: percent.fits(numerator, denominator).any(),
            note,
        }
    }

    fn sum(part: u128, total: u128, note: String) -> Self {
        Self {
            numerator: narrow(part),
            denominator: narrow(total),
            percent: String::new(),
            fits: true,
            note,
        }
    }
}

/// Stated numbers have at most twelve digits and sums of them fit too.
fn narrow(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl Finding {
    /// A rate of which nothing is known yet.
    fn rate(text: String) -> Self {
        Self {
            kind: Kind::Rate,
            text,
            possible: true,
            numerator: None,
            denominator: None,
            candidates: Vec::new(),
            explanation: String::new(),
            own: None,
        }
    }

    fn set(&mut self, numerator: u128, denominator: u128) {
        self.numerator = u64::try_from(numerator).ok();
        self.denominator = u64::try_from(denominator).ok();
    }
}

/// Everything a published text or table states that can be checked, in the order of the text; tables after it.
pub fn audit(text: &str) -> Vec<Finding> {
    let cut = text
        .char_indices()
        .nth(LONGEST)
        .map_or(text, |(end, _)| &text[..end]);
    let (grids, prose) = grid::split(cut);
    let text = Text::new(&prose);
    let mut reading = Reading::new(&text, 0, text.len());
    let mut found = sum::audit(&mut reading);
    let (changes, grown) = change::audit(&reading);
    found.extend(grown);
    found.extend(rate::audit(&reading, &changes));
    found.sort_by_key(|(start, finding)| (*start, finding.kind == Kind::Rate));
    let tables = grids.iter().flat_map(table::audit);
    found
        .into_iter()
        .map(|(_, finding)| finding)
        .chain(tables)
        .collect()
}
