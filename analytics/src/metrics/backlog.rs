//! Open tickets by age, and those past due: what is waiting, and how long.

use super::{Result, Scope, members::numbers, tally::totals};
use crate::frame::{Predicate, Snapshot, after, before, flag};
use chrono::TimeDelta;
use ingest::time::{Moment, shanghai, start_of_day};
use serde::Serialize;

/// An age of open tickets, in calendar days since the day of acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Age {
    /// Name in addresses and interfaces.
    pub name: &'static str,
    /// 名称 on pages.
    pub chinese: &'static str,
    /// Days at least; with `to` both `None` for those past due, of whatever age.
    pub from: Option<u32>,
    /// Days at most; `None` for no limit.
    pub to: Option<u32>,
}

const fn age(name: &'static str, chinese: &'static str, from: u32, to: Option<u32>) -> Age {
    Age {
        name,
        chinese,
        from: Some(from),
        to,
    }
}

/// Past due: an age by deadline, overlapping the others.
const PAST_DUE: Age = Age {
    name: "past_due",
    chinese: "已超期",
    from: None,
    to: None,
};

/// Ages in their order; all but the last share out the open tickets.
pub const AGES: [Age; 7] = [
    age("upto_1", "1 天以内", 0, Some(1)),
    age("2_3", "2–3 天", 2, Some(3)),
    age("4_7", "4–7 天", 4, Some(7)),
    age("8_15", "8–15 天", 8, Some(15)),
    age("16_30", "16–30 天", 16, Some(30)),
    age("over_30", "30 天以上", 31, None),
    PAST_DUE,
];

impl Age {
    /// The age of that name.
    pub fn parse(text: &str) -> Option<Self> {
        AGES.into_iter().find(|age| age.name == text)
    }

    /// Open tickets of this age, merged ones not among them.
    fn predicate(self, as_of: Moment) -> Predicate {
        let open = !flag("resolved") & !flag("merged");
        let Some(from) = self.from else {
            return open & !after("expires_at", as_of.timestamp_millis());
        };
        let today = as_of.with_timezone(&shanghai()).date_naive();
        let day = |ago: i64| {
            let day = today.checked_sub_signed(TimeDelta::days(ago)).unwrap_or(today);
            start_of_day(day).timestamp_millis()
        };
        let open = open & before("accepted_at", day(i64::from(from) - 1));
        match self.to {
            Some(to) => open & !before("accepted_at", day(i64::from(to))),
            None => open,
        }
    }
}

/// How many open tickets of each age ([`AGES`]) are in scope.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn backlog(snapshot: &Snapshot, scope: &Scope) -> Result<Vec<(Age, u64)>> {
    let view = snapshot.view(scope.window())?;
    let predicates = AGES.map(|age| age.predicate(scope.as_of));
    let counts = totals(&view.parts, &scope.predicate(&view), &predicates)?;
    Ok(AGES.into_iter().zip(counts).collect())
}

/// The numbers of the open tickets of an age, sorted; as many as [`backlog`] counts.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn waiting(snapshot: &Snapshot, scope: &Scope, age: Age) -> Result<Vec<String>> {
    let view = snapshot.view(scope.window())?;
    numbers(
        snapshot,
        &view,
        &(scope.predicate(&view) & age.predicate(scope.as_of)),
    )
}
