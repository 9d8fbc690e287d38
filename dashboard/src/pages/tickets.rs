//! `/tickets`: the list of tickets, also the list behind a figure, also as CSV.
//!
//! With `metric` and `part` (or `as_of` alone) the list is exactly what a figure counted at that moment, by the
//! attributes the tickets had then; without them it is the present state.

use super::{
    Frame, Page,
    case::{self, CardTag},
    choice::{self, Choice, choices},
    format, html,
    link::{self, link},
    pager::{Pager, asked_page},
    scope::{self, ScopeQuery, given},
};
use crate::{error::Error, router::Site, state::App};
use analytics::{
    ledger::{ListFilter, Order, Status, Ticket, TypeIs},
    metrics::{self, Metric, Part, Scope},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderName, header},
    response::Html,
};
use ingest::{record::Card, time::Moment};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page { path: "/tickets", name: "工单" };

const PER_PAGE: u64 = 50;
/// Rows of a CSV: a year of a large city. Each is folded from its events, about 10,000 a second.
const LONGEST_CSV: u64 = 200_000;

/// Parameters of the address.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[serde(flatten)]
    #[param(ignore)]
    pub(crate) scope: ScopeQuery,
    /// Name of a metric: only the tickets behind it.
    pub(crate) metric: Option<String>,
    /// `numerator`, `denominator`, `missed` (denominator without numerator) or `excluded`.
    pub(crate) part: Option<String>,
    /// Beginning of a number, or part of a title.
    pub(crate) text: Option<String>,
    /// A state, or `open`.
    pub(crate) status: Option<String>,
    /// `red` or `yellow`: open tickets that deserve it now.
    pub(crate) card: Option<String>,
    /// `newest` (default), `oldest` or `urgency`.
    pub(crate) order: Option<String>,
    /// From 1.
    pub(crate) page: Option<String>,
}

#[derive(Template)]
#[template(path = "tickets.html")]
struct View {
    frame: Frame,
    total: String,
    proof: Option<Proof>,
    text: String,
    from: String,
    to: String,
    types: Vec<Choice>,
    statuses: Vec<Choice>,
    cards: Vec<Choice>,
    units: Vec<Choice>,
    topics: Vec<Choice>,
    orders: Vec<Choice>,
    /// What the form has no field for, but must keep.
    kept: Vec<(&'static str, String)>,
    csv: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// Which figure the list stands behind.
#[derive(Debug)]
struct Proof {
    title: String,
    text: String,
    clear: String,
}

#[derive(Debug)]
struct Row {
    no: String,
    link: String,
    title: String,
    kind: &'static str,
    undecided: bool,
    topic: String,
    unit: String,
    accepted: String,
    due: String,
    resolved: String,
    status: &'static str,
    card: Option<CardTag>,
}

/// What a list asks the ledger for, and the figure it stands behind.
pub(crate) struct Listing {
    pub(crate) filter: ListFilter,
    behind: Option<Behind>,
}

struct Behind {
    scope: Scope,
    metric: Option<(&'static Metric, Part)>,
}

/// The part of that name; the denominator where none is given.
pub(crate) fn part(name: Option<&str>) -> Result<Part, Error> {
    let Some(name) = name else { return Ok(Part::Denominator) };
    Part::parse(name).ok_or_else(|| {
        Error::Malformed(format!("part 只能是 {} 之一。", Part::ALL.map(Part::name).join("、")))
    })
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Numerator => "分子",
        Part::Denominator => "分母",
        Part::Missed => "分母中未计入分子",
        Part::Excluded => "不计入分母",
    }
}

/// The metric of that name.
pub(crate) fn metric(name: &str) -> Result<&'static Metric, Error> {
    metrics::find(name).ok_or_else(|| Error::NotFound("没有这个指标。".to_owned()))
}

impl Asked {
    /// What to ask the ledger for. Blocking.
    pub(crate) fn listing(&self, app: &App) -> Result<Listing, Error> {
        let now = app.now();
        let mut filter = ListFilter {
            text: given(&self.text).map(str::to_owned),
            card: match given(&self.card) {
                None => None,
                Some("red") => Some((Card::Red, now)),
                Some("yellow") => Some((Card::Yellow, now)),
                Some(_) => return Err(Error::Malformed("card 只能是 red 或 yellow。".to_owned())),
            },
            order: match given(&self.order) {
                None | Some("newest") => Order::Newest,
                Some("oldest") => Order::Oldest,
                Some("urgency") => Order::Urgency(now),
                Some(_) => return Err(Error::Malformed("order 只能是 newest、oldest 或 urgency。".to_owned())),
            },
            ..ListFilter::default()
        };
        match given(&self.status) {
            None => {}
            Some("open") => filter.open = Some(true),
            Some(name) => {
                let status = Status::parse(name);
                filter.status = Some(status.ok_or_else(|| Error::Malformed("办理状态不在目录内。".to_owned()))?);
            }
        }
        let metric = given(&self.metric).map(metric).transpose()?;
        if metric.is_none() && given(&self.scope.as_of).is_none() {
            filter.from = scope::day(&self.scope.from, "受理日期（起）")?;
            filter.to = scope::day(&self.scope.to, "受理日期（止）")?;
            filter.r#type = scope::type_is(&self.scope.r#type)?;
            filter.unit = scope::name(&self.scope.unit);
            filter.topic = scope::name(&self.scope.topic);
            filter.region = scope::name(&self.scope.region);
            filter.channel = scope::name(&self.scope.channel);
            filter.source = scope::name(&self.scope.source);
            return Ok(Listing { filter, behind: None });
        }
        let scope = self.scope.scope(app)?;
        let metric = metric.map(|metric| Ok::<_, Error>((metric, part(given(&self.part))?))).transpose()?;
        let snapshot = app.snapshot()?;
        filter.numbers = Some(match metric {
            Some((metric, part)) => metrics::members(&snapshot, &scope, metric, part)?,
            None => metrics::counted(&snapshot, &scope)?,
        });
        Ok(Listing { filter, behind: Some(Behind { scope, metric }) })
    }

