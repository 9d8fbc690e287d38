//! Which tickets a figure is about.

use crate::{
    frame::{LIVE, Predicate, View, Window, flag, is},
    ledger::TypeIs,
};
use chrono::NaiveDate;
use ingest::time::{Moment, start_of_day};

/// Tickets accepted from `from` to `to` that pass every filter, as they stood at `as_of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// First day of acceptance (Asia/Shanghai).
    pub from: NaiveDate,
    /// Last day of acceptance, inclusive.
    pub to: NaiveDate,
    /// Facts after this moment are ignored; filters and cuts use a ticket's attributes as of it.
    pub as_of: Moment,
    /// 诉求类型
    pub r#type: Option<TypeIs>,
    /// 诉求领域; empty: tickets without one. So for the next four.
    pub topic: Option<String>,
    /// 承办单位
    pub unit: Option<String>,
    /// 区域
    pub region: Option<String>,
    /// 来源渠道
    pub channel: Option<String>,
    /// Configured source.
    pub source: Option<String>,
}

impl Scope {
    /// Every ticket accepted from `from` to `to`, as of `as_of`.
    pub fn new(from: NaiveDate, to: NaiveDate, as_of: Moment) -> Self {
        Self {
            from,
            to,
            as_of,
            r#type: None,
            topic: None,
            unit: None,
            region: None,
            channel: None,
            source: None,
        }
    }

    pub(super) fn window(&self) -> Window {
        // A day that has no next is the last that chrono knows: everything after it is nothing.
        let to = self
            .to
            .succ_opt()
            .map_or(i64::MAX, |next| start_of_day(next).timestamp_millis());
        Window {
            from: start_of_day(self.from).timestamp_millis(),
            to,
            as_of: self.as_of,
        }
    }

    /// The tickets in scope, merged ones among them. A ticket accepted after the as-of time is not.
    pub(super) fn predicate(&self, view: &View) -> Predicate {
        // The view's rows in the window are its live ones.
        let mut all = flag(LIVE);
        if let Some(kind) = self.r#type {
            all = all & is("type", kind.code());
        }
        let named = [
            ("topic", &self.topic),
            ("unit", &self.unit),
            ("region", &self.region),
            ("channel", &self.channel),
            ("source", &self.source),
        ];
        for (column, name) in named {
            if let Some(name) = name {
                all = all & named_so(column, view.names.find(name));
            }
        }
        all
    }
}

/// Rows with the code of a name. A name nobody bears: no row.
pub(super) fn named_so(column: &'static str, code: Option<u32>) -> Predicate {
    code.map_or(Predicate::All(false), |code| is(column, code))
}
