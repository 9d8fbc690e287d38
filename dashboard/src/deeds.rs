//! What people and jobs do to tickets: checked against the ticket's state, appended to the log, visible on return.

use crate::state::{App, StateError};
use analytics::{ledger::Ticket, lifecycle};
use chrono::TimeDelta;
use ingest::{
    clean::{Draft, EventDraft},
    record::{Accepted, Body, DISPATCHER_SOURCE, Event, Place, Record, TicketEvent},
    time::Moment,
};

/// Tickets a split makes at most: more is a file to import, not a form.
pub const MOST_PARTS: usize = 10;

/// Between the click and its turn: what is said to have happened so shortly before happened now.
const AT_ONCE: TimeDelta = TimeDelta::seconds(2);

/// Why an action on a ticket was refused.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No such ticket.
    #[error("没有编号为 {0} 的工单")]
    Unknown(String),
    /// The ticket's state, or that of the ticket it is to be tied to, does not allow it; Chinese, for people.
    #[error("{0}")]
    Refused(String),
    /// It could not be put on the log.
    #[error(transparent)]
    State(#[from] StateError),
}

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    /// It is on the log now.
    New,
    /// The same doing (by its key) was on the log already; nothing was added.
    Again,
}

/// One matter split off a ticket.
#[derive(Debug, Clone)]
pub struct Part {
    /// 标题, may be empty.
    pub title: String,
    /// 内容
    pub body: String,
}

fn refused(reason: impl Into<String>) -> ActError {
    ActError::Refused(reason.into())
}

impl App {
    /// Does what a person decided: checks it against the ticket's state, appends it, and returns when ledger and index
    /// show it. With a key, doing it again adds nothing.
    ///
    /// # Errors
    /// [`ActError::Refused`] with a Chinese reason when the state does not allow it.
    pub async fn act(&self, draft: EventDraft) -> Result<Acted, ActError> {
        // One at a time: of two clicks the second must see what the first made of the ticket.
        let _turn = self.acting.lock().await;
        let keyed = draft.key.is_some();
        let record = self.record(draft)?;
        let event = said(&record)?;
        let ticket = self.existing(&event.no)?;
        if keyed
            && let Some(held) = self
                .ledger
                .event(&event.no, &record.id)
                .map_err(StateError::from)?
        {
            return if held.event == event.event {
                Ok(Acted::Again)
            } else {
                Err(refused("同一幂等键已用于另一项操作"))
            };
        }
        self.check(&ticket, event)?;
        match &event.event {
            Event::Merged { into } => self.can_take(&ticket, into)?,
            Event::Split { into } => {
                for part in into {
                    match self.existing(part) {
                        Err(ActError::Unknown(no)) => {
                            return Err(refused(format!("没有编号为 {no} 的工单，请先受理")));
                        }
                        found => found?,
                    };
                }
            }
            _ => {}
        }
        self.append(&[record]).await?;
        Ok(Acted::New)
    }

    /// Splits matters off a ticket: each becomes a ticket of its own, received when the first was, under the deadline the
    /// first was given. The ticket itself stays with what is left. Returns the new numbers.
    ///
    /// # Errors
    /// [`ActError::Refused`] with a Chinese reason.
    pub async fn split(
        &self,
        no: &str,
        actor: &str,
        at: Moment,
        parts: Vec<Part>,
        key: Option<String>,
    ) -> Result<Vec<String>, ActError> {
        let _turn = self.acting.lock().await;
        if parts.is_empty() || parts.len() > MOST_PARTS {
            return Err(refused(format!("一次可拆分出 1 至 {MOST_PARTS} 件新工单")));
        }
        if parts.iter().any(|part| part.body.trim().is_empty()) {
            return Err(refused("拆分出的每件工单都须填写内容"));
        }
        let ticket = self.existing(no)?;
        let numbers = self.free_numbers(&ticket, parts.len())?;
        let draft = |no: &str, occurred_at, key, event| EventDraft {
            no: no.to_owned(),
            actor: actor.to_owned(),
            occurred_at,
            key,
            attachments: Vec::new(),
            event,
        };
        let split = Event::Split {
            into: numbers.clone(),
        };
        let split = self.record(draft(no, at, key.clone(), split))?;
        if key.is_some()
            && let Some(held) = self.ledger.event(no, &split.id).map_err(StateError::from)?
        {
            return match held.event {
                Event::Split { into } => Ok(into),
                _ => Err(refused("同一幂等键已用于另一项操作")),
            };
        }
        lifecycle::allowed(&ticket, &said(&split)?.event, actor, &self.rules, at).map_err(refused)?;
        let mut records = Vec::new();
        for (number, part) in numbers.iter().zip(parts) {
            let accepted = Event::Accepted(Accepted {
                title: part.title,
                body: part.body,
                channel: ticket.channel.clone(),
                region: ticket.region.clone(),
                urgency: ticket.urgency.clone(),
                caller: ticket.caller.clone(),
                due_at: ticket.due.as_ref().and_then(|due| due.feed_due_at),
            });
            records.push(self.record(draft(number, ticket.accepted_at, None, accepted))?);
            let origin = Event::Noted {
                text: format!("由工单 {no} 拆分而来"),
            };
            records.push(self.record(draft(number, at, None, origin))?);
        }
        records.push(split);
        self.append(&records).await?;
        Ok(numbers)
    }

