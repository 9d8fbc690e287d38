//! Something done to a ticket, by a program on this machine or a script of our own pages.

use super::tickets::missing;
use crate::{
    error::{Error, Problem},
    pages::act::ACTOR,
    router::Site,
};
use analytics::ledger::Ticket;
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use ingest::{clean::EventDraft, record::Event};

/// `POST /api/v1/tickets/{no}/events`: answers with the ticket as it is then; ledger and index show it already.
///
/// A browser sends `application/json` across origins only after asking, and it is never told yes; forms cannot send it.
#[utoipa::path(post, path = "/api/v1/tickets/{no}/events", tag = "tickets",
    params(("no" = String, Path, description = "工单编号")),
    request_body(content = Object, description = "An event as records hold it, e.g. `{\"event\":\"dispatched\",\"unit\":\"住建局\"}`"),
    responses(
        (status = 201, description = "The ticket after the event", body = Object),
        (status = 404, body = Problem),
        (status = 409, description = "The ticket's state does not allow it", body = Problem),
        (status = 415, body = Problem),
        (status = 422, body = Problem)
    )
)]
pub(crate) async fn post(
    State(site): State<Site>,
    Path(no): Path<String>,
    event: Result<Json<Event>, JsonRejection>,
) -> Result<(StatusCode, Json<Ticket>), Error> {
    let Json(event) = event?;
    let draft = EventDraft {
        no: no.clone(),
        actor: ACTOR.to_owned(),
        occurred_at: site.app.now(),
        event,
    };
    site.app.act(draft).await?;
    let ticket = site
        .blocking(move |app| app.ledger().ticket(&no)?.ok_or_else(missing))
        .await?;
    Ok((StatusCode::CREATED, Json(ticket)))
}
