//! A rate with its proof, and the jobs that count it.

use super::{Cut, METRICS, Metric, Result, Scope, count::Groups, tally::totals};
use crate::frame::{Predicate, Snapshot};
use ingest::time::Moment;
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A rate with everything that shows how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Name of the metric.
    pub metric: &'static str,
    /// 名称
    pub chinese: &'static str,
    /// Rule it was counted by.
    pub rule: &'static str,
    /// Numerator ÷ denominator in words.
    pub formula: &'static str,
    /// Tickets that count for it.
    pub numerator: u64,
    /// Tickets it is counted over.
    pub denominator: u64,
    /// Tickets in scope that are not in the denominator, by reason; reasons that took none are left out.
    pub exclusions: Vec<Exclusion>,
    /// Facts after this moment were ignored.
    pub as_of: Moment,
}

/// Tickets left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// Why, Chinese.
    pub reason: &'static str,
    /// How many.
    pub count: u64,
}

impl Rate {
    /// The share in 0..=1; `None` over nothing.
    pub fn value(&self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// The share as published, `98.75 %`, rounded half up from the counts themselves; `N/A` over nothing.
    pub fn percent(&self) -> String {
        self.hundredths().map_or_else(
            || "N/A".into(),
            |hundredths| format!("{}.{:02} %", hundredths / 100, hundredths % 100),
        )
    }

    /// The published percentage in hundredths of a percent; `None` over nothing.
    pub(super) fn hundredths(&self) -> Option<i64> {
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        let hundredths = (numerator * 20_000 + denominator).checked_div(denominator * 2)?;
        i64::try_from(hundredths).ok()
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut rate = serializer.serialize_struct("Rate", 10)?;
        rate.serialize_field("metric", self.metric)?;
        rate.serialize_field("chinese", self.chinese)?;
        rate.serialize_field("rule", self.rule)?;
        rate.serialize_field("formula", self.formula)?;
        rate.serialize_field("numerator", &self.numerator)?;
        rate.serialize_field("denominator", &self.denominator)?;
        rate.serialize_field("value", &self.value())?;
        rate.serialize_field("percent", &self.percent())?;
        rate.serialize_field("exclusions", &self.exclusions)?;
        rate.serialize_field("as_of", &self.as_of)?;
        rate.end()
    }
}

impl Metric {
    /// Conditions within the scope: each exclusion less those before it, then denominator, then numerator. The first
    /// two kinds share out the scope.
    pub(super) fn conditions(&self, as_of: i64) -> Vec<Predicate> {
        let mut left = Predicate::All(true);
        let mut conditions = Vec::with_capacity(self.exclusions.len() + 2);
        for (_, excluded) in self.exclusions {
            conditions.push(left.clone() & excluded(as_of));
            left = left & !excluded(as_of);
        }
        conditions.push(left.clone());
        conditions.push(left & (self.numerator)(as_of));
        conditions
    }

    /// A rate from the counts of [`Metric::conditions`].
    fn rate(&self, counts: &[u64], as_of: Moment) -> Rate {
        let (excluded, counted) = counts.split_at(self.exclusions.len().min(counts.len()));
        let exclusions = self.exclusions.iter().zip(excluded);
        Rate {
            metric: self.name,
            chinese: self.chinese,
            rule: self.rule,
            formula: self.formula,
            numerator: counted.get(1).copied().unwrap_or_default(),
            denominator: counted.first().copied().unwrap_or_default(),
            exclusions: exclusions
                .filter(|(_, count)| **count > 0)
                .map(|(&(reason, _), &count)| Exclusion { reason, count })
                .collect(),
            as_of,
        }
    }
}

/// One rate over a scope.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn rate(snapshot: &Snapshot, scope: &Scope, metric: &Metric) -> Result<Rate> {
    let view = snapshot.view(scope.window())?;
    let counts = totals(
        &view.parts,
        &scope.predicate(&view),
        &conditions(&[metric], scope),
    )?;
    Ok(metric.rate(&counts, scope.as_of))
}

/// Every rate of [`METRICS`] over a scope, in one pass.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn rates(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Rate>> {
    let all: Vec<&Metric> = METRICS.iter().collect();
    let view = snapshot.view(scope.window())?;
    let counts = totals(&view.parts, &scope.predicate(&view), &conditions(&all, scope))?;
    let mut counts = counts.as_slice();
    let rates = METRICS.iter().map(|metric| {
        let (own, rest) = counts.split_at((metric.exclusions.len() + 2).min(counts.len()));
        counts = rest;
        metric.rate(own, scope.as_of)
    });
    Ok(rates.collect())
}

/// One rate for each value of a cut that has a ticket in scope, in the order of [`count_by`](super::count_by).
///
/// # Errors
/// When Polars or the ledger fails.
pub fn rate_by(snapshot: &Snapshot, scope: &Scope, metric: &Metric, cut: Cut) -> Result<Vec<(String, Rate)>> {
    let view = snapshot.view(scope.window())?;
    let groups = Groups::of(&view, scope, cut, &conditions(&[metric], scope))?;
    Ok(groups
        .named(&view)
        .map(|(name, counts)| (name, metric.rate(counts, scope.as_of)))
        .collect())
}

fn conditions(metrics: &[&Metric], scope: &Scope) -> Vec<Predicate> {
    let as_of = scope.as_of.timestamp_millis();
    metrics
        .iter()
        .flat_map(|metric| metric.conditions(as_of))
        .collect()
}
