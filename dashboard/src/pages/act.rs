//! What the dispatcher does: each click is an event on the log, then the browser is sent back to where it came from.

use super::link;
use crate::{
    error::Error,
    router::{OurForm, Site},
};
use analytics::label::TOPICS;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use ingest::{
    clean::EventDraft,
    record::{Classified, Event, TicketType},
};
use serde::Deserialize;

/// Who acts while there is no log-in: whoever sits at this machine.
pub(crate) const ACTOR: &str = "user:local";

/// Where a form was filled in.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The dispatcher's desk.
    Triage,
    /// The ticket's own page.
    Ticket,
}

#[derive(Deserialize)]
pub(crate) struct ClassifyForm {
    r#type: String,
    #[serde(default)]
    topic: String,
    from: Origin,
}

#[derive(Deserialize)]
pub(crate) struct DispatchForm {
    unit: String,
    from: Origin,
}

#[derive(Deserialize)]
pub(crate) struct NoteForm {
    text: String,
    from: Origin,
}

#[derive(Deserialize)]
pub(crate) struct ResolveForm {
    result: String,
    /// A checkbox: absent when not ticked.
    direct: Option<String>,
    from: Origin,
}

/// `POST /tickets/{no}/classify`
pub(crate) async fn classify(
    State(site): State<Site>,
    Path(no): Path<String>,
    OurForm(form): OurForm<ClassifyForm>,
) -> Result<Redirect, Error> {
    let kind =
        TicketType::parse(&form.r#type).ok_or_else(|| Error::Unacceptable("请选择诉求类型。".to_owned()))?;
    let topic = match form.topic.trim() {
        "" => None,
        topic if TOPICS.contains(&topic) => Some(topic.to_owned()),
        _ => return Err(Error::Unacceptable("所选诉求领域不在目录内。".to_owned())),
    };
    let event = Event::Classified(Classified {
        r#type: Some(kind),
        topic,
        ..Classified::default()
    });
    act(&site, no, event, form.from, Done::Classified).await
}

/// `POST /tickets/{no}/dispatch`
pub(crate) async fn dispatch(
    State(site): State<Site>,
    Path(no): Path<String>,
    OurForm(form): OurForm<DispatchForm>,
) -> Result<Redirect, Error> {
    let unit = filled(&form.unit, 60, "承办单位")?;
    act(
        &site,
        no,
        Event::Dispatched { unit, due_at: None },
        form.from,
        Done::Dispatched,
    )
    .await
}

/// `POST /tickets/{no}/note`
pub(crate) async fn note(
    State(site): State<Site>,
    Path(no): Path<String>,
    OurForm(form): OurForm<NoteForm>,
) -> Result<Redirect, Error> {
    let text = filled(&form.text, 2000, "备注内容")?;
    act(&site, no, Event::Noted { text }, form.from, Done::Noted).await
}

/// `POST /tickets/{no}/resolve`
pub(crate) async fn resolve(
    State(site): State<Site>,
    Path(no): Path<String>,
    OurForm(form): OurForm<ResolveForm>,
) -> Result<Redirect, Error> {
    let result = filled(&form.result, 4000, "办理结果")?;
    let event = Event::Resolved {
        result,
        direct: form.direct.is_some(),
    };
    act(&site, no, event, form.from, Done::Resolved).await
}

async fn act(site: &Site, no: String, event: Event, from: Origin, done: Done) -> Result<Redirect, Error> {
    let draft = EventDraft {
        no: no.clone(),
        actor: ACTOR.to_owned(),
        occurred_at: site.app.now(),
        event,
    };
    site.app.act(draft).await?;
    let done_code = done.code();
    Ok(Redirect::to(&match from {
        // A resolved ticket has left the queue: its desk shows the next.
        Origin::Triage if matches!(done, Done::Resolved) => link::link("/triage", [("done", done_code)]),
        Origin::Triage => link::link("/triage", [("no", no.as_str()), ("done", done_code)]),
        Origin::Ticket => link::link(&link::ticket(&no), [("done", done_code)]),
    }))
}

/// Trimmed text of a field that must not be empty, of at most `longest` characters.
fn filled(text: &str, longest: usize, name: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::Unacceptable(format!("请填写{name}。")));
    }
    if text.chars().count() > longest {
        return Err(Error::Unacceptable(format!("{name}不得超过 {longest} 字。")));
    }
    Ok(text.to_owned())
}

/// What was done, as the address after it says; the page turns it into a sentence, never shows the address's own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Classified,
    Dispatched,
    Noted,
    Resolved,
}

impl Done {
    const ALL: [Self; 4] = [Self::Classified, Self::Dispatched, Self::Noted, Self::Resolved];

    fn code(self) -> &'static str {
        match self {
            Self::Classified => "classified",
            Self::Dispatched => "dispatched",
            Self::Noted => "noted",
            Self::Resolved => "resolved",
        }
    }
}

/// What the notice above a page says after an action; nothing for an address that names none.
pub(crate) fn notice(done: Option<&str>) -> Option<&'static str> {
    let done = Done::ALL.into_iter().find(|known| Some(known.code()) == done)?;
    Some(match done {
        Done::Classified => "分类已保存，统计与检索已更新。",
        Done::Dispatched => "已派单，办结时限已重新计算。",
        Done::Noted => "备注已保存。",
        Done::Resolved => "已办结，工单已移出待办队列。",
    })
}
