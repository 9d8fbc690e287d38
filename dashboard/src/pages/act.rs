//! What the dispatcher does: each click is an event on the log, then the browser is sent back to where it came from.

use super::{deed, link};
use crate::{
    deeds::Part,
    error::Error,
    router::{Filled, Site},
    state::App,
};
use analytics::{label::TOPICS, lifecycle::Deed};
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use chrono::{NaiveDate, TimeDelta};
use ingest::{
    clean::EventDraft,
    record::{Attachment, CalledBack, Card, Classified, Event, TicketType},
    time::{self, Moment, start_of_day},
};
use serde::Deserialize;

/// Who acts while there is no log-in: whoever sits at this machine.
pub(crate) const ACTOR: &str = "user:local";

/// Where a form was filled in.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The dispatcher's desk.
    Triage,
    /// The ticket's own page.
    #[default]
    Ticket,
}

/// Every field any form of `deed` has; each deed reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    from: Origin,
    /// Made with the page: the same form sent twice is one event.
    once: String,
    r#type: String,
    topic: String,
    unit: String,
    /// Reason or text.
    text: String,
    result: String,
    /// A day.
    due: String,
    card: String,
    title: String,
    body: String,
    region: String,
    urgency: String,
    /// Number of the main ticket.
    into: String,
    parts: String,
    /// Ticket to show afterwards where it is not the one acted on.
    here: String,
    /// Queue of the desk.
    list: String,
    /// When it happened, where it is entered later.
    occurred_at: String,
    /// Checkboxes are absent when not ticked.
    direct: Option<String>,
    reached: String,
    solved: String,
    satisfied: String,
}

/// `POST /tickets/{no}/{deed}`
pub(crate) async fn post(
    State(site): State<Site>,
    Path((no, name)): Path<(String, String)>,
    Filled { fields, files }: Filled<Fields>,
) -> Result<Redirect, Error> {
    let now = site.app.now();
    if name == deed::UNSPLIT {
        site.app.unsplit(&no, ACTOR, now).await?;
        return Ok(fields.back(&no, deed::UNSPLIT));
    }
    let deed = deed::named(&name).ok_or_else(|| Error::NotFound("没有这项操作。".to_owned()))?;
    // The page's token names one filling-in; the deed parts the forms of one page.
    let key = (!fields.once.is_empty()).then(|| format!("{name}:{}", fields.once));
    if deed == Deed::Split {
        let parts = parts(&fields.parts)?;
        site.app.split(&no, ACTOR, now, parts, key).await?;
    } else {
        let event = fields.event(deed)?;
        let (number, said) = (no.clone(), fields.occurred_at.clone());
        // Files are on the disk before the event that names them is on the log.
        let (occurred_at, attachments) = site
            .blocking(move |app| {
                let occurred_at = occurred_at(app, &number, &said, now)?;
                let kept = keep(app, &number, deed, files)?;
                Ok((occurred_at, kept))
            })
            .await?;
        let draft = EventDraft {
            no: no.clone(),
            actor: ACTOR.to_owned(),
            occurred_at,
            key,
            attachments,
            event,
        };
        site.app.act(draft).await?;
    }
    Ok(fields.back(&no, deed::words(deed).done))
}

/// When what is entered happened: now, or the minute given.
fn occurred_at(app: &App, no: &str, said: &str, now: Moment) -> Result<Moment, Error> {
    if said.trim().is_empty() {
        return Ok(now);
    }
    let given = time::parse(said).ok_or_else(|| Error::Unacceptable("发生时间无法识别。".to_owned()))?;
    // The field knows minutes only: what happened in the minute of acceptance happened after it.
    let accepted = app.ledger().ticket(no)?.map(|ticket| ticket.accepted_at);
    let same_minute = |accepted: &Moment| given < *accepted && *accepted - given < TimeDelta::minutes(1);
    Ok(accepted.filter(same_minute).unwrap_or(given))
}

