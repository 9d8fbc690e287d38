//! Frames and rates over tickets in the ledger: 1,000,000, or as many as `MINSHENG_BENCH_TICKETS` says.

use crate::Done;
use analytics::{
    deadline::Rules,
    frame::{Frames, Snapshot},
    ledger::{Labelled, Ledger},
    metrics::{self, Cut, METRICS, Metric, Rate, Scope},
};
use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use ingest::{
    log::{Checkpoint, Entry, Topic},
    record::{Accepted, Body, CalledBack, Classified, Event, Record, TicketEvent, TicketType},
    time::{self, Moment},
};
use rusqlite::Connection;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// Tickets that come as events, through the fold; the others are their rows again. No figure as of a time after all
/// events reads more of a ticket than its row, and folding ten million takes hours.
const FOLDED: usize = 100_000;
const BATCH: usize = 20_000;
/// Times each query is asked; the median is told.
const ASKED: usize = 3;
const TOPICS: [&str; 5] = ["城乡建设", "环境保护", "交通运输", "劳动和社会保障", "政法"];

fn tickets() -> Result<usize> {
    match std::env::var("MINSHENG_BENCH_TICKETS") {
        Ok(number) => number
            .parse()
            .context("MINSHENG_BENCH_TICKETS is no whole number"),
        Err(_) => Ok(1_000_000),
    }
}

/// The ledger is made once per machine and kept in the temporary folder: making it takes longer than all measures.
fn path() -> Result<PathBuf> {
    Ok(std::env::temp_dir().join(format!(
        "minsheng-bench-{}-{}.sqlite",
        env!("CARGO_PKG_VERSION"),
        tickets()?
    )))
}

/// Makes the ledger where it is not there yet.
pub(crate) fn prepare() -> Result<()> {
    let path = path()?;
    if !path.exists() {
        let making = path.with_extension("making");
        let _ = std::fs::remove_file(&making);
        make(&making)?;
        std::fs::rename(&making, path)?;
    }
    Ok(())
}

fn ledger() -> Result<Ledger> {
    Ok(Ledger::open_reader(&path()?, Rules::embedded()?)?)
}

fn make(path: &Path) -> Result<()> {
    let wanted = tickets()?;
    fold(path, wanted.min(FOLDED))?;
    let connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")?;
    multiply(&connection, wanted)?;
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    Ok(())
}

