//! Units: ranked by a rate with its confidence bounds, and one by one.

use super::metrics::{Count, HandlingBody, RateBody};
use crate::{
    error::{Error, Problem},
    pages::{scope::ScopeQuery, unit, units::Asked},
    router::Site,
};
use analytics::metrics::{self, Ranked, Scope};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use ingest::record::Card;
use serde::Serialize;
use utoipa::ToSchema;

/// Units ranked by one rate.
#[derive(Serialize, ToSchema)]
pub(crate) struct RankingBody {
    metric: &'static str,
    /// Tickets in the denominator from which a unit is ranked.
    least_volume: u64,
    /// All that are ranked, the greatest lower bound first.
    ranked: Vec<RankedBody>,
    /// 红榜: names, the first of `ranked`.
    red: Vec<String>,
    /// 黑榜: names, the least upper bound first.
    black: Vec<String>,
    /// Units with fewer tickets, not ranked.
    few: Vec<RankedBody>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RankedBody {
    unit: String,
    rate: RateBody,
    /// Wilson's interval at 95 %, in 0..=1.
    lower: f64,
    upper: f64,
}

/// One unit over a scope.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitBody {
    unit: String,
    /// Tickets in scope; merged ones count by their main ticket.
    total: u64,
    rates: Vec<RateBody>,
    /// Open tickets by age in calendar days; all but `past_due` share them out.
    backlog: Vec<Count>,
    handling: HandlingBody,
    /// Open tickets that deserve a card now, whenever they were accepted.
    red_cards: u64,
    yellow_cards: u64,
    contacts: Vec<ContactBody>,
}

/// Whom to call, as configured.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactBody {
    role: String,
    name: String,
    phone: String,
}

impl From<&Ranked> for RankedBody {
    fn from(ranked: &Ranked) -> Self {
        Self {
            unit: ranked.unit.clone(),
            rate: (&ranked.rate).into(),
            lower: ranked.lower,
            upper: ranked.upper,
        }
    }
}

/// `GET /api/v1/units`
#[utoipa::path(get, path = "/api/v1/units", tag = "units", params(Asked, ScopeQuery), responses(
    (status = 200, body = RankingBody), (status = 400, body = Problem)
))]
pub(crate) async fn ranking(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Json<RankingBody>, Error> {
    site.blocking(move |app| {
        let metric = asked.metric()?;
        let rules = app.config().ranking;
        let scope = asked.scope.scope(app)?;
        let found = metrics::ranking(app.snapshot()?.as_ref(), &scope, metric, &rules)?;
        let names = |units: &[Ranked]| units.iter().map(|ranked| ranked.unit.clone()).collect();
        Ok(Json(RankingBody {
            metric: metric.name,
            least_volume: rules.least_volume.max(1),
            ranked: found.ranked.iter().map(RankedBody::from).collect(),
            red: names(&found.red),
            black: names(&found.black),
            few: found.few.iter().map(RankedBody::from).collect(),
        }))
    })
    .await
}

/// `GET /api/v1/units/{name}`
#[utoipa::path(get, path = "/api/v1/units/{name}", tag = "units",
    params(("name" = String, Path, description = "Name of the unit"), ScopeQuery),
    responses((status = 200, body = UnitBody), (status = 400, body = Problem), (status = 404, body = Problem))
)]
pub(crate) async fn get(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(asked): Query<ScopeQuery>,
) -> Result<Json<UnitBody>, Error> {
    site.blocking(move |app| {
        let unit = unit::known(app, &name)?;
        let scope = Scope {
            unit: Some(unit.clone()),
            ..asked.scope(app)?
        };
        let snapshot = app.snapshot()?;
        let contacts = app.units.contacts(&unit).iter().map(|contact| ContactBody {
            role: contact.role.clone(),
            name: contact.name.clone(),
            phone: contact.phone.clone(),
        });
        Ok(Json(UnitBody {
            total: metrics::count(&snapshot, &scope)?,
            rates: metrics::compared(&snapshot, &scope)?
                .iter()
                .map(RateBody::from)
                .collect(),
            backlog: metrics::backlog(&snapshot, &scope)?
                .into_iter()
                .map(Count::from)
                .collect(),
            handling: metrics::handling(&snapshot, &scope)?.into(),
            red_cards: unit::cards(app, &unit, Card::Red)?,
            yellow_cards: unit::cards(app, &unit, Card::Yellow)?,
            contacts: contacts.collect(),
            unit,
        }))
    })
    .await
}
