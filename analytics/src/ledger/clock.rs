//! The deadline of a fold, by the rules.

use super::{
    Fold, Ledger, LedgerError, Round, Ticket,
    history::TicketHistory,
    ticket::{Breach, Broken},
};
use crate::deadline::{Clock, Due, Rules};
use ingest::{record::TicketType, time::Moment};

impl Fold {
    /// The ticket with the deadline in force, and whether each resolution met the one it stood under. Type, topic and
    /// channel are those known now (a label given late is still a label of this matter); unit, extension and pauses
    /// those of the round.
    pub fn judge(mut self, rules: &Rules) -> Self {
        let mut dues: Vec<Option<Due>> = Vec::with_capacity(self.rounds.len());
        for round in &self.rounds {
            let (extended, breaches) = extensions(&self.ticket, round, rules);
            dues.push(rules.due(&clock(&self.ticket, round, extended)));
            self.ticket.breaches.extend(breaches);
        }
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

/// The extension in force, to when and given when, and what was wrong with those of the round. Being late cannot be
/// undone by extending: a feed's extension that comes too late, too often or reaches too far stays an event and is
/// counted as one, but moves the deadline only as far as the rules let anybody.
fn extensions(ticket: &Ticket, round: &Round, rules: &Rules) -> (Option<(Moment, Moment)>, Vec<Breach>) {
    let limit = rules.extension();
    let (mut standing, mut breaches) = (None, Vec::new());
    for (before, &(to, at)) in (0u32..).zip(&round.extended) {
        // The deadline as it was when the extension was given.
        let pauses: Vec<_> = round
            .pauses
            .iter()
            .filter(|(from, _)| *from <= at)
            .map(|&(from, end)| (from, end.filter(|end| *end <= at)))
            .collect();
        let known = clock(ticket, round, standing);
        let due = rules.due(&Clock {
            pauses: &pauses,
            ..known
        });
        let mut breach = |rule| breaches.push(Breach { at, to, rule });
        let Some(due) = due else {
            standing = Some((to, at));
            continue;
        };
        if due.is_late_at(at) {
            breach(Broken::Expired);
        } else if limit.times.is_some_and(|times| before >= times) {
            breach(Broken::TooOften);
        } else {
            let farthest = limit
                .working_days
                .and_then(|days| rules.end_after(due.due_at, days));
            match farthest.filter(|farthest| to > *farthest) {
                Some(farthest) => {
                    breach(Broken::TooLong);
                    standing = Some((farthest, at));
                }
                None => standing = Some((to, at)),
            }
        }
    }
    (standing, breaches)
}

fn clock<'a>(ticket: &'a Ticket, round: &'a Round, extended: Option<(Moment, Moment)>) -> Clock<'a> {
    Clock {
        accepted_at: ticket.accepted_at,
        dispatched_at: round.dispatched_at,
        feed_due_at: round.feed.map(|(due, _)| due),
        feed_given_at: round.feed.map(|(_, given)| given),
        extended_to: extended.map(|(due, _)| due),
        extended_at: extended.map(|(_, given)| given),
        pauses: &round.pauses,
        reopened_at: round.reopened_at,
        urgency: ticket.urgency.as_deref(),
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
        let extended = extensions(&fold.ticket, round, rules).0;
        let now = clock(&fold.ticket, round, extended);
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