    /// Takes a split back: every ticket split off is merged into the one it came from. Does all or nothing.
    ///
    /// # Errors
    /// [`ActError::Refused`] with a Chinese reason, e.g. when one of them is resolved already.
    pub async fn unsplit(&self, no: &str, actor: &str, at: Moment) -> Result<(), ActError> {
        let _turn = self.acting.lock().await;
        let ticket = self.existing(no)?;
        let mut records = Vec::new();
        for part in &ticket.split_into {
            let part = self.existing(part)?;
            if part.merged_into.as_deref() == Some(no) {
                continue;
            }
            let event = Event::Merged { into: no.to_owned() };
            let checked = lifecycle::allowed(&part, &event, actor, &self.rules, at)
                .map_err(refused)
                .and_then(|()| self.can_take(&part, no));
            checked.map_err(|error| match error {
                ActError::Refused(reason) => refused(format!("拆分出的工单 {}：{reason}", part.no)),
                other => other,
            })?;
            records.push(self.record(EventDraft {
                no: part.no,
                actor: actor.to_owned(),
                occurred_at: at,
                key: None,
                attachments: Vec::new(),
                event,
            })?);
        }
        if records.is_empty() {
            return Err(refused("没有可以撤销的拆分"));
        }
        Ok(self.append(&records).await?)
    }

    /// Whether the state of the ticket allows it: that of now, or of the time it happened at when it is entered later.
    fn check(&self, ticket: &Ticket, event: &TicketEvent) -> Result<(), ActError> {
        let (at, now) = (event.occurred_at, self.now());
        if (now - at).abs() <= AT_ONCE {
            return lifecycle::allowed(ticket, &event.event, &event.actor, &self.rules, at).map_err(refused);
        }
        let then = self
            .ledger
            .ticket_as_of(&ticket.no, at)
            .map_err(StateError::from)?;
        let tickets = (then.as_ref(), ticket);
        lifecycle::allowed_backdated(tickets, &event.event, &event.actor, &self.rules, (at, now))
            .map_err(refused)
    }

    /// Whether `ticket` can be merged into `main`: one level only, so that every group has one main ticket.
    fn can_take(&self, ticket: &Ticket, main: &str) -> Result<(), ActError> {
        let main = match self.existing(main) {
            Err(ActError::Unknown(_)) => return Err(refused("没有这个编号的主单")),
            found => found?,
        };
        if let Some(other) = &main.merged_into {
            return Err(refused(format!("主单已合并至 {other}，请直接合并至该单")));
        }
        if main.resolved_at.is_some() {
            return Err(refused("主单已办结，请先重办，或选择未办结的主单"));
        }
        if !self
            .ledger
            .merged_into(&ticket.no)
            .map_err(StateError::from)?
            .is_empty()
        {
            return Err(refused("已有工单合并至本单，请先取消那些合并，或反向合并"));
        }
        Ok(())
    }

    fn existing(&self, no: &str) -> Result<Ticket, ActError> {
        let ticket = self.ledger.ticket(no).map_err(StateError::from)?;
        ticket.ok_or_else(|| ActError::Unknown(no.to_owned()))
    }

    /// Numbers for tickets split off: the ticket's own with `-1`, `-2` … where nobody has them.
    fn free_numbers(&self, ticket: &Ticket, count: usize) -> Result<Vec<String>, ActError> {
        let mut numbers = Vec::with_capacity(count);
        let mut next = ticket.split_into.len() + 1;
        while numbers.len() < count {
            let number = format!("{}-{next}", ticket.no);
            if self.ledger.ticket(&number).map_err(StateError::from)?.is_none() {
                numbers.push(number);
            }
            next += 1;
        }
        Ok(numbers)
    }

    /// The cleaned record of what is to be done.
    fn record(&self, draft: EventDraft) -> Result<Record, ActError> {
        let place = Place {
            origin: "dashboard".to_owned(),
            ..Place::default()
        };
        let seen = self.now().max(draft.occurred_at);
        let records = self
            .cleaner
            .clean(DISPATCHER_SOURCE, Draft::Event(draft), &place, seen);
        let record = records.into_iter().next();
        let record = record.ok_or_else(|| refused("内容无法识别"))?;
        match &record.body {
            // Refused to whoever asks now, so there is nothing to keep for later.
            Body::Dead(dead) => Err(refused(dead.reason.clone())),
            _ => Ok(record),
        }
    }
}

fn said(record: &Record) -> Result<&TicketEvent, ActError> {
    match &record.body {
        Body::Ticket(event) => Ok(event),
        _ => Err(refused("内容无法识别")),
    }
}