/// Keeps the files of a form whose deed is possible at all. Blocking.
fn keep(app: &App, no: &str, deed: Deed, files: Vec<(String, Vec<u8>)>) -> Result<Vec<Attachment>, Error> {
    app.attachments.check_count(files.len())?;
    if !files.is_empty() && !deed::takes_files(deed) {
        return Err(Error::Unacceptable("此操作不能带附件。".to_owned()));
    }
    if !files.is_empty() && app.ledger().ticket(no)?.is_none() {
        return Err(Error::NotFound("没有这个编号的工单。".to_owned()));
    }
    let kept = files
        .into_iter()
        .map(|(name, bytes)| Ok(app.attachments.put(&bytes)?.named(name)));
    kept.collect()
}

impl Fields {
    /// Where the form was filled in.
    fn back(&self, no: &str, done: &str) -> Redirect {
        let left_the_queue = [Deed::Resolve, Deed::Merge].map(|deed| deed::words(deed).done);
        let shown = if self.here.is_empty() { no } else { &self.here };
        Redirect::to(&match self.from {
            // A ticket that has left the queue: its desk shows the next.
            Origin::Triage if shown == no && left_the_queue.contains(&done) => {
                link::link("/triage", [("list", self.list.as_str()), ("done", done)])
            }
            Origin::Triage => link::link(
                "/triage",
                [("list", self.list.as_str()), ("no", shown), ("done", done)],
            ),
            Origin::Ticket => link::link(&link::ticket(shown), [("done", done)]),
        })
    }

    /// The event the filled-in form of a deed says.
    fn event(&self, deed: Deed) -> Result<Event, Error> {
        let reason = |name| filled(&self.text, 1000, name);
        Ok(match deed {
            Deed::Classify => Event::Classified(Classified {
                r#type: Some(
                    TicketType::parse(&self.r#type)
                        .ok_or_else(|| Error::Unacceptable("请选择诉求类型。".to_owned()))?,
                ),
                topic: match self.topic.trim() {
                    "" => None,
                    topic if TOPICS.contains(&topic) => Some(topic.to_owned()),
                    _ => return Err(Error::Unacceptable("所选诉求领域不在目录内。".to_owned())),
                },
                ..Classified::default()
            }),
            Deed::Dispatch => Event::Dispatched {
                unit: filled(&self.unit, 60, "承办单位")?,
                due_at: match self.due.trim() {
                    "" => None,
                    day => Some(end_of_day(day)?),
                },
            },
            Deed::Sign => Event::Signed { unit: None },
            Deed::Return => Event::Returned {
                reason: reason("退单理由")?,
            },
            Deed::Contact => Event::Contacted,
            Deed::Reply => Event::Replied {
                text: filled(&self.text, 4000, "答复内容")?,
            },
            Deed::Resolve => Event::Resolved {
                result: filled(&self.result, 4000, "办理结果")?,
                direct: self.direct.is_some(),
                withdrawn: false,
            },
            Deed::Extend => Event::Extended {
                due_at: end_of_day(&self.due)?,
                reason: reason("延期理由")?,
            },
            Deed::Pause => Event::Paused {
                reason: reason("挂起理由")?,
            },
            Deed::Resume => Event::Resumed,
            Deed::Urge => Event::Urged {
                reason: reason("催办事由")?,
            },
            Deed::Supervise => Event::Supervised {
                reason: reason("督办事由")?,
            },
            Deed::Card => Event::Carded {
                card: match self.card.as_str() {
                    "yellow" => Card::Yellow,
                    "red" => Card::Red,
                    _ => return Err(Error::Unacceptable("请选择黄牌或红牌。".to_owned())),
                },
                reason: reason("亮牌事由")?,
            },
            Deed::CallBack => Event::CalledBack(CalledBack {
                reached: answer(&self.reached, "是否接通")?
                    .ok_or_else(|| Error::Unacceptable("请选择是否接通。".to_owned()))?,
                solved: answer(&self.solved, "是否解决")?,
                satisfied: answer(&self.satisfied, "是否满意")?,
            }),
            Deed::Reopen => Event::Reopened {
                reason: reason("重办理由")?,
            },
            Deed::Merge => Event::Merged {
                into: filled(&self.into, 100, "主单编号")?,
            },
            Deed::Unmerge => Event::Unmerged,
            Deed::Amend => Event::Amended {
                title: given(&self.title, 200, "标题")?,
                body: given(&self.body, 8000, "内容")?,
                region: given(&self.region, 60, "区域")?,
                urgency: given(&self.urgency, 20, "紧急程度")?,
            },
            Deed::Note | Deed::Split => Event::Noted {
                text: filled(&self.text, 2000, "备注内容")?,
            },
        })
    }
}

