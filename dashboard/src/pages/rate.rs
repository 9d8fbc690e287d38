//! A rate with its proof: counts that lead to their tickets, formula, rule, as-of time and what was left out.

use super::{format, scope};
use analytics::metrics::{self, Before, Compared, Part, Rate, Scope};

/// A rate ready to be shown.
#[derive(Debug)]
pub(crate) struct RateView {
    pub(crate) name: &'static str,
    pub(crate) chinese: &'static str,
    pub(super) percent: String,
    pub(super) numerator: String,
    pub(super) denominator: String,
    pub(super) numerator_link: String,
    pub(super) denominator_link: String,
    pub(crate) formula: &'static str,
    pub(crate) rule: String,
    pub(super) as_of: String,
    pub(super) exclusions: Vec<Excluded>,
    pub(super) excluded_link: Option<String>,
    /// Tickets of the denominator that are not in the numerator.
    pub(crate) missed: u64,
    pub(crate) missed_link: String,
    /// 环比 and 同比 where they were asked for.
    pub(super) previous: Option<Change>,
    pub(super) year_before: Option<Change>,
}

#[derive(Debug)]
pub(super) struct Excluded {
    pub(super) reason: &'static str,
    pub(super) count: String,
}

/// A rate of another period beside the present one.
#[derive(Debug)]
pub(super) struct Change {
    /// Percentage points the present rate is above it.
    pub(super) points: String,
    pub(super) percent: String,
    /// Whether there was anything to count then.
    pub(super) counted: bool,
    /// Numerator and denominator then, and when that was.
    pub(super) proof: String,
}

impl Change {
    fn of(before: &Before) -> Self {
        let (from, to) = (before.from, before.to);
        Self {
            points: before.points(),
            percent: before.rate.percent(),
            counted: before.rate.denominator > 0,
            proof: format!(
                "{} / {}，{from} 至 {to} 受理，截至 {}",
                format::count(before.rate.numerator),
                format::count(before.rate.denominator),
                format::minute(before.rate.as_of)
            ),
        }
    }
}

impl RateView {
    /// [`RateView::missed`] as pages write it.
    pub(super) fn missed_count(&self) -> String {
        format::count(self.missed)
    }

    /// A rate with what it is compared with.
    pub(crate) fn compared(compared: &Compared, scope: &Scope) -> Option<Self> {
        Some(Self {
            previous: compared.previous.as_ref().map(Change::of),
            year_before: compared.year_before.as_ref().map(Change::of),
            ..Self::of(&compared.rate, scope)?
        })
    }

    /// `rate` was counted over `scope`; `None` for a metric that is not registered.
    pub(crate) fn of(rate: &Rate, scope: &Scope) -> Option<Self> {
        let metric = metrics::find(rate.metric)?;
        let part = |part: Part| scope::list_link(scope, &[("metric", metric.name), ("part", part.name())]);
        let exclusions: Vec<_> = rate
            .exclusions
            .iter()
            .map(|exclusion| Excluded {
                reason: exclusion.reason,
                count: format::count(exclusion.count),
            })
            .collect();
        Some(Self {
            name: metric.name,
            chinese: metric.chinese,
            percent: rate.percent(),
            numerator: format::count(rate.numerator),
            denominator: format::count(rate.denominator),
            numerator_link: part(Part::Numerator),
            denominator_link: part(Part::Denominator),
            formula: metric.formula,
            rule: format::rule_name(metric.rule),
            as_of: format::minute(rate.as_of),
            excluded_link: (!exclusions.is_empty()).then(|| part(Part::Excluded)),
            exclusions,
            missed: rate.denominator.saturating_sub(rate.numerator),
            missed_link: part(Part::Missed),
            previous: None,
            year_before: None,
        })
    }
}
