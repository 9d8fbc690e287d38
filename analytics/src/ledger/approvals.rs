//! Items of approvals offices, apart from all tickets: the revision observed last of each. Their deadlines are computed
//! when they are read, so no rule or calendar makes a stored one wrong.

use super::{
    Ledger, LedgerError, Outcome,
    apply::Applying,
    history::{History, item_thing},
};
use ingest::{
    record::{Approval, Card, Record},
    time::{Moment, from_millis},
};
use rusqlite::{Row, params};

/// Which items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// Accepted not before.
    pub from: Moment,
    /// Accepted before.
    pub until: Moment,
    /// 办理部门
    pub unit: Option<String>,
    /// Configured source.
    pub source: Option<String>,
}

impl Applying<'_> {
    /// Takes one more sight of an item; says what it brought.
    pub(super) fn approval(&mut self, record: &Record, item: &Approval) -> Result<Outcome, LedgerError> {
        let thing = item_thing(item);
        let (id, at) = (record.id.as_str(), record.observed_at.timestamp_millis());
        let mut history = History::read(self.connection, &thing)?;
        let observed = history.observe("", at, id);
        self.seen(&item.source, at);
        if observed.held {
            return Ok(observed.outcome);
        }
        self.arrived(&item.source, at);
        self.observation(&thing, "", at, id)?;
        if history.newest() == Some(id) {
            self.write_approval(item)?;
        }
        Ok(observed.outcome)
    }

    fn write_approval(&self, item: &Approval) -> Result<(), LedgerError> {
        let millis = |at: Option<Moment>| at.map(|at| at.timestamp_millis());
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO approvals
                     (source, no, item, unit, accepted_at, promised_at, promised_days, finished_at, outcome, card)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                item.source,
                item.no,
                item.item,
                item.unit,
                item.accepted_at.timestamp_millis(),
                millis(item.promised_at),
                item.promised_working_days,
                millis(item.finished_at),
                item.outcome,
                item.card.map(|card| u32::from(card == Card::Red)),
            ])?;
        Ok(())
    }
}

impl Ledger {
    /// Items by time of acceptance, then source and number.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn approvals(&self, filter: &ApprovalFilter) -> Result<Vec<Approval>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT source, no, item, unit, accepted_at, promised_at, promised_days, finished_at, outcome, card
             FROM approvals WHERE accepted_at >= ?1 AND accepted_at < ?2
                 AND (?3 IS NULL OR coalesce(unit, '') = ?3) AND (?4 IS NULL OR source = ?4)
             ORDER BY accepted_at, source, no",
        )?;
        let (from, until) = (filter.from.timestamp_millis(), filter.until.timestamp_millis());
        let items = statement.query_map(params![from, until, filter.unit, filter.source], read)?;
        Ok(items.collect::<Result<_, _>>()?)
    }

    /// Departments with an item, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn approval_units(&self) -> Result<Vec<String>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection
            .prepare_cached("SELECT DISTINCT unit FROM approvals WHERE unit IS NOT NULL ORDER BY unit")?;
        let units = statement.query_map([], |row| row.get(0))?;
        Ok(units.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Approval> {
    let moment = |at: Option<i64>| at.map(from_millis);
    Ok(Approval {
        source: row.get(0)?,
        no: row.get(1)?,
        item: row.get(2)?,
        unit: row.get(3)?,
        accepted_at: from_millis(row.get(4)?),
        promised_at: moment(row.get(5)?),
        promised_working_days: row.get(6)?,
        finished_at: moment(row.get(7)?),
        outcome: row.get(8)?,
        card: row
            .get::<_, Option<bool>>(9)?
            .map(|red| if red { Card::Red } else { Card::Yellow }),
    })
}
