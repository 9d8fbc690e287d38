//! Charts of tickets.

use crate::{
    error::Error,
    pages::{
        chart::{Chart, Series, Shape},
        scope::{UNNAMED, list_link},
    },
};
use analytics::{
    frame::Snapshot,
    ledger::TypeIs,
    metrics::{self, Cut, Scope},
};
use chrono::{Days, Months, NaiveDate};
use ingest::record::TicketType;
use std::collections::BTreeMap;

/// Up to this many days the tickets are charted by day, beyond by month.
const LONGEST_BY_DAY: i64 = 62;
/// Entries of a ranking; the rest is summed up in its last.
const RANKED: usize = 15;

/// Tickets by day, or by month over a long period, one part of a column a type.
pub(in crate::pages) fn by_time(snapshot: &Snapshot, scope: &Scope) -> Result<Chart, Error> {
    let by_day = (scope.to - scope.from).num_days() < LONGEST_BY_DAY;
    let (cut, title, axis) = if by_day {
        (Cut::Day, "每日受理量与诉求类型", "日期")
    } else {
        (Cut::Month, "每月受理量与诉求类型", "月份")
    };
    let categories = if by_day {
        days(scope.from, scope.to)
    } else {
        months(scope.from, scope.to)
    };
    let mut series = Vec::new();
    for kind in TicketType::ALL
        .map(TypeIs::Known)
        .into_iter()
        .chain([TypeIs::Unknown])
    {
        if scope.r#type.is_some_and(|only| only != kind) {
            continue;
        }
        let of_kind = Scope {
            r#type: Some(kind),
            ..scope.clone()
        };
        let counts: BTreeMap<String, u64> = metrics::count_by(snapshot, &of_kind, cut)?.into_iter().collect();
        let values = categories
            .iter()
            .map(|category| counts.get(category).copied().unwrap_or(0))
            .collect();
        series.push(Series {
            name: kind.chinese().to_owned(),
            tone: kind.name(),
            values,
        });
    }
    let links = categories.iter().map(|category| {
        let (first, last) = span(category, scope);
        list_link(scope, &[("from", &first.to_string()), ("to", &last.to_string())])
    });
    let chart = Chart {
        id: "by-time",
        title,
        axis,
        shape: Shape::Stacked,
        unit: "件",
        links: links.collect(),
        shaded: Vec::new(),
        gaps: Vec::new(),
        categories,
        series,
    };
    Ok(chart.without_empty_series())
}

fn days(from: NaiveDate, to: NaiveDate) -> Vec<String> {
    from.iter_days()
        .take_while(|day| *day <= to)
        .map(|day| day.to_string())
        .collect()
}

fn months(from: NaiveDate, to: NaiveDate) -> Vec<String> {
    let mut months: Vec<String> = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        let month = day.format("%Y-%m").to_string();
        if months.last() != Some(&month) {
            months.push(month);
        }
    }
    months
}

/// The days of a category (a day or a month) that lie in the scope.
fn span(category: &str, scope: &Scope) -> (NaiveDate, NaiveDate) {
    let day: Option<NaiveDate> = category.parse().ok();
    let month: Option<NaiveDate> = format!("{category}-01").parse().ok();
    let (first, last) = match (day, month) {
        (Some(day), _) => (day, day),
        (None, Some(first)) => {
            let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
            (first, next.checked_sub_days(Days::new(1)).unwrap_or(first))
        }
        (None, None) => (scope.from, scope.to),
    };
    (first.max(scope.from), last.min(scope.to))
}

/// Names of a chart: id, title, axis.
pub(super) type Names = (&'static str, &'static str, &'static str);

/// Tickets by a cut, the most first.
pub(super) fn ranked(
    snapshot: &Snapshot,
    scope: &Scope,
    cut: Cut,
    field: &str,
    names: Names,
) -> Result<Chart, Error> {
    let counts = metrics::count_by(snapshot, scope, cut)?;
    Ok(ranking(counts, names, "件", |name| {
        list_link(scope, &[(field, if name.is_empty() { UNNAMED } else { name })])
    }))
}

/// A ranking of counts.
pub(super) fn ranking(
    mut counts: Vec<(String, u64)>,
    (id, title, axis): Names,
    unit: &'static str,
    link: impl Fn(&str) -> String,
) -> Chart {
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest = counts.split_off(counts.len().min(RANKED));
    let mut links: Vec<String> = counts.iter().map(|(name, _)| link(name)).collect();
    let named = |name: String| if name.is_empty() { UNNAMED.to_owned() } else { name };
    let (mut categories, mut values): (Vec<String>, Vec<u64>) = counts
        .into_iter()
        .map(|(name, count)| (named(name), count))
        .unzip();
    if !rest.is_empty() {
        categories.push(format!("其余 {} 项", rest.len()));
        values.push(rest.iter().map(|(_, count)| count).sum());
        links.push(String::new());
    }
    let series = vec![Series {
        name: "数量".to_owned(),
        tone: "plain",
        values,
    }];
    Chart {
        id,
        title,
        axis,
        shape: Shape::Ranking,
        unit,
        categories,
        series,
        links,
        shaded: Vec::new(),
        gaps: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_ranking_keeps_its_sum() {
        let counts: Vec<_> = (0..40u64).map(|n| (format!("单位{n:02}"), n)).collect();
        let total: u64 = counts.iter().map(|(_, count)| count).sum();
        let chart = ranking(counts, ("units", "承办单位", "单位"), "件", |name| {
            name.to_owned()
        });
        assert_eq!(chart.series[0].values.iter().sum::<u64>(), total);
        assert_eq!(chart.categories.len(), RANKED + 1);
        assert_eq!(chart.links.len(), chart.categories.len());
        assert_eq!(chart.categories[0], "单位39");
    }
}
