//! What hot and stubborn issues are found in: one light row a ticket, without folding it.

use super::{Ledger, LedgerError, Status};
use ingest::time::{Moment, from_millis};

/// One ticket as a voice among many.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// 工单编号
    pub no: String,
    /// 标题
    pub title: String,
    /// 区域, empty where none is known. So for the topic.
    pub region: String,
    /// 诉求领域
    pub topic: String,
    /// 受理时间
    pub accepted_at: Moment,
    /// It was merged: a voice more, not a ticket more.
    pub merged: bool,
}

/// A ticket that does not come to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restless {
    /// 工单编号
    pub no: String,
    /// 重办
    pub reopened: u32,
    /// 延期
    pub extended: u32,
    /// Tickets merged into it.
    pub repeated: u32,
}

impl Ledger {
    /// Tickets accepted in `from..to`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn voices(&self, from: Moment, to: Moment, limit: usize) -> Result<Vec<Voice>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT no, title, coalesce((SELECT text FROM names WHERE code = region), ''),
                 coalesce((SELECT text FROM names WHERE code = topic), ''), accepted_at, status
             FROM tickets WHERE accepted_at >= ?1 AND accepted_at < ?2 ORDER BY accepted_at DESC, no LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let voices = statement.query_map((from.timestamp_millis(), to.timestamp_millis(), limit), |row| {
            Ok(Voice {
                no: row.get(0)?,
                title: row.get(1)?,
                region: row.get(2)?,
                topic: row.get(3)?,
                accepted_at: from_millis(row.get(4)?),
                merged: row.get::<_, u32>(5)? == Status::Merged.code(),
            })
        })?;
        Ok(voices.collect::<Result<_, _>>()?)
    }

    /// Unmerged tickets accepted in `from..to` that were reopened, extended or repeated (merged into) at least so often
    /// as given; a threshold of 0 asks nothing.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn restless(
        &self,
        from: Moment,
        to: Moment,
        (reopened, extended, repeated): (u32, u32, u32),
    ) -> Result<Vec<Restless>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT * FROM (SELECT no, reopened, extended,
                 (SELECT count(*) FROM ties WHERE merged_into = no) AS repeated
             FROM tickets WHERE accepted_at >= ?1 AND accepted_at < ?2 AND status <> 7)
             WHERE (?3 > 0 AND reopened >= ?3) OR (?4 > 0 AND extended >= ?4) OR (?5 > 0 AND repeated >= ?5)
             ORDER BY no",
        )?;
        let arguments = (
            from.timestamp_millis(),
            to.timestamp_millis(),
            reopened,
            extended,
            repeated,
        );
        let restless = statement.query_map(arguments, |row| {
            Ok(Restless {
                no: row.get(0)?,
                reopened: row.get(1)?,
                extended: row.get(2)?,
                repeated: row.get(3)?,
            })
        })?;
        Ok(restless.collect::<Result<_, _>>()?)
    }
}
