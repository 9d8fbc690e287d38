//! `/report.xlsx`, `/report.html`, `/report.md`: the bulletin of a scope, to be saved.

use super::{
    scope::ScopeQuery,
    sheet::{Download, XLSX, headers},
};
use crate::{
    error::Error,
    report::{Figures, Format, Report},
    router::Site,
};
use axum::extract::{Query, State};

/// `GET /report.xlsx`
pub(crate) async fn xlsx(site: State<Site>, asked: Query<ScopeQuery>) -> Result<Download, Error> {
    written(site, asked, Format::Xlsx).await
}

/// `GET /report.html`
pub(crate) async fn html(site: State<Site>, asked: Query<ScopeQuery>) -> Result<Download, Error> {
    written(site, asked, Format::Html).await
}

/// `GET /report.md`
pub(crate) async fn markdown(site: State<Site>, asked: Query<ScopeQuery>) -> Result<Download, Error> {
    written(site, asked, Format::Markdown).await
}

async fn written(
    State(site): State<Site>,
    Query(asked): Query<ScopeQuery>,
    format: Format,
) -> Result<Download, Error> {
    let bytes = site
        .blocking(move |app| {
            let scope = asked.scope(app)?;
            let snapshot = app.snapshot()?;
            let figures = Figures {
                ledger: app.ledger(),
                snapshot: &snapshot,
                segmenter: app.segmenter(),
                thresholds: &app.config().issues,
                ranking: &app.config().ranking,
            };
            let report = Report::of(&figures, &scope).map_err(Error::internal)?;
            report.written(format).map_err(Error::internal)
        })
        .await?;
    let (kind, disposition) = match format {
        Format::Xlsx => (XLSX, "attachment; filename=\"report.xlsx\""),
        // Saved, not shown: its style stands in it, which our own pages forbid themselves.
        Format::Html => ("text/html; charset=utf-8", "attachment; filename=\"report.html\""),
        Format::Markdown => (
            "text/markdown; charset=utf-8",
            "attachment; filename=\"report.md\"",
        ),
    };
    Ok((headers(kind, disposition), bytes))
}
