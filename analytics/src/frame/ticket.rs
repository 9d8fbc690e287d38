//! The ticket frame: one row a ticket.

use super::{FrameError, columns::Columns};
use crate::ledger::{Callback, Status, TICKET_COLUMNS, TicketRow};
use ingest::time::shanghai;
use polars::prelude::DataFrame;
use rusqlite::Connection;

const DAY: i64 = 86_400_000;

/// Every fact a metric counts is a flag; what remains are codes for cuts, and times that meet the as-of time.
pub(super) static COLUMNS: Columns<TicketRow> = Columns {
    numbers: &[
        ("row", |ticket| ticket.row),
        ("source", |ticket| ticket.source),
        ("type", |ticket| ticket.r#type),
        ("topic", |ticket| ticket.topic),
        ("unit", |ticket| ticket.unit),
        ("region", |ticket| ticket.region),
        ("channel", |ticket| ticket.channel),
        ("status", |ticket| ticket.status),
    ],
    days: &[("day", |ticket| day(ticket.accepted_at))],
    times: &[
        ("accepted_at", |ticket| Some(ticket.accepted_at)),
        ("last_event_at", |ticket| Some(ticket.last_event_at)),
        ("expires_at", |ticket| Some(expires_at(ticket))),
        ("handled", |ticket| {
            ticket.resolved_at.map(|at| at - ticket.accepted_at)
        }),
    ],
    flags: &[
        ("merged", |ticket| ticket.status == Status::Merged.code()),
        ("paused", |ticket| ticket.status == Status::Paused.code()),
        ("resolved", |ticket| ticket.resolved_at.is_some()),
        ("timed", |ticket| ticket.due_at.is_some()),
        ("on_time", |ticket| ticket.on_time == Some(true)),
        ("same_day", |ticket| days_taken(ticket) == Some(0)),
        ("three_days", |ticket| {
            days_taken(ticket).is_some_and(|days| days <= 3)
        }),
        ("feed_marked", |ticket| ticket.feed_late.is_some()),
        ("feed_right", |ticket| {
            ticket.feed_late.is_some() && ticket.feed_late == ticket.on_time.map(|on_time| !on_time)
        }),
        ("dispatched", |ticket| ticket.dispatched_at.is_some()),
        ("signed_in_time", |ticket| {
            // As every deadline, it lasts to the end of its second.
            ticket
                .signed_at
                .zip(ticket.sign_due_at)
                .is_some_and(|(at, due)| at / 1000 <= due / 1000)
        }),
        ("contacted", |ticket| ticket.contacted_at.is_some()),
        ("replied", |ticket| ticket.replied_at.is_some()),
        ("returned", |ticket| ticket.returned > 0),
        ("extended", |ticket| ticket.extended > 0),
        ("reopened", |ticket| ticket.reopened > 0),
        ("direct", |ticket| ticket.direct && ticket.dispatched_at.is_none()),
        ("called", |ticket| ticket.callback != Callback::None),
        ("reached", |ticket| ticket.callback == Callback::Reached),
        ("solved_known", |ticket| ticket.solved.is_some()),
        ("solved", |ticket| ticket.solved == Some(true)),
        ("satisfied_known", |ticket| ticket.satisfied.is_some()),
        ("satisfied", |ticket| ticket.satisfied == Some(true)),
    ],
};

/// Calendar days from acceptance to resolution.
fn days_taken(ticket: &TicketRow) -> Option<i32> {
    ticket
        .resolved_at
        .map(|at| day(at).saturating_sub(day(ticket.accepted_at)))
}

/// From when on a ticket still open is late: the end of the second it is due in. A ticket without deadline never is;
/// nor is one whose clock a pause stopped before.
fn expires_at(ticket: &TicketRow) -> i64 {
    let Some(due) = ticket.due_at else { return i64::MAX };
    let end = (due.div_euclid(1000) + 1).saturating_mul(1000);
    match ticket.paused_since {
        Some(since) if since < end => i64::MAX,
        _ => end,
    }
}

/// Days since 1970-01-01 in Asia/Shanghai.
pub(super) fn day(millis: i64) -> i32 {
    let local = millis.saturating_add(i64::from(shanghai().local_minus_utc()) * 1000);
    i32::try_from(local.div_euclid(DAY)).unwrap_or_default()
}

/// Row numbers are dense, so the greatest is how many there are: columns are allotted once, not doubled.
const COUNT: &str = "SELECT CASE ?1 WHEN 0 THEN (SELECT coalesce(max(row), 0) FROM tickets) ELSE 0 END";

/// The tickets changed after transaction `change`.
pub(super) fn changed(connection: &Connection, change: i64) -> Result<DataFrame, FrameError> {
    // From nothing, a scan of the table; then the index on `change` finds the few.
    let sql = if change == 0 {
        format!("SELECT {TICKET_COLUMNS} FROM tickets WHERE ?1 = 0")
    } else {
        format!("SELECT {TICKET_COLUMNS} FROM tickets WHERE change > ?1")
    };
    let count: u32 = connection
        .prepare_cached(COUNT)?
        .query_row([change], |row| row.get(0))?;
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([change])?;
    let mut builder = COLUMNS.builder(count as usize);
    while let Some(row) = rows.next()? {
        builder.push(&TicketRow::read(row)?);
    }
    Ok(builder.finish()?)
}
