//! What happened yesterday and is entered today: allowed by the state of that time, never against the state of now.

use super::{Deed, allowed, check};
use crate::{deadline::Rules, ledger::Ticket};
use ingest::{record::Event, time::Moment};

impl Deed {
    /// Whether it can be entered later than it happened. Tying tickets together and giving cards happens when it is done.
    pub fn can_be_backdated(self) -> bool {
        !matches!(self, Self::Merge | Self::Unmerge | Self::Split | Self::Card)
    }

    /// Whether it only adds to what is known: it may be entered for a time when it was possible though it no longer is.
    fn only_adds(self) -> bool {
        matches!(
            self,
            Self::Classify
                | Self::Contact
                | Self::Reply
                | Self::Urge
                | Self::Supervise
                | Self::CallBack
                | Self::Amend
                | Self::Note
        )
    }
}

/// Whether `actor` may enter at `now` that `event` happened at `at`. `then` is the ticket as of `at`, `ticket` as it is
/// now. Being late cannot be undone by a pause or an extension entered afterwards.
///
/// # Errors
/// The reason shown beside the refused action.
pub fn allowed_backdated(
    (then, ticket): (Option<&Ticket>, &Ticket),
    event: &Event,
    actor: &str,
    rules: &Rules,
    (at, now): (Moment, Moment),
) -> Result<(), &'static str> {
    check(at <= now, "发生时间不能晚于现在")?;
    check(at >= ticket.accepted_at, "发生时间不能早于受理时间")?;
    let deed = Deed::of(event).ok_or("受理由热线系统登记，不能在此补录")?;
    check(deed.can_be_backdated(), "此操作不能补录，请按现在的时间登记")?;
    let then = then.ok_or("发生时间不能早于受理时间")?;
    allowed(then, event, actor, rules, at)?;
    if deed.only_adds() {
        return Ok(());
    }
    deed.possible(ticket, rules, now)?;
    let late = ticket.due.as_ref().is_some_and(|due| due.is_late_at(now));
    check(
        !(late && matches!(deed, Deed::Pause | Deed::Extend)),
        "办结时限已过，不能补录挂起或延期",
    )
}
