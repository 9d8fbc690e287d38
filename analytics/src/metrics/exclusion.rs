//! The exclusions that several metrics share.

use super::Condition;
use polars::prelude::col;

/// A merged ticket counts once, by its main ticket.
pub(super) const MERGED: (&str, Condition) = ("已合并，由主件计", |_| col("merged"));
/// Nobody was asked to handle it.
pub(super) const NOT_DISPATCHED: (&str, Condition) = ("未派单", |_| col("dispatched").not());
/// There is nothing to be in time for.
pub(super) const UNTIMED: (&str, Condition) = ("无办结时限", |_| col("timed").not());
/// Nobody asked the caller.
pub(super) const NOT_CALLED: (&str, Condition) = ("未回访", |_| col("called").not());
/// The caller was asked and not reached: not an answer, and not a bad one.
pub(super) const NOT_REACHED: (&str, Condition) = ("回访未接通", |_| col("reached").not());
