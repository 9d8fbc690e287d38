//! `/healthz`, `/readyz`, `/metrics`: for whoever watches the process.

use crate::{error::Error, router::Site};
use axum::{
    extract::State,
    http::{HeaderName, header},
};

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: what is appended becomes visible.
pub(crate) async fn ready(State(site): State<Site>) -> Result<&'static str, Error> {
    if site.app.ready() {
        Ok("ready\n")
    } else {
        Err(Error::Unavailable("数据处理尚未就绪或已停止。".to_owned()))
    }
}

/// `GET /metrics`: telemetry in Prometheus' text form.
pub(crate) async fn telemetry(
    State(site): State<Site>,
) -> Result<([(HeaderName, &'static str); 1], String), Error> {
    let text = site.blocking(|app| Ok(app.telemetry())).await?;
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    ))
}
