//! One row of an approvals export: the item with what is known of it now.

use super::{ApprovalDraft, Fault, some_text, text, ticket_no};
use crate::record::{Approval, Body};

/// The item, masked.
pub(super) fn body(source: &str, draft: ApprovalDraft) -> Result<Body, Fault> {
    let accepted_at = draft.accepted_at.ok_or(Fault::missing("受理时间"))?;
    let item = text(&draft.item);
    if item.is_empty() {
        return Err(Fault::missing("事项名称"));
    }
    for (field, later) in [
        ("办结时间", draft.finished_at),
        ("承诺办结时间", draft.promised_at),
    ] {
        if later.is_some_and(|later| later < accepted_at) {
            return Err(Fault::new(
                field,
                "time_order",
                format!("“{field}”早于“受理时间”"),
            ));
        }
    }
    Ok(Body::Approval(Approval {
        no: ticket_no(&draft.no)?,
        source: source.to_owned(),
        item,
        unit: some_text(draft.unit),
        accepted_at,
        promised_at: draft.promised_at,
        promised_working_days: draft.promised_working_days,
        finished_at: draft.finished_at,
        outcome: some_text(draft.outcome),
        card: draft.card,
    }))
}
