//! `/`: the leader's page. What came in, whether what was promised was done, and what the city says.
//!
//! Every figure is counted on one snapshot and leads to exactly the tickets behind it.

use super::{
    Frame, Page,
    chart::{Chart, Series, Shape},
    format, html,
    link::link,
    rate::RateView,
    scope::{ScopeForm, ScopeQuery, UNNAMED, list_link},
};
use crate::{error::Error, router::Site, state::App};
use analytics::{
    frame::Snapshot,
    ledger::TypeIs,
    metrics::{self, Cut, PostCut, PostScope, Scope},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use chrono::{Days, NaiveDate};
use ingest::record::TicketType;
use std::collections::BTreeMap;

pub(crate) const PAGE: Page = Page { path: "/", name: "总览" };

/// The two rates on top; the others follow in a table.
const HEADLINE: [&str; 2] = ["on_time_due", "completion"];
/// Up to this many days the tickets are charted by day, beyond by month.
const LONGEST_BY_DAY: i64 = 62;
/// Entries of a ranking; the rest is summed up in its last.
const RANKED: usize = 15;

#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    frame: Frame,
    period: String,
    as_of: String,
    as_of_minute: String,
    scope: ScopeForm,
    filtered: bool,
    total: Figure,
    terms: Vec<Term>,
    headline: Vec<RateView>,
    not_on_time: Figure,
    unresolved: Figure,
    handling: String,
    rates: Vec<RateView>,
    by_time: Chart,
    by_topic: Chart,
    by_channel: Chart,
    unit_rule: String,
    units: Vec<UnitRow>,
    posts_note: String,
    posts_by_day: Chart,
    posts_by_topic: Chart,
    posts_by_channel: Chart,
}

/// A count that leads to its tickets.
#[derive(Debug)]
struct Figure {
    count: String,
    link: String,
}

/// One term of the sum 受理总量 = 求助 + 投诉 + …
#[derive(Debug)]
struct Term {
    name: &'static str,
    tone: &'static str,
    count: String,
    link: String,
}

#[derive(Debug)]
struct UnitRow {
    name: String,
    count: String,
    link: String,
    completion: RateView,
    on_time: RateView,
}

/// `GET /`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<ScopeQuery>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &ScopeQuery) -> Result<View, Error> {
    let scope = asked.scope(app)?;
    let snapshot = app.snapshot()?;
    let snapshot = snapshot.as_ref();
    let (headline, rates): (Vec<_>, Vec<_>) = metrics::rates(snapshot, &scope)?
        .iter()
        .filter_map(|rate| RateView::of(rate, &scope))
        .partition(|rate| HEADLINE.contains(&rate.name));
    let missed = |name: &str| {
        let rate = headline.iter().find(|rate| rate.name == name);
        Figure {
            count: rate.map_or_else(|| "—".to_owned(), |rate| format::count(rate.missed)),
            link: rate.map_or_else(String::new, |rate| rate.missed_link.clone()),
        }
    };
    let (not_on_time, unresolved) = (missed(HEADLINE[0]), missed(HEADLINE[1]));
    let posts = PostScope::new(scope.from, scope.to, scope.as_of);
    let posts_by_day = posts_by_day(snapshot, &posts)?;
    Ok(View {
        period: format!("{}至{}", format::day(scope.from), format::day(scope.to)),
        as_of: format::minute_in_words(scope.as_of),
        as_of_minute: format::minute(scope.as_of),
        scope: ScopeForm::of(&scope, &app.ledger().units()?),
        filtered: *asked != ScopeQuery::default(),
        total: Figure { count: format::count(metrics::count(snapshot, &scope)?), link: list_link(&scope, &[]) },
        terms: terms(snapshot, &scope)?,
        unit_rule: headline.iter().find(|rate| rate.name == HEADLINE[0]).map_or_else(String::new, |rate| rate.rule.clone()),
        headline,
        not_on_time,
        unresolved,
        handling: handling(snapshot, &scope)?,
        rates,
        by_time: by_time(snapshot, &scope)?,
        by_topic: ticket_ranking(snapshot, &scope, Cut::Topic, "topic", ("by-topic", "诉求领域分布", "诉求领域"))?,
        by_channel: ticket_ranking(snapshot, &scope, Cut::Channel, "channel", ("by-channel", "受理渠道", "渠道"))?,
        units: units(snapshot, &scope)?,
        posts_note: posts_note(snapshot, &posts)?,
        posts_by_day,
        posts_by_topic: post_ranking(snapshot, &posts, PostCut::Topic, "topic", ("posts-topic", "舆情话题分布", "话题"))?,
        posts_by_channel: post_ranking(snapshot, &posts, PostCut::Channel, "channel", ("posts-channel", "舆情媒介占比", "媒介"))?,
        frame,
    })
}

