//! Lists and queues of tickets for pages.

use super::{Ledger, LedgerError, Status, Ticket, TypeIs};
use chrono::NaiveDate;
use ingest::{
    record::Card,
    time::{Moment, start_of_day},
};
use rusqlite::{ToSql, params_from_iter};
use std::collections::BTreeMap;

/// Which tickets to list. Every condition given must hold; the default lists all.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// The number begins with it, or the title contains it.
    pub text: Option<String>,
    /// 诉求类型
    pub r#type: Option<TypeIs>,
    /// State.
    pub status: Option<Status>,
    /// Unresolved and not merged (`true`), or the rest (`false`).
    pub open: Option<bool>,
    /// 承办单位; empty: tickets without one. So for the next four.
    pub unit: Option<String>,
    /// 诉求领域
    pub topic: Option<String>,
    /// 区域
    pub region: Option<String>,
    /// 来源渠道
    pub channel: Option<String>,
    /// Configured source.
    pub source: Option<String>,
    /// Whether a 回访 was made.
    pub called_back: Option<bool>,
    /// With sensitive content (`true`), or without.
    pub flagged: Option<bool>,
    /// Open tickets that deserve this card at that moment.
    pub card: Option<(Card, Moment)>,
    /// Accepted on this day or later.
    pub from: Option<NaiveDate>,
    /// Accepted on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Only these numbers, e.g. [`members`](crate::metrics::members) of a rate.
    pub numbers: Option<Vec<String>>,
    /// In which order.
    pub order: Order,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Accepted last first.
    #[default]
    Newest,
    /// Accepted first first.
    Oldest,
    /// The dispatcher's: open before closed; sensitive content first; red, yellow, then by deadline; 待判定 first among
    /// equals.
    Urgency(Moment),
}

/// Where a ticket's clock stands at the moment `?`: while paused it stands still.
const CLOCK: &str = "min(coalesce(paused_since, ?), ?)";
const OPEN: &str = "resolved_at IS NULL AND status <> 7";

impl Ledger {
    /// Tickets `offset..offset + limit` of those that pass the filter, and how many pass.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list(
        &self,
        filter: &ListFilter,
        offset: u64,
        limit: u64,
    ) -> Result<(Vec<Ticket>, u64), LedgerError> {
        let condition = filter.condition();
        let (order, mut arguments) = filter.order();
        let connection = self.store.read()?;
        let total: i64 = connection
            .prepare_cached(&format!("SELECT count(*) FROM tickets WHERE {}", condition.sql))?
            .query_row(params_from_iter(&condition.arguments), |row| row.get(0))?;
        let sql = format!(
            "SELECT no FROM tickets WHERE {} ORDER BY {order} LIMIT ? OFFSET ?",
            condition.sql
        );
        let mut all = condition.arguments;
        all.append(&mut arguments);
        all.push(Box::new(i64::try_from(limit).unwrap_or(i64::MAX)));
        all.push(Box::new(i64::try_from(offset).unwrap_or(i64::MAX)));
        let numbers: Vec<String> = connection
            .prepare_cached(&sql)?
            .query_map(params_from_iter(&all), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        drop(connection);
        Ok((self.tickets(&numbers)?, total.unsigned_abs()))
    }

    /// Every unresolved, unmerged ticket, the earliest deadline first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open_tickets(&self) -> Result<Vec<Ticket>, LedgerError> {
        let connection = self.store.read()?;
        let numbers: Vec<String> = connection
            .prepare_cached(&format!(
                "SELECT no FROM tickets WHERE {OPEN} ORDER BY due_at IS NULL, due_at, no"
            ))?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        drop(connection);
        self.tickets(&numbers)
    }

    /// Open tickets whose clock runs and whose warning window has opened by `now`: number → deadline in milliseconds.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn expiring(&self, now: Moment) -> Result<BTreeMap<String, i64>, LedgerError> {
        let connection = self.store.read()?;
        let expiring = connection
            .prepare_cached(&format!(
                "SELECT no, due_at FROM tickets
                 WHERE {OPEN} AND paused_since IS NULL AND due_at IS NOT NULL AND warn_at <= ?1"
            ))?
            .query_map([now.timestamp_millis()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(expiring)
    }
}

