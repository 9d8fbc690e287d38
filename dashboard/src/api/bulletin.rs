//! The bulletin audit for programs.

use crate::{
    error::{Error, Problem},
    pages::bulletin::audit,
    router::Site,
};
use analytics::bulletin::Finding;
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to audit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bulletin {
    /// A published text or table.
    text: String,
}

/// What it states.
#[derive(Serialize, ToSchema)]
pub(crate) struct Audited {
    /// One a statement, as `minsheng audit-bulletin --json` prints them.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
}

/// `POST /api/v1/bulletin`
#[utoipa::path(post, path = "/api/v1/bulletin", tag = "metrics", request_body = Bulletin, responses(
    (status = 200, body = Audited), (status = 400, body = Problem), (status = 415, body = Problem),
    (status = 422, body = Problem)
))]
pub(crate) async fn post(
    State(site): State<Site>,
    bulletin: Result<Json<Bulletin>, JsonRejection>,
) -> Result<Json<Audited>, Error> {
    let Json(bulletin) = bulletin?;
    site.blocking(move |app| {
        Ok(Json(Audited {
            findings: audit(app, &bulletin.text)?,
        }))
    })
    .await
}
