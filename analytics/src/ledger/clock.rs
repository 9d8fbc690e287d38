//! The deadline of a fold, by the rules.

use super::{Fold, Ledger, LedgerError, Round, Ticket, history::TicketHistory};
use crate::deadline::{Clock, Due, Rules};
use ingest::{record::TicketType, time::Moment};

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
    rules.due(&clock(ticket, round))
}

fn clock<'a>(ticket: &'a Ticket, round: &'a Round) -> Clock<'a> {
    Clock {
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
    }
}

/// A choice the dispatcher has not made yet; `None` leaves that attribute as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Supposed<'a> {
    /// 诉求类型
    pub r#type: Option<TicketType>,
    /// 诉求领域
    pub topic: Option<&'a str>,
    /// 承办单位, dispatched to at the moment asked about.
    pub unit: Option<&'a str>,
}

impl Ledger {
    /// The deadline the ticket would have if each choice were made at `at`, in the order of `choices`; `None` where
    /// nothing would give one, and for a ticket the ledger does not hold.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn preview(
        &self,
        no: &str,
        at: Moment,
        choices: &[Supposed<'_>],
    ) -> Result<Vec<Option<Due>>, LedgerError> {
        let rules = &self.store.rules;
        let history = TicketHistory::read(&*self.store.read()?, no, None)?;
        let Some(fold) = history.fold(None, rules) else {
            return Ok(vec![None; choices.len()]);
        };
        let Some(round) = fold.rounds.last() else {
            return Ok(vec![None; choices.len()]);
        };
        let now = clock(&fold.ticket, round);
        let supposed = choices.iter().map(|choice| {
            rules.due(&Clock {
                r#type: choice.r#type.or(now.r#type),
                topic: choice.topic.or(now.topic),
                unit: choice.unit.or(now.unit),
                dispatched_at: choice.unit.map_or(now.dispatched_at, |_| Some(at)),
                ..now
            })
        });
        Ok(supposed.collect())
    }
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
