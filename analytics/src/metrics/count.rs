//! How many tickets, in all and by what they are.

use super::{
    Result, Scope,
    members::numbers,
    tally::{by_value, totals},
};
use crate::{
    frame::{Predicate, Snapshot, View, flag},
    ledger::{Status, TypeIs},
};
use chrono::{DateTime, Datelike, NaiveDate};
use std::collections::BTreeMap;

/// What tickets can be cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cut {
    /// 诉求类型, 待判定 for those without.
    Type,
    /// 诉求领域; the empty name for those without. So for the next four.
    Topic,
    /// 承办单位
    Unit,
    /// 区域
    Region,
    /// 来源渠道
    Channel,
    /// Configured source.
    Source,
    /// Day of acceptance, `2016-05-31`.
    Day,
    /// Week of acceptance by ISO 8601 (from Monday), `2016-W22`.
    Week,
    /// Month of acceptance, `2016-05`.
    Month,
    /// Quarter of acceptance, `2016-Q2`.
    Quarter,
    /// State.
    Status,
}

impl Cut {
    /// All cuts.
    pub const ALL: [Self; 11] = [
        Self::Type,
        Self::Topic,
        Self::Unit,
        Self::Region,
        Self::Channel,
        Self::Source,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Status,
    ];

    /// The JSON name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Topic => "topic",
            Self::Unit => "unit",
            Self::Region => "region",
            Self::Channel => "channel",
            Self::Source => "source",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Status => "status",
        }
    }

    /// The cut of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cut| cut.name() == text)
    }

    /// The column it reads; a week, month or quarter is a sum of days.
    fn column(self) -> &'static str {
        match self {
            Self::Week | Self::Month | Self::Quarter => "day",
            other => other.name(),
        }
    }

    /// Whether its values follow one another by nature; others are ranked by number.
    fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Type | Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Status
        )
    }
}

/// How many tickets are in scope, merged ones not counted: they count by their main ticket.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn count(snapshot: &Snapshot, scope: &Scope) -> Result<u64> {
    let view = snapshot.view(scope.window())?;
    Ok(totals(&view.parts, &scope.predicate(&view), &[unmerged()])?
        .into_iter()
        .sum())
}

/// The numbers of the tickets that [`count`] counts, sorted. Narrow the scope for those of one value of a cut.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn counted(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<String>> {
    let view = snapshot.view(scope.window())?;
    numbers(snapshot, &view, &(scope.predicate(&view) & unmerged()))
}

/// How many tickets of each value are in scope, as [`count`] counts. Types, states, days and longer periods come in their own
/// order under their JSON name (`help` … `unknown`, `accepted` …), anything else with the most tickets first.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn count_by(snapshot: &Snapshot, scope: &Scope, cut: Cut) -> Result<Vec<(String, u64)>> {
    let view = snapshot.view(scope.window())?;
    let groups = Groups::of(&view, scope, cut, &[unmerged()])?;
    let counts = groups
        .named(&view)
        .map(|(name, counts)| (name, counts.iter().sum()));
    Ok(counts.filter(|(_, count)| *count > 0).collect())
}

fn unmerged() -> Predicate {
    !flag("merged")
}

/// Counts per value of a cut.
pub(super) struct Groups {
    cut: Cut,
    /// Key (code, or days since 1970) and counts, in the order to show.
    counts: Vec<(i64, Vec<u64>)>,
}

impl Groups {
    /// Counts the predicates per value of `cut`, over every ticket in scope. Ranked by how many there are in all.
    pub(super) fn of(view: &View, scope: &Scope, cut: Cut, predicates: &[Predicate]) -> Result<Self> {
        let mut groups: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for (value, counts) in by_value(&view.parts, &scope.predicate(view), cut.column(), predicates)? {
            let group = groups
                .entry(key(cut, value))
                .or_insert_with(|| vec![0; counts.len()]);
            for (total, count) in group.iter_mut().zip(counts) {
                *total += count;
            }
        }
        let mut counts: Vec<(i64, Vec<u64>)> = groups.into_iter().collect();
        if cut == Cut::Type {
            // 待判定 has code 0 and comes last.
            counts.sort_by_key(|(key, _)| (*key == 0, *key));
        } else if !cut.is_ordered() {
            counts.sort_by(|(a, x), (b, y)| y.last().cmp(&x.last()).then(a.cmp(b)));
        }
        for (_, group) in &mut counts {
            group.pop();
        }
        Ok(Self { cut, counts })
    }

    /// The groups by name.
    pub(super) fn named<'a>(&'a self, view: &'a View) -> impl Iterator<Item = (String, &'a [u64])> {
        self.counts
            .iter()
            .map(|(key, counts)| (self.name(*key, view), counts.as_slice()))
    }

    fn name(&self, key: i64, view: &View) -> String {
        let code = u32::try_from(key).unwrap_or_default();
        match self.cut {
            Cut::Type => TypeIs::of_code(code).name().to_owned(),
            Cut::Status => Status::ALL
                .get(code as usize)
                .map_or("", |status| status.name())
                .to_owned(),
            Cut::Day => date(key).to_string(),
            Cut::Week => date(key).format("%G-W%V").to_string(),
            Cut::Month => date(key).format("%Y-%m").to_string(),
            Cut::Quarter => format!("{}-Q{}", date(key).year(), date(key).month0() / 3 + 1),
            Cut::Topic | Cut::Unit | Cut::Region | Cut::Channel | Cut::Source => {
                view.names.text(code).to_owned()
            }
        }
    }
}

/// A day's key in its cut: a week, month or quarter is known by its first day.
fn key(cut: Cut, value: i64) -> i64 {
    let day = date(value);
    let first = match cut {
        Cut::Week => return value - i64::from(day.weekday().num_days_from_monday()),
        Cut::Month => day.with_day(1),
        Cut::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1),
        _ => return value,
    };
    first.map_or(value, |first| value - (day - first).num_days())
}

/// The civil date of days since 1970-01-01.
pub(super) fn date(days: i64) -> NaiveDate {
    days.checked_mul(86_400)
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .unwrap_or_default()
        .date_naive()
}
