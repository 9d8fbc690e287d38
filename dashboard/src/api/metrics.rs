//! Published statistics with their proof, and the tickets behind them.

use crate::{
    error::{Error, Problem},
    pages::{
        listing::{metric, part},
        scope::ScopeQuery,
    },
    router::Site,
};
use analytics::metrics::{self, Age, Before, Compared, Cut, Handling, Metric, Rate};
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
    /// Open tickets by age in calendar days; all but `past_due` share them out.
    backlog: Vec<Count>,
    /// How long the resolved tickets took.
    handling: HandlingBody,
}

/// Times from acceptance to resolution.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandlingBody {
    /// Tickets resolved.
    pub(super) resolved: u64,
    /// Milliseconds half of them took at most; null over none.
    pub(super) median_ms: Option<i64>,
    /// Milliseconds nine of ten took at most.
    pub(super) p90_ms: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Count {
    name: String,
    count: u64,
}

impl From<(Age, u64)> for Count {
    fn from((age, count): (Age, u64)) -> Self {
        Self {
            name: age.name.to_owned(),
            count,
        }
    }
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
    /// 环比: the period before of the same length; only in `/api/v1/metrics`.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<BeforeBody>,
    /// 同比: the same period a year before.
    #[serde(skip_serializing_if = "Option::is_none")]
    year_before: Option<BeforeBody>,
}

/// The same rate over another period; its as-of time has moved with the period.
#[derive(Serialize, ToSchema)]
pub(crate) struct BeforeBody {
    from: String,
    to: String,
    /// RFC 3339.
    as_of: String,
    numerator: u64,
    denominator: u64,
    /// In 0..=1; null over nothing.
    value: Option<f64>,
    percent: String,
    /// Percentage points the present rate is above it, e.g. `+1.25`; `N/A` where either is.
    change: String,
}

impl From<&Before> for BeforeBody {
    fn from(before: &Before) -> Self {
        Self {
            from: before.from.to_string(),
            to: before.to.to_string(),
            as_of: before.rate.as_of.to_rfc3339(),
            numerator: before.rate.numerator,
            denominator: before.rate.denominator,
            value: before.rate.value(),
            percent: before.rate.percent(),
            change: before.points(),
        }
    }
}

impl From<&Compared> for RateBody {
    fn from(compared: &Compared) -> Self {
        Self {
            previous: compared.previous.as_ref().map(BeforeBody::from),
            year_before: compared.year_before.as_ref().map(BeforeBody::from),
            ..Self::from(&compared.rate)
        }
    }
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
            previous: None,
            year_before: None,
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
            rates: metrics::compared(&snapshot, &scope)?
                .iter()
                .map(RateBody::from)
                .collect(),
            backlog: metrics::backlog(&snapshot, &scope)?
                .into_iter()
                .map(Count::from)
                .collect(),
            handling: metrics::handling(&snapshot, &scope)?.into(),
        }))
    })
    .await
}

impl From<Handling> for HandlingBody {
    fn from(handling: Handling) -> Self {
        Self {
            resolved: handling.resolved,
            median_ms: handling.median_ms,
            p90_ms: handling.p90_ms,
        }
    }
}

/// One rate for each value of a cut.
#[derive(Serialize, ToSchema)]
pub(crate) struct Groups {
    cut: &'static str,
    groups: Vec<Group>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Group {
    /// The value; empty for tickets without one.
    name: String,
    rate: RateBody,
}

/// By what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CutQuery {
    /// `type`, `topic`, `unit` (default), `region`, `channel`, `source`, `day`, `week`, `month`, `quarter` or `status`.
    by: Option<String>,
}

/// `GET /api/v1/metrics/{name}`
#[utoipa::path(get, path = "/api/v1/metrics/{name}", tag = "metrics",
    params(("name" = String, Path, description = "Name of the metric"), CutQuery, ScopeQuery),
    responses((status = 200, body = Groups), (status = 400, body = Problem), (status = 404, body = Problem))
)]
pub(crate) async fn by(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(asked): Query<CutQuery>,
    Query(scope): Query<ScopeQuery>,
) -> Result<Json<Groups>, Error> {
    let metric: &Metric = metric(&name)?;
    let cut = match asked.by.as_deref().filter(|by| !by.is_empty()) {
        None => Cut::Unit,
        Some(by) => Cut::parse(by).ok_or_else(|| {
            Error::Malformed(format!("by 只能是 {} 之一。", Cut::ALL.map(Cut::name).join("、")))
        })?,
    };
    site.blocking(move |app| {
        let rates = metrics::rate_by(app.snapshot()?.as_ref(), &scope.scope(app)?, metric, cut)?;
        Ok(Json(Groups {
            cut: cut.name(),
            groups: rates
                .iter()
                .map(|(name, rate)| Group {
                    name: name.clone(),
                    rate: rate.into(),
                })
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
