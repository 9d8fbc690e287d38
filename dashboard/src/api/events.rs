//! Something done to a ticket, by a program on this machine or a script of our own pages.

use super::tickets::missing;
use crate::{
    deeds::{Acted, Part},
    error::{Error, Problem},
    pages::act::ACTOR,
    router::Site,
    state::App,
};
use analytics::{label::TOPICS, ledger::Ticket};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
};
use ingest::{
    clean::EventDraft,
    record::{Attachment, Classified, ContentHash, Event},
    time,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The header that names a doing: the same name again is the same doing.
const KEY: &str = "idempotency-key";
/// Longest name of a doing.
const LONGEST_KEY: usize = 255;

/// `POST /api/v1/tickets/{no}/events`: answers with the ticket as it is then; ledger and index show it already.
///
/// A browser sends `application/json` across origins only after asking, and it is never told yes; forms cannot send it.
#[utoipa::path(post, path = "/api/v1/tickets/{no}/events", tag = "tickets",
    params(
        ("no" = String, Path, description = "工单编号"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this doing: sent again under the same name it adds nothing and answers 200")
    ),
    request_body(content = Object, description = "An event as records hold it, e.g. `{\"event\":\"dispatched\",\"unit\":\"住建局\"}`; \
        with `occurred_at` (RFC 3339 or a civil time in Asia/Shanghai) what happened earlier and is entered now; with \
        `attachments` (`[{\"hash\":\"…\",\"name\":\"照片.jpg\"}]`) files given before under `/api/v1/attachments`"),
    responses(
        (status = 201, description = "The ticket after the event", body = Object),
        (status = 200, description = "The event was there already; the ticket as it is", body = Object),
        (status = 404, body = Problem),
        (status = 409, description = "The ticket's state does not allow it", body = Problem),
        (status = 415, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub(crate) async fn post(
    State(site): State<Site>,
    Path(no): Path<String>,
    headers: HeaderMap,
    doing: Result<Json<Doing>, JsonRejection>,
) -> Result<(StatusCode, Json<Ticket>), Error> {
    let Json(doing) = doing?;
    by_a_person(&doing.event)?;
    let occurred_at = match doing.occurred_at.as_deref() {
        None => site.app.now(),
        Some(text) => {
            time::parse(text).ok_or_else(|| Error::Unacceptable("occurred_at 的时间无法识别。".to_owned()))?
        }
    };
    let given = doing.attachments;
    let attachments = site.blocking(move |app| attachments(app, given)).await?;
    let draft = EventDraft {
        no: no.clone(),
        actor: ACTOR.to_owned(),
        occurred_at,
        key: key(&headers)?,
        attachments,
        event: doing.event,
    };
    let status = match site.app.act(draft).await? {
        Acted::New => StatusCode::CREATED,
        Acted::Again => StatusCode::OK,
    };
    let ticket = site
        .blocking(move |app| app.ledger().ticket(&no)?.ok_or_else(missing))
        .await?;
    Ok((status, Json(ticket)))
}

/// A label a person gives is a type, a topic of the fifteen or a sentiment: what else it can hold is a model's or a feed's.
fn by_a_person(event: &Event) -> Result<(), Error> {
    let Event::Classified(given) = event else {
        return Ok(());
    };
    let plain = Classified {
        r#type: given.r#type,
        topic: given.topic.clone(),
        sentiment: given.sentiment,
        ..Classified::default()
    };
    if *given != plain {
        return Err(Error::Unacceptable(
            "人工分类只能填写 type、topic 和 sentiment。".to_owned(),
        ));
    }
    match &given.topic {
        Some(topic) if !TOPICS.contains(&topic.as_str()) => {
            Err(Error::Unacceptable("所选诉求领域不在目录内。".to_owned()))
        }
        _ => Ok(()),
    }
}

/// What was done, when if not now, and with which evidence.
#[derive(Deserialize)]
pub(crate) struct Doing {
    #[serde(flatten)]
    event: Event,
    occurred_at: Option<String>,
    #[serde(default)]
    attachments: Vec<Given>,
}

/// A file given before.
#[derive(Deserialize)]
struct Given {
    hash: String,
    #[serde(default)]
    name: String,
}

/// What is known of files given before. Blocking.
fn attachments(app: &App, given: Vec<Given>) -> Result<Vec<Attachment>, Error> {
    app.attachments.check_count(given.len())?;
    let known = given.into_iter().map(|given| {
        let unknown = || Error::Unacceptable("附件尚未上传，或文件已损坏。".to_owned());
        let hash = ContentHash::parse(&given.hash).ok_or_else(unknown)?;
        let stored = app.attachments.kept(&hash)?.ok_or_else(unknown)?;
        Ok(stored.named(given.name))
    });
    known.collect()
}

/// What to split off.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SplitRequest {
    /// One entry for each new ticket.
    parts: Vec<PartRequest>,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct PartRequest {
    /// 标题
    #[serde(default)]
    title: String,
    /// 内容
    body: String,
}

/// The tickets made.
#[derive(Serialize, ToSchema)]
pub(crate) struct SplitAnswer {
    /// Numbers of the new tickets, in the order of the parts.
    into: Vec<String>,
}

/// `POST /api/v1/tickets/{no}/split`: each part becomes a ticket of its own.
#[utoipa::path(post, path = "/api/v1/tickets/{no}/split", tag = "tickets",
    params(
        ("no" = String, Path, description = "工单编号"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this doing, as for events")
    ),
    request_body = SplitRequest,
    responses(
        (status = 201, body = SplitAnswer),
        (status = 404, body = Problem),
        (status = 409, description = "The ticket's state does not allow it", body = Problem),
        (status = 415, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub(crate) async fn split(
    State(site): State<Site>,
    Path(no): Path<String>,
    headers: HeaderMap,
    request: Result<Json<SplitRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<SplitAnswer>), Error> {
    let Json(SplitRequest { parts }) = request?;
    let parts = parts.into_iter().map(|part| Part {
        title: part.title,
        body: part.body,
    });
    let into = site
        .app
        .split(&no, ACTOR, site.app.now(), parts.collect(), key(&headers)?)
        .await?;
    Ok((StatusCode::CREATED, Json(SplitAnswer { into })))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get(KEY) else {
        return Ok(None);
    };
    let key = value.to_str().ok().map(str::trim);
    match key {
        Some(key) if (1..=LONGEST_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Error::Malformed(format!(
            "Idempotency-Key 应为 1 至 {LONGEST_KEY} 个 ASCII 字符。"
        ))),
    }
}
