//! `/approvals`: items of approvals offices (行政审批) under the same clock as tickets, counted apart from them.

use super::{
    Frame, Page,
    choice::{self, Choice},
    format, html,
    link::link,
    pager::{Pager, asked_page},
    scope::{self, ScopeQuery},
};
use crate::{error::Error, router::Site, state::App};
use analytics::{
    approvals::{FIGURES, Figure, Judged, find},
    ledger::ApprovalFilter,
    metrics::{Part, Rate, Scope},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use ingest::{record::Card, time::start_of_day};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/approvals",
    name: "行政审批",
};

/// Items on one page.
const PER_PAGE: usize = 50;

/// Which part of which figure.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartQuery {
    /// Name of a figure; all items where not given.
    pub(crate) metric: Option<String>,
    /// `numerator`, `denominator` (default), `missed` or `excluded`.
    pub(crate) part: Option<String>,
}

/// Which page of the list.
#[derive(Deserialize)]
pub(crate) struct Asked {
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "approvals.html")]
struct View {
    frame: Frame,
    from: String,
    to: String,
    as_of: String,
    units: Vec<Choice>,
    total: String,
    rates: Vec<RateRow>,
    differing: String,
    title: String,
    all: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// A figure with the lists behind its numbers.
#[derive(Debug)]
struct RateRow {
    chinese: &'static str,
    percent: String,
    numerator: String,
    numerator_link: String,
    denominator: String,
    denominator_link: String,
    formula: &'static str,
    excluded: String,
    excluded_link: String,
}

/// One item.
#[derive(Debug)]
struct Row {
    no: String,
    item: String,
    unit: String,
    accepted: String,
    limit: String,
    due: String,
    finished: String,
    outcome: String,
    card: Option<(&'static str, &'static str)>,
    differs: bool,
}

/// Items of a scope as of its time. Blocking.
pub(crate) fn items(app: &App, scope: &Scope) -> Result<Vec<Judged>, Error> {
    let after = scope.to.succ_opt().unwrap_or(scope.to);
    let found = app.ledger().approvals(&ApprovalFilter {
        from: start_of_day(scope.from),
        until: start_of_day(after),
        unit: scope.unit.clone(),
        source: scope.source.clone(),
    })?;
    Ok(found
        .into_iter()
        .filter_map(|item| Judged::of(item, app.rules(), scope.as_of))
        .collect())
}

impl PartQuery {
    /// The figure and its part; `None` where no figure is named.
    pub(crate) fn read(&self) -> Result<Option<(&'static Figure, Part)>, Error> {
        let Some(name) = scope::given(&self.metric) else {
            return Ok(None);
        };
        let figure = find(name).ok_or_else(|| Error::Malformed("没有这项审批指标。".to_owned()))?;
        let part = match scope::given(&self.part) {
            None => Part::Denominator,
            Some(part) => Part::parse(part).ok_or_else(|| {
                Error::Malformed("part 应为 numerator、denominator、missed 或 excluded。".to_owned())
            })?,
        };
        Ok(Some((figure, part)))
    }
}

/// `GET /approvals`
pub(crate) async fn get(
    State(site): State<Site>,
    Query(query): Query<ScopeQuery>,
    Query(part): Query<PartQuery>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site
        .blocking(move |app| view(app, frame, &query, &part, &asked))
        .await?;
    html(&view)
}

fn view(app: &App, frame: Frame, query: &ScopeQuery, asked: &PartQuery, page: &Asked) -> Result<View, Error> {
    let scope = query.scope(app)?;
    let items = items(app, &scope)?;
    let part = asked.read()?;
    let listed: Vec<&Judged> = items
        .iter()
        .filter(|item| part.is_none_or(|(figure, part)| figure.holds(item, part)))
        .collect();
    let mut pairs = scope::pairs(&scope);
    let all = address(&scope, &[]);
    if let Some((figure, part)) = part {
        pairs.push(("metric", figure.name.to_owned()));
        pairs.push(("part", part.name().to_owned()));
    }
    let total = listed.len() as u64;
    let pager = Pager::new(PAGE.path, pairs, page.page.as_deref(), total, PER_PAGE as u64);
    let first = (asked_page(page.page.as_deref()).min(pager.last) as usize - 1) * PER_PAGE;
    let chosen = scope.unit.clone().unwrap_or_default();
    let differing = items.iter().filter(|item| item.disagrees()).count();
    Ok(View {
        frame,
        from: scope.from.to_string(),
        to: scope.to.to_string(),
        as_of: format::minute(scope.as_of),
        units: units(app, &chosen)?,
        total: format::count(items.len() as u64),
        rates: FIGURES
            .iter()
            .map(|figure| RateRow::of(figure, &figure.rate(&items, scope.as_of), &scope))
            .collect(),
        differing: format::count(differing as u64),
        title: part.map_or_else(
            || "全部办件".to_owned(),
            |(figure, part)| format!("{}：{}", figure.chinese, part_name(part)),
        ),
        all,
        rows: listed
            .iter()
            .skip(first)
            .take(PER_PAGE)
            .map(|item| Row::of(item))
            .collect(),
        pager,
    })
}

fn units(app: &App, chosen: &str) -> Result<Vec<Choice>, Error> {
    let units = app.ledger().approval_units()?;
    let all = std::iter::once(("", "全部")).chain(units.iter().map(|unit| (unit.as_str(), unit.as_str())));
    Ok(choice::choices(chosen, all))
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Numerator => "分子",
        Part::Denominator => "分母",
        Part::Missed => "分母中未达到的",
        Part::Excluded => "不计入的",
    }
}

fn address(scope: &Scope, more: &[(&'static str, &str)]) -> String {
    let pairs = scope::pairs(scope);
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    link(PAGE.path, pairs.chain(more.iter().copied()))
}

impl RateRow {
    fn of(figure: &Figure, rate: &Rate, scope: &Scope) -> Self {
        let link = |part: Part| address(scope, &[("metric", figure.name), ("part", part.name())]);
        let excluded: Vec<String> = rate
            .exclusions
            .iter()
            .map(|exclusion| format!("{} {} 件", exclusion.reason, format::count(exclusion.count)))
            .collect();
        Self {
            chinese: figure.chinese,
            percent: rate.percent(),
            numerator: format::count(rate.numerator),
            numerator_link: link(Part::Numerator),
            denominator: format::count(rate.denominator),
            denominator_link: link(Part::Denominator),
            formula: figure.formula,
            excluded: excluded.join("；"),
            excluded_link: link(Part::Excluded),
        }
    }
}

impl Row {
    fn of(item: &Judged) -> Self {
        let approval = &item.approval;
        Self {
            no: approval.no.clone(),
            item: approval.item.clone(),
            unit: approval.unit.clone().unwrap_or_else(|| "—".to_owned()),
            accepted: format::minute(approval.accepted_at),
            limit: match (approval.promised_at, approval.promised_working_days) {
                (Some(_), _) => "指定时间".to_owned(),
                (None, Some(0)) => "即办".to_owned(),
                (None, Some(days)) => format!("{days} 个工作日"),
                (None, None) => "无".to_owned(),
            },
            due: format::minute_or_dash(item.due_at),
            finished: format::minute_or_dash(approval.finished_at.filter(|_| item.is_finished())),
            outcome: approval.outcome.clone().unwrap_or_else(|| "—".to_owned()),
            card: item.our_card.map(|card| match card {
                Card::Red => ("red", "红牌"),
                Card::Yellow => ("yellow", "黄牌"),
            }),
            differs: item.disagrees(),
        }
    }
}
