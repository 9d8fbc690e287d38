//! Sources and what could not be read of them.

use super::limit;
use crate::{
    error::{Error, Problem},
    router::Site,
    sources::{self, Alert, Control},
};
use analytics::rhythm::{Rhythm, THRESHOLD};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::JsonRejection},
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
    /// Since when collection is paused; null while it is not.
    paused_since: Option<String>,
    /// What somebody should look at; empty for a source in order.
    alerts: Vec<AlertBody>,
    /// When something usually arrives; null while there is not enough past to learn from.
    rhythm: Option<RhythmBody>,
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
    /// Dead letters by machine name of the reason, the most first.
    dead_reasons: Vec<ReasonBody>,
}

/// Something about a source that somebody should look at.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertBody {
    /// `silent`, `empty` (pages fetched, nothing extracted), `robots`, `login_wall` or `errors`.
    kind: &'static str,
    /// RFC 3339.
    since: String,
    /// For people, Chinese: what it rests on.
    detail: String,
    /// Of a silence: its probability by the source's own rhythm.
    probability: Option<f64>,
}

/// A rhythm learned from the source's own past.
#[derive(Serialize, ToSchema)]
pub(crate) struct RhythmBody {
    /// Chance in 0..=1 of an arrival in each hour of the week (Asia/Shanghai), Monday 0 o'clock first: 168 numbers.
    chances: Vec<f64>,
    /// First and last moment it was learned from, RFC 3339.
    learned_from: String,
    learned_to: String,
    /// When the source counts as silent if nothing arrives until then.
    silent_at: Option<String>,
    /// A silence less probable than this is an alert.
    threshold: f64,
}

/// Dead letters for one reason.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonBody {
    code: String,
    count: u64,
    /// RFC 3339.
    last_observed_at: String,
}

/// What became of a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// For people, Chinese.
    detail: String,
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
    /// Only with this machine name of the reason.
    code: Option<String>,
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
}

/// `GET /api/v1/sources`
#[utoipa::path(get, path = "/api/v1/sources", tag = "sources", responses((status = 200, body = Vec<SourceBody>)))]
pub(crate) async fn list(State(site): State<Site>) -> Result<Json<Vec<SourceBody>>, Error> {
    let time = |moment: Option<Moment>| moment.map(|moment| moment.to_rfc3339());
    let all = site.blocking(sources::all).await?;
    let bodies = all.into_iter().map(|source| {
        let (status, count) = (source.status.as_ref(), source.count.as_ref());
        SourceBody {
            kind: status.map(|status| status.kind),
            last_success: time(status.and_then(|status| status.last_success)),
            last_attempt: time(status.and_then(|status| status.last_attempt)),
            next_visit: time(status.and_then(|status| status.next_visit)),
            paused_since: time(source.paused),
            alerts: source.alerts.iter().map(alert).collect(),
            rhythm: source.rhythm.as_ref().map(rhythm),
            last_error: status.and_then(|status| status.last_error.clone()),
            fetched: status.map(|status| status.fetched),
            yielded: status.map(|status| status.yielded),
            posts: count.map_or(0, |count| count.posts),
            tickets: count.map_or(0, |count| count.tickets),
            dead: count.map_or(0, |count| count.dead),
            dead_reasons: source
                .reasons
                .iter()
                .map(|reason| ReasonBody {
                    code: reason.code.clone(),
                    count: reason.count,
                    last_observed_at: reason.last_at.to_rfc3339(),
                })
                .collect(),
            name: source.name,
        }
    });
    Ok(Json(bodies.collect()))
}

fn alert(alert: &Alert) -> AlertBody {
    AlertBody {
        kind: alert.kind,
        since: alert.since.to_rfc3339(),
        detail: alert.detail.clone(),
        probability: alert.probability,
    }
}

fn rhythm(rhythm: &Rhythm) -> RhythmBody {
    let (from, to) = rhythm.learned();
    RhythmBody {
        chances: (0..168).map(|slot| rhythm.chance(slot / 24, slot % 24)).collect(),
        learned_from: from.to_rfc3339(),
        learned_to: to.to_rfc3339(),
        silent_at: rhythm.silent_at().map(|at| at.to_rfc3339()),
        threshold: THRESHOLD,
    }
}

/// What a program asks of a source.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ControlBody {
    /// `pause`, `resume` or `retry` (reads what was refused again from its origin).
    action: String,
}

/// `POST /api/v1/sources/{name}/control`
///
/// A browser sends `application/json` across origins only after asking, and it is never told yes.
#[utoipa::path(post, path = "/api/v1/sources/{name}/control", tag = "sources",
    params(("name" = String, Path, description = "Name of a configured source")),
    request_body = ControlBody,
    responses((status = 200, body = Done), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub(crate) async fn control(
    State(site): State<Site>,
    Path(name): Path<String>,
    body: Result<Json<ControlBody>, JsonRejection>,
) -> Result<Json<Done>, Error> {
    let Json(ControlBody { action }) = body?;
    let control = match action.as_str() {
        "pause" => Control::Pause,
        "resume" => Control::Resume,
        "retry" => Control::Retry,
        _ => {
            return Err(Error::Unacceptable(
                "action 应为 pause、resume 或 retry。".to_owned(),
            ));
        }
    };
    let detail = site
        .blocking(move |app| sources::control(app, &name, control))
        .await?;
    Ok(Json(Done { detail }))
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
    let code = asked.code.filter(|code| !code.is_empty());
    let letters = site
        .blocking(move |app| {
            Ok(app
                .ledger()
                .dead_letters_of(source.as_deref(), code.as_deref(), limit)?)
        })
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
