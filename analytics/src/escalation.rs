//! What lateness asks for: cards, urging, and supervision step by step up the ladder.
//!
//! **Architecture invariant:** this file reads no clock, log or ledger. Every act has a key made of the ticket's deadline
//! and the rung, so that the same rung of the same deadline is one event however often and wherever it is computed.

use crate::{
    configuration::{ConfigurationError, Source},
    deadline::Rules,
    ledger::{Status, Ticket},
};
use ingest::{
    record::{Card, Event},
    time::{Moment, shanghai, start_of_day},
};
use serde::Deserialize;

/// The ladder shipped in the program.
pub const EMBEDDED: &str = include_str!("../../config/escalation.toml");
/// Its name in messages.
pub const EMBEDDED_ORIGIN: &str = "config/escalation.toml";
/// Who does it, on the log.
pub const ACTOR: &str = "job:escalation";

/// What is done at which lateness.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    #[serde(default)]
    cards: Cards,
    urge: Option<Urge>,
    #[serde(default, rename = "step")]
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cards {
    yellow: bool,
    red: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Urge {
    after_working_days: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    to: String,
    after_working_days: u32,
}

/// One thing the clock asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Same rung, same deadline, same key.
    pub key: String,
    /// The event.
    pub event: Event,
}

impl Ladder {
    /// Reads a ladder; `origin` is what messages call the file.
    ///
    /// # Errors
    /// A wrong key or value, a step without a name, or steps that do not rise: names the file and the line.
    pub fn load(text: &str, origin: &str) -> Result<Self, ConfigurationError> {
        let source = Source { text, origin };
        let wrong = |at: usize, reason: String| source.wrong(at..at, reason);
        let ladder: Self = source.read()?;
        let place = |step: usize| text.match_indices("[[step]]").nth(step).map_or(0, |(at, _)| at);
        for (number, step) in ladder.steps.iter().enumerate() {
            if step.to.trim().is_empty() || step.after_working_days == 0 {
                let reason = "a step needs `to` and `after_working_days` of at least 1".to_owned();
                return Err(wrong(place(number), reason));
            }
            let below = number.checked_sub(1).and_then(|below| ladder.steps.get(below));
            if below.is_some_and(|below| below.after_working_days >= step.after_working_days) {
                let reason = format!("step `{}` does not come later than the step below it", step.to);
                return Err(wrong(place(number), reason));
            }
        }
        Ok(ladder)
    }

    /// How many rungs there are.
    pub fn rungs(&self) -> usize {
        usize::from(self.cards.yellow)
            + usize::from(self.cards.red)
            + usize::from(self.urge.is_some())
            + self.steps.len()
    }

