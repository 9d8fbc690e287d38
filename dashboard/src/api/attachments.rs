//! Evidence by programs: a file is given first, then named in an event.

use crate::{
    error::{Error, Problem},
    pages::attachment,
    router::Site,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A file as it is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Kept {
    /// BLAKE3 of its bytes, 64 hexadecimal digits: what an event names it by.
    hash: String,
    /// By its content.
    media_type: &'static str,
    /// Bytes.
    size: u64,
}

/// `POST /api/v1/attachments`: keeps the body as a file; on answering it is on the disk. The same bytes again are the same
/// file.
#[utoipa::path(post, path = "/api/v1/attachments", tag = "tickets",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file; what it is says its content"),
    responses(
        (status = 201, body = Kept),
        (status = 413, description = "Larger than `attachments.max_bytes`", body = Problem),
        (status = 422, description = "Empty, or of no kind of `attachments.types`", body = Problem)
    )
)]
pub(crate) async fn post(
    State(site): State<Site>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Kept>), Error> {
    let body = body.map_err(|_| Error::TooLarge)?;
    let stored = site.blocking(move |app| Ok(app.attachments.put(&body)?)).await?;
    let kept = Kept {
        hash: stored.hash.as_str().to_owned(),
        media_type: stored.media_type,
        size: stored.size,
    };
    Ok((StatusCode::CREATED, Json(kept)))
}

/// `GET /api/v1/tickets/{no}/attachments/{hash}`: always as a download, never shown by the browser.
#[utoipa::path(get, path = "/api/v1/tickets/{no}/attachments/{hash}", tag = "tickets",
    params(
        ("no" = String, Path, description = "工单编号"),
        ("hash" = String, Path, description = "As the ticket's timeline names it")
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "No such attachment of this ticket, or its file is not on this machine", body = Problem)
    )
)]
pub(crate) async fn get(
    State(site): State<Site>,
    Path((no, hash)): Path<(String, String)>,
) -> Result<Response, Error> {
    attachment::download(&site, no, hash).await
}
