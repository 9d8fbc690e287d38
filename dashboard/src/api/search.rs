//! Search over posts and tickets.

use super::{limit, number};
use crate::{
    collapse,
    error::{Error, Problem},
    router::Site,
};
use axum::{
    Json,
    extract::{Query, State},
};
use index::{
    search::{Bar, Hit, Request},
    writer::IndexError,
};
use ingest::record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Hits anybody may skip: deep pages cost the index as much as all before them.
const DEEPEST: usize = 10_000;

/// Parameters of the address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// A query of the search box's language, e.g. `flag:life_safety kind:post`; empty finds everything.
    #[serde(default)]
    q: String,
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
    /// Hits to skip, at most 10,000.
    offset: Option<String>,
    /// `relevance` (default) or `newest`.
    order: Option<String>,
    /// `true`: also facets and timeline.
    facets: Option<String>,
    /// `true`: a story stands once, under its first source; `limit` and `offset` then count stories, among the first
    /// 2,000 records.
    collapse: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Found {
    /// How many match in all, every copy counted.
    total: usize,
    /// Collapsed only: stories and single records among the first 2,000 records.
    #[serde(skip_serializing_if = "Option::is_none")]
    stories: Option<usize>,
    /// `{"id","native_id","kind","title","snippet","published_at","source","type","topic","sentiment","flags","score"}`,
    /// `flags` being the names of the sensitive contents found in the text; collapsed also `"copies"` and `"first"`, the id of the first source's post, of a hit that has copies
    #[schema(value_type = Vec<Object>)]
    hits: Vec<Shown>,
    facets: Vec<Facet>,
    /// `{"start","total","negative","neutral","positive"}` a day, or a week over a long span.
    #[schema(value_type = Vec<Object>)]
    timeline: Vec<Bar>,
}

/// A hit, with its copies where they were collapsed.
#[derive(Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    hit: Hit,
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<RecordId>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Facet {
    field: &'static str,
    values: Vec<FacetValue>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FacetValue {
    value: String,
    count: usize,
}

/// `GET /api/v1/search`
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(Asked), responses(
    (status = 200, body = Found), (status = 400, description = "The query cannot be read; says where", body = Problem)
))]
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Json<Found>, Error> {
    let request = Request {
        query: asked.q,
        offset: number(&asked.offset, 0, "offset")?.min(DEEPEST),
        limit: limit(&asked.limit)?,
        newest_first: asked.order.as_deref() == Some("newest"),
        facets: asked.facets.as_deref() == Some("true"),
    };
    let collapsing = asked.collapse.as_deref() == Some("true");
    let found = site
        .blocking(move |app| {
            let found = if collapsing {
                collapse::search(app, &request)?
            } else {
                collapse::apart(app, &request)?
            };
            found.map_err(|wrong| IndexError::Query(wrong).into())
        })
        .await?;
    let hits = found.hits.into_iter().map(|told| {
        let (copies, first) = told.story.map(|story| (story.copies, story.first)).unzip();
        Shown {
            hit: told.hit,
            copies,
            first,
        }
    });
    let facets = found.facets.into_iter().map(|(field, values)| Facet {
        field,
        values: values
            .into_iter()
            .map(|(value, count)| FacetValue { value, count })
            .collect(),
    });
    Ok(Json(Found {
        total: found.total,
        stories: collapsing.then_some(found.stories),
        hits: hits.collect(),
        facets: facets.collect(),
        timeline: found.timeline,
    }))
}
