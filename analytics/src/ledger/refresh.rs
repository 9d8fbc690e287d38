//! Stored deadlines after the rules or a calendar changed.

use super::{
    Ledger, LedgerError, TicketRow,
    apply::Applying,
    history::TicketHistory,
    read::{meta, set_meta},
    row::COLUMNS,
};

/// Tickets per transaction when deadlines are computed anew.
const REFRESH: usize = 5_000;

impl Ledger {
    /// Computes every stored deadline anew if it was computed by other rules or calendars.
    pub(super) fn refresh_deadlines(&self) -> Result<(), LedgerError> {
        let version = self.store.rules.version();
        if meta(&*self.store.read()?, "rules")?.as_deref() == Some(version) {
            return Ok(());
        }
        let mut last = 0;
        loop {
            let next = self.transact(|applying| applying.refresh(last))?;
            match next {
                Some(row) => last = row,
                None => return self.transact(|applying| set_meta(applying.connection, "rules", version)),
            }
        }
    }
}

impl Applying<'_> {
    /// Folds the next tickets after row `last` and writes those whose row is no longer right; returns the last row seen.
    fn refresh(&mut self, last: u32) -> Result<Option<u32>, LedgerError> {
        let sql = format!(
            "SELECT {}, no FROM tickets WHERE row > ?1 ORDER BY row LIMIT {REFRESH}",
            COLUMNS
        );
        let held: Vec<(TicketRow, String)> = self
            .connection
            .prepare_cached(&sql)?
            .query_map([last], |row| Ok((TicketRow::read(row)?, row.get("no")?)))?
            .collect::<Result<_, _>>()?;
        for (row, no) in &held {
            let Some(fold) = TicketHistory::read(self.connection, no, None)?.fold(None, self.rules) else {
                continue;
            };
            let fresh = TicketRow::of(&fold, self.rules, row.row, |text| {
                self.names.code(self.connection, text)
            })?;
            if fresh != *row {
                TicketRow::write(self.connection, self.names, self.rules, &fold, self.change)?;
            }
        }
        Ok(held.last().map(|(row, _)| row.row))
    }
}
