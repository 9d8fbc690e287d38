//! Sources and what could not be read of them.

use super::limit;
use crate::{
    error::{Error, Problem},
    pages::sources::known,
    router::Site,
};
use axum::{
    Json,
    extract::{Query, State},
};
use ingest::time::Moment;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A source, configured or seen.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceBody {
    name: String,
    /// Kind of a configured source; null for one that is only seen.
    kind: Option<&'static str>,
    /// Times are RFC 3339.
    last_success: Option<String>,
    last_attempt: Option<String>,
    next_visit: Option<String>,
    /// Code of the last error; null after a success.
    last_error: Option<String>,
    /// Items looked at since the program was installed; null where nothing is fetched.
    fetched: Option<u64>,
    /// Items that became records.
    yielded: Option<u64>,
    /// Posts in the ledger.
    posts: u64,
    /// Tickets with an event of this source.
    tickets: u64,
    /// Dead letters.
    dead: u64,
}

/// What could not be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeadLetterBody {
    /// RFC 3339.
    observed_at: String,
    source: String,
    /// File name, or address.
    origin: String,
    /// 1-based row or line.
    row: Option<u64>,
    field: Option<String>,
    /// Machine name of the reason.
    code: String,
    /// For people, Chinese.
    reason: String,
    /// Up to 120 characters, masked.
    excerpt: String,
}

/// Which dead letters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only of this source.
    source: Option<String>,
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
}

/// `GET /api/v1/sources`
#[utoipa::path(get, path = "/api/v1/sources", tag = "sources", responses((status = 200, body = Vec<SourceBody>)))]
pub(crate) async fn list(State(site): State<Site>) -> Result<Json<Vec<SourceBody>>, Error> {
    let time = |moment: Option<Moment>| moment.map(|moment| moment.to_rfc3339());
    let known = site.blocking(known).await?;
    let bodies = known.into_iter().map(|(name, status, count)| SourceBody {
        name,
        kind: status.as_ref().map(|status| status.kind),
        last_success: time(status.as_ref().and_then(|status| status.last_success)),
        last_attempt: time(status.as_ref().and_then(|status| status.last_attempt)),
        next_visit: time(status.as_ref().and_then(|status| status.next_visit)),
        last_error: status.as_ref().and_then(|status| status.last_error.clone()),
        fetched: status.as_ref().map(|status| status.fetched),
        yielded: status.as_ref().map(|status| status.yielded),
        posts: count.as_ref().map_or(0, |count| count.posts),
        tickets: count.as_ref().map_or(0, |count| count.tickets),
        dead: count.as_ref().map_or(0, |count| count.dead),
    });
    Ok(Json(bodies.collect()))
}

/// `GET /api/v1/dead-letters`: newest first.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "sources", params(Asked), responses(
    (status = 200, body = Vec<DeadLetterBody>), (status = 400, body = Problem)
))]
pub(crate) async fn dead_letters(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<DeadLetterBody>>, Error> {
    let limit = limit(&asked.limit)?;
    let source = asked.source.filter(|source| !source.is_empty());
    let letters = site
        .blocking(move |app| Ok(app.ledger().dead_letters(source.as_deref(), limit)?))
        .await?;
    let bodies = letters.into_iter().map(|(when, dead)| DeadLetterBody {
        observed_at: when.to_rfc3339(),
        source: dead.source,
        origin: dead.place.origin,
        row: dead.place.row,
        field: dead.place.field,
        code: dead.code,
        reason: dead.reason,
        excerpt: dead.excerpt,
    });
    Ok(Json(bodies.collect()))
}
