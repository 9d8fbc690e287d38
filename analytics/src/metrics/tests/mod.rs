//! Metrics against figures worked out by hand.

mod by_hand;
mod forty;
mod posts;
mod published;
mod twenty;
mod waiting;

use super::{Metric, Rate, Scope, find, rate};
use crate::{frame::Snapshot, ledger::fixture::at};

/// A scope of whole days.
fn scope(from: &str, to: &str, as_of: &str) -> Scope {
    Scope::new(from.parse().unwrap(), to.parse().unwrap(), at(as_of))
}

fn metric(name: &str) -> &'static Metric {
    find(name).unwrap_or_else(|| panic!("no metric {name}"))
}

fn rate_of(snapshot: &Snapshot, scope: &Scope, name: &str) -> Rate {
    rate(snapshot, scope, metric(name)).unwrap()
}
