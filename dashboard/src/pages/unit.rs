//! `/units/{name}`: one unit. Its rates under every rule, what is waiting, cards, handling times, months, contacts.

use super::{
    Frame, format, html, link,
    overview::{Waiting, backlog, by_time, handling},
    rate::RateView,
    scope::{ScopeForm, ScopeQuery, UNNAMED, list_link},
    units::PAGE,
};
use crate::{error::Error, pages::chart::Chart, router::Site, state::App};
use analytics::{
    frame::Snapshot,
    ledger::ListFilter,
    metrics::{self, Cut, Rate, Scope},
};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use ingest::record::Card;
use std::collections::BTreeMap;

/// The rates told by month.
const MONTHLY: [&str; 2] = ["on_time_due", "completion"];

#[derive(Template)]
#[template(path = "unit.html")]
struct View {
    frame: Frame,
    name: String,
    path: String,
    period: String,
    as_of_minute: String,
    scope: ScopeForm,
    ranking: String,
    total: String,
    total_link: String,
    handling: String,
    duties: String,
    contacts: Vec<(String, String)>,
    cards: Vec<CardCount>,
    rates: Vec<RateView>,
    backlog: Vec<Waiting>,
    by_time: Chart,
    monthly: Vec<&'static str>,
    months: Vec<Month>,
}

/// Open tickets that deserve a card now.
#[derive(Debug)]
struct CardCount {
    name: &'static str,
    tone: &'static str,
    count: String,
    link: String,
}

/// A month of acceptance.
#[derive(Debug)]
struct Month {
    name: String,
    count: String,
    rates: Vec<String>,
}

/// The unit an address names: known by a ticket in the ledger or by the configuration.
pub(crate) fn known(app: &App, name: &str) -> Result<String, Error> {
    if name == UNNAMED {
        return Ok(String::new());
    }
    let known = app.units.duties(name).is_some() || app.ledger().units()?.iter().any(|unit| unit == name);
    known
        .then(|| name.to_owned())
        .ok_or_else(|| Error::NotFound("没有这个承办单位。".to_owned()))
}

/// Open tickets of a unit that deserve a card now, whenever they were accepted.
pub(crate) fn cards(app: &App, unit: &str, card: Card) -> Result<u64, Error> {
    let filter = ListFilter {
        unit: Some(unit.to_owned()),
        card: Some((card, app.now())),
        ..ListFilter::default()
    };
    Ok(app.ledger().list(&filter, 0, 1)?.1)
}

/// `GET /units/{name}`
pub(crate) async fn get(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(asked): Query<ScopeQuery>,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &name, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, name: &str, asked: &ScopeQuery) -> Result<View, Error> {
    let unit = known(app, name)?;
    let scope = Scope {
        unit: Some(unit.clone()),
        ..asked.scope(app)?
    };
    let snapshot = app.snapshot()?;
    let snapshot = snapshot.as_ref();
    let rates = metrics::compared(snapshot, &scope)?;
    let card = |card, name, tone, word: &str| -> Result<CardCount, Error> {
        Ok(CardCount {
            name,
            tone,
            count: format::count(cards(app, &unit, card)?),
            link: link::link("/tickets", [("card", word), ("unit", asked_name(&unit))]),
        })
    };
    let contacts = app.units.contacts(&unit).iter().map(|contact| {
        let said = format!("{} {}", contact.name, contact.phone);
        (contact.role.clone(), said.trim().to_owned())
    });
    let duties = app.units.duties(&unit).map(|(topics, regions)| {
        let regions = if regions.is_empty() {
            "不限".to_owned()
        } else {
            regions.join("、")
        };
        format!("领域：{}；区域：{regions}", topics.join("、"))
    });
    let ranking = list_link(&scope, &[("unit", "")]);
    Ok(View {
        name: asked_name(&unit).to_owned(),
        path: link::encode(asked_name(&unit)),
        period: format!("{}至{}", format::day(scope.from), format::day(scope.to)),
        as_of_minute: format::minute(scope.as_of),
        ranking: ranking.replacen("/tickets", "/units", 1),
        total: format::count(metrics::count(snapshot, &scope)?),
        total_link: list_link(&scope, &[]),
        handling: handling(snapshot, &scope)?,
        duties: duties.unwrap_or_else(|| "未配置".to_owned()),
        contacts: contacts.collect(),
        cards: vec![
            card(Card::Red, "红牌（超期）", "red", "red")?,
            card(Card::Yellow, "黄牌（临期）", "yellow", "yellow")?,
        ],
        rates: rates
            .iter()
            .filter_map(|compared| RateView::compared(compared, &scope))
            .collect(),
        backlog: backlog(snapshot, &scope)?,
        by_time: by_time(snapshot, &scope)?,
        monthly: MONTHLY
            .iter()
            .filter_map(|name| metrics::find(name))
            .map(|metric| metric.chinese)
            .collect(),
        months: months(snapshot, &scope)?,
        scope: ScopeForm::of(&scope, &[]),
        frame,
    })
}

/// A unit's name in addresses and on pages.
fn asked_name(unit: &str) -> &str {
    if unit.is_empty() { UNNAMED } else { unit }
}

fn months(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<Month>, Error> {
    let mut by_month: Vec<BTreeMap<String, Rate>> = Vec::new();
    for metric in MONTHLY.iter().filter_map(|name| metrics::find(name)) {
        by_month.push(
            metrics::rate_by(snapshot, scope, metric, Cut::Month)?
                .into_iter()
                .collect(),
        );
    }
    let told = |rate: Option<&Rate>| {
        rate.map_or_else(
            || "—".to_owned(),
            |rate| format!("{}（{} / {}）", rate.percent(), rate.numerator, rate.denominator),
        )
    };
    let counts = metrics::count_by(snapshot, scope, Cut::Month)?;
    Ok(counts
        .into_iter()
        .map(|(name, count)| Month {
            rates: by_month.iter().map(|rates| told(rates.get(&name))).collect(),
            count: format::count(count),
            name,
        })
        .collect())
}
