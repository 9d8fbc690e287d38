//! The deadline of a fold, by the rules.

use super::{Fold, Round, Ticket};
use crate::deadline::{Clock, Due, Rules};
use ingest::time::Moment;

impl Fold {
    /// The ticket with the deadline in force, and whether each resolution met the one it stood under. Type, topic and
    /// channel are those known now (a label given late is still a label of this matter); unit, extension and pauses
    /// those of the round.
    pub fn judge(mut self, rules: &Rules) -> Self {
        let dues: Vec<Option<Due>> = self
            .rounds
            .iter()
            .map(|round| due(&self.ticket, round, rules))
            .collect();
        let met: Vec<Option<bool>> = self
            .rounds
            .iter()
            .zip(&dues)
            .map(|(round, due)| Some(!due.as_ref()?.is_late_at(round.resolved_at?)))
            .collect();
        self.ticket.on_time = met.last().copied().flatten();
        self.ticket.late_before = met
            .iter()
            .rev()
            .skip(1)
            .filter(|met| **met == Some(false))
            .count() as u32;
        self.ticket.due = dues.into_iter().next_back().flatten();
        self
    }
}

fn due(ticket: &Ticket, round: &Round, rules: &Rules) -> Option<Due> {
    rules.due(&Clock {
        accepted_at: ticket.accepted_at,
        dispatched_at: round.dispatched_at,
        feed_due_at: round.feed.map(|(due, _)| due),
        feed_given_at: round.feed.map(|(_, given)| given),
        extended_to: round.extended.map(|(due, _)| due),
        extended_at: round.extended.map(|(_, given)| given),
        pauses: &round.pauses,
        reopened_at: round.reopened_at,
        r#type: ticket.r#type,
        topic: ticket.topic.as_deref(),
        unit: round.unit.as_deref(),
        channel: ticket.channel.as_deref(),
    })
}

/// Working days in which a unit signs what was dispatched to it, counted from the day after (SPECS: "sign within 1 day").
const SIGN_WORKING_DAYS: u32 = 1;

/// By when a ticket dispatched at `dispatched_at` is to be signed; `None` past the end of what a calendar can count.
pub(super) fn sign_due(rules: &Rules, dispatched_at: Moment) -> Option<Moment> {
    Some(
        rules
            .working_days_after(dispatched_at, SIGN_WORKING_DAYS)
            .ok()?
            .due_at,
    )
}
