//! What lists and frames read of a ticket, as one row of numbers.

use super::{Fold, LedgerError, Ticket, handled, names::Names, ticket::type_code};
use crate::deadline::Rules;
use ingest::time::Moment;
use rusqlite::{Connection, Row, params};

/// One row of `tickets`. Times in milliseconds; texts as codes of [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TicketRow {
    pub(crate) row: u32,
    pub(crate) source: u32,
    pub(crate) r#type: u32,
    pub(crate) topic: u32,
    pub(crate) unit: u32,
    pub(crate) region: u32,
    pub(crate) channel: u32,
    pub(crate) status: u32,
    pub(crate) accepted_at: i64,
    pub(crate) last_event_at: i64,
    pub(crate) dispatched_at: Option<i64>,
    pub(crate) signed_at: Option<i64>,
    pub(crate) sign_due_at: Option<i64>,
    pub(crate) contacted_at: Option<i64>,
    pub(crate) replied_at: Option<i64>,
    pub(crate) resolved_at: Option<i64>,
    pub(crate) due_at: Option<i64>,
    pub(crate) warn_at: Option<i64>,
    pub(crate) paused_since: Option<i64>,
    pub(crate) on_time: Option<bool>,
    pub(crate) provisional: bool,
    pub(crate) rule: u32,
    pub(crate) returned: u32,
    pub(crate) extended: u32,
    pub(crate) reopened: u32,
    pub(crate) direct: bool,
    pub(crate) callback: Callback,
    pub(crate) solved: Option<bool>,
    pub(crate) satisfied: Option<bool>,
    pub(crate) feed_late: Option<bool>,
}

/// What became of the last 回访.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Callback {
    /// None was made.
    #[default]
    None,
    /// The caller was not reached.
    Missed,
    /// The caller was reached.
    Reached,
}

impl Callback {
    pub(crate) fn code(self) -> u32 {
        self as u32
    }

    fn of_code(code: u32) -> Self {
        match code {
            1 => Self::Missed,
            2 => Self::Reached,
            _ => Self::None,
        }
    }
}

/// The columns in the order of [`TicketRow::read`].
pub(crate) const COLUMNS: &str = "row, source, type, topic, unit, region, channel, status, accepted_at, last_event_at, \
    dispatched_at, signed_at, sign_due_at, contacted_at, replied_at, resolved_at, due_at, warn_at, paused_since, \
    on_time, provisional, rule, returned, extended, reopened, direct, callback, solved, satisfied, feed_late";

impl TicketRow {
    /// The row of a judged fold; its texts get their codes from `code`.
    pub(crate) fn of(
        fold: &Fold,
        rules: &Rules,
        row: u32,
        mut code: impl FnMut(&str) -> Result<u32, LedgerError>,
    ) -> Result<Self, LedgerError> {
        let ticket: &Ticket = &fold.ticket;
        let due = ticket.due.as_ref();
        let millis = |at: Option<Moment>| at.map(|at| at.timestamp_millis());
        let callback = ticket.callback.as_ref();
        Ok(Self {
            row,
            source: code(&ticket.source)?,
            r#type: type_code(ticket.r#type),
            topic: code(ticket.topic.as_deref().unwrap_or_default())?,
            unit: code(ticket.unit.as_deref().unwrap_or_default())?,
            region: code(ticket.region.as_deref().unwrap_or_default())?,
            channel: code(ticket.channel.as_deref().unwrap_or_default())?,
            status: ticket.status.code(),
            accepted_at: ticket.accepted_at.timestamp_millis(),
            last_event_at: fold.last_event_at.timestamp_millis(),
            dispatched_at: millis(ticket.dispatched_at),
            signed_at: millis(ticket.signed_at),
            sign_due_at: millis(ticket.dispatched_at.and_then(|at| rules.sign_due(at))),
            contacted_at: millis(ticket.contacted_at),
            replied_at: millis(ticket.replied_at),
            resolved_at: millis(ticket.resolved_at),
            due_at: millis(due.map(|due| due.due_at)),
            warn_at: millis(due.map(|due| due.warn_at)),
            paused_since: millis(due.and_then(|due| due.paused_since)),
            on_time: ticket.on_time,
            provisional: due.is_some_and(|due| due.provisional),
            rule: code(due.map_or("", |due| &due.rule))?,
            returned: ticket.counts.returned,
            extended: ticket.counts.extended,
            reopened: ticket.counts.reopened,
            direct: ticket.direct,
            callback: match callback {
                None => Callback::None,
                Some(answers) if answers.reached => Callback::Reached,
                Some(_) => Callback::Missed,
            },
            solved: callback
                .filter(|answers| answers.reached)
                .and_then(|answers| answers.solved),
            satisfied: callback
                .filter(|answers| answers.reached)
                .and_then(|answers| answers.satisfied),
            feed_late: ticket.feed_late,
        })
    }

