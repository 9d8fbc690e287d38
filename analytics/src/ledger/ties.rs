//! What ties tickets together: one caller, one main ticket.
//!
//! The same caller says nothing about the matter (重复来电 is not 同诉): the two are kept and asked for apart.

use super::{Ledger, LedgerError, Ticket, history};
use ingest::record::{RecordId, TicketEvent};
use rusqlite::{Connection, OptionalExtension};

/// Writes a ticket's ties; `first` when the ticket is new, so that there is nothing to take away.
pub(super) fn write(connection: &Connection, ticket: &Ticket, first: bool) -> Result<(), LedgerError> {
    let caller = ticket.caller.as_ref().map(|caller| caller.hash.as_str());
    if caller.is_some() || ticket.merged_into.is_some() {
        connection
            .prepare_cached("INSERT OR REPLACE INTO ties (ticket, caller, merged_into) VALUES (?1, ?2, ?3)")?
            .execute((&ticket.no, caller, &ticket.merged_into))?;
    } else if !first {
        connection
            .prepare_cached("DELETE FROM ties WHERE ticket = ?1")?
            .execute([&ticket.no])?;
    }
    Ok(())
}

impl Ledger {
    /// Numbers of the tickets merged into `main` now, by number.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn merged_into(&self, main: &str) -> Result<Vec<String>, LedgerError> {
        self.tied(
            "SELECT ticket FROM ties WHERE merged_into = ?1 ORDER BY ticket",
            main,
            usize::MAX,
        )
    }

    /// Numbers of the latest tickets of one caller, the last accepted first, at most `limit`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn of_caller(&self, caller: &RecordId, limit: usize) -> Result<Vec<String>, LedgerError> {
        let sql =
            "SELECT no FROM ties JOIN tickets ON no = ticket WHERE caller = ?1 ORDER BY accepted_at DESC, no";
        self.tied(sql, caller.as_str(), limit)
    }

    /// The event of that id in a ticket's life, as it was first said; `None` when the ledger does not hold it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn event(&self, no: &str, id: &RecordId) -> Result<Option<TicketEvent>, LedgerError> {
        let connection = self.store.read()?;
        let payload: Option<String> = connection
            .prepare_cached("SELECT payload FROM events WHERE ticket = ?1 AND id = ?2")?
            .query_row((no, id.as_str()), |row| row.get(0))
            .optional()?;
        payload
            .map(|payload| history::event(&payload).ok_or_else(|| history::damaged(id.as_str())))
            .transpose()
    }

    fn tied(&self, sql: &str, key: &str, limit: usize) -> Result<Vec<String>, LedgerError> {
        let connection = self.store.read()?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let numbers = connection
            .prepare_cached(&format!("{sql} LIMIT ?2"))?
            .query_map((key, limit), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(numbers)
    }
}
