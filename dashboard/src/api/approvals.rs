//! Items of approvals offices and their figures.

use super::{limit, metrics::RateBody, number};
use crate::{
    error::{Error, Problem},
    pages::{
        approvals::{PartQuery, items},
        scope::ScopeQuery,
    },
    router::Site,
};
use analytics::approvals::{FIGURES, Judged};
use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All figures over one scope.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalFigures {
    /// First day of acceptance.
    from: String,
    /// Last day of acceptance.
    to: String,
    /// Facts after this moment were ignored, RFC 3339.
    as_of: String,
    /// Items in scope.
    total: u64,
    /// Items whose red card by the office's own system is not ours.
    differing: u64,
    rates: Vec<RateBody>,
}

/// A page of items.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalPage {
    /// RFC 3339.
    as_of: String,
    /// How many there are.
    total: usize,
    /// By time of acceptance; `due_at` and `our_card` are computed, `card` is what the office's system says.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Judged>,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Rows {
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
    /// Rows to skip.
    offset: Option<String>,
}

/// `GET /api/v1/approvals/metrics`; of the scope only days, unit, source and as-of time count.
#[utoipa::path(get, path = "/api/v1/approvals/metrics", tag = "approvals", params(ScopeQuery), responses(
    (status = 200, body = ApprovalFigures), (status = 400, body = Problem)
))]
pub(crate) async fn metrics(
    State(site): State<Site>,
    Query(query): Query<ScopeQuery>,
) -> Result<Json<ApprovalFigures>, Error> {
    site.blocking(move |app| {
        let scope = query.scope(app)?;
        let items = items(app, &scope)?;
        Ok(Json(ApprovalFigures {
            from: scope.from.to_string(),
            to: scope.to.to_string(),
            as_of: scope.as_of.to_rfc3339(),
            total: items.len() as u64,
            differing: items.iter().filter(|item| item.disagrees()).count() as u64,
            rates: FIGURES
                .iter()
                .map(|figure| RateBody::from(&figure.rate(&items, scope.as_of)))
                .collect(),
        }))
    })
    .await
}

/// `GET /api/v1/approvals`: the items, or those of one part of one figure.
#[utoipa::path(get, path = "/api/v1/approvals", tag = "approvals", params(ScopeQuery, PartQuery, Rows), responses(
    (status = 200, body = ApprovalPage), (status = 400, body = Problem)
))]
pub(crate) async fn list(
    State(site): State<Site>,
    Query(query): Query<ScopeQuery>,
    Query(part): Query<PartQuery>,
    Query(rows): Query<Rows>,
) -> Result<Json<ApprovalPage>, Error> {
    let limit = limit(&rows.limit)?;
    let offset = number(&rows.offset, 0, "offset")?;
    site.blocking(move |app| {
        let scope = query.scope(app)?;
        let part = part.read()?;
        let mut items = items(app, &scope)?;
        items.retain(|item| part.is_none_or(|(figure, part)| figure.holds(item, part)));
        Ok(Json(ApprovalPage {
            as_of: scope.as_of.to_rfc3339(),
            total: items.len(),
            items: items.into_iter().skip(offset).take(limit).collect(),
        }))
    })
    .await
}