    /// Everything of the address but the page.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let ScopeQuery { from, to, as_of, r#type, unit, topic, region, channel, source } = &self.scope;
        [
            ("metric", &self.metric),
            ("part", &self.part),
            ("text", &self.text),
            ("from", from),
            ("to", to),
            ("as_of", as_of),
            ("type", r#type),
            ("status", &self.status),
            ("card", &self.card),
            ("unit", unit),
            ("topic", topic),
            ("region", region),
            ("channel", channel),
            ("source", source),
            ("order", &self.order),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, given(value)?.to_owned())))
        .collect()
    }
}

/// `GET /tickets`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &Asked) -> Result<View, Error> {
    let now = app.now();
    let listing = asked.listing(app)?;
    let page = asked_page(asked.page.as_deref());
    let (mut tickets, total) = app.ledger().list(&listing.filter, (page - 1).saturating_mul(PER_PAGE), PER_PAGE)?;
    let pairs = asked.pairs();
    let pager = Pager::new("/tickets", pairs.clone(), asked.page.as_deref(), total, PER_PAGE);
    if pager.page != page {
        tickets = app.ledger().list(&listing.filter, (pager.page - 1) * PER_PAGE, PER_PAGE)?.0;
    }
    let value = |name: &str| pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
    let kept = ["metric", "part", "as_of", "region", "channel", "source"];
    Ok(View {
        frame,
        total: format::count(total),
        proof: listing.behind.as_ref().map(|behind| proof(behind, &pairs)),
        text: value("text").to_owned(),
        from: value("from").to_owned(),
        to: value("to").to_owned(),
        types: choice::types(value("type"), "全部", true),
        statuses: choice::statuses(value("status")),
        cards: choices(value("card"), [("", "全部"), ("red", "红牌（超期）"), ("yellow", "黄牌（临期）")]),
        units: choice::names(value("unit"), "全部", &app.ledger().units()?),
        topics: choice::topics(value("topic"), "全部"),
        orders: choices(value("order"), [("", "受理时间（新→旧）"), ("oldest", "受理时间（旧→新）"), ("urgency", "紧急程度")]),
        kept: pairs.iter().filter(|(name, _)| kept.contains(name)).cloned().collect(),
        csv: link("/tickets.csv", pairs.iter().map(|(name, value)| (*name, value.as_str()))),
        rows: tickets.iter().map(|ticket| row(ticket, now)).collect(),
        pager,
    })
}

