//! `/units`: units ranked by a rate (红黑榜), fairly: by confidence bounds, among those with enough tickets.

use super::{
    Frame, Page,
    choice::Choice,
    format, html, link,
    rate::RateView,
    scope::{ScopeForm, ScopeQuery, given, list_link},
};
use crate::{error::Error, router::Site, state::App};
use analytics::metrics::{self, Metric, Ranked, Scope};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/units",
    name: "承办单位",
};

/// Metrics units can be ranked by: those of which more is better and that are the unit's own doing.
pub(crate) const BY: [&str; 6] = [
    "on_time_due",
    "completion",
    "signing",
    "response",
    "solved",
    "satisfaction",
];

/// Parameters of the address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[serde(flatten)]
    #[param(ignore)]
    pub(crate) scope: ScopeQuery,
    /// Metric to rank by: `on_time_due` (default), `completion`, `signing`, `response`, `solved` or `satisfaction`.
    pub(crate) by: Option<String>,
}

impl Asked {
    /// The metric to rank by.
    pub(crate) fn metric(&self) -> Result<&'static Metric, Error> {
        let name = given(&self.by).unwrap_or(BY[0]);
        let allowed = BY.contains(&name).then(|| metrics::find(name)).flatten();
        allowed.ok_or_else(|| Error::Malformed(format!("by 只能是 {} 之一。", BY.join("、"))))
    }
}

#[derive(Template)]
#[template(path = "units.html")]
struct View {
    frame: Frame,
    period: String,
    as_of: String,
    scope: ScopeForm,
    by: Vec<Choice>,
    metric: &'static str,
    formula: &'static str,
    rule: String,
    least: u64,
    red: Vec<Row>,
    black: Vec<Row>,
    ranked: Vec<Row>,
    few: Vec<Row>,
    unnamed: Option<(String, String)>,
}

/// A unit with its rate and bounds.
#[derive(Debug)]
struct Row {
    rank: usize,
    name: String,
    link: String,
    rate: RateView,
    lower: String,
    upper: String,
}

/// The page of a unit within a scope.
pub(crate) fn unit_link(name: &str, scope: &Scope) -> String {
    let list = list_link(scope, &[("unit", "")]);
    let query = list.split_once('?').map_or("", |(_, query)| query);
    format!("/units/{}?{query}", link::encode(name))
}

/// `GET /units`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &Asked) -> Result<View, Error> {
    let metric = asked.metric()?;
    let scope = asked.scope.scope(app)?;
    let rules = app.config().ranking;
    let snapshot = app.snapshot()?;
    let ranking = metrics::ranking(&snapshot, &scope, metric, &rules)?;
    let nobody = Scope {
        unit: Some(String::new()),
        ..scope.clone()
    };
    let unnamed = metrics::count(&snapshot, &nobody)?;
    let rows = |units: &[Ranked]| -> Vec<Row> {
        let rows = units.iter().zip(1..).filter_map(|(unit, rank)| {
            let own = Scope {
                unit: Some(unit.unit.clone()),
                ..scope.clone()
            };
            Some(Row {
                rank,
                link: unit_link(&unit.unit, &scope),
                name: unit.unit.clone(),
                rate: RateView::of(&unit.rate, &own)?,
                lower: percent(unit.lower),
                upper: percent(unit.upper),
            })
        });
        rows.collect()
    };
    let named = BY.iter().filter_map(|name| metrics::find(name));
    Ok(View {
        frame,
        period: format!("{}至{}", format::day(scope.from), format::day(scope.to)),
        as_of: format::minute(scope.as_of),
        by: named
            .map(|known| Choice {
                value: known.name.to_owned(),
                text: known.chinese.to_owned(),
                chosen: known.name == metric.name,
            })
            .collect(),
        metric: metric.chinese,
        formula: metric.formula,
        rule: format::rule_name(metric.rule),
        least: rules.least_volume.max(1),
        red: rows(&ranking.red),
        black: rows(&ranking.black),
        ranked: rows(&ranking.ranked),
        few: rows(&ranking.few),
        unnamed: (unnamed > 0).then(|| (format::count(unnamed), list_link(&nobody, &[]))),
        scope: ScopeForm::of(&scope, &app.ledger().units()?),
    })
}

/// A bound as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