/// The first rows again and again, a second later each time, until there are `wanted`.
fn multiply(connection: &Connection, wanted: usize) -> Result<()> {
    let listed = |sql: &str| -> Result<Vec<(String, String)>> {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let indexes = listed(
        "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'tickets' AND type = 'index' AND sql IS NOT NULL",
    )?;
    let columns = listed("SELECT name, name FROM pragma_table_info('tickets')")?;
    let taken: Vec<String> = columns
        .iter()
        .map(|(name, _)| match name.as_str() {
            "row" => "row + ?1".to_owned(),
            "no" => "printf('B%08d', row + ?1 - 1)".to_owned(),
            name if name.ends_with("_at") => format!("{name} + ?1 / ?2 * 1000"),
            name => name.to_owned(),
        })
        .collect();
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    let sql = format!(
        "INSERT INTO tickets SELECT {} FROM tickets WHERE row <= min(?2, ?3 - ?1) ORDER BY row",
        taken.join(", ")
    );
    connection.execute_batch("BEGIN")?;
    for from in (FOLDED..wanted).step_by(FOLDED) {
        connection.execute(&sql, [from as i64, FOLDED as i64, wanted as i64])?;
    }
    for (_, sql) in &indexes {
        connection.execute_batch(sql)?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

fn fold(path: &Path, wanted: usize) -> Result<()> {
    let ledger = Ledger::open(path, Rules::embedded()?)?;
    let mut checkpoint = Checkpoint::default();
    let mut offset = 0;
    for from in (0..wanted).step_by(BATCH) {
        let mut batch = Vec::new();
        for n in from..(from + BATCH).min(wanted) {
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
                topic: Some(TOPICS[n / 7 % 5].to_owned()),
                late: Some(n.is_multiple_of(11)),
                ..Classified::default()
            }),
        ),
        event(hours(1), Event::Dispatched { unit, due_at: None }),
    ];
    if !n.is_multiple_of(9) {
        events.push(event(hours(2 + n as i64 % 60), Event::Signed { unit: None }));
        events.push(event(hours(3), Event::Contacted));
    }
    if n.is_multiple_of(23) {
        events.push(event(
            hours(2),
            Event::Returned {
                reason: "非本单位职责".to_owned(),
            },
        ));
    }
    if !n.is_multiple_of(50) {
        events.push(event(
            hours(4 + n as i64 % 200),
            Event::Resolved {
                result: String::new(),
                direct: false,
                withdrawn: false,
            },
        ));
        if n.is_multiple_of(3) {
            events.push(event(
                hours(250),
                Event::CalledBack(CalledBack {
                    reached: !n.is_multiple_of(4),
                    solved: Some(!n.is_multiple_of(13)),
                    satisfied: (!n.is_multiple_of(5)).then_some(!n.is_multiple_of(17)),
                }),
            ));
        }
    }
    if n.is_multiple_of(97) && n > 0 {
        events.push(event(
            hours(5),
            Event::Merged {
                into: format!("B{:08}", n - 1),
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
        items: tickets()?,
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
        items: tickets()?,
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
        items: tickets()?,
        took: begun.elapsed(),
    })
}

/// The slowest single rate, over any cut.
pub(crate) fn slowest() -> Result<Done> {
    let snapshot = Frames::new(&ledger()?).snapshot()?;
    let mut took = std::time::Duration::ZERO;
    for metric in METRICS {
        for cut in Cut::ALL {
            let begun = Instant::now();
            metrics::rate_by(&snapshot, &scope()?, metric, cut)?;
            took = took.max(begun.elapsed());
        }
    }
    Ok(Done {
        items: tickets()?,
        took,
    })
}

/// Median and p90 of the handling time.
pub(crate) fn handling() -> Result<Done> {
    let snapshot = Frames::new(&ledger()?).snapshot()?;
    let scope = scope()?;
    metrics::count(&snapshot, &scope)?;
    let begun = Instant::now();
    metrics::handling(&snapshot, &scope)?;
    Ok(Done {
        items: tickets()?,
        took: begun.elapsed(),
    })
}

/// For `duckdb.py`: the ledger's path, the time of loading it, then every rate over every cut with its median time and
/// its counts, one JSON object a line.
pub(crate) fn queries() -> Result<()> {
    prepare()?;
    println!("{}", json!({ "ledger": path()? }));
    let ledger = ledger()?;
    let begun = Instant::now();
    let snapshot = Frames::new(&ledger).snapshot()?;
    println!("{}", json!({ "load_seconds": begun.elapsed().as_secs_f64() }));
    let whole = scope()?;
    let unit = Scope {
        unit: Some("第7承办单位".to_owned()),
        ..whole.clone()
    };
    for metric in METRICS {
        ask(metric, "all", || {
            let rate = metrics::rate(&snapshot, &whole, metric)?;
            Ok(vec![(String::new(), rate)])
        })?;
        ask(metric, "one unit", || {
            let rate = metrics::rate(&snapshot, &unit, metric)?;
            Ok(vec![(String::new(), rate)])
        })?;
        for cut in Cut::ALL {
            ask(metric, cut.name(), || by(&snapshot, &whole, metric, cut))?;
        }
    }
    println!("{}", json!({ "peak_kib": crate::peak_kib()? }));
    Ok(())
}

fn by(snapshot: &Snapshot, scope: &Scope, metric: &Metric, cut: Cut) -> Result<Vec<(String, Rate)>> {
    Ok(metrics::rate_by(snapshot, scope, metric, cut)?)
}

fn ask(metric: &Metric, cut: &str, query: impl Fn() -> Result<Vec<(String, Rate)>>) -> Result<()> {
    let mut times = Vec::new();
    let mut rates = Vec::new();
    for _ in 0..ASKED {
        let begun = Instant::now();
        rates = query()?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    ensure!(!rates.is_empty(), "{} by {cut} counted nothing", metric.name);
    times.sort_by(f64::total_cmp);
    let counts: Vec<_> = rates
        .iter()
        .map(|(name, rate)| (name, rate.numerator, rate.denominator))
        .collect();
    println!(
        "{}",
        json!({ "metric": metric.name, "cut": cut, "ms": times[ASKED / 2], "counts": counts })
    );
    Ok(())
}
