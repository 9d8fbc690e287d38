//! Commands that need a data folder another process owns are forwarded to that process over loopback.
//!
//! Only who can read `owner.json` (its user) knows the token.

use crate::{
    cli,
    data::Owner,
    error::Error,
    state::{App, ImportSummary},
};
use anyhow::Context;
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use index::search;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};

#[derive(Serialize, Deserialize)]
struct Import {
    files: Vec<PathBuf>,
    source: String,
}

/// What relabelling did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabelled {
    /// The model that labelled: `model:<hash>` is the actor of its labels.
    pub model: String,
    /// Labels appended.
    pub relabelled: u64,
}

#[derive(Serialize, Deserialize)]
struct Search {
    query: String,
    limit: usize,
    newest_first: bool,
}

/// Asks `owner` to import files.
///
/// # Errors
/// What the owner answered.
pub async fn import(owner: &Owner, files: &[PathBuf], source: &str) -> anyhow::Result<ImportSummary> {
    ask(
        owner,
        "import",
        &Import {
            files: files.to_vec(),
            source: source.to_owned(),
        },
    )
    .await
}

/// Asks `owner` to search; the lines of `minsheng search --json`.
///
/// # Errors
/// What the owner answered.
pub async fn search(owner: &Owner, request: &search::Request) -> anyhow::Result<Vec<serde_json::Value>> {
    let body = Search {
        query: request.query.clone(),
        limit: request.limit,
        newest_first: request.newest_first,
    };
    ask(owner, "search", &body).await
}

/// Asks `owner` to label the past again with the models it has in use; how many labels it appended.
///
/// # Errors
/// What the owner answered.
pub async fn relabel(owner: &Owner) -> anyhow::Result<Relabelled> {
    ask(owner, "relabel", &()).await
}

async fn ask<T: serde::de::DeserializeOwned>(
    owner: &Owner,
    what: &str,
    body: &impl Serialize,
) -> anyhow::Result<T> {
    let address = owner
        .address
        .context("the process that owns the data folder serves no requests")?;
    // A proxy from the environment must not come between two processes of one machine.
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client
        .post(format!("http://{address}/internal/{what}"))
        .bearer_auth(&owner.token)
        .json(body)
        .send()
        .await?;
    if answer.status().is_success() {
        return Ok(answer.json().await?);
    }
    anyhow::bail!("{}", answer.text().await?)
}

/// Routes for [`import`], [`relabel`] and [`search`].
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/internal/import", post(take_import))
        .route("/internal/relabel", post(take_relabel))
        .route("/internal/search", post(take_search))
        .layer(middleware::from_fn_with_state(Arc::clone(app), only_owner))
}

async fn only_owner(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let right = !app.internal_token.is_empty() && token == Some(app.internal_token.as_str());
    if right {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn take_import(State(app): State<Arc<App>>, Json(request): Json<Import>) -> Response {
    match app.import(&request.files, &request.source, &|_| {}).await {
        Ok(summary) => Json(summary).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn take_relabel(State(app): State<Arc<App>>) -> Response {
    match app.relabel(&|_| {}).await {
        Ok(relabelled) => Json(Relabelled {
            model: app.models().hash().to_owned(),
            relabelled,
        })
        .into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn take_search(State(app): State<Arc<App>>, Json(request): Json<Search>) -> Response {
    let request = search::Request {
        query: request.query,
        limit: request.limit,
        newest_first: request.newest_first,
        ..search::Request::default()
    };
    let found = tokio::task::spawn_blocking(move || app.index().search(&request)).await;
    match found
        .map_err(Error::from)
        .and_then(|hits| Ok(cli::search_lines(&hits?)?))
    {
        Ok(lines) => Json(lines).into_response(),
        Err(error) => error.into_response(),
    }
}
