//! One post.

use crate::{
    error::{Error, Problem},
    pages::post,
    router::Site,
};
use axum::{
    Json,
    extract::{Path, State},
};
use index::Stored;

/// `GET /api/v1/posts/{id}`
#[utoipa::path(get, path = "/api/v1/posts/{id}", tag = "posts",
    params(("id" = String, Path, description = "Post id, as search gives it")),
    responses((status = 200, description = "The newest revision", body = Object), (status = 404, body = Problem))
)]
pub(crate) async fn get(State(site): State<Site>, Path(id): Path<String>) -> Result<Json<Stored>, Error> {
    site.blocking(move |app| Ok(Json(post::find(app, &id)?))).await
}
