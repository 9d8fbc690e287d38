//! `/`: the leader's page. What came in, whether what was promised was done, and what the city says.
//!
//! Every figure is counted on one snapshot and leads to exactly the tickets behind it.

mod charts;
mod posts;

pub(super) use charts::by_time;

use super::{
    Frame, Page,
    chart::Chart,
    format, html,
    rate::RateView,
    scope::{ScopeForm, ScopeQuery, UNNAMED, list_link},
    units::unit_link,
};
use crate::{error::Error, router::Site, sources, state::App};
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
use ingest::{record::TicketType, time::start_of_day};
use std::collections::BTreeMap;

pub(crate) const PAGE: Page = Page {
    path: "/",
    name: "总览",
};

/// The two rates on top; the others follow in a table.
const HEADLINE: [&str; 2] = ["on_time_due", "completion"];
#[derive(Template)]
#[template(path = "overview.html")]
struct View {
    frame: Frame,
    period: String,
    as_of: String,
    as_of_minute: String,
    scope: ScopeForm,
    filtered: bool,
    /// The bulletin of this scope: format and address.
    reports: Vec<(&'static str, String)>,
    total: Figure,
    terms: Vec<Term>,
    headline: Vec<RateView>,
    not_on_time: Figure,
    unresolved: Figure,
    handling: String,
    backlog: Vec<Waiting>,
    rates: Vec<RateView>,
    by_time: Chart,
    by_topic: Chart,
    by_channel: Chart,
    unit_rule: String,
    units: Vec<UnitRow>,
    posts: posts::Volume,
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

/// Open tickets of one age.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) name: &'static str,
    pub(super) count: String,
    pub(super) link: String,
}

#[derive(Debug)]
struct UnitRow {
    name: String,
    page: String,
    count: String,
    link: String,
    completion: RateView,
    on_time: RateView,
}

/// `GET /`
pub(crate) async fn get(
    State(site): State<Site>,
    Query(asked): Query<ScopeQuery>,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &ScopeQuery) -> Result<View, Error> {
    let scope = asked.scope(app)?;
    let snapshot = app.snapshot()?;
    let snapshot = snapshot.as_ref();
    let (headline, rates): (Vec<_>, Vec<_>) = metrics::compared(snapshot, &scope)?
        .iter()
        .filter_map(|compared| RateView::compared(compared, &scope))
        .partition(|rate| HEADLINE.contains(&rate.name));
    let missed = |name: &str| {
        let rate = headline.iter().find(|rate| rate.name == name);
        Figure {
            count: rate.map_or_else(|| "—".to_owned(), |rate| format::count(rate.missed)),
            link: rate.map_or_else(String::new, |rate| rate.missed_link.clone()),
        }
    };
    let (not_on_time, unresolved) = (missed(HEADLINE[0]), missed(HEADLINE[1]));
    let posts_scope = PostScope::new(scope.from, scope.to, scope.as_of);
    let until = start_of_day(scope.to.succ_opt().unwrap_or(scope.to)).min(scope.as_of);
    let gaps = sources::gaps(app, start_of_day(scope.from), until)?;
    let posts_by_day = posts::by_day(snapshot, &posts_scope, &gaps)?;
    Ok(View {
        period: format!("{}至{}", format::day(scope.from), format::day(scope.to)),
        as_of: format::minute_in_words(scope.as_of),
        as_of_minute: format::minute(scope.as_of),
        scope: ScopeForm::of(&scope, &app.ledger().units()?),
        reports: reports(&scope),
        filtered: *asked != ScopeQuery::default(),
        total: Figure {
            count: format::count(metrics::count(snapshot, &scope)?),
            link: list_link(&scope, &[]),
        },
        terms: terms(snapshot, &scope)?,
        unit_rule: headline
            .iter()
            .find(|rate| rate.name == HEADLINE[0])
            .map_or_else(String::new, |rate| rate.rule.clone()),
        headline,
        not_on_time,
        unresolved,
        handling: handling(snapshot, &scope)?,
        backlog: backlog(snapshot, &scope)?,
        rates,
        by_time: charts::by_time(snapshot, &scope)?,
        by_topic: charts::ranked(
            snapshot,
            &scope,
            Cut::Topic,
            "topic",
            ("by-topic", "诉求领域分布", "诉求领域"),
        )?,
        by_channel: charts::ranked(
            snapshot,
            &scope,
            Cut::Channel,
            "channel",
            ("by-channel", "受理渠道", "渠道"),
        )?,
        units: units(snapshot, &scope)?,
        posts: posts::volume(snapshot, &posts_scope)?,
        posts_by_day,
        posts_by_topic: posts::ranked(
            snapshot,
            &posts_scope,
            PostCut::Topic,
            "topic",
            ("posts-topic", "舆情话题分布", "话题"),
        )?,
        posts_by_channel: posts::ranked(
            snapshot,
            &posts_scope,
            PostCut::Channel,
            "channel",
            ("posts-channel", "舆情媒介占比", "媒介"),
        )?,
        frame,
    })
}

/// The bulletin of a scope in each format.
fn reports(scope: &Scope) -> Vec<(&'static str, String)> {
    let list = list_link(scope, &[]);
    let query = list.split_once('?').map_or("", |(_, query)| query);
    [
        ("XLSX", "/report.xlsx"),
        ("HTML", "/report.html"),
        ("Markdown", "/report.md"),
    ]
    .map(|(name, path)| (name, format!("{path}?{query}")))
    .into()
}

/// The five types, and 待判定 where there is any: together they are the total.
fn terms(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Term>, Error> {
    let counts: BTreeMap<String, u64> = metrics::count_by(snapshot, scope, Cut::Type)?
        .into_iter()
        .collect();
    let kinds = TicketType::ALL
        .map(TypeIs::Known)
        .into_iter()
        .chain([TypeIs::Unknown]);
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

/// Open tickets by age; each count leads to its tickets.
pub(super) fn backlog(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Waiting>, Error> {
    let ages = metrics::backlog(snapshot, scope)?;
    Ok(ages
        .into_iter()
        .map(|(age, count)| Waiting {
            name: age.chinese,
            count: format::count(count),
            link: list_link(scope, &[("age", age.name)]),
        })
        .collect())
}

pub(super) fn handling(snapshot: &Snapshot, scope: &Scope) -> Result<String, Error> {
    let handling = metrics::handling(snapshot, scope)?;
    let days = |millis: i64| format!("{:.1} 天", millis as f64 / 86_400_000.0);
    Ok(match (handling.median_ms, handling.p90_ms) {
        (Some(median), Some(p90)) => format!("中位数 {}，九成在 {} 以内", days(median), days(p90)),
        _ => "N/A（没有已办结的工单）".to_owned(),
    })
}

/// Units by how much came to them, each with both headline rates.
fn units(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<UnitRow>, Error> {
    let by_unit = |name: &str| -> Result<BTreeMap<String, metrics::Rate>, Error> {
        match metrics::find(name) {
            Some(metric) => Ok(metrics::rate_by(snapshot, scope, metric, Cut::Unit)?
                .into_iter()
                .collect()),
            None => Ok(BTreeMap::new()),
        }
    };
    let (on_time, completion) = (by_unit(HEADLINE[0])?, by_unit(HEADLINE[1])?);
    let mut counts = metrics::count_by(snapshot, scope, Cut::Unit)?;
    counts.retain(|(_, count)| *count > 0);
    Ok(counts
        .into_iter()
        .filter_map(|(name, count)| {
            let of_unit = Scope {
                unit: Some(name.clone()),
                ..scope.clone()
            };
            Some(UnitRow {
                count: format::count(count),
                link: list_link(&of_unit, &[]),
                page: unit_link(if name.is_empty() { UNNAMED } else { &name }, scope),
                completion: RateView::of(completion.get(&name)?, &of_unit)?,
                on_time: RateView::of(on_time.get(&name)?, &of_unit)?,
                name: if name.is_empty() { UNNAMED.to_owned() } else { name },
            })
        })
        .collect())
}
