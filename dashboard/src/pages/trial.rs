//! 试采: what a source would bring and why the rest would be refused, after a press of the button on `/sources`.

use super::{Frame, format, html, link::link, sources};
use crate::{
    error::Error,
    router::{OurForm, Site},
    trial::{self, PAGES},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Html,
};
use ingest::source::trial::{Finding, Trial};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "trial.html")]
struct View {
    frame: Frame,
    name: String,
    back: String,
    path: String,
    summary: String,
    collected: Vec<Collected>,
    refused: Vec<Refused>,
    passed_over: Vec<Refused>,
}

/// What would be collected.
#[derive(Debug)]
struct Collected {
    kind: &'static str,
    title: String,
    published: String,
    from: String,
    characters: String,
    /// Only what a browser opens as a page.
    url: Option<String>,
}

/// What would not.
#[derive(Debug)]
struct Refused {
    place: String,
    reason: String,
    code: String,
}

#[derive(Deserialize)]
pub(crate) struct TryForm {}

/// `POST /sources/{name}/try`
pub(crate) async fn post(
    State(site): State<Site>,
    Path(name): Path<String>,
    OurForm(TryForm {}): OurForm<TryForm>,
) -> Result<Html<String>, Error> {
    let trial = trial::run(&site.app, &name, PAGES).await?;
    html(&view(Frame::new(&site, sources::PAGE.path), name, trial))
}

fn view(frame: Frame, name: String, trial: Trial) -> View {
    let mut view = View {
        frame,
        back: link("/sources", [("source", name.as_str())]),
        path: format!("/sources/{}/try", super::link::encode(&name)),
        name,
        summary: String::new(),
        collected: Vec::new(),
        refused: Vec::new(),
        passed_over: Vec::new(),
    };
    for finding in trial.findings {
        match finding {
            Finding::Post {
                url,
                title,
                published_at,
                source_name,
                author,
                characters,
            } => view.collected.push(Collected {
                kind: "帖文",
                title,
                published: format::minute_or_dash(published_at),
                from: source_name.or(author).unwrap_or_else(|| "—".to_owned()),
                characters: format::count(characters as u64),
                url: url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            }),
            Finding::Ticket { no, occurred_at } => view.collected.push(Collected {
                kind: "工单事件",
                title: no,
                published: format::minute(occurred_at),
                from: "—".to_owned(),
                characters: "—".to_owned(),
                url: None,
            }),
            Finding::Refused { place, code, reason } => {
                let row = place.row.map_or_else(String::new, |row| format!(" 第 {row} 行"));
                view.refused.push(Refused {
                    place: format!("{}{row}", place.origin),
                    reason,
                    code,
                });
            }
            Finding::PassedOver { url, code, reason } => view.passed_over.push(Refused {
                place: url,
                reason: reason.to_owned(),
                code: code.to_owned(),
            }),
        }
    }
    view.summary = format!(
        "识别为{}；可采集 {} 条，拒绝 {} 条，按配置略过 {} 个链接，另有 {} 页未试",
        taken_for(trial.taken_for),
        view.collected.len(),
        view.refused.len(),
        view.passed_over.len(),
        format::count(trial.untried as u64)
    );
    view
}

fn taken_for(name: &str) -> &str {
    match name {
        "feed" => "订阅源",
        "sitemap" => "站点地图",
        "list" => "列表页",
        "page" => "文章页",
        "file" => "文件",
        "letters" => "网站来信",
        "open311" => "Open311 接口",
        other => other,
    }
}
