//! Which action a ticket's state allows. Only what people do here is checked: a feed reports what has happened
//! elsewhere, and the fold takes it as it comes.

use crate::ledger::{Status, Ticket};
use ingest::record::Event;

/// Whether `event` may be done to `ticket` now; if not, why, for people (Chinese).
///
/// # Errors
/// The reason shown beside the refused action.
pub fn allowed(ticket: &Ticket, event: &Event) -> Result<(), &'static str> {
    let status = ticket.status;
    let open = !matches!(status, Status::Resolved | Status::Merged);
    let check = |possible: bool, reason: &'static str| if possible { Ok(()) } else { Err(reason) };
    match event {
        Event::Classified(_) | Event::Noted { .. } => Ok(()),
        Event::Dispatched { unit, .. } => {
            check(!unit.trim().is_empty(), "请填写承办单位")?;
            check(open, "工单已办结或已合并，不能派单")
        }
        Event::Signed { .. } => check(status == Status::Dispatched, "只有待签收的工单可以签收"),
        Event::Returned { .. } => check(
            matches!(status, Status::Dispatched | Status::Signed),
            "只有已派单的工单可以退单",
        ),
        Event::Extended { due_at, .. } => {
            check(open, "工单已办结或已合并，不能延期")?;
            check(
                ticket.due.as_ref().is_none_or(|due| *due_at > due.due_at),
                "延期后的时限须晚于现有时限",
            )
        }
        Event::Paused { .. } => check(
            open && status != Status::Paused,
            "工单已挂起、办结或合并，不能挂起",
        ),
        Event::Resumed => check(status == Status::Paused, "只有挂起的工单可以恢复"),
        Event::Resolved { .. } => check(
            open && status != Status::Paused,
            "工单已办结、合并或挂起，不能办结",
        ),
        Event::Reopened { .. } | Event::CalledBack(_) => {
            check(status == Status::Resolved, "只有已办结的工单可以回访或重办")
        }
        Event::Contacted
        | Event::Replied { .. }
        | Event::Urged { .. }
        | Event::Supervised { .. }
        | Event::Carded { .. } => check(open, "工单已办结或已合并"),
        Event::Merged { into } => check(
            open && *into != ticket.no,
            "工单已办结、已合并，或与主单相同，不能合并",
        ),
        Event::Unmerged => check(status == Status::Merged, "只有已合并的工单可以取消合并"),
        Event::Amended { .. } | Event::Split { .. } => check(open, "工单已办结或已合并"),
        Event::Accepted(_) => Err("受理由热线系统登记，不能在此补录"),
    }
}
