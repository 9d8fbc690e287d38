//! One post, and its copies.

use super::limit;
use crate::{
    collapse::record_id,
    error::{Error, Problem},
    pages::post,
    router::Site,
};
use analytics::ledger::Copy;
use axum::{
    Json,
    extract::{Path, Query, State},
};
use index::Stored;
use ingest::record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Parameters of the address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// At most 1,000; 50 where not given.
    limit: Option<String>,
}

/// A story: its first source and the posts that say the same.
#[derive(Serialize, ToSchema)]
pub(crate) struct Copies {
    /// Post published first.
    #[schema(value_type = String)]
    first: RecordId,
    /// Posts that are not the first.
    copies: u64,
    /// `{"post_id","source","channel","published_at"}`, by time of publication, the first at the head.
    #[schema(value_type = Vec<Object>)]
    posts: Vec<Copy>,
}

/// `GET /api/v1/posts/{id}/copies`
#[utoipa::path(get, path = "/api/v1/posts/{id}/copies", tag = "posts",
    params(("id" = String, Path, description = "Post id, as search gives it"), Asked),
    responses((status = 200, description = "A post without copies is its own first source", body = Copies),
        (status = 404, body = Problem))
)]
pub(crate) async fn copies(
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Copies>, Error> {
    let limit = limit(&asked.limit)?;
    site.blocking(move |app| {
        let unknown = || Error::NotFound("没有这个编号的帖文。".to_owned());
        let id = record_id(&id).ok_or_else(unknown)?;
        if let Some(story) = app.ledger().story(&id, limit)? {
            return Ok(Json(Copies {
                first: story.first,
                copies: story.copies,
                posts: story.posts,
            }));
        }
        let fact = app.ledger().posts(std::slice::from_ref(&id))?.pop();
        let fact = fact.ok_or_else(unknown)?;
        Ok(Json(Copies {
            first: id.clone(),
            copies: 0,
            posts: vec![Copy {
                post_id: id,
                source: fact.source,
                channel: fact.channel,
                published_at: fact.published_at,
            }],
        }))
    })
    .await
}

/// `GET /api/v1/posts/{id}`
#[utoipa::path(get, path = "/api/v1/posts/{id}", tag = "posts",
    params(("id" = String, Path, description = "Post id, as search gives it")),
    responses((status = 200, description = "The newest revision", body = Object), (status = 404, body = Problem))
)]
pub(crate) async fn get(State(site): State<Site>, Path(id): Path<String>) -> Result<Json<Stored>, Error> {
    site.blocking(move |app| Ok(Json(post::find(app, &id)?))).await
}
