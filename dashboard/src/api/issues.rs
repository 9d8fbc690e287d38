//! Hot and stubborn issues.

use crate::{
    error::{Error, Problem},
    pages::events::Asked,
    router::Site,
};
use analytics::hot::{self, Hot, Stubborn};
use axum::{
    Json,
    extract::{Query, State},
};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// What is hot and what is stubborn.
#[derive(Serialize, ToSchema)]
pub(crate) struct Issues {
    /// Last day of the window.
    #[schema(value_type = String)]
    to: NaiveDate,
    /// Days of the window.
    days: u32,
    /// `{"place","named","topic","voices","tickets","expected","heat","days":[…],"numbers":[…]}`, hottest first;
    /// heat = (voices − expected) ÷ √(expected + 1), expected = mean of the four windows before.
    #[schema(value_type = Vec<Object>)]
    hot: Vec<Hot>,
    /// `{"no","reopened","extended","repeated","score"}`, most stubborn first; score = each count ÷ its threshold, added.
    #[schema(value_type = Vec<Object>)]
    stubborn: Vec<Stubborn>,
}

/// `GET /api/v1/issues`
#[utoipa::path(get, path = "/api/v1/issues", tag = "metrics", params(Asked), responses(
    (status = 200, body = Issues), (status = 400, body = Problem)
))]
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Json<Issues>, Error> {
    site.blocking(move |app| {
        let (to, days) = asked.window(app)?;
        let thresholds = &app.config().issues;
        Ok(Json(Issues {
            to,
            days,
            hot: hot::hot(app.ledger(), app.segmenter(), to, days, thresholds)?,
            stubborn: hot::stubborn(app.ledger(), to, thresholds)?,
        }))
    })
    .await
}
