//! The exclusions that several metrics share.

use super::Condition;
use crate::frame::flag;

/// A merged ticket counts once, by its main ticket.
pub(super) const MERGED: (&str, Condition) = ("已合并，由主件计", |_| flag("merged"));
/// Nobody was asked to handle it.
pub(super) const NOT_DISPATCHED: (&str, Condition) = ("未派单", |_| !flag("dispatched"));
/// There is nothing to be in time for.
pub(super) const UNTIMED: (&str, Condition) = ("无办结时限", |_| !flag("timed"));
/// Nobody asked the caller.
pub(super) const NOT_CALLED: (&str, Condition) = ("未回访", |_| !flag("called"));
/// The caller was asked and not reached: not an answer, and not a bad one.
pub(super) const NOT_REACHED: (&str, Condition) = ("回访未接通", |_| !flag("reached"));
