//! Tickets: list, one, its timeline.

use super::{limit, number};
use crate::{
    error::{Error, Problem},
    pages::{listing::Asked, scope::ScopeQuery},
    router::Site,
};
use analytics::{
    ledger::{Ticket, TimelineEntry},
    units::Suggestion,
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use ingest::time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A page of tickets.
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketPage {
    /// How many pass the filter.
    total: u64,
    /// As [`get`] gives one.
    #[schema(value_type = Vec<Object>)]
    tickets: Vec<Ticket>,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Rows {
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
    /// Rows to skip; with it `page` is ignored.
    offset: Option<String>,
}

/// `GET /api/v1/tickets`
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(ScopeQuery, Asked, Rows), responses(
    (status = 200, body = TicketPage), (status = 400, body = Problem)
))]
pub(crate) async fn list(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    Query(rows): Query<Rows>,
) -> Result<Json<TicketPage>, Error> {
    let limit = limit(&rows.limit)?;
    let page = number(&asked.page, 1, "page")?.max(1);
    let offset = number(&rows.offset, (page - 1).saturating_mul(limit), "offset")?;
    site.blocking(move |app| {
        let filter = asked.listing(app)?.filter;
        let (tickets, total) = app.ledger().list(&filter, offset as u64, limit as u64)?;
        Ok(Json(TicketPage { total, tickets }))
    })
    .await
}

/// As what time knew it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Known {
    /// RFC 3339, or a civil time in Asia/Shanghai: only what had been seen by then, under the calendars published by then.
    as_known_at: Option<String>,
}

/// `GET /api/v1/tickets/{no}`
#[utoipa::path(get, path = "/api/v1/tickets/{no}", tag = "tickets",
    params(("no" = String, Path, description = "工单编号"), Known),
    responses(
        (status = 200, description = "The ticket as its events make it", body = Object),
        (status = 400, body = Problem),
        (status = 404, body = Problem)
    )
)]
pub(crate) async fn get(
    State(site): State<Site>,
    Path(no): Path<String>,
    Query(known): Query<Known>,
) -> Result<Json<Ticket>, Error> {
    let moment = match known.as_known_at.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(
            time::parse(text).ok_or_else(|| Error::Malformed("as_known_at 的时间无法识别。".to_owned()))?,
        ),
        None => None,
    };
    site.blocking(move |app| {
        let ticket = match moment {
            Some(moment) => app.ledger().ticket_as_known(&no, moment)?,
            None => app.ledger().ticket(&no)?,
        };
        Ok(Json(ticket.ok_or_else(missing)?))
    })
    .await
}

/// `GET /api/v1/tickets/{no}/timeline`
#[utoipa::path(get, path = "/api/v1/tickets/{no}/timeline", tag = "tickets",
    params(("no" = String, Path, description = "工单编号")),
    responses((status = 200, description = "Its events in order", body = Vec<Object>), (status = 404, body = Problem))
)]
pub(crate) async fn timeline(
    State(site): State<Site>,
    Path(no): Path<String>,
) -> Result<Json<Vec<TimelineEntry>>, Error> {
    site.blocking(move |app| match app.ledger().timeline(&no)? {
        none if none.is_empty() => Err(missing()),
        entries => Ok(Json(entries)),
    })
    .await
}

/// `GET /api/v1/tickets/{no}/units`
#[utoipa::path(get, path = "/api/v1/tickets/{no}/units", tag = "tickets",
    params(("no" = String, Path, description = "工单编号")),
    responses(
        (status = 200, description = "The units most to the purpose, three at most, with their reasons", body = Vec<Object>),
        (status = 404, body = Problem)
    )
)]
pub(crate) async fn units(
    State(site): State<Site>,
    Path(no): Path<String>,
) -> Result<Json<Vec<Suggestion>>, Error> {
    site.blocking(move |app| {
        let ticket = app.ledger().ticket(&no)?.ok_or_else(missing)?;
        let guessed = ticket.model.as_ref().and_then(|model| model.topic.as_deref());
        let topic = ticket.topic.as_deref().or(guessed);
        Ok(Json(app.suggest_units(topic, ticket.region.as_deref())?))
    })
    .await
}

pub(super) fn missing() -> Error {
    Error::NotFound("没有这个编号的工单。".to_owned())
}
