//! Published statistics with their proof, and the tickets behind them.

use crate::{
    error::{Error, Problem},
    pages::{
        listing::{metric, part},
        scope::ScopeQuery,
    },
    router::Site,
};
use analytics::metrics::{self, Cut, Rate};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All rates over one scope, counted on one state of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct Figures {
    /// First day of acceptance.
    from: String,
    /// Last day of acceptance.
    to: String,
    /// Facts after this moment were ignored, RFC 3339.
    as_of: String,
    /// Tickets in scope; merged ones count by their main ticket.
    total: u64,
    /// The total by type; `unknown` (待判定) where there are any.
    by_type: Vec<Count>,
    rates: Vec<RateBody>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Count {
    name: String,
    count: u64,
}

/// A rate with its proof.
#[derive(Serialize, ToSchema)]
pub(crate) struct RateBody {
    /// Name, for `/api/v1/metrics/{name}/tickets`.
    metric: &'static str,
    /// Chinese name.
    chinese: &'static str,
    /// Rule it is counted by.
    rule: &'static str,
    /// Numerator ÷ denominator in words.
    formula: &'static str,
    numerator: u64,
    denominator: u64,
    /// In 0..=1; null over nothing.
    value: Option<f64>,
    /// As published, e.g. `98.75 %`; `N/A` over nothing.
    percent: String,
    exclusions: Vec<Excluded>,
    /// RFC 3339.
    as_of: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Excluded {
    reason: &'static str,
    count: u64,
}

/// The tickets of one part of a rate.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    metric: &'static str,
    part: &'static str,
    /// RFC 3339.
    as_of: String,
    total: usize,
    /// Ticket numbers, sorted.
    tickets: Vec<String>,
}

/// Which part.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartQuery {
    /// `numerator`, `denominator` (default), `missed` (denominator without numerator) or `excluded`.
    part: Option<String>,
}

impl From<&Rate> for RateBody {
    fn from(rate: &Rate) -> Self {
        Self {
            metric: rate.metric,
            chinese: rate.chinese,
            rule: rate.rule,
            formula: rate.formula,
            numerator: rate.numerator,
            denominator: rate.denominator,
            value: rate.value(),
            percent: rate.percent(),
            exclusions: rate
                .exclusions
                .iter()
                .map(|it| Excluded {
                    reason: it.reason,
                    count: it.count,
                })
                .collect(),
            as_of: rate.as_of.to_rfc3339(),
        }
    }
}

/// `GET /api/v1/metrics`
#[utoipa::path(get, path = "/api/v1/metrics", tag = "metrics", params(ScopeQuery), responses(
    (status = 200, body = Figures), (status = 400, body = Problem)
))]
pub(crate) async fn list(
    State(site): State<Site>,
    Query(asked): Query<ScopeQuery>,
) -> Result<Json<Figures>, Error> {
    site.blocking(move |app| {
        let scope = asked.scope(app)?;
        let snapshot = app.snapshot()?;
        let by_type = metrics::count_by(&snapshot, &scope, Cut::Type)?;
        Ok(Json(Figures {
            from: scope.from.to_string(),
            to: scope.to.to_string(),
            as_of: scope.as_of.to_rfc3339(),
            total: metrics::count(&snapshot, &scope)?,
            by_type: by_type
                .into_iter()
                .map(|(name, count)| Count { name, count })
                .collect(),
            rates: metrics::rates(&snapshot, &scope)?
                .iter()
                .map(RateBody::from)
                .collect(),
        }))
    })
    .await
}

/// `GET /api/v1/metrics/{name}/tickets`
#[utoipa::path(get, path = "/api/v1/metrics/{name}/tickets", tag = "metrics",
    params(("name" = String, Path, description = "Name of the metric"), PartQuery, ScopeQuery),
    responses((status = 200, body = Members), (status = 400, body = Problem), (status = 404, body = Problem))
)]
pub(crate) async fn tickets(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(asked): Query<PartQuery>,
    Query(scope): Query<ScopeQuery>,
) -> Result<Json<Members>, Error> {
    let (metric, part) = (metric(&name)?, part(asked.part.as_deref())?);
    site.blocking(move |app| {
        let scope = scope.scope(app)?;
        let tickets = metrics::members(app.snapshot()?.as_ref(), &scope, metric, part)?;
        Ok(Json(Members {
            metric: metric.name,
            part: part.name(),
            as_of: scope.as_of.to_rfc3339(),
            total: tickets.len(),
            tickets,
        }))
    })
    .await
}