    /// Reads [`COLUMNS`].
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            source: row.get(1)?,
            r#type: row.get(2)?,
            topic: row.get(3)?,
            unit: row.get(4)?,
            region: row.get(5)?,
            channel: row.get(6)?,
            status: row.get(7)?,
            accepted_at: row.get(8)?,
            last_event_at: row.get(9)?,
            dispatched_at: row.get(10)?,
            signed_at: row.get(11)?,
            sign_due_at: row.get(12)?,
            contacted_at: row.get(13)?,
            replied_at: row.get(14)?,
            resolved_at: row.get(15)?,
            due_at: row.get(16)?,
            warn_at: row.get(17)?,
            paused_since: row.get(18)?,
            on_time: row.get(19)?,
            provisional: row.get(20)?,
            rule: row.get(21)?,
            returned: row.get(22)?,
            extended: row.get(23)?,
            reopened: row.get(24)?,
            direct: row.get(25)?,
            callback: Callback::of_code(row.get(26)?),
            solved: row.get(27)?,
            satisfied: row.get(28)?,
            feed_late: row.get(29)?,
        })
    }

    /// Writes the row of a judged fold, new or in place of the old one; a ticket keeps its row number for ever.
    pub(super) fn write(
        connection: &Connection,
        names: &mut Names,
        rules: &Rules,
        fold: &Fold,
        change: i64,
    ) -> Result<(), LedgerError> {
        let row = Self::of(fold, rules, 0, |text| names.code(connection, text))?;
        handled::count(connection, &fold.ticket.no, (row.topic, row.region, row.unit))?;
        connection.prepare_cached(UPSERT)?.execute(params![
            fold.ticket.no,
            change,
            row.source,
            row.r#type,
            row.topic,
            row.unit,
            row.region,
            row.channel,
            row.status,
            row.accepted_at,
            row.last_event_at,
            row.dispatched_at,
            row.signed_at,
            row.sign_due_at,
            row.contacted_at,
            row.replied_at,
            row.resolved_at,
            row.due_at,
            row.warn_at,
            row.paused_since,
            row.on_time,
            row.provisional,
            row.rule,
            row.returned,
            row.extended,
            row.reopened,
            row.direct,
            row.callback.code(),
            row.solved,
            row.satisfied,
            fold.ticket.title,
            fold.ticket
                .model
                .as_ref()
                .map_or(0, |model| model.flags.len() as u32),
            row.feed_late,
        ])?;
        Ok(())
    }
}

const UPSERT: &str = "INSERT INTO tickets (no, change, source, type, topic, unit, region, channel, status, accepted_at,
    last_event_at, dispatched_at, signed_at, sign_due_at, contacted_at, replied_at, resolved_at, due_at, warn_at,
    paused_since, on_time, provisional, rule, returned, extended, reopened, direct, callback, solved, satisfied, title,
    flags, feed_late)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
    ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)
ON CONFLICT (no) DO UPDATE SET change = ?2, source = ?3, type = ?4, topic = ?5, unit = ?6, region = ?7, channel = ?8,
    status = ?9, accepted_at = ?10, last_event_at = ?11, dispatched_at = ?12, signed_at = ?13, sign_due_at = ?14,
    contacted_at = ?15, replied_at = ?16, resolved_at = ?17, due_at = ?18, warn_at = ?19, paused_since = ?20,
    on_time = ?21, provisional = ?22, rule = ?23, returned = ?24, extended = ?25, reopened = ?26, direct = ?27,
    callback = ?28, solved = ?29, satisfied = ?30, title = ?31, flags = ?32, feed_late = ?33";
