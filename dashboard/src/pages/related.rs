//! What a ticket is tied to: its main ticket or group, what was split off, other calls of the caller, the same matter.

use super::{case, format, link};
use crate::{error::Error, state::App};
use analytics::{
    ledger::{Status, Ticket},
    lifecycle::Deed,
    matter::{self, Likeness},
};
use ingest::time::shanghai;
use std::collections::BTreeMap;

/// Suggestions shown: the likeliest.
const ALIKE: usize = 5;
/// Other calls of a caller shown: the latest.
const CALLS: usize = 10;

/// Everything a ticket is tied to.
#[derive(Debug, Default)]
pub(super) struct Related {
    /// 主单
    pub(super) main: Option<Row>,
    /// Tickets merged into this one.
    pub(super) group: Vec<Row>,
    /// Day, new tickets of the group on it, tickets up to it; empty without a group.
    pub(super) growth: Vec<(String, usize, usize)>,
    /// Tickets split off this one.
    pub(super) parts: Vec<Row>,
    /// Some of them are still apart.
    pub(super) can_unsplit: bool,
    /// The caller's other tickets.
    pub(super) calls: Vec<Row>,
    /// How many of those there are, `10+` where more.
    pub(super) calls_total: String,
    /// Perhaps the same matter.
    pub(super) alike: Vec<Alike>,
}

/// One ticket.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) no: String,
    pub(super) link: String,
    pub(super) title: String,
    pub(super) status: &'static str,
    pub(super) accepted: String,
}

/// A suggestion with its reasons.
#[derive(Debug)]
pub(super) struct Alike {
    pub(super) row: Row,
    pub(super) score: String,
    pub(super) reasons: String,
    /// The merger on offer.
    pub(super) merge: Option<Merge>,
}

/// A form that merges the later ticket into the earlier one.
#[derive(Debug)]
pub(super) struct Merge {
    /// Number of the ticket merged, for an address.
    pub(super) path: String,
    /// Number of the main ticket.
    pub(super) into: String,
    pub(super) button: &'static str,
}

impl Row {
    fn of(ticket: &Ticket) -> Self {
        Self {
            no: ticket.no.clone(),
            link: link::ticket(&ticket.no),
            title: case::title(ticket),
            status: ticket.status.chinese(),
            accepted: format::minute(ticket.accepted_at),
        }
    }
}

impl Related {
    /// Reads what a ticket is tied to. Blocking; bounded whatever the number of tickets.
    pub(super) fn read(app: &App, ticket: &Ticket) -> Result<Self, Error> {
        let ledger = app.ledger();
        let rows = |tickets: &[Ticket]| tickets.iter().map(Row::of).collect::<Vec<_>>();
        let group = ledger.tickets(&ledger.merged_into(&ticket.no)?)?;
        let parts = ledger.tickets(&ticket.split_into)?;
        let main = match &ticket.merged_into {
            Some(main) => ledger.ticket(main)?,
            None => None,
        };
        let mut calls = match &ticket.caller {
            Some(caller) => ledger.of_caller(&caller.hash, CALLS + 2)?,
            None => Vec::new(),
        };
        calls.retain(|no| *no != ticket.no);
        let calls_total = if calls.len() > CALLS {
            format!("{CALLS}+")
        } else {
            calls.len().to_string()
        };
        calls.truncate(CALLS);
        let calls = ledger.tickets(&calls)?;
        // Of a merged ticket the main one speaks.
        let alike = if ticket.status == Status::Merged {
            Vec::new()
        } else {
            matter::suggest(ledger, app.index(), app.segmenter(), ticket, ALIKE)?
        };
        let alike = alike.iter().map(|found| Alike {
            row: Row::of(&found.ticket),
            score: format!("{:.2}", found.likeness.score),
            reasons: reasons(ticket, &found.ticket, &found.likeness),
            merge: merge(app, ticket, &found.ticket),
        });
        Ok(Self {
            main: main.as_ref().map(Row::of),
            growth: growth(ticket, &group),
            can_unsplit: parts
                .iter()
                .any(|part| part.merged_into.as_deref() != Some(&ticket.no)),
            parts: rows(&parts),
            group: rows(&group),
            calls: rows(&calls),
            calls_total,
            alike: alike.collect(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.main.is_none()
            && self.group.is_empty()
            && self.parts.is_empty()
            && self.calls.is_empty()
            && self.alike.is_empty()
    }
}

/// How a group grew, day by day, its main ticket included.
fn growth(main: &Ticket, group: &[Ticket]) -> Vec<(String, usize, usize)> {
    if group.is_empty() {
        return Vec::new();
    }
    let mut days: BTreeMap<chrono::NaiveDate, usize> = BTreeMap::new();
    for ticket in group.iter().chain([main]) {
        let day = ticket.accepted_at.with_timezone(&shanghai()).date_naive();
        *days.entry(day).or_default() += 1;
    }
    let mut total = 0;
    let grown = days.into_iter().map(|(day, new)| {
        total += new;
        (format::day(day), new, total)
    });
    grown.collect()
}

fn reasons(ticket: &Ticket, other: &Ticket, likeness: &Likeness) -> String {
    let mut reasons = Vec::new();
    if !likeness.places.is_empty() {
        reasons.push(format!("同一地点（{}）", likeness.places.join("、")));
    } else if likeness.region {
        reasons.push("同一区域".to_owned());
    }
    if likeness.topic {
        reasons.push("领域相同".to_owned());
    }
    reasons.push(format!("文字相似 {}", format::share(likeness.text)));
    reasons.push(match likeness.days {
        0 => "相隔不足一天".to_owned(),
        days => format!("相隔 {days} 天"),
    });
    let caller = |ticket: &Ticket| ticket.caller.as_ref().map(|caller| caller.hash.clone());
    if caller(ticket).is_some() && caller(ticket) == caller(other) {
        reasons.push("同一来电人".to_owned());
    }
    reasons.join("，")
}

/// The later ticket goes into the earlier one, where both are open.
fn merge(app: &App, ticket: &Ticket, other: &Ticket) -> Option<Merge> {
    let earlier = |a: &Ticket, b: &Ticket| (a.accepted_at, &a.no) < (b.accepted_at, &b.no);
    let (main, merged, button) = if earlier(other, ticket) {
        (other, ticket, "将本单并入该单")
    } else {
        (ticket, other, "将该单并入本单")
    };
    let possible = Deed::Merge.possible(merged, app.rules(), app.now()).is_ok() && main.resolved_at.is_none();
    possible.then(|| Merge {
        path: link::encode(&merged.no),
        into: main.no.clone(),
        button,
    })
}