fn proof(behind: &Behind, pairs: &[(&'static str, String)]) -> Proof {
    let Behind { scope, metric } = behind;
    let named = [
        scope.r#type.map(TypeIs::chinese),
        scope.unit.as_deref(),
        scope.topic.as_deref(),
        scope.region.as_deref(),
        scope.channel.as_deref(),
        scope.source.as_deref(),
    ];
    let named: Vec<&str> = named.into_iter().flatten().collect();
    let narrowed = if named.is_empty() { String::new() } else { format!("；限于：{}", named.join("、")) };
    let period = format!("{}至{}受理，截至 {}{narrowed}", format::day(scope.from), format::day(scope.to), format::minute(scope.as_of));
    let cleared = ["metric", "part", "as_of"];
    let clear = pairs.iter().filter(|(name, _)| !cleared.contains(name)).map(|(name, value)| (*name, value.as_str()));
    let clear = link("/tickets", clear);
    match metric {
        Some((metric, part)) => Proof {
            title: format!("{} · {}", metric.chinese, part_name(*part)),
            text: format!("{period}。算式：{}。口径：{}。", metric.formula, format::rule_name(metric.rule)),
            clear,
        },
        None => Proof { title: "统计范围内的工单".to_owned(), text: format!("{period}。"), clear },
    }
}

fn row(ticket: &Ticket, now: Moment) -> Row {
    Row {
        no: ticket.no.clone(),
        link: link::ticket(&ticket.no),
        title: case::title(ticket),
        kind: case::kind(ticket),
        undecided: ticket.r#type.is_none(),
        topic: ticket.topic.clone().unwrap_or_default(),
        unit: ticket.unit.clone().unwrap_or_default(),
        accepted: format::minute(ticket.accepted_at),
        due: format::minute_or_dash(ticket.due.as_ref().map(|due| due.due_at)),
        resolved: format::minute_or_dash(ticket.resolved_at),
        status: ticket.status.chinese(),
        card: case::card(ticket, now),
    }
}

/// `GET /tickets.csv`: all tickets of the list, not one page of it.
pub(crate) async fn csv(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<([(HeaderName, &'static str); 2], Vec<u8>), Error> {
    let bytes = site
        .blocking(move |app| {
            let (tickets, total) = app.ledger().list(&asked.listing(app)?.filter, 0, LONGEST_CSV)?;
            if total > LONGEST_CSV {
                let most = format::count(LONGEST_CSV);
                return Err(Error::Unacceptable(format!("导出最多 {most} 件，请缩小范围后再导出。")));
            }
            sheet(&tickets)
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"tickets.csv\""),
    ];
    Ok((headers, bytes))
}

fn sheet(tickets: &[Ticket]) -> Result<Vec<u8>, Error> {
    let head = [
        "工单编号", "标题", "诉求类型", "诉求领域", "来源渠道", "区域", "承办单位", "受理时间", "派单时间", "办结时限", "办结时间", "状态", "是否按时",
    ];
    // Excel reads UTF-8 only behind a byte order mark.
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(head).map_err(Error::internal)?;
    let time = |moment: Option<Moment>| moment.map(format::minute).unwrap_or_default();
    for ticket in tickets {
        let on_time = match ticket.on_time {
            Some(true) => "按时",
            Some(false) => "超期",
            None => "",
        };
        let cells = [
            ticket.no.clone(),
            case::title(ticket),
            case::kind(ticket).to_owned(),
            ticket.topic.clone().unwrap_or_default(),
            ticket.channel.clone().unwrap_or_default(),
            ticket.region.clone().unwrap_or_default(),
            ticket.unit.clone().unwrap_or_default(),
            format::minute(ticket.accepted_at),
            time(ticket.dispatched_at),
            time(ticket.due.as_ref().map(|due| due.due_at)),
            time(ticket.resolved_at),
            ticket.status.chinese().to_owned(),
            on_time.to_owned(),
        ];
        writer.write_record(cells.map(inert)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Citizens write titles: one that begins like a formula must not become one in a spreadsheet program.
fn inert(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_become_a_formula() {
        assert_eq!(inert("=HYPERLINK(\"http://x\")".into()), "'=HYPERLINK(\"http://x\")");
        assert_eq!(inert("路灯不亮".into()), "路灯不亮");
    }
}
