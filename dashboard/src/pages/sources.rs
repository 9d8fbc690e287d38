//! `/sources`: where the data comes from, and what could not be read.

use super::{
    Fact, Frame, Page, format, html,
    link::{self, link},
};
use crate::{
    error::Error,
    router::{OurForm, Site},
    run::collect::SourceStatus,
    sources::{self, Control, Source},
};
use analytics::ledger::SourceCount;
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, Redirect},
};
use ingest::{record::DeadLetter, source::state::VisitNote, time::Moment};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/sources",
    name: "数据来源",
};

/// Dead letters listed; the interface gives more.
const LETTERS: usize = 200;

/// Visits listed of the chosen source.
const VISITS: usize = 12;

/// Parameters of the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    source: Option<String>,
    code: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct View {
    frame: Frame,
    notice: Option<&'static str>,
    alerts: Vec<AlertRow>,
    sources: Vec<Row>,
    chosen: Option<Chosen>,
    letters: Vec<Letter>,
}

/// An alert above the table.
#[derive(Debug)]
struct AlertRow {
    source: String,
    link: String,
    name: &'static str,
    since: String,
    detail: String,
}

#[derive(Debug)]
struct Row {
    name: String,
    link: String,
    kind: &'static str,
    state: (&'static str, String),
    last_success: String,
    next_visit: String,
    rhythm: String,
    last_error: Option<String>,
    fetched: String,
    yielded: String,
    posts: String,
    tickets: String,
    dead: String,
    dead_link: String,
}

/// The source a reader looks at closely.
#[derive(Debug)]
struct Chosen {
    name: String,
    path: String,
    facts: Vec<Fact>,
    /// Only a configured source can be paused or asked to read again.
    controls: bool,
    paused: bool,
    retries: bool,
    /// 试采
    tries: bool,
    reasons: Vec<Reason>,
    code: Option<String>,
    visits: Vec<VisitRow>,
}

#[derive(Debug)]
struct Reason {
    name: String,
    code: String,
    count: String,
    last: String,
    link: String,
}

#[derive(Debug)]
struct VisitRow {
    when: String,
    fetched: String,
    yielded: String,
    refused: String,
    outcome: String,
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

/// `GET /sources`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, PAGE.path);
    let name = asked.source.filter(|source| !source.is_empty());
    let code = asked.code.filter(|code| !code.is_empty());
    let view = site
        .blocking(move |app| {
            let letters = app
                .ledger()
                .dead_letters_of(name.as_deref(), code.as_deref(), LETTERS)?;
            let sources = sources::all(app)?;
            let alerts = sources.iter().flat_map(|source| {
                source.alerts.iter().map(|alert| AlertRow {
                    source: source.name.clone(),
                    link: link("/sources", [("source", source.name.as_str())]),
                    name: alert.chinese,
                    since: format::minute(alert.since),
                    detail: alert.detail.clone(),
                })
            });
            Ok(View {
                frame,
                notice: notice(asked.done.as_deref()),
                alerts: alerts.collect(),
                chosen: sources
                    .iter()
                    .find(|source| Some(&source.name) == name.as_ref())
                    .map(|source| chosen(source, code)),
                sources: sources.into_iter().map(row).collect(),
                letters: letters.into_iter().map(letter).collect(),
            })
        })
        .await?;
    html(&view)
}

#[derive(Deserialize)]
pub(crate) struct ControlForm {}

/// `POST /sources/{name}/pause`
pub(crate) async fn pause(
    State(site): State<Site>,
    Path(name): Path<String>,
    OurForm(ControlForm {}): OurForm<ControlForm>,
) -> Result<Redirect, Error> {
    act(&site, name, Control::Pause).await
}

/// `POST /sources/{name}/resume`
pub(crate) async fn resume(
    State(site): State<Site>,
    Path(name): Path<String>,
    OurForm(ControlForm {}): OurForm<ControlForm>,
) -> Result<Redirect, Error> {
    act(&site, name, Control::Resume).await
}

/// `POST /sources/{name}/retry`
pub(crate) async fn retry(
    State(site): State<Site>,
    Path(name): Path<String>,
    OurForm(ControlForm {}): OurForm<ControlForm>,
) -> Result<Redirect, Error> {
    act(&site, name, Control::Retry).await
}

async fn act(site: &Site, name: String, control: Control) -> Result<Redirect, Error> {
    let asked = name.clone();
    site.blocking(move |app| sources::control(app, &asked, control))
        .await?;
    let done = match control {
        Control::Pause => "paused",
        Control::Resume => "resumed",
        Control::Retry => "retried",
    };
    Ok(Redirect::to(&link(
        "/sources",
        [("source", name.as_str()), ("done", done)],
    )))
}

/// What the notice says after an action; the address's own text is never shown.
fn notice(done: Option<&str>) -> Option<&'static str> {
    match done {
        Some("paused") => Some("已暂停采集，重新启动后仍保持暂停。"),
        Some("resumed") => Some("已恢复采集。"),
        Some("retried") => Some("已安排重新读取原文，读出的内容将自动入库。"),
        _ => None,
    }
}