/// The five types, and 待判定 where there is any: together they are the total.
fn terms(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Term>, Error> {
    let counts: BTreeMap<String, u64> = metrics::count_by(snapshot, scope, Cut::Type)?.into_iter().collect();
    let kinds = TicketType::ALL.map(TypeIs::Known).into_iter().chain([TypeIs::Unknown]);
    Ok(kinds
        .map(|kind| (kind, counts.get(kind.name()).copied().unwrap_or(0)))
        .filter(|(kind, count)| *count > 0 || *kind != TypeIs::Unknown)
        .map(|(kind, count)| Term {
            name: kind.chinese(),
            tone: kind.name(),
            count: format::count(count),
            link: list_link(scope, &[("type", kind.name())]),
        })
        .collect())
}

fn handling(snapshot: &Snapshot, scope: &Scope) -> Result<String, Error> {
    let handling = metrics::handling(snapshot, scope)?;
    let days = |millis: i64| format!("{:.1} 天", millis as f64 / 86_400_000.0);
    Ok(match (handling.median_ms, handling.p90_ms) {
        (Some(median), Some(p90)) => format!("中位数 {}，九成在 {} 以内", days(median), days(p90)),
        _ => "N/A（没有已办结的工单）".to_owned(),
    })
}

/// Tickets by day, or by month over a long period, one part of a column a type.
fn by_time(snapshot: &Snapshot, scope: &Scope) -> Result<Chart, Error> {
    let by_day = (scope.to - scope.from).num_days() < LONGEST_BY_DAY;
    let (cut, title, axis) =
        if by_day { (Cut::Day, "每日受理量与诉求类型", "日期") } else { (Cut::Month, "每月受理量与诉求类型", "月份") };
    let categories = if by_day { days(scope.from, scope.to) } else { months(scope.from, scope.to) };
    let mut series = Vec::new();
    for kind in TicketType::ALL.map(TypeIs::Known).into_iter().chain([TypeIs::Unknown]) {
        if scope.r#type.is_some_and(|only| only != kind) {
            continue;
        }
        let of_kind = Scope { r#type: Some(kind), ..scope.clone() };
        let counts: BTreeMap<String, u64> = metrics::count_by(snapshot, &of_kind, cut)?.into_iter().collect();
        let values = categories.iter().map(|category| counts.get(category).copied().unwrap_or(0)).collect();
        series.push(Series { name: kind.chinese().to_owned(), tone: kind.name(), values });
    }
    let links = categories.iter().map(|category| {
        let (first, last) = span(category, scope);
        list_link(scope, &[("from", &first.to_string()), ("to", &last.to_string())])
    });
    let chart = Chart { id: "by-time", title, axis, shape: Shape::Stacked, unit: "件", links: links.collect(), categories, series };
    Ok(chart.without_empty_series())
}

fn days(from: NaiveDate, to: NaiveDate) -> Vec<String> {
    from.iter_days().take_while(|day| *day <= to).map(|day| day.to_string()).collect()
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
            let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
            (first, next.checked_sub_days(Days::new(1)).unwrap_or(first))
        }
        (None, None) => (scope.from, scope.to),
    };
    (first.max(scope.from), last.min(scope.to))
}

