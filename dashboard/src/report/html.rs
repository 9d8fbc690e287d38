//! The bulletin as one self-contained page: no script, no address outside it.

use super::{Report, ReportError};
use askama::Template;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    version: &'static str,
}

pub(super) fn write(report: &Report) -> Result<Vec<u8>, ReportError> {
    let page = Page {
        report,
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(page.render()?.into_bytes())
}