fn row(source: Source) -> Row {
    let status = source.status.as_ref();
    let of_status = |count: fn(&SourceStatus) -> u64| {
        status.map_or_else(|| "—".to_owned(), |status| format::count(count(status)))
    };
    let count = source.count.as_ref();
    let of_ledger = |of: fn(&SourceCount) -> u64| format::count(count.map_or(0, of));
    let seen = count.and_then(|count| count.last_observed_at);
    let name = source.name.clone();
    Row {
        link: link("/sources", [("source", name.as_str())]),
        kind: kind_name(&name, status),
        state: state(&source),
        last_success: format::minute_or_dash(last_success(&source, seen)),
        next_visit: format::minute_or_dash(status.and_then(|status| status.next_visit)),
        rhythm: match (&source.rhythm, status) {
            (Some(rhythm), _) => sources::rhythm_words(rhythm),
            (None, Some(_)) => "尚无足够历史".to_owned(),
            (None, None) => "—".to_owned(),
        },
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

/// Of a source that is visited, the latest visit that reached it; of any other, when something of it came last.
fn last_success(source: &Source, seen: Option<Moment>) -> Option<Moment> {
    match &source.status {
        Some(status) => status.last_success.or(seen),
        None => seen,
    }
}

/// Tone and name of the state a source is in.
fn state(source: &Source) -> (&'static str, String) {
    if source.status.is_none() {
        return ("unknown", "未配置".to_owned());
    }
    if source.paused.is_some() {
        return ("unknown", "已暂停".to_owned());
    }
    match source.alerts.first() {
        Some(alert) => ("red", alert.chinese.to_owned()),
        None => ("green", "正常".to_owned()),
    }
}

fn chosen(source: &Source, code: Option<String>) -> Chosen {
    let fact = |name, value: String| Fact { name, value };
    let mut facts = vec![fact("状态", state(source).1)];
    facts.extend(source.paused.map(|since| fact("暂停自", format::minute(since))));
    if let Some(rhythm) = &source.rhythm {
        let (from, to) = rhythm.learned();
        facts.push(fact("常有内容的时段", sources::rhythm_words(rhythm)));
        facts.push(fact(
            "规律依据",
            format!("{} 至 {} 的到达记录", format::minute(from), format::minute(to)),
        ));
        let silent_at = rhythm.silent_at().map_or_else(
            || "一年内不会".to_owned(),
            |at| {
                format!(
                    "{} 仍无新内容即告警（规律所允许的空白概率低于 0.1 %）",
                    format::minute(at)
                )
            },
        );
        facts.push(fact("静默界限", silent_at));
    } else if source.status.is_some() {
        facts.push(fact(
            "规律",
            "尚无足够历史（至少需要两周、十二个有内容的小时）".to_owned(),
        ));
    }
    let name = source.name.as_str();
    Chosen {
        path: format!("/sources/{}", link::encode(name)),
        facts,
        controls: source.status.is_some(),
        paused: source.paused.is_some(),
        retries: source.status.as_ref().is_some_and(|status| status.kind != "push")
            && !source.reasons.is_empty(),
        tries: source
            .status
            .as_ref()
            .is_some_and(|status| !["push", "kafka_topic"].contains(&status.kind)),
        reasons: source
            .reasons
            .iter()
            .map(|reason| Reason {
                name: error_name(&reason.code),
                code: reason.code.clone(),
                count: format::count(reason.count),
                last: format::minute(reason.last_at),
                link: format!(
                    "{}#dead",
                    link("/sources", [("source", name), ("code", reason.code.as_str())])
                ),
            })
            .collect(),
        code: code.map(|code| error_name(&code)),
        visits: source.visits.iter().take(VISITS).map(visit_row).collect(),
        name: name.to_owned(),
    }
}

fn visit_row(visit: &VisitNote) -> VisitRow {
    VisitRow {
        when: format::minute(visit.at),
        fetched: format::count(visit.summary.fetched),
        yielded: format::count(visit.summary.yielded),
        refused: format::count(visit.codes.values().sum()),
        outcome: visit
            .error
            .as_deref()
            .map_or_else(|| "完成".to_owned(), error_name),
    }
}

fn kind_name(name: &str, status: Option<&SourceStatus>) -> &'static str {
    match status.map(|status| status.kind) {
        Some("spreadsheet") => "热线导出表格",
        Some("json_lines") => "JSON Lines 文件",
        Some("push") => "接口推送",
        Some("feed") => "订阅源",
        Some("site") => "网站采集",
        Some("letters") => "网站来信",
        Some("open311") => "Open311 接口",
        Some("kafka_topic") => "Kafka 主题",
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
        "no_text" => "页面上没有找到正文",
        "login_wall" => "页面要求登录",
        "unreadable" => "页面无法解析",
        "unreadable_file" => "文件无法读取",
        "missing_field" => "缺少必填内容",
        "missing_column" => "表中缺少必需的列",
        "bad_time" => "时间无法识别",
        "bad_value" => "取值类型不符",
        "bad_json" => "不是有效的 JSON",
        "unknown_word" => "取值无法识别",
        "unknown_key" => "键名无法识别",
        "unknown_kind" => "数据种类无法识别",
        "time_order" => "时间先后矛盾",
        "contradiction" => "内容自相矛盾",
        "folder" => "监视文件夹无法读取",
        "feed" => "不是有效的订阅源",
        "config" => "来源配置有误",
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