/// Names of a chart: id, title, axis.
type Names = (&'static str, &'static str, &'static str);

fn ticket_ranking(snapshot: &Snapshot, scope: &Scope, cut: Cut, field: &str, names: Names) -> Result<Chart, Error> {
    let counts = metrics::count_by(snapshot, scope, cut)?;
    Ok(ranking(counts, names, "件", |name| {
        list_link(scope, &[(field, if name.is_empty() { UNNAMED } else { name })])
    }))
}

fn post_ranking(snapshot: &Snapshot, scope: &PostScope, cut: PostCut, field: &str, names: Names) -> Result<Chart, Error> {
    let counts = metrics::posts_by(snapshot, scope, cut)?;
    let range = format!("date:{}..{}", scope.from, scope.to);
    let mut chart = ranking(counts, names, "条", |name| {
        if name.is_empty() {
            return String::new();
        }
        link("/search", [("q", format!("kind:post {range} {field}:\"{name}\"").as_str())])
    });
    for category in &mut chart.categories {
        *category = format::channel_name(category).to_owned();
    }
    if matches!(cut, PostCut::Channel) {
        chart.shape = Shape::Share;
    }
    Ok(chart)
}

fn ranking(mut counts: Vec<(String, u64)>, (id, title, axis): Names, unit: &'static str, link: impl Fn(&str) -> String) -> Chart {
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest = counts.split_off(counts.len().min(RANKED));
    let mut links: Vec<String> = counts.iter().map(|(name, _)| link(name)).collect();
    let named = |name: String| if name.is_empty() { UNNAMED.to_owned() } else { name };
    let (mut categories, mut values): (Vec<String>, Vec<u64>) =
        counts.into_iter().map(|(name, count)| (named(name), count)).unzip();
    if !rest.is_empty() {
        categories.push(format!("其余 {} 项", rest.len()));
        values.push(rest.iter().map(|(_, count)| count).sum());
        links.push(String::new());
    }
    let series = vec![Series { name: "数量".to_owned(), tone: "plain", values }];
    Chart { id, title, axis, shape: Shape::Ranking, unit, categories, series, links }
}

/// Units by how much came to them, each with both headline rates.
fn units(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<UnitRow>, Error> {
    let by_unit = |name: &str| -> Result<BTreeMap<String, metrics::Rate>, Error> {
        match metrics::find(name) {
            Some(metric) => Ok(metrics::rate_by(snapshot, scope, metric, Cut::Unit)?.into_iter().collect()),
            None => Ok(BTreeMap::new()),
        }
    };
    let (on_time, completion) = (by_unit(HEADLINE[0])?, by_unit(HEADLINE[1])?);
    let mut counts = metrics::count_by(snapshot, scope, Cut::Unit)?;
    counts.retain(|(_, count)| *count > 0);
    Ok(counts
        .into_iter()
        .filter_map(|(name, count)| {
            let of_unit = Scope { unit: Some(name.clone()), ..scope.clone() };
            Some(UnitRow {
                count: format::count(count),
                link: list_link(&of_unit, &[]),
                completion: RateView::of(completion.get(&name)?, &of_unit)?,
                on_time: RateView::of(on_time.get(&name)?, &of_unit)?,
                name: if name.is_empty() { UNNAMED.to_owned() } else { name },
            })
        })
        .collect())
}

fn posts_note(snapshot: &Snapshot, scope: &PostScope) -> Result<String, Error> {
    let total = metrics::post_count(snapshot, scope)?;
    let negative = metrics::negative_share(snapshot, scope)?;
    Ok(format!(
        "{}至{}发布的帖文 {} 条 · 负面占比 {}（{} / {}，未标注情感的不计入）",
        format::day(scope.from),
        format::day(scope.to),
        format::count(total),
        negative.percent(),
        format::count(negative.numerator),
        format::count(negative.denominator),
    ))
}

/// Posts by day and sentiment, from the first day with any to the last.
fn posts_by_day(snapshot: &Snapshot, scope: &PostScope) -> Result<Chart, Error> {
    let counted: BTreeMap<NaiveDate, _> =
        metrics::post_days(snapshot, scope)?.into_iter().map(|day| (day.day, day)).collect();
    let span = counted.keys().next().copied().zip(counted.keys().next_back().copied());
    let dates: Vec<NaiveDate> =
        span.map(|(first, last)| first.iter_days().take_while(|day| *day <= last).collect()).unwrap_or_default();
    let series = |name: &str, tone, of: fn(&metrics::PostDay) -> u64| Series {
        name: name.to_owned(),
        tone,
        values: dates.iter().map(|date| counted.get(date).map_or(0, of)).collect(),
    };
    Ok(Chart {
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
        links: dates.iter().map(|date| link("/search", [("q", format!("kind:post date:{date}").as_str())])).collect(),
        categories: dates.iter().map(ToString::to_string).collect(),
    }
    .without_empty_series())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_ranking_keeps_its_sum() {
        let counts: Vec<_> = (0..40u64).map(|n| (format!("单位{n:02}"), n)).collect();
        let total: u64 = counts.iter().map(|(_, count)| count).sum();
        let chart = ranking(counts, ("units", "承办单位", "单位"), "件", |name| name.to_owned());
        assert_eq!(chart.series[0].values.iter().sum::<u64>(), total);
        assert_eq!(chart.categories.len(), RANKED + 1);
        assert_eq!(chart.links.len(), chart.categories.len());
        assert_eq!(chart.categories[0], "单位39");
    }
}
