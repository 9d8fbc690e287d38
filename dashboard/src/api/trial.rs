//! Trying a configured source.

use crate::{
    error::{Error, Problem},
    router::Site,
    trial::{self, PAGES},
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use ingest::source::trial::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How to try.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TryBody {
    /// Pages fetched or rows read, at most 20; 5 where not given.
    limit: Option<usize>,
}

/// What a trial showed; nothing was kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tried {
    /// `feed`, `sitemap`, `list`, `page`, `file`, `letters` or `open311`.
    taken_for: &'static str,
    /// Pages or rows that were left for the limit.
    untried: usize,
    /// `{"outcome":"post","url","title","published_at","source_name","author","characters"}`,
    /// `{"outcome":"ticket","no","occurred_at"}`, `{"outcome":"refused","place","code","reason"}` or
    /// `{"outcome":"passed_over","url","code","reason"}`, as it would be collected: masked.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
}

/// `POST /api/v1/sources/{name}/try`
///
/// A browser sends `application/json` across origins only after asking, and it is never told yes.
#[utoipa::path(post, path = "/api/v1/sources/{name}/try", tag = "sources",
    params(("name" = String, Path, description = "Name of a configured source")),
    request_body = TryBody,
    responses((status = 200, body = Tried), (status = 404, body = Problem),
        (status = 409, description = "Another trial is running", body = Problem), (status = 415, body = Problem),
        (status = 422, description = "The source cannot be tried; says why", body = Problem),
        (status = 503, description = "The other side is too slow", body = Problem))
)]
pub(crate) async fn post(
    State(site): State<Site>,
    Path(name): Path<String>,
    body: Result<Json<TryBody>, JsonRejection>,
) -> Result<Json<Tried>, Error> {
    let Json(TryBody { limit }) = body?;
    let trial = trial::run(&site.app, &name, limit.unwrap_or(PAGES)).await?;
    Ok(Json(Tried {
        taken_for: trial.taken_for,
        untried: trial.untried,
        findings: trial.findings,
    }))
}
