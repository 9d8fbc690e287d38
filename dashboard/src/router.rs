//! The whole URL map. Every address the dashboard answers is in this file.

mod guard;
mod multipart;
#[cfg(test)]
mod tests;

pub(crate) use guard::{Filled, FormToken, OurForm};

use crate::{
    api,
    error::{self, Error},
    pages,
    run::forward,
    state::App,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use std::sync::Arc;

/// Largest push body. A day of a city's posts is about 20 MB as JSON Lines; more is sent in parts.
const MAX_PUSH: usize = 32 * 1024 * 1024;
/// Largest body of everything else: a form or one event.
const MAX_FORM: usize = 64 * 1024;
/// Largest bulletin: its characters take nine bytes each in a form.
const MAX_BULLETIN: usize = 1024 * 1024;

/// What handlers share: the application and the token of our own forms.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) token: FormToken,
}

impl Site {
    /// Runs work that reads disks or computes off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let app = Arc::clone(&self.app);
        tokio::task::spawn_blocking(move || work(&app)).await?
    }
}

impl FromRef<Site> for Arc<App> {
    fn from_ref(site: &Site) -> Self {
        Self::clone(&site.app)
    }
}

impl FromRef<Site> for FormToken {
    fn from_ref(site: &Site) -> Self {
        site.token.clone()
    }
}

/// Everything the dashboard serves. Binding it to anything but loopback is the caller's fault: there is no log-in.
pub fn router(app: Arc<App>) -> Router {
    let site = Site {
        app: Arc::clone(&app),
        token: FormToken::new(),
    };
    let limits = app.attachments.config();
    let file = limits.max_bytes;
    let files = file.saturating_mul(limits.per_event);
    Router::new()
        .route("/", get(pages::overview::get))
        .route("/report.xlsx", get(pages::report::xlsx))
        .route("/report.html", get(pages::report::html))
        .route("/report.md", get(pages::report::markdown))
        .route("/triage", get(pages::triage::get))
        .route("/tickets", get(pages::tickets::get))
        .route("/tickets.csv", get(pages::sheet::csv))
        .route("/tickets.xlsx", get(pages::sheet::xlsx))
        .route("/tickets/{no}", get(pages::ticket::get))
        .route("/tickets/{no}/attachments/{hash}", get(pages::attachment::get))
        .route("/units", get(pages::units::get))
        .route("/units/{name}", get(pages::unit::get))
        .route("/search", get(pages::search::get))
        .route("/events", get(pages::events::get))
        .route("/approvals", get(pages::approvals::get))
        .route("/posts/{id}", get(pages::post::get))
        .route("/sources", get(pages::sources::get))
        .route("/sources/{name}/pause", post(pages::sources::pause))
        .route("/sources/{name}/resume", post(pages::sources::resume))
        .route("/sources/{name}/retry", post(pages::sources::retry))
        .route("/sources/{name}/try", post(pages::trial::post))
        .route("/assets/{hash}/{name}", get(pages::assets::get))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route("/api/v1/metrics", get(api::metrics::list))
        .route("/api/v1/metrics/{name}", get(api::metrics::by))
        .route("/api/v1/metrics/{name}/tickets", get(api::metrics::tickets))
        .route("/api/v1/tickets", get(api::tickets::list))
        .route("/api/v1/tickets/{no}", get(api::tickets::get))
        .route("/api/v1/tickets/{no}/timeline", get(api::tickets::timeline))
        .route("/api/v1/tickets/{no}/units", get(api::tickets::units))
        .route("/api/v1/tickets/{no}/events", post(api::events::post))
        .route("/api/v1/tickets/{no}/split", post(api::events::split))
        .route(
            "/api/v1/tickets/{no}/attachments/{hash}",
            get(api::attachments::get),
        )
        .route("/api/v1/units", get(api::units::ranking))
        .route("/api/v1/units/{name}", get(api::units::get))
        .route("/api/v1/issues", get(api::issues::get))
        .route("/api/v1/approvals", get(api::approvals::list))
        .route("/api/v1/approvals/metrics", get(api::approvals::metrics))
        .route("/api/v1/search", get(api::search::get))
        .route("/api/v1/posts/{id}", get(api::posts::get))
        .route("/api/v1/posts/{id}/copies", get(api::posts::copies))
        .route("/api/v1/sources", get(api::sources::list))
        .route("/api/v1/sources/{name}/control", post(api::sources::control))
        .route("/api/v1/sources/{name}/try", post(api::trial::post))
        .route("/api/v1/dead-letters", get(api::sources::dead_letters))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .route(
            "/tickets/{no}/{deed}",
            post(pages::act::post).layer(DefaultBodyLimit::max(MAX_FORM + files)),
        )
        .route(
            "/api/v1/attachments",
            post(api::attachments::post).layer(DefaultBodyLimit::max(file)),
        )
        .route(
            "/bulletin",
            get(pages::bulletin::get)
                .post(pages::bulletin::post)
                .layer(DefaultBodyLimit::max(MAX_BULLETIN)),
        )
        .route(
            "/api/v1/bulletin",
            post(api::bulletin::post).layer(DefaultBodyLimit::max(MAX_BULLETIN)),
        )
        .route(
            "/api/v1/feeds/{source}",
            post(api::feeds::post).layer(DefaultBodyLimit::max(MAX_PUSH)),
        )
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::health::telemetry))
        .with_state(site.clone())
        .merge(forward::routes(&app).with_state(app))
        .fallback(missing)
        .layer(from_fn(guard::admit))
        .layer(from_fn_with_state(site, error::show))
        .layer(from_fn(guard::harden))
}

async fn missing() -> Error {
    Error::NotFound("没有这个地址，请从上方导航进入。".to_owned())
}
