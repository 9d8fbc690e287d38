//! `/triage`: the dispatcher's desk. On the left everything open by urgency, on the right one ticket with its forms.

use super::{
    Frame, Page, act,
    case::{self, CardTag, Case},
    format, html,
    link::link,
};
use crate::{error::Error, router::Site, state::App};
use analytics::ledger::{ListFilter, Order, Ticket, TypeIs};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use ingest::{record::Card, time::Moment};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/triage",
    name: "诉求处置",
};

/// Tickets listed: more than anybody works through before the list has changed.
const SHOWN: u64 = 200;

/// Parameters of the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    no: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "triage.html")]
struct View {
    frame: Frame,
    waiting: String,
    red: String,
    yellow: String,
    undecided: String,
    flagged: String,
    notice: Option<&'static str>,
    queue: Vec<Item>,
    more: bool,
    shown: usize,
    case: Option<Case>,
    units: Vec<String>,
    origin: &'static str,
    in_queue: bool,
}

/// One ticket of the queue.
#[derive(Debug)]
struct Item {
    link: String,
    here: bool,
    /// `j` for the one after the ticket shown, `k` for the one before it.
    key: Option<&'static str>,
    title: String,
    kind: &'static str,
    undecided: bool,
    /// Names of the sensitive contents.
    flags: Vec<String>,
    unit: String,
    card: Option<CardTag>,
    due: String,
}

/// `GET /triage`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &Asked) -> Result<View, Error> {
    let now = app.now();
    let open = ListFilter {
        open: Some(true),
        order: Order::Urgency(now),
        ..ListFilter::default()
    };
    let (waiting, total) = app.ledger().list(&open, 0, SHOWN)?;
    let count = |filter: ListFilter| Ok::<_, Error>(format::count(app.ledger().list(&filter, 0, 0)?.1));
    let carded = |card| {
        count(ListFilter {
            card: Some((card, now)),
            ..open.clone()
        })
    };
    let asked_no = asked.no.as_deref().filter(|no| !no.is_empty());
    let here = match asked_no {
        None => Some(0),
        Some(no) => waiting.iter().position(|ticket| ticket.no == no),
    };
    // A ticket that has left the queue in the meantime is shown all the same: the address names it.
    let shown_no = asked_no.or_else(|| waiting.first().map(|ticket| ticket.no.as_str()));
    let case = shown_no.map(|no| Case::read(app, no)).transpose()?;
    let queue: Vec<Item> = waiting
        .iter()
        .enumerate()
        .map(|(place, ticket)| item(app, ticket, place, here, now))
        .collect();
    Ok(View {
        frame,
        waiting: format::count(total),
        red: carded(Card::Red)?,
        yellow: carded(Card::Yellow)?,
        undecided: count(ListFilter {
            r#type: Some(TypeIs::Unknown),
            ..open.clone()
        })?,
        flagged: count(ListFilter {
            flagged: Some(true),
            ..open.clone()
        })?,
        notice: act::notice(asked.done.as_deref()),
        more: total > SHOWN,
        shown: queue.len(),
        queue,
        case,
        units: app.ledger().units()?,
        origin: "triage",
        in_queue: true,
    })
}

fn item(app: &App, ticket: &Ticket, place: usize, here: Option<usize>, now: Moment) -> Item {
    let key = match here {
        Some(here) if place == here + 1 => Some("j"),
        Some(here) if place + 1 == here => Some("k"),
        // The ticket shown is not in the queue: the next is the first.
        None if place == 0 => Some("j"),
        _ => None,
    };
    Item {
        link: link("/triage", [("no", ticket.no.as_str())]),
        here: here == Some(place),
        key,
        title: case::title(ticket),
        kind: case::kind(ticket),
        undecided: ticket.r#type.is_none(),
        flags: ticket
            .model
            .iter()
            .flat_map(|model| &model.flags)
            .map(|name| app.models().flag_title(name).to_owned())
            .collect(),
        unit: ticket.unit.clone().unwrap_or_else(|| "待派单".to_owned()),
        card: case::card(ticket, now),
        due: ticket.due.as_ref().map_or_else(
            || "无时限".to_owned(),
            |due| {
                if due.paused_since.is_some() {
                    "挂起".to_owned()
                } else {
                    format::distance(now, due.due_at)
                }
            },
        ),
    }
}
