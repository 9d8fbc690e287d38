//! `/tickets/{no}`: one ticket.

use super::{Frame, act, case::Case, html, tickets};
use crate::{error::Error, router::Site};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use serde::Deserialize;

/// Parameters of the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct View {
    frame: Frame,
    case: Case,
    notice: Option<&'static str>,
    origin: &'static str,
    in_queue: bool,
}

/// `GET /tickets/{no}`
pub(crate) async fn get(
    State(site): State<Site>,
    Path(no): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, tickets::PAGE.path);
    let case = site.blocking(move |app| Case::read(app, &no)).await?;
    html(&View {
        frame,
        case,
        notice: act::notice(asked.done.as_deref()),
        origin: "ticket",
        in_queue: false,
    })
}
