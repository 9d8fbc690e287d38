//! `/tickets`: the list of tickets, also the list behind a figure.
//!
//! With `metric` and `part` (or `as_of` alone) the list is exactly what a figure counted at that moment, by the
//! attributes the tickets had then; without them it is the present state.

use super::{
    Frame, Page,
    case::{self, CardTag},
    choice::{self, Choice, choices},
    format, html,
    link::{self, link},
    listing::{Asked, Behind, part_name},
    pager::{Pager, asked_page},
};
use crate::{error::Error, router::Site, state::App};
use analytics::ledger::Ticket;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use ingest::time::Moment;

pub(crate) const PAGE: Page = Page {
    path: "/tickets",
    name: "工单",
};

const PER_PAGE: u64 = 50;

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
    xlsx: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// Which figure the list stands behind.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) title: String,
    pub(super) text: String,
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
    let (mut tickets, total) =
        app.ledger()
            .list(&listing.filter, (page - 1).saturating_mul(PER_PAGE), PER_PAGE)?;
    let pairs = asked.pairs();
    let pager = Pager::new("/tickets", pairs.clone(), asked.page.as_deref(), total, PER_PAGE);
    if pager.page != page {
        tickets = app
            .ledger()
            .list(&listing.filter, (pager.page - 1) * PER_PAGE, PER_PAGE)?
            .0;
    }
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let kept = ["metric", "part", "age", "as_of", "region", "channel", "source"];
    Ok(View {
        frame,
        total: format::count(total),
        proof: listing.behind.as_ref().map(|behind| proof(behind, &pairs)),
        text: value("text").to_owned(),
        from: value("from").to_owned(),
        to: value("to").to_owned(),
        types: choice::types(value("type"), "全部", true),
        statuses: choice::statuses(value("status")),
        cards: choices(
            value("card"),
            [("", "全部"), ("red", "红牌（超期）"), ("yellow", "黄牌（临期）")],
        ),
        units: choice::names(value("unit"), "全部", &app.ledger().units()?),
        topics: choice::topics(value("topic"), "全部"),
        orders: choices(
            value("order"),
            [
                ("", "受理时间（新→旧）"),
                ("oldest", "受理时间（旧→新）"),
                ("urgency", "紧急程度"),
            ],
        ),
        kept: pairs
            .iter()
            .filter(|(name, _)| kept.contains(name))
            .cloned()
            .collect(),
        csv: link(
            "/tickets.csv",
            pairs.iter().map(|(name, value)| (*name, value.as_str())),
        ),
        xlsx: link(
            "/tickets.xlsx",
            pairs.iter().map(|(name, value)| (*name, value.as_str())),
        ),
        rows: tickets.iter().map(|ticket| row(ticket, now)).collect(),
        pager,
    })
}

pub(super) fn proof(behind: &Behind, pairs: &[(&'static str, String)]) -> Proof {
    let Behind { scope, metric, age } = behind;
    let narrowed = format::narrowed(scope);
    let period = format!(
        "{}至{}受理，截至 {}{narrowed}",
        format::day(scope.from),
        format::day(scope.to),
        format::minute(scope.as_of)
    );
    let cleared = ["metric", "part", "age", "as_of"];
    let clear = pairs
        .iter()
        .filter(|(name, _)| !cleared.contains(name))
        .map(|(name, value)| (*name, value.as_str()));
    let clear = link("/tickets", clear);
    match (metric, age) {
        (Some((metric, part)), _) => Proof {
            title: format!("{} · {}", metric.chinese, part_name(*part)),
            text: format!(
                "{period}。算式：{}。口径：{}。",
                metric.formula,
                format::rule_name(metric.rule)
            ),
            clear,
        },
        (None, Some(age)) => Proof {
            title: format!("未办结 · {}", age.chinese),
            text: format!("{period}。自受理当日起按自然日计；已超期按办结时限计，时钟已停的不计入。"),
            clear,
        },
        (None, None) => Proof {
            title: "统计范围内的工单".to_owned(),
            text: format!("{period}。"),
            clear,
        },
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
