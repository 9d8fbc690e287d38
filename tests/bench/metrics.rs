//! Frames and rates over 1,000,000 tickets in the ledger.

use crate::Done;
use analytics::{
    deadline::Rules,
    frame::Frames,
    ledger::{Labelled, Ledger},
    metrics::{self, Cut, METRICS, Scope},
};
use anyhow::Result;
use chrono::NaiveDate;
use ingest::{
    log::{Checkpoint, Entry, Topic},
    record::{Accepted, Body, Classified, Event, Record, TicketEvent, TicketType},
    time::{self, Moment},
};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

const TICKETS: usize = 1_000_000;
const BATCH: usize = 20_000;

/// The ledger is made once per machine and kept in the temporary folder: making it takes longer than all measures.
fn path() -> PathBuf {
    std::env::temp_dir().join(format!(
        "minsheng-bench-{}-{TICKETS}.sqlite",
        env!("CARGO_PKG_VERSION")
    ))
}

/// Makes the ledger where it is not there yet.
pub(crate) fn prepare() -> Result<()> {
    if !path().exists() {
        let making = path().with_extension("making");
        let _ = std::fs::remove_file(&making);
        make(&making)?;
        std::fs::rename(&making, path())?;
    }
    Ok(())
}

fn ledger() -> Result<Ledger> {
    Ok(Ledger::open(&path(), Rules::embedded()?)?)
}

fn make(path: &Path) -> Result<()> {
    let ledger = Ledger::open(path, Rules::embedded()?)?;
    let mut checkpoint = Checkpoint::default();
    let mut offset = 0;
    for from in (0..TICKETS).step_by(BATCH) {
        let mut batch = Vec::new();
        for n in from..(from + BATCH).min(TICKETS) {
            for record in events(n) {
                let entry = Entry {
                    topic: Topic::Tickets,
                    partition: 0,
                    offset,
                    record: Ok(record),
                };
                checkpoint.advance(&entry);
                offset += 1;
                batch.push(Labelled { entry, label: None });
            }
        }
        ledger.apply(&batch, &[], &checkpoint)?;
    }
    Ok(())
}

fn events(n: usize) -> Vec<Record> {
    let accepted_at = time::from_millis(1_451_600_000_000 + (n as i64 * 31_557) % 31_536_000_000);
    let hours = |hours: i64| accepted_at + chrono::TimeDelta::hours(hours);
    let unit = format!("第{}承办单位", n % 40);
    let event = |occurred_at: Moment, event: Event| {
        let body = Body::Ticket(TicketEvent {
            no: format!("B{n:08}"),
            source: "bench".to_owned(),
            actor: "feed:bench".to_owned(),
            occurred_at,
            snapshot: true,
            key: None,
            attachments: Vec::new(),
            event,
        });
        Record::new(body, time::from_millis(1_483_200_000_000))
    };
    let mut events = vec![
        event(
            accepted_at,
            Event::Accepted(Accepted {
                title: format!("第{n}号诉求"),
                body: String::new(),
                channel: Some(["电话", "网站", "微信"][n % 3].to_owned()),
                region: Some(format!("第{}街道", n % 12)),
                urgency: None,
                caller: None,
                due_at: None,
            }),
        ),
        event(
            accepted_at,
            Event::Classified(Classified {
                r#type: Some(TicketType::ALL[n % 5]),
                ..Classified::default()
            }),
        ),
        event(hours(1), Event::Dispatched { unit, due_at: None }),
    ];
    if !n.is_multiple_of(50) {
        events.push(event(
            hours(4 + n as i64 % 200),
            Event::Resolved {
                result: String::new(),
                direct: false,
                withdrawn: false,
            },
        ));
    }
    events
}

fn scope() -> Result<Scope> {
    let day =
        |month, day| NaiveDate::from_ymd_opt(2016, month, day).ok_or_else(|| anyhow::anyhow!("no such day"));
    Ok(Scope::new(
        day(1, 1)?,
        day(12, 31)?,
        time::from_millis(1_484_000_000_000),
    ))
}

pub(crate) fn load() -> Result<Done> {
    let ledger = ledger()?;
    let begun = Instant::now();
    Frames::new(&ledger).snapshot()?;
    Ok(Done {
        items: TICKETS,
        took: begun.elapsed(),
    })
}

pub(crate) fn rates() -> Result<Done> {
    let snapshot = Frames::new(&ledger()?).snapshot()?;
    let mut scope = scope()?;
    metrics::rates(&snapshot, &scope)?;
    // Another cut each time: nothing is answered from the last one.
    scope.unit = Some("第7承办单位".to_owned());
    let begun = Instant::now();
    metrics::rates(&snapshot, &scope)?;
    Ok(Done {
        items: TICKETS,
        took: begun.elapsed(),
    })
}

pub(crate) fn rates_by_unit() -> Result<Done> {
    let snapshot = Frames::new(&ledger()?).snapshot()?;
    let scope = scope()?;
    metrics::rates(&snapshot, &scope)?;
    let begun = Instant::now();
    for metric in METRICS {
        metrics::rate_by(&snapshot, &scope, metric, Cut::Unit)?;
    }
    Ok(Done {
        items: TICKETS,
        took: begun.elapsed(),
    })
}
