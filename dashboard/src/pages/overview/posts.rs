//! What the city says: posts by day and sentiment, topic and medium.

use super::charts::{Names, ranking};
use crate::{
    error::Error,
    pages::{
        chart::{Chart, Series, Shape},
        format,
        link::link,
    },
    sources::Gap,
};
use analytics::{
    frame::Snapshot,
    metrics::{self, PostCut, PostScope},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Silences named under the chart; the rest are counted.
const GAPS_TOLD: usize = 6;

/// How many posts, and how many of them negative; each count leads to its posts.
#[derive(Debug)]
pub(super) struct Volume {
    pub(super) period: String,
    pub(super) total: String,
    pub(super) total_link: String,
    pub(super) percent: String,
    pub(super) negative: String,
    pub(super) negative_link: String,
    pub(super) labelled: String,
}

pub(super) fn volume(snapshot: &Snapshot, scope: &PostScope) -> Result<Volume, Error> {
    let negative = metrics::negative_share(snapshot, scope)?;
    let query = format!("kind:post date:{}..{}", scope.from, scope.to);
    Ok(Volume {
        period: format!("{}至{}", format::day(scope.from), format::day(scope.to)),
        total: format::count(metrics::post_count(snapshot, scope)?),
        total_link: link("/search", [("q", query.as_str())]),
        percent: negative.percent(),
        negative: format::count(negative.numerator),
        negative_link: link("/search", [("q", format!("{query} sentiment:negative").as_str())]),
        labelled: format::count(negative.denominator),
    })
}

/// Posts by day and sentiment, from the first day with any to the last. Days in which a source was silent are shaded; a
/// silence that still lasts has its days though nothing came in them.
pub(super) fn by_day(snapshot: &Snapshot, scope: &PostScope, gaps: &[Gap]) -> Result<Chart, Error> {
    let counted: BTreeMap<NaiveDate, _> = metrics::post_days(snapshot, scope)?
        .into_iter()
        .map(|day| (day.day, day))
        .collect();
    let days = |gap: &Gap| {
        let last = gap.silence.to.date_naive().min(scope.to);
        (gap.silence.from.date_naive().max(scope.from), last)
    };
    let last = counted.keys().next_back().copied();
    let silent_to = gaps.iter().map(|gap| days(gap).1).max();
    let span = counted.keys().next().copied().zip(last.max(silent_to));
    let dates: Vec<NaiveDate> = span
        .map(|(first, last)| first.iter_days().take_while(|day| *day <= last).collect())
        .unwrap_or_default();
    let series = |name: &str, tone, of: fn(&metrics::PostDay) -> u64| Series {
        name: name.to_owned(),
        tone,
        values: dates.iter().map(|date| counted.get(date).map_or(0, of)).collect(),
    };
    let shaded = dates.iter().enumerate().filter(|(_, date)| {
        gaps.iter()
            .map(days)
            .any(|(first, last)| (first..=last).contains(*date))
    });
    let told = gaps.iter().take(GAPS_TOLD).map(|gap| {
        let (from, to) = (format::minute(gap.silence.from), format::minute(gap.silence.to));
        format!("{} {from} 至 {to}", gap.source)
    });
    let more = gaps.len().saturating_sub(GAPS_TOLD);
    let more = (more > 0).then(|| format!("另有 {more} 处"));
    Ok(Chart {
        shaded: shaded.map(|(place, _)| place).collect(),
        gaps: told.chain(more).collect(),
        id: "posts-by-day",
        title: "每日舆情量与情感",
        axis: "日期",
        shape: Shape::Stacked,
        unit: "条",
        series: vec![
            series("负面", "negative", |day| day.negative),
            series("中性", "neutral", |day| day.neutral),
            series("正面", "positive", |day| day.positive),
            series("未标注", "unknown", |day| day.unlabelled),
        ],
        links: dates
            .iter()
            .map(|date| link("/search", [("q", format!("kind:post date:{date}").as_str())]))
            .collect(),
        categories: dates.iter().map(ToString::to_string).collect(),
    }
    .without_empty_series())
}

/// Posts by a cut, the most first; media as shares.
pub(super) fn ranked(
    snapshot: &Snapshot,
    scope: &PostScope,
    cut: PostCut,
    field: &str,
    names: Names,
) -> Result<Chart, Error> {
    let counts = metrics::posts_by(snapshot, scope, cut)?;
    let range = format!("date:{}..{}", scope.from, scope.to);
    let mut chart = ranking(counts, names, "条", |name| {
        if name.is_empty() {
            return String::new();
        }
        link(
            "/search",
            [("q", format!("kind:post {range} {field}:\"{name}\"").as_str())],
        )
    });
    for category in &mut chart.categories {
        *category = format::channel_name(category).to_owned();
    }
    if matches!(cut, PostCut::Channel) {
        chart.shape = Shape::Share;
    }
    Ok(chart)
}
