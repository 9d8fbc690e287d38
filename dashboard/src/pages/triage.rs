//! `/triage`: the dispatcher's desk. On the left everything open by urgency, on the right one ticket with its forms.

use super::{
    Frame, Page, act,
    case::{self, CardTag, Case},
    format, html,
    link::link,
};
use crate::{error::Error, router::Site, state::App};
use analytics::ledger::{ListFilter, Order, Status, Ticket, TypeIs};
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
    /// Name of a queue of [`QUEUES`]; all open tickets where it names none.
    list: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "triage.html")]
struct View {
    frame: Frame,
    waiting: String,
    tabs: Vec<Tab>,
    name: &'static str,
    notice: Option<&'static str>,
    queue: Vec<Item>,
    more: bool,
    shown: usize,
    case: Option<Case>,
    origin: &'static str,
    in_queue: bool,
}

/// A queue: its name in the address, in Chinese, and which tickets are in it.
struct Queue {
    path: &'static str,
    name: &'static str,
    filter: fn(Moment) -> ListFilter,
}

fn open(now: Moment) -> ListFilter {
    ListFilter {
        open: Some(true),
        order: Order::Urgency(now),
        ..ListFilter::default()
    }
}

fn carded(card: Card, now: Moment) -> ListFilter {
    ListFilter {
        card: Some((card, now)),
        ..open(now)
    }
}

fn in_state(status: Status, now: Moment) -> ListFilter {
    ListFilter {
        status: Some(status),
        ..open(now)
    }
}

/// The desk's queues in their order; the first is shown where the address names none.
const QUEUES: [Queue; 9] = [
    Queue {
        path: "",
        name: "全部待办",
        filter: open,
    },
    Queue {
        path: "sensitive",
        name: "敏感内容",
        filter: |now| ListFilter {
            flagged: Some(true),
            ..open(now)
        },
    },
    Queue {
        path: "overdue",
        name: "超期",
        filter: |now| carded(Card::Red, now),
    },
    Queue {
        path: "expiring",
        name: "临期",
        filter: |now| carded(Card::Yellow, now),
    },
    Queue {
        path: "new",
        name: "待派单",
        filter: |now| in_state(Status::Accepted, now),
    },
    Queue {
        path: "returned",
        name: "退单",
        filter: |now| in_state(Status::Returned, now),
    },
    Queue {
        path: "undecided",
        name: "待人工判定",
        filter: |now| ListFilter {
            r#type: Some(TypeIs::Unknown),
            ..open(now)
        },
    },
    Queue {
        path: "reopened",
        name: "重办",
        filter: |now| in_state(Status::Reopened, now),
    },
    Queue {
        path: "call-back",
        name: "待回访",
        filter: |_| ListFilter {
            status: Some(Status::Resolved),
            called_back: Some(false),
            order: Order::Oldest,
            ..ListFilter::default()
        },
    },
];

/// A queue as the desk offers it.
#[derive(Debug)]
struct Tab {
    link: String,
    name: &'static str,
    count: String,
    here: bool,
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
    /// 催办、督办、退单 so far.
    past: String,
}

/// `GET /triage`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let view = site.blocking(move |app| view(app, frame, &asked)).await?;
    html(&view)
}

fn view(app: &App, frame: Frame, asked: &Asked) -> Result<View, Error> {
    let now = app.now();
    let list = asked.list.as_deref().unwrap_or_default();
    let queue = QUEUES
        .iter()
        .find(|queue| queue.path == list)
        .unwrap_or(&QUEUES[0]);
    let (waiting, total) = app.ledger().list(&(queue.filter)(now), 0, SHOWN)?;
    let mut tabs = Vec::with_capacity(QUEUES.len());
    for other in &QUEUES {
        let count = app.ledger().list(&(other.filter)(now), 0, 0)?.1;
        tabs.push(Tab {
            link: link("/triage", [("list", other.path)]),
            name: other.name,
            count: format::count(count),
            here: other.path == queue.path,
        });
    }
    let asked_no = asked.no.as_deref().filter(|no| !no.is_empty());
    let here = match asked_no {
        None => Some(0),
        Some(no) => waiting.iter().position(|ticket| ticket.no == no),
    };
    // A ticket that has left the queue in the meantime is shown all the same: the address names it.
    let shown_no = asked_no.or_else(|| waiting.first().map(|ticket| ticket.no.as_str()));
    let mut case = shown_no.map(|no| Case::read(app, no)).transpose()?;
    if let Some(case) = &mut case {
        case.list = queue.path.to_owned();
    }
    let items: Vec<Item> = waiting
        .iter()
        .enumerate()
        .map(|(place, ticket)| item(app, ticket, queue.path, place, here))
        .collect();
    Ok(View {
        frame,
        waiting: format::count(total),
        tabs,
        name: queue.name,
        notice: act::notice(asked.done.as_deref()),
        more: total > SHOWN,
        shown: items.len(),
        queue: items,
        case,
        origin: "triage",
        in_queue: true,
    })
}

fn item(app: &App, ticket: &Ticket, list: &str, place: usize, here: Option<usize>) -> Item {
    let now = app.now();
    let key = match here {
        Some(here) if place == here + 1 => Some("j"),
        Some(here) if place + 1 == here => Some("k"),
        // The ticket shown is not in the queue: the next is the first.
        None if place == 0 => Some("j"),
        _ => None,
    };
    Item {
        link: link("/triage", [("list", list), ("no", ticket.no.as_str())]),
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
        past: [
            ("催办", ticket.counts.urged),
            ("督办", ticket.counts.supervised),
            ("退单", ticket.counts.returned),
        ]
        .iter()
        .filter(|(_, times)| *times > 0)
        .map(|(name, times)| format!("{name} {times} 次"))
        .collect::<Vec<_>>()
        .join("，"),
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
