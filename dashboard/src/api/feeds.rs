//! Push feeds: other programs bring posts and tickets.

use crate::{
    error::{Error, Problem},
    router::Site,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, header},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a push brought, in input rows.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pushed {
    /// Rows read.
    records: u64,
    /// Rows that brought at least one event or revision.
    new: u64,
    /// Rows that brought nothing new.
    duplicate: u64,
    /// Rows refused; each has a dead letter with its reason.
    dead: u64,
}

/// `POST /api/v1/feeds/{source}`: answers when all of it is searchable and in the ledger.
#[utoipa::path(post, path = "/api/v1/feeds/{source}", tag = "feeds",
    params(
        ("source" = String, Path, description = "Name of a configured push source"),
        ("authorization" = String, Header, description = "`Bearer` and the source's token")
    ),
    request_body(content = String, content_type = "application/x-ndjson",
        description = "JSON Lines or one JSON array of posts and tickets"),
    responses((status = 200, body = Pushed), (status = 401, body = Problem), (status = 413, body = Problem))
)]
pub(crate) async fn post(
    State(site): State<Site>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Pushed>, Error> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let body = body.map_err(|_| Error::TooLarge)?;
    let done = site.app.push(&source, token.map(str::trim), &body).await?;
    Ok(Json(Pushed {
        records: done.records,
        new: done.new,
        duplicate: done.duplicate,
        dead: done.dead,
    }))
}
