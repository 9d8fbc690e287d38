//! Rates beside those of the period before (环比) and of the year before (同比).

use super::{Rate, Result, Scope, rates};
use crate::frame::Snapshot;
use chrono::NaiveDate;
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A rate with what it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The rate.
    #[serde(flatten)]
    pub rate: Rate,
    /// 环比: the period before.
    pub previous: Option<Before>,
    /// 同比: the same period a year before.
    pub year_before: Option<Before>,
}

/// The same rate over another period.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// First day of acceptance.
    pub from: NaiveDate,
    /// Last day of acceptance.
    pub to: NaiveDate,
    /// The rate then.
    pub rate: Rate,
    /// What the present rate is above it, in hundredths of a percentage point of the published percentages; `None` where
    /// either is `N/A`.
    pub change: Option<i64>,
}

impl Before {
    /// The change as published, `+1.25`; `N/A` where there is none.
    pub fn points(&self) -> String {
        self.change.map_or_else(
            || "N/A".to_owned(),
            |change| {
                let sign = if change < 0 { '-' } else { '+' };
                let change = change.unsigned_abs();
                format!("{sign}{}.{:02}", change / 100, change % 100)
            },
        )
    }
}

impl Serialize for Before {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut before = serializer.serialize_struct("Before", 8)?;
        before.serialize_field("from", &self.from)?;
        before.serialize_field("to", &self.to)?;
        before.serialize_field("as_of", &self.rate.as_of)?;
        before.serialize_field("numerator", &self.rate.numerator)?;
        before.serialize_field("denominator", &self.rate.denominator)?;
        before.serialize_field("value", &self.rate.value())?;
        before.serialize_field("percent", &self.rate.percent())?;
        before.serialize_field("change_points", &self.change.map(|change| change as f64 / 100.0))?;
        before.end()
    }
}

/// Every rate of [`METRICS`](super::METRICS) over a scope, with the same rates over [`Scope::previous`] and
/// [`Scope::year_before`].
///
/// # Errors
/// When Polars or the ledger fails.
pub fn compared(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Compared>> {
    let now = rates(snapshot, scope)?;
    let over = |scope: Option<Scope>| -> Result<Option<(Scope, Vec<Rate>)>> {
        match scope {
            Some(scope) => Ok(Some((scope.clone(), rates(snapshot, &scope)?))),
            None => Ok(None),
        }
    };
    let (previous, year_before) = (over(scope.previous())?, over(scope.year_before())?);
    let before = |other: &Option<(Scope, Vec<Rate>)>, place: usize, now: &Rate| {
        let (scope, rates) = other.as_ref()?;
        let rate = rates.get(place)?.clone();
        Some(Before {
            from: scope.from,
            to: scope.to,
            change: now
                .hundredths()
                .zip(rate.hundredths())
                .map(|(now, then)| now - then),
            rate,
        })
    };
    let rates = now.into_iter().enumerate().map(|(place, rate)| Compared {
        previous: before(&previous, place, &rate),
        year_before: before(&year_before, place, &rate),
        rate,
    });
    Ok(rates.collect())
}
