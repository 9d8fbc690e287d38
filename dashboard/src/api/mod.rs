//! The JSON interface under `/api/v1`, described by OpenAPI, and what machines ask of the process itself.
//!
//! Shapes here are a promise to other programs: each is its own type, so that a change inside is not one outside.

pub(crate) mod approvals;
pub(crate) mod attachments;
pub(crate) mod bulletin;
pub(crate) mod events;
pub(crate) mod feeds;
pub(crate) mod health;
pub(crate) mod issues;
pub(crate) mod metrics;
pub(crate) mod posts;
pub(crate) mod search;
pub(crate) mod sources;
pub(crate) mod tickets;
pub(crate) mod trial;
pub(crate) mod units;

use crate::error::{Error, Problem};
use axum::Json;
use utoipa::OpenApi;

/// Rows given when a request names no number.
const DEFAULT_LIMIT: usize = 50;
/// Rows given at most.
const LARGEST_LIMIT: usize = 1000;

/// The description served at `/api/v1/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Minsheng 民声",
        description = "Public-opinion posts and 12345-hotline tickets: search, figures with their proof, events.",
        license(name = "Apache-2.0")
    ),
    paths(
        bulletin::post,
        metrics::list,
        metrics::by,
        metrics::tickets,
        tickets::list,
        tickets::get,
        tickets::timeline,
        tickets::units,
        events::post,
        events::split,
        attachments::post,
        attachments::get,
        units::ranking,
        units::get,
        issues::get,
        approvals::metrics,
        approvals::list,
        search::get,
        posts::get,
        posts::copies,
        sources::list,
        sources::dead_letters,
        sources::control,
        trial::post,
        feeds::post,
    ),
    components(schemas(Problem))
)]
struct Description;

/// `GET /api/v1/openapi.json`
pub(crate) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

/// A whole number of the address; `default` where it is absent or empty.
fn number(field: &Option<String>, default: usize, name: &str) -> Result<usize, Error> {
    match field.as_deref().map(str::trim) {
        None | Some("") => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| Error::Malformed(format!("{name} 应为非负整数。"))),
    }
}

/// How many rows to give.
fn limit(field: &Option<String>) -> Result<usize, Error> {
    Ok(number(field, DEFAULT_LIMIT, "limit")?.min(LARGEST_LIMIT))
}
