//! One row of a hotline export: the snapshot of a ticket becomes its events.
//!
//! Must never alter what a row says. A row whose times contradict each other is refused with the field named.

use super::{Cleaner, Fault, TicketDraft, some_text, text, ticket_no};
use crate::{
    record::{Accepted, Body, Classified, Event, TicketEvent},
    time::Moment,
};

/// A time of a row, with the header it usually stands under.
type Time = (&'static str, Option<Moment>);

impl Cleaner {
    /// The events of one snapshot, in the order of a ticket's life.
    pub(super) fn ticket(&self, source: &str, draft: TicketDraft) -> Result<Vec<Body>, Fault> {
        let no = ticket_no(&draft.no)?;
        let accepted_at = draft.accepted_at.ok_or(Fault::missing("受理时间"))?;
        if draft.title.trim().is_empty() && draft.body.trim().is_empty() {
            return Err(Fault::missing("内容"));
        }
        if draft.direct && draft.dispatched_at.is_some() {
            return Err(Fault::new(
                "办理方式",
                "contradiction",
                "直接答复的工单不应有派单时间",
            ));
        }
        let replied_at = draft.replied_at.or(draft.resolved_at);
        let called_back_at = draft.called_back_at.or(draft.resolved_at);
        check_order(accepted_at, &draft)?;

        let unit = some_text(draft.unit);
        // A row that names the unit but not when it got the ticket says that it was dispatched, and not before receipt.
        let handed_on = (unit.is_some() && !draft.direct).then_some(accepted_at);
        let dispatched_at = draft.dispatched_at.or(handed_on);

        let mut events = vec![(
            accepted_at,
            Event::Accepted(Accepted {
                title: text(&draft.title),
                body: text(&draft.body),
                channel: some_text(draft.channel),
                region: some_text(draft.region),
                urgency: some_text(draft.urgency),
                caller: draft.caller.as_deref().and_then(|raw| self.key.caller(raw)),
                due_at: draft.due_at,
            }),
        )];
        let topic = some_text(draft.topic);
        if draft.r#type.is_some() || topic.is_some() || draft.late.is_some() {
            let label = Classified {
                r#type: draft.r#type,
                topic,
                late: draft.late,
                ..Classified::default()
            };
            events.push((accepted_at, Event::Classified(label)));
        }
        if let Some(at) = dispatched_at {
            let unit = unit.clone().unwrap_or_default();
            events.push((
                at,
                Event::Dispatched {
                    unit,
                    due_at: draft.due_at,
                },
            ));
        }
        if let Some(at) = draft.signed_at {
            events.push((at, Event::Signed { unit }));
        }
        if let Some(at) = draft.contacted_at {
            events.push((at, Event::Contacted));
        }
        let reply = some_text(draft.reply);
        if reply.is_some() || draft.replied_at.is_some() {
            let at = replied_at.ok_or(Fault::missing("答复时间"))?;
            events.push((
                at,
                Event::Replied {
                    text: reply.unwrap_or_default(),
                },
            ));
        }
        match draft.resolved_at {
            Some(at) => events.push((
                at,
                Event::Resolved {
                    result: String::new(),
                    direct: draft.direct,
                    withdrawn: false,
                },
            )),
            // Said expressly, it takes back what an earlier export said.
            None if draft.unresolved => events.push((
                accepted_at,
                Event::Resolved {
                    result: String::new(),
                    direct: false,
                    withdrawn: true,
                },
            )),
            None if draft.direct => return Err(Fault::missing("办结时间")),
            None => {}
        }
        if let Some(callback) = draft.callback {
            let at = called_back_at.ok_or(Fault::missing("回访时间"))?;
            events.push((at, Event::CalledBack(callback)));
        }

        let actor = format!("feed:{source}");
        let body = |(occurred_at, event)| {
            Body::Ticket(TicketEvent {
                no: no.clone(),
                source: source.to_owned(),
                actor: actor.clone(),
                occurred_at,
                snapshot: true,
                key: None,
                attachments: Vec::new(),
                event,
            })
        };
        Ok(events.into_iter().map(body).collect())
    }
}

/// Refuses orders that cannot be. An answer may come before or after the resolution, a first contact before dispatch.
fn check_order(accepted_at: Moment, draft: &TicketDraft) -> Result<(), Fault> {
    let accepted = ("受理时间", Some(accepted_at));
    let dispatched = ("派单时间", draft.dispatched_at);
    let signed = ("签收时间", draft.signed_at);
    let resolved = ("办结时间", draft.resolved_at);
    let called_back = ("回访时间", draft.called_back_at);
    let pairs: [(Time, Time); 11] = [
        (accepted, dispatched),
        (accepted, signed),
        (accepted, resolved),
        (accepted, called_back),
        (accepted, ("联系时间", draft.contacted_at)),
        (accepted, ("答复时间", draft.replied_at)),
        (accepted, ("办结时限", draft.due_at)),
        (dispatched, signed),
        (dispatched, resolved),
        (signed, resolved),
        (resolved, called_back),
    ];
    for ((first, earlier), (field, later)) in pairs {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && later < earlier
        {
            return Err(Fault::new(field, "time_order", format!("“{field}”早于“{first}”")));
        }
    }
    Ok(())
}
