//! `/sources`: where the data comes from, and what could not be read.

use super::{Frame, Page, format, html, link::link};
use crate::{error::Error, router::Site, run::collect::SourceStatus, state::App};
use analytics::ledger::SourceCount;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use ingest::{record::DeadLetter, time::Moment};
use serde::Deserialize;
use std::collections::BTreeMap;

pub(crate) const PAGE: Page = Page {
    path: "/sources",
    name: "数据来源",
};

/// Dead letters listed; the interface gives more.
const LETTERS: usize = 200;

/// Parameters of the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    source: Option<String>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct View {
    frame: Frame,
    sources: Vec<Row>,
    chosen: Option<String>,
    letters: Vec<Letter>,
}

#[derive(Debug)]
struct Row {
    name: String,
    kind: &'static str,
    last_success: String,
    last_attempt: String,
    next_visit: String,
    last_error: Option<String>,
    fetched: String,
    yielded: String,
    posts: String,
    tickets: String,
    dead: String,
    dead_link: String,
}

#[derive(Debug)]
struct Letter {
    when: String,
    source: String,
    place: String,
    field: String,
    reason: String,
    excerpt: String,
}

/// A source with what collecting and what the ledger know of it.
pub(crate) type Known = (String, Option<SourceStatus>, Option<SourceCount>);

/// `GET /sources`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let chosen = asked.source.filter(|source| !source.is_empty());
    let view = site
        .blocking(move |app| {
            let letters = app.ledger().dead_letters(chosen.as_deref(), LETTERS)?;
            Ok(View {
                frame,
                sources: known(app)?.into_iter().map(row).collect(),
                letters: letters.into_iter().map(letter).collect(),
                chosen,
            })
        })
        .await?;
    html(&view)
}

/// Every source configured or seen, by name: configuration may have lost one whose data is still there.
pub(crate) fn known(app: &App) -> Result<Vec<Known>, Error> {
    let mut known: BTreeMap<String, (Option<SourceStatus>, Option<SourceCount>)> = BTreeMap::new();
    for status in app.source_statuses() {
        known.entry(status.name.clone()).or_default().0.replace(status);
    }
    for count in app.ledger().sources()? {
        known.entry(count.source.clone()).or_default().1.replace(count);
    }
    Ok(known
        .into_iter()
        .map(|(name, (status, count))| (name, status, count))
        .collect())
}

fn row((name, status, count): Known) -> Row {
    let status = status.as_ref();
    let of_status = |count: fn(&SourceStatus) -> u64| {
        status.map_or_else(|| "—".to_owned(), |status| format::count(count(status)))
    };
    let of_ledger = |of: fn(&SourceCount) -> u64| format::count(count.as_ref().map_or(0, of));
    let seen = count.as_ref().and_then(|count| count.last_observed_at);
    Row {
        kind: kind_name(&name, status),
        last_success: format::minute_or_dash(status.map_or(seen, |status| status.last_success)),
        last_attempt: format::minute_or_dash(status.and_then(|status| status.last_attempt)),
        next_visit: format::minute_or_dash(status.and_then(|status| status.next_visit)),
        last_error: status
            .and_then(|status| status.last_error.as_deref())
            .map(error_name),
        fetched: of_status(|status| status.fetched),
        yielded: of_status(|status| status.yielded),
        posts: of_ledger(|count| count.posts),
        tickets: of_ledger(|count| count.tickets),
        dead: of_ledger(|count| count.dead),
        dead_link: format!("{}#dead", link("/sources", [("source", name.as_str())])),
        name,
    }
}

fn kind_name(name: &str, status: Option<&SourceStatus>) -> &'static str {
    match status.map(|status| status.kind) {
        Some("spreadsheet") => "热线导出表格",
        Some("json_lines") => "JSON Lines 文件",
        Some("push") => "接口推送",
        Some("feed") => "订阅源",
        Some("site") => "网站采集",
        _ if name == ingest::record::DISPATCHER_SOURCE => "人工处置",
        _ if name == ingest::record::MODEL_SOURCE => "模型标注",
        _ => "一次性导入",
    }
}

/// What a visit failed with, in Chinese; a code without a name of its own is shown as it is.
fn error_name(code: &str) -> String {
    let chinese = match code {
        "bad_url" => "地址无效",
        "private_address" => "地址指向内部网络，已拒绝",
        "robots" => "对方 robots.txt 不允许采集",
        "too_large" => "内容超过大小上限",
        "encoding" => "压缩或编码无法解开",
        "timeout" => "超时",
        "status" => "对方返回错误状态",
        "wait" => "对方要求稍后再访",
        "content_type" => "内容类型不符",
        "redirect" => "跳转次数过多或无效",
        "connection" => "无法连接",
        other => return format!("错误代码 {other}"),
    };
    chinese.to_owned()
}

fn letter((when, dead): (Moment, DeadLetter)) -> Letter {
    let row = dead
        .place
        .row
        .map_or_else(String::new, |row| format!(" 第 {row} 行"));
    Letter {
        when: format::minute(when),
        source: dead.source,
        place: format!("{}{row}", dead.place.origin),
        field: dead.place.field.unwrap_or_else(|| "—".to_owned()),
        reason: dead.reason,
        excerpt: dead.excerpt,
    }
}
