//! What happened to a ticket, in words.

use super::{format, link};
use crate::{attachments::megabytes, state::App};
use analytics::ledger::TimelineEntry;
use chrono::TimeDelta;
use ingest::record::{CalledBack, Classified, DISPATCHER_SOURCE, Event};

/// One event of the timeline.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) when: String,
    pub(super) who: String,
    pub(super) what: &'static str,
    pub(super) summary: String,
    pub(super) text: String,
    /// When it was entered, where that was later than it happened; empty elsewhere.
    pub(super) entered: String,
    pub(super) files: Vec<Evidence>,
    pub(super) current: bool,
}

/// A file given with an event.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) link: String,
    pub(super) name: String,
    pub(super) size: String,
    /// Its file is not on this machine.
    pub(super) missing: bool,
}

/// An event entered longer than this after it happened is shown as entered later.
const LATER: TimeDelta = TimeDelta::minutes(1);

impl Step {
    /// One event as the timeline shows it.
    fn of(entry: &TimelineEntry, app: &App) -> Self {
        let event = &entry.event;
        let (summary, text) = told(&event.event);
        // A part split off is received when the whole was: nobody entered that late.
        let by_hand = event.source == DISPATCHER_SOURCE && !matches!(event.event, Event::Accepted(_));
        Self {
            when: format::minute(entry.event.occurred_at),
            who: format::actor_name(&entry.event.actor),
            what: format::event_name(&entry.event.event),
            summary,
            text,
            entered: if by_hand && entry.observed_at - event.occurred_at > LATER {
                format::minute(entry.observed_at)
            } else {
                String::new()
            },
            files: event
                .attachments
                .iter()
                .map(|attachment| Evidence {
                    link: format!(
                        "{}/attachments/{}",
                        link::ticket(&event.no),
                        attachment.hash.as_str()
                    ),
                    name: attachment.name.clone(),
                    size: megabytes(attachment.size),
                    missing: !app.attachments.exists(&attachment.hash),
                })
                .collect(),
            current: entry.current,
        }
    }
}

/// The timeline. That an export calls an open ticket unresolved is worth a line only where it takes a resolution back.
pub(super) fn timeline(entries: &[TimelineEntry], app: &App) -> Vec<Step> {
    let withdrawn = |event: &Event| matches!(event, Event::Resolved { withdrawn: true, .. });
    let resolution = |event: &Event| matches!(event, Event::Resolved { withdrawn: false, .. });
    let taken_back = entries
        .iter()
        .any(|entry| !entry.current && resolution(&entry.event.event));
    let shown = entries
        .iter()
        .filter(|entry| taken_back || !withdrawn(&entry.event.event));
    shown.map(|entry| Step::of(entry, app)).collect()
}

/// A callback's answers.
pub(super) fn callback(answers: &CalledBack) -> String {
    if !answers.reached {
        return "未接通".to_owned();
    }
    let answer = |answer: Option<bool>, yes, no| answer.map(|it| if it { yes } else { no });
    let words: Vec<_> = [
        answer(answers.solved, "已解决", "未解决"),
        answer(answers.satisfied, "满意", "不满意"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if words.is_empty() {
        "已接通，未作评价".to_owned()
    } else {
        words.join("，")
    }
}

/// An event in one line, and its longer text where it has one.
fn told(event: &Event) -> (String, String) {
    let line = |text: String| (text, String::new());
    match event {
        Event::Accepted(accepted) => line(
            accepted
                .channel
                .as_ref()
                .map_or_else(String::new, |channel| format!("渠道：{channel}")),
        ),
        Event::Dispatched { unit, due_at } => {
            let due = due_at.map_or_else(String::new, |due| format!("，时限 {}", format::minute(due)));
            line(format!("承办单位：{unit}{due}"))
        }
        Event::Signed { unit } => line(unit.clone().unwrap_or_default()),
        Event::Extended { due_at, reason } => line(format!("延至 {}。{reason}", format::minute(*due_at))),
        Event::Returned { reason }
        | Event::Paused { reason }
        | Event::Urged { reason }
        | Event::Supervised { reason }
        | Event::Carded { reason, .. }
        | Event::Reopened { reason } => line(reason.clone()),
        Event::Resumed | Event::Contacted | Event::Unmerged => line(String::new()),
        Event::Replied { text } | Event::Noted { text } => (String::new(), text.clone()),
        Event::Resolved { withdrawn: true, .. } => line("数据源注明尚未办结".to_owned()),
        Event::Resolved { result, direct, .. } => (
            if *direct { "热线直接答复" } else { "" }.to_owned(),
            result.clone(),
        ),
        Event::CalledBack(answers) => line(callback(answers)),
        Event::Classified(classified) => line(classified_words(classified)),
        Event::Amended {
            title,
            body,
            region,
            urgency,
        } => {
            let fields = [
                ("标题", title),
                ("内容", body),
                ("区域", region),
                ("紧急程度", urgency),
            ];
            let changed: Vec<_> = fields
                .into_iter()
                .filter(|(_, value)| value.is_some())
                .map(|(name, _)| name)
                .collect();
            line(format!("更正{}", changed.join("、")))
        }
        Event::Merged { into } => line(format!("并入 {into}")),
        Event::Split { into } => line(format!("拆分为 {}", into.join("、"))),
    }
}

fn classified_words(classified: &Classified) -> String {
    let mut words = Vec::new();
    if let Some(kind) = classified.r#type {
        let sure = classified
            .confidence
            .map_or_else(String::new, |sure| format!("（置信度 {}）", format::share(sure)));
        words.push(format!("类型：{}{sure}", kind.chinese()));
    }
    if let Some(topic) = &classified.topic {
        words.push(format!("领域：{topic}"));
    }
    if classified.abstained {
        words.push("置信度不足，未采用".to_owned());
    }
    words.join("，")
}