    /// What `ticket` has come to at `now`, the lowest rung first; nothing for a ticket that is merged, paused, resolved or
    /// without deadline.
    pub fn asked(&self, ticket: &Ticket, rules: &Rules, now: Moment) -> Vec<Asked> {
        let idle = matches!(ticket.status, Status::Merged | Status::Paused | Status::Resolved);
        let Some(due) = ticket.due.as_ref().filter(|_| !idle) else {
            return Vec::new();
        };
        let Some(card) = due.card_at(now) else {
            return Vec::new();
        };
        let deadline = due.due_at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M");
        let key = |rung: &str| format!("escalation:{rung}:{}", due.due_at.timestamp_millis());
        let mut asked = Vec::new();
        if self.cards.yellow {
            asked.push(Asked {
                key: key("yellow"),
                event: Event::Carded {
                    card: Card::Yellow,
                    reason: format!("临近办结时限（{deadline}）"),
                },
            });
        }
        if card == Card::Yellow {
            return asked;
        }
        if self.cards.red {
            asked.push(Asked {
                key: key("red"),
                event: Event::Carded {
                    card: Card::Red,
                    reason: format!("超过办结时限（{deadline}）仍未办结"),
                },
            });
        }
        let late_by = |days: u32| {
            let reached = rules.working_days_after(due.due_at, days).ok();
            reached.is_some_and(|reached| {
                start_of_day(reached.due_at.with_timezone(&shanghai()).date_naive()) <= now
            })
        };
        if let Some(urge) = self.urge.filter(|urge| late_by(urge.after_working_days)) {
            asked.push(Asked {
                key: key("urge"),
                event: Event::Urged {
                    reason: format!(
                        "办结时限 {deadline} 已过 {} 个工作日，请承办单位尽快办结",
                        urge.after_working_days
                    ),
                },
            });
        }
        for step in self.steps.iter().filter(|step| late_by(step.after_working_days)) {
            asked.push(Asked {
                key: key(&format!("step{}", step.after_working_days)),
                event: Event::Supervised {
                    reason: format!(
                        "办结时限 {deadline} 已过 {} 个工作日仍未办结，提请{}督办",
                        step.after_working_days, step.to
                    ),
                },
            });
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::fixture::*;

    fn ladder() -> Ladder {
        Ladder::load(EMBEDDED, EMBEDDED_ORIGIN).unwrap()
    }

    /// Due at the end of Friday 6 May 2016.
    fn ticket(more: Option<Event>) -> Ticket {
        let mut desk = Desk::new();
        desk.apply(&[event(
            "1",
            "2016-04-29 09:00",
            accepted("灯不亮", Some("2016-05-06 23:59:59")),
        )]);
        if let Some(more) = more {
            desk.apply(&[event("1", "2016-05-04 09:00", more)]);
        }
        desk.ledger.ticket("1").unwrap().unwrap()
    }

    fn kinds(ticket: &Ticket, now: &str) -> Vec<String> {
        let asked = ladder().asked(ticket, &shipped(), at(now));
        let kinds = asked.iter().map(|asked| match &asked.event {
            Event::Carded { card, .. } => format!("{card:?}"),
            Event::Urged { .. } => "Urged".to_owned(),
            Event::Supervised { reason } => reason.split("提请").nth(1).unwrap_or_default().to_owned(),
            other => format!("{other:?}"),
        });
        kinds.collect()
    }

    #[test]
    fn the_ladder_rises_with_lateness() {
        let ticket = ticket(None);
        let all = ["Yellow", "Red", "Urged", "分管领导督办", "主要领导督办"];
        // By hand: the warning opens on Friday 6 May 00:00; 7 and 8 May are a weekend, so the first working day after the
        // deadline is Monday 9 May, the third Wednesday 11 May, the fifth Friday 13 May.
        for (now, rungs) in [
            ("2016-05-05 23:59", 0),
            ("2016-05-06 00:00", 1),
            ("2016-05-06 23:59:59", 1),
            ("2016-05-07 00:00", 2),
            ("2016-05-08 12:00", 2),
            ("2016-05-09 00:00", 3),
            ("2016-05-10 23:59", 3),
            ("2016-05-11 00:00", 4),
            ("2016-05-12 23:59", 4),
            ("2016-05-13 00:00", 5),
            ("2017-05-13 00:00", 5),
        ] {
            assert_eq!(kinds(&ticket, now), all[..rungs], "{now}");
        }
        assert_eq!(ladder().rungs(), all.len());
    }

    #[test]
    fn who_is_not_to_act_is_not_urged() {
        for event in [
            Event::Merged { into: "2".into() },
            Event::Paused {
                reason: "待材料".into(),
            },
            resolved(),
        ] {
            assert!(
                kinds(&ticket(Some(event.clone())), "2016-06-30 09:00").is_empty(),
                "{event:?}"
            );
        }
    }

    #[test]
    fn a_new_deadline_is_a_new_ladder() {
        let keys = |ticket: &Ticket| -> Vec<String> {
            let asked = ladder().asked(ticket, &shipped(), at("2016-06-30 09:00"));
            asked.into_iter().map(|asked| asked.key).collect()
        };
        let first = keys(&ticket(None));
        assert_eq!(first, keys(&ticket(None)));
        let extended = keys(&ticket(Some(Event::Extended {
            due_at: at("2016-05-10 23:59:59"),
            reason: "缺料".into(),
        })));
        assert!(first.iter().all(|key| !extended.contains(key)));
    }

    #[test]
    fn a_wrong_ladder_is_refused_with_its_line() {
        for (text, line) in [
            ("[cards]\nyelow = true\n", 2),
            (
                "[[step]]\nto = \"甲\"\nafter_working_days = 3\n\n[[step]]\nto = \"乙\"\nafter_working_days = 3\n",
                5,
            ),
            ("[[step]]\nto = \" \"\nafter_working_days = 3\n", 1),
            ("[urge]\nafter_working_days = -1\n", 2),
        ] {
            let error = Ladder::load(text, "ladder.toml").unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("ladder.toml, line {line}: ")),
                "{error}"
            );
        }
        assert_eq!(Ladder::load("", "ladder.toml").unwrap().rungs(), 0);
    }
}