fn answer(field: &str, name: &str) -> Result<Option<bool>, Error> {
    match field {
        "" => Ok(None),
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        _ => Err(Error::Unacceptable(format!("“{name}”的取值无法识别。"))),
    }
}

/// The last second of a day.
fn end_of_day(day: &str) -> Result<Moment, Error> {
    NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d")
        .ok()
        .and_then(|day| day.succ_opt())
        .map(|after| start_of_day(after) - TimeDelta::seconds(1))
        .ok_or_else(|| Error::Unacceptable("请选择时限日期。".to_owned()))
}

/// Matters to split off: parted by empty lines, the first line of each its title.
fn parts(text: &str) -> Result<Vec<Part>, Error> {
    let text = filled(text, 8000, "拆分内容")?.replace("\r\n", "\n");
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        match (line.trim(), parts.last_mut()) {
            ("", Some(last)) if !last.is_empty() => parts.push(Vec::new()),
            ("", _) => {}
            (line, Some(last)) => last.push(line),
            (_, None) => {}
        }
    }
    parts.retain(|lines| !lines.is_empty());
    Ok(parts
        .into_iter()
        .map(|lines| match lines.as_slice() {
            [title, body @ ..] if !body.is_empty() => Part {
                title: (*title).to_owned(),
                body: body.join("\n"),
            },
            lines => Part {
                title: String::new(),
                body: lines.join("\n"),
            },
        })
        .collect())
}

/// Trimmed text of a field that must not be empty, of at most `longest` characters.
fn filled(text: &str, longest: usize, name: &str) -> Result<String, Error> {
    given(text, longest, name)?.ok_or_else(|| Error::Unacceptable(format!("请填写{name}。")))
}

/// Trimmed text of at most `longest` characters; `None` for a field left empty.
fn given(text: &str, longest: usize, name: &str) -> Result<Option<String>, Error> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(Error::Unacceptable(format!("{name}不得超过 {longest} 字。")));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// What the notice above a page says after an action; nothing for an address that names none.
pub(crate) fn notice(done: Option<&str>) -> Option<&'static str> {
    if done == Some(deed::UNSPLIT) {
        return Some("拆分已撤销，拆出的工单已并回本单。");
    }
    let deed = Deed::ALL
        .into_iter()
        .find(|deed| Some(deed::words(*deed).done) == done)?;
    Some(deed::words(deed).notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_parted_by_empty_lines() {
        let found = parts("路灯不亮\r\n楼下三盏灯坏了\r\n\r\n\r\n垃圾没人清\r\n").unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|part| (part.title.as_str(), part.body.as_str()))
            .collect();
        assert_eq!(found, [("路灯不亮", "楼下三盏灯坏了"), ("", "垃圾没人清")]);
        assert!(parts(" \n ").is_err());
    }

    #[test]
    fn every_deed_has_its_own_words() {
        for (place, deed) in Deed::ALL.into_iter().enumerate() {
            let words = deed::words(deed);
            assert_eq!(deed::named(words.path), Some(deed));
            assert_eq!(notice(Some(words.done)), Some(words.notice));
            for other in &Deed::ALL[..place] {
                let other = deed::words(*other);
                assert!(
                    other.path != words.path && other.done != words.done && other.key != words.key,
                    "{deed:?}"
                );
            }
        }
    }
}
