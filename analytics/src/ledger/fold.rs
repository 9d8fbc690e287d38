//! A ticket from its events: a pure function of the set of observations.

use super::{
    events::{is_label, standing, text},
    ticket::{Counts, LabelledBy, Status, Ticket},
};
use ingest::{
    record::{Accepted, Classified, Event, RecordId, TicketEvent},
    time::Moment,
};

/// One observation of an event.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Record id.
    pub id: &'a RecordId,
    /// When it was seen.
    pub observed_at: Moment,
    /// The event.
    pub event: &'a TicketEvent,
}

/// What the events of a ticket make. Deadlines are not in it: those are the rules' matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The ticket, without deadline.
    pub ticket: Ticket,
    /// One clock per resolution: the first from acceptance, one more from each 重办. Never empty.
    pub rounds: Vec<Round>,
    /// The newest event that is not a model's label.
    pub last_event_at: Moment,
    /// The event whose text is the ticket's.
    pub text_event: Option<RecordId>,
}

/// What the deadline of one run of the clock depends on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Round {
    /// 重办 that began it; `None` for the first.
    pub reopened_at: Option<Moment>,
    /// The last 派单.
    pub dispatched_at: Option<Moment>,
    /// The newest 办结时限 of the feed, and when it was given.
    pub feed: Option<(Moment, Moment)>,
    /// The deadline each 延期 gave, and when it was given, in order.
    pub extended: Vec<(Moment, Moment)>,
    /// 挂起 and 恢复.
    pub pauses: Vec<(Moment, Option<Moment>)>,
    /// 承办单位 at the time.
    pub unit: Option<String>,
    /// 办结 that ended it.
    pub resolved_at: Option<Moment>,
}