/// SQL with its arguments in order.
struct Condition {
    sql: String,
    arguments: Vec<Box<dyn ToSql>>,
}

impl Condition {
    fn and(&mut self, sql: &str, arguments: impl IntoIterator<Item = Box<dyn ToSql>>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.arguments.extend(arguments);
    }
}

fn argument(value: impl ToSql + 'static) -> Box<dyn ToSql> {
    Box::new(value)
}

impl ListFilter {
    fn condition(&self) -> Condition {
        let mut all = Condition {
            sql: "1".into(),
            arguments: Vec::new(),
        };
        if let Some(text) = self
            .text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            all.and(
                "(substr(no, 1, length(?)) = ? OR instr(title, ?) > 0)",
                [
                    argument(text.to_owned()),
                    argument(text.to_owned()),
                    argument(text.to_owned()),
                ],
            );
        }
        if let Some(kind) = self.r#type {
            all.and("type = ?", [argument(kind.code())]);
        }
        if let Some(status) = self.status {
            all.and("status = ?", [argument(status.code())]);
        }
        match self.open {
            Some(true) => all.and(OPEN, []),
            Some(false) => all.and("NOT (resolved_at IS NULL AND status <> 7)", []),
            None => {}
        }
        match self.called_back {
            Some(true) => all.and("callback <> 0", []),
            Some(false) => all.and("callback = 0", []),
            None => {}
        }
        let named = [
            ("unit", &self.unit),
            ("topic", &self.topic),
            ("region", &self.region),
            ("channel", &self.channel),
            ("source", &self.source),
        ];
        for (column, name) in named {
            if let Some(name) = name {
                // The empty name has code 0 and no row; an unknown one equals NULL, which nothing does.
                let code = format!(
                    "{column} = CASE ? WHEN '' THEN 0 ELSE (SELECT code FROM names WHERE text = ?) END"
                );
                all.and(&code, [argument(name.clone()), argument(name.clone())]);
            }
        }
        if let Some(flagged) = self.flagged {
            all.and(if flagged { "flags <> 0" } else { "flags = 0" }, []);
        }
        if let Some((card, now)) = self.card {
            all.and(OPEN, []);
            // A deadline of 23:59:59 lasts to the end of that second.
            let late = format!("{CLOCK} / 1000 > due_at / 1000");
            let now = now.timestamp_millis();
            match card {
                Card::Red => all.and(&late, [argument(now), argument(now)]),
                Card::Yellow => all.and(
                    &format!("NOT ({late}) AND {CLOCK} >= warn_at"),
                    [argument(now), argument(now), argument(now), argument(now)],
                ),
            }
        }
        if let Some(from) = self.from {
            all.and(
                "accepted_at >= ?",
                [argument(start_of_day(from).timestamp_millis())],
            );
        }
        if let Some(after) = self.to.and_then(|to| to.succ_opt()) {
            all.and(
                "accepted_at < ?",
                [argument(start_of_day(after).timestamp_millis())],
            );
        }
        if let Some(numbers) = &self.numbers {
            // One JSON argument: SQLite allows only so many of them.
            let json = serde_json::Value::from(numbers.clone()).to_string();
            all.and("no IN (SELECT value FROM json_each(?))", [argument(json)]);
        }
        all
    }

    fn order(&self) -> (String, Vec<Box<dyn ToSql>>) {
        match self.order {
            Order::Newest => ("accepted_at DESC, no DESC".into(), Vec::new()),
            Order::Oldest => ("accepted_at, no".into(), Vec::new()),
            Order::Urgency(now) => {
                let now = now.timestamp_millis();
                let sql = format!(
                    "NOT ({OPEN}), flags = 0, CASE WHEN due_at IS NULL THEN 3 WHEN {CLOCK} / 1000 > due_at / 1000 THEN 0
                     WHEN {CLOCK} >= warn_at THEN 1 ELSE 2 END, due_at, type <> 0, no"
                );
                (sql, (0..4).map(|_| argument(now)).collect())
            }
        }
    }
}
