//! Which unit has handled what: tickets by topic, region and unit, counted as rows change, so that asking costs the same
//! however many tickets there are.

use super::{Ledger, LedgerError};
use rusqlite::{Connection, OptionalExtension};

/// How many tickets a unit has had, of a topic and a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// 承办单位
    pub unit: String,
    /// Of the topic and the region.
    pub both: u64,
    /// Of the topic.
    pub topic: u64,
    /// Of the region.
    pub region: u64,
}

/// Counts a ticket at its new place and no more at its old one; codes as in `tickets`, to be called before the row is
/// written.
pub(super) fn count(connection: &Connection, no: &str, now: (u32, u32, u32)) -> Result<(), LedgerError> {
    let was: Option<(u32, u32, u32)> = connection
        .prepare_cached("SELECT topic, region, unit FROM tickets WHERE no = ?1")?
        .query_row([no], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if was == Some(now) {
        return Ok(());
    }
    for (place, step) in [(was, -1), (Some(now), 1)] {
        // A ticket without unit has been handled by nobody.
        let Some((topic, region, unit)) = place.filter(|(_, _, unit)| *unit != 0) else {
            continue;
        };
        connection
            .prepare_cached(
                "INSERT INTO handled (topic, region, unit, tickets) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (topic, region, unit) DO UPDATE SET tickets = tickets + ?4",
            )?
            .execute((topic, region, unit, step))?;
    }
    Ok(())
}

impl Ledger {
    /// What each unit has had of `topic` and `region`, by name; units that had neither are left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn handled(&self, topic: Option<&str>, region: Option<&str>) -> Result<Vec<Handled>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "WITH asked AS (SELECT (SELECT code FROM names WHERE text = ?1 AND code > 0) AS topic,
                                   (SELECT code FROM names WHERE text = ?2 AND code > 0) AS region)
             SELECT n.text, sum(h.tickets * (h.topic = a.topic AND h.region = a.region)),
                    sum(h.tickets * (h.topic = a.topic)), sum(h.tickets * (h.region = a.region))
             FROM handled AS h, asked AS a JOIN names AS n ON n.code = h.unit
             WHERE h.topic = a.topic OR h.region = a.region GROUP BY h.unit ORDER BY n.text",
        )?;
        let mut rows = statement.query((topic.unwrap_or_default(), region.unwrap_or_default()))?;
        let mut handled = Vec::new();
        while let Some(row) = rows.next()? {
            let count =
                |place| Ok::<u64, LedgerError>(row.get::<_, Option<i64>>(place)?.unwrap_or(0).unsigned_abs());
            let one = Handled {
                unit: row.get(0)?,
                both: count(1)?,
                topic: count(2)?,
                region: count(3)?,
            };
            if one.topic + one.region > 0 {
                handled.push(one);
            }
        }
        Ok(handled)
    }
}