/// Folds a ticket's observations, in any order, with any repetition. `None` when there are none.
pub fn fold(observations: &[Seen<'_>]) -> Option<Fold> {
    fold_until(observations, None)
}

/// The ticket as its events up to `until` make it; `None` when it had none by then. Revisions are those known now: a
/// corrected time is corrected for the past, too.
pub(crate) fn fold_until(observations: &[Seen<'_>], until: Option<Moment>) -> Option<Fold> {
    let events = standing(observations, until);
    let facts = || events.iter().filter(|seen| !is_label(seen.event));
    let first = facts().next()?;
    let mut folding = Folding::new(first.event);
    for seen in &events {
        folding.take(seen);
    }
    let last_event_at = facts().map(|seen| seen.event.occurred_at).max()?;
    Some(folding.finish(last_event_at))
}

struct Folding<'a> {
    ticket: Ticket,
    accepted: bool,
    /// State without regard to pauses and merging.
    stage: Status,
    past: Vec<Round>,
    round: Round,
    /// Mergers not yet undone: an undo takes back the last one and nothing else.
    merged: Vec<String>,
    text_event: Option<&'a RecordId>,
    labels: Vec<(&'a TicketEvent, &'a Classified)>,
}

impl<'a> Folding<'a> {
    fn new(first: &TicketEvent) -> Self {
        Self {
            ticket: Ticket {
                no: first.no.clone(),
                source: first.source.clone(),
                title: String::new(),
                body: String::new(),
                channel: None,
                region: None,
                region_derived: false,
                urgency: None,
                caller: None,
                accepted_at: first.occurred_at,
                unit: None,
                dispatched_at: None,
                last_dispatched_at: None,
                signed_at: None,
                contacted_at: None,
                replied_at: None,
                reply: None,
                resolved_at: None,
                result: String::new(),
                direct: false,
                status: Status::Accepted,
                r#type: None,
                type_by: None,
                topic: None,
                model: None,
                callback: None,
                counts: Counts::default(),
                cards: Vec::new(),
                merged_into: None,
                split_into: Vec::new(),
                due: None,
                breaches: Vec::new(),
                on_time: None,
                feed_late: None,
                late_before: 0,
            },
            accepted: false,
            stage: Status::Accepted,
            past: Vec::new(),
            round: Round::default(),
            merged: Vec::new(),
            text_event: None,
            labels: Vec::new(),
        }
    }

    fn take(&mut self, seen: &Seen<'a>) {
        let at = seen.event.occurred_at;
        let ticket = &mut self.ticket;
        match &seen.event.event {
            Event::Accepted(accepted) => self.accept(seen.id, at, accepted),
            Event::Dispatched { unit, due_at } => {
                ticket.unit = Some(unit.clone());
                ticket.dispatched_at.get_or_insert(at);
                ticket.last_dispatched_at = Some(at);
                ticket.counts.dispatched += 1;
                self.round.unit = Some(unit.clone());
                self.round.dispatched_at = Some(at);
                self.round.feed = due_at.map(|due| (due, at)).or(self.round.feed);
                self.enter(Status::Dispatched);
            }
            Event::Signed { unit } => {
                ticket.signed_at.get_or_insert(at);
                if ticket.unit.is_none() {
                    ticket.unit.clone_from(unit);
                    self.round.unit.clone_from(unit);
                }
                self.enter(Status::Signed);
            }
            Event::Returned { .. } => {
                ticket.counts.returned += 1;
                self.enter(Status::Returned);
            }
            Event::Extended { due_at, .. } => {
                ticket.counts.extended += 1;
                self.round.extended.push((*due_at, at));
            }
            Event::Paused { .. } => {
                ticket.counts.paused += 1;
                if self.stage != Status::Resolved && !self.paused() {
                    self.round.pauses.push((at, None));
                }
            }
            Event::Resumed => self.resume(at),
            Event::Contacted => {
                ticket.contacted_at.get_or_insert(at);
            }
            Event::Replied { text } => {
                ticket.replied_at.get_or_insert(at);
                ticket.reply = Some(text.clone());
            }
            Event::Urged { .. } => ticket.counts.urged += 1,
            Event::Supervised { .. } => ticket.counts.supervised += 1,
            Event::Carded { card, .. } => ticket.cards.push(*card),
            // Replaces an earlier cell of the same source, or nothing.
            Event::Resolved { withdrawn: true, .. } => {}
            Event::Resolved { result, direct, .. } => self.resolve(at, result, *direct),
            Event::CalledBack(answers) => ticket.callback = Some(answers.clone()),
            Event::Reopened { .. } => self.reopen(at),
            Event::Classified(classified) => self.labels.push((seen.event, classified)),
            Event::Amended { region, urgency, .. } => {
                if let Some((title, body)) = text(seen.event) {
                    title
                        .unwrap_or(&ticket.title)
                        .to_owned()
                        .clone_into(&mut ticket.title);
                    body.unwrap_or(&ticket.body)
                        .to_owned()
                        .clone_into(&mut ticket.body);
                    self.text_event = Some(seen.id);
                }
                if region.is_some() {
                    ticket.region.clone_from(region);
                }
                if urgency.is_some() {
                    ticket.urgency.clone_from(urgency);
                }
            }
            Event::Merged { into } => self.merged.push(into.clone()),
            Event::Unmerged => {
                self.merged.pop();
            }
            Event::Split { into } => {
                for part in into {
                    if !ticket.split_into.contains(part) {
                        ticket.split_into.push(part.clone());
                    }
                }
            }
            Event::Noted { .. } => {}
        }
    }

    /// The first acceptance makes the ticket; one of another source fills what is still empty.
    fn accept(&mut self, id: &'a RecordId, at: Moment, accepted: &Accepted) {
        let ticket = &mut self.ticket;
        if !self.accepted {
            ticket.accepted_at = at;
            self.accepted = true;
        }
        if ticket.title.is_empty() && ticket.body.is_empty() {
            ticket.title.clone_from(&accepted.title);
            ticket.body.clone_from(&accepted.body);
            self.text_event = Some(id);
        }
        ticket.channel = ticket.channel.take().or_else(|| accepted.channel.clone());
        ticket.region = ticket.region.take().or_else(|| accepted.region.clone());
        ticket.urgency = ticket.urgency.take().or_else(|| accepted.urgency.clone());
        ticket.caller = ticket.caller.take().or_else(|| accepted.caller.clone());
        self.round.feed = self.round.feed.or(accepted.due_at.map(|due| (due, at)));
    }

    /// A resolved ticket stays so until 重办, whatever straggles in.
    fn enter(&mut self, stage: Status) {
        if self.stage != Status::Resolved {
            self.stage = stage;
        }
    }

    fn paused(&self) -> bool {
        matches!(self.round.pauses.last(), Some((_, None)))
    }

    fn resume(&mut self, at: Moment) {
        if let Some((_, end @ None)) = self.round.pauses.last_mut() {
            *end = Some(at);
        }
    }

    /// The first 办结 of a round counts; a second one can only add to what is known of it.
    fn resolve(&mut self, at: Moment, result: &str, direct: bool) {
        if !result.is_empty() {
            result.clone_into(&mut self.ticket.result);
        }
        if self.stage == Status::Resolved {
            return;
        }
        self.resume(at);
        self.stage = Status::Resolved;
        self.ticket.resolved_at = Some(at);
        self.ticket.direct = direct;
        self.round.resolved_at = Some(at);
    }

    fn reopen(&mut self, at: Moment) {
        self.resume(at);
        let round = Round {
            reopened_at: Some(at),
            resolved_at: None,
            // They belong to the old clock.
            extended: Vec::new(),
            ..self.round.clone()
        };
        self.past.push(std::mem::replace(&mut self.round, round));
        self.ticket.counts.reopened += 1;
        self.ticket.resolved_at = None;
        self.ticket.direct = false;
        self.stage = Status::Reopened;
    }

    fn finish(mut self, last_event_at: Moment) -> Fold {
        self.ticket.merged_into = self.merged.pop();
        self.ticket.status = if self.ticket.merged_into.is_some() {
            Status::Merged
        } else if self.paused() {
            Status::Paused
        } else {
            self.stage
        };
        self.ticket.counts.extended_now = self.round.extended.len() as u32;
        self.label();
        self.past.push(self.round);
        Fold {
            ticket: self.ticket,
            rounds: self.past,
            last_event_at,
            text_event: self.text_event.cloned(),
        }
    }

    /// Type and topic: a human's, the feed's, the model's when it does not abstain; of equals, the last.
    fn label(&mut self) {
        let text = self.text_event;
        self.labels
            .retain(|(_, classified)| classified.of.is_none() || classified.of.as_ref() == text);
        self.ticket.model = self
            .labels
            .iter()
            .rev()
            .find(|(event, _)| labelled_by(event) == LabelledBy::Model)
            .map(|(_, classified)| (*classified).clone());
        if let (None, Some(model)) = (&self.ticket.region, &self.ticket.model)
            && model.region.is_some()
        {
            self.ticket.region.clone_from(&model.region);
            self.ticket.region_derived = true;
        }
        let flags = self.labels.iter().rev();
        self.ticket.feed_late = flags.filter_map(|(_, label)| label.late).next();
        for by in [LabelledBy::Human, LabelledBy::Feed, LabelledBy::Model] {
            let said = || {
                // Of a model only the newest label counts: where it abstains, an older model's guess is no answer.
                let counted = if by == LabelledBy::Model { 1 } else { usize::MAX };
                let of_this = self
                    .labels
                    .iter()
                    .rev()
                    .filter(|(event, _)| labelled_by(event) == by);
                let usable = of_this.take(counted).filter(|(_, label)| !label.abstained);
                usable.map(|(_, label)| *label)
            };
            let (kind, topic) = (
                said().find_map(|label| label.r#type),
                said().find_map(|label| label.topic.clone()),
            );
            if self.ticket.r#type.is_none() && kind.is_some() {
                self.ticket.r#type = kind;
                self.ticket.type_by = Some(by);
            }
            self.ticket.topic = self.ticket.topic.take().or(topic);
        }
    }
}

/// Whose label an event is, by its actor.
fn labelled_by(event: &TicketEvent) -> LabelledBy {
    if event.actor.starts_with("user:") {
        LabelledBy::Human
    } else if event.actor.starts_with("model:") {
        LabelledBy::Model
    } else {
        LabelledBy::Feed
    }
}
