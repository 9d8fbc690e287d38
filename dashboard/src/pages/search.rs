//! `/search`: posts and tickets by the query language, with facets and a timeline.

use super::{
    Frame, Page, Piece,
    chart::{Chart, Series, Shape},
    format, html,
    link::{self, link},
    pager::{Pager, asked_page},
    pieces,
};
use crate::{error::Error, router::Site};
use analytics::label::sentiment_name;
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::Days;
use index::{
    Kind,
    query::QueryError,
    search::{Bar, Hit, Hits, Request},
    writer::IndexError,
};
use ingest::time::shanghai;
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/search",
    name: "检索",
};

const PER_PAGE: u64 = 20;
/// Pages anybody may turn to: beyond, a query should say more. Deep pages cost the index as much as all before them.
const LAST_PAGE: u64 = 500;
/// Values shown of each facet.
const FACET_VALUES: usize = 8;

/// The language by example, shown under the search box.
const SYNTAX: [(&str, &str); 9] = [
    ("路灯 不亮", "同时含有两个词"),
    ("停水 OR 停电", "含有其中之一；也可写作“或”"),
    ("噪音 -广场舞", "含有前者、不含后者；也可写作“非”"),
    ("(停水 OR 停电) 老旧小区", "括号表示先后"),
    ("\"夜间施工\"", "逐字匹配这一串文字，标点也算；中文引号同样有效"),
    (
        "type:投诉 unit:住建局",
        "按字段：kind（帖文、工单）、type、topic、unit、channel、source、region、status、author、id",
    ),
    ("title:公交", "只在标题中查找；正文用 body:"),
    (
        "date:2016-05-01..2016-05-31",
        "日期范围；也可写作 date:>=2016-05-01、date:2016-05",
    ),
    (
        "sentiment:负面",
        "情感倾向；也可按分值，如 sentiment:<-0.3（-1 至 1）",
    ),
];

/// Parameters of the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    order: Option<String>,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct View {
    frame: Frame,
    query: String,
    newest: bool,
    wrong: Option<Wrong>,
    syntax: &'static [(&'static str, &'static str)],
    total: String,
    hits: Vec<Found>,
    facets: Vec<FacetView>,
    timeline: Chart,
    pager: Pager,
}

/// A query that cannot be read, cut at the place.
#[derive(Debug)]
struct Wrong {
    reason: String,
    before: String,
    at: String,
    after: String,
}

#[derive(Debug)]
struct Found {
    link: String,
    title: Vec<Piece>,
    snippet: Vec<Piece>,
    kind: &'static str,
    sentiment: Option<(&'static str, String)>,
    facts: Vec<String>,
}

#[derive(Debug)]
struct FacetView {
    name: &'static str,
    values: Vec<FacetValue>,
}

#[derive(Debug)]
struct FacetValue {
    name: String,
    count: String,
    link: String,
}

/// `GET /search`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let newest = asked.order.as_deref() == Some("newest");
    let page = asked_page(asked.page.as_deref()).min(LAST_PAGE);
    let request = Request {
        query: asked.q.clone(),
        offset: usize::try_from((page - 1) * PER_PAGE).unwrap_or(0),
        limit: PER_PAGE as usize,
        newest_first: newest,
        facets: true,
    };
    let found = site
        .blocking(move |app| match app.index().search(&request) {
            Ok(hits) => Ok(Ok(hits)),
            Err(IndexError::Query(wrong)) => Ok(Err(wrong)),
            Err(error) => Err(error.into()),
        })
        .await?;
    let frame = Frame::new(&site, PAGE.path);
    let (status, hits, wrong) = match found {
        Ok(hits) => (StatusCode::OK, hits, None),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            Hits::default(),
            Some(wrong(&asked.q, &error)),
        ),
    };
    let view = view(frame, asked, newest, hits, wrong);
    Ok((status, html(&view)?).into_response())
}

fn view(frame: Frame, asked: Asked, newest: bool, hits: Hits, wrong: Option<Wrong>) -> View {
    let order = if newest { "newest" } else { "" };
    let query = vec![("q", asked.q.clone()), ("order", order.to_owned())];
    let total = hits.total as u64;
    View {
        frame,
        newest,
        wrong,
        syntax: &SYNTAX,
        total: format::count(total),
        facets: facets(&asked.q, order, &hits.facets),
        timeline: timeline(&asked.q, &hits.timeline),
        pager: Pager::new(
            "/search",
            query,
            asked.page.as_deref(),
            total.min(LAST_PAGE * PER_PAGE),
            PER_PAGE,
        ),
        hits: hits.hits.into_iter().map(found).collect(),
        query: asked.q,
    }
}

fn found(hit: Hit) -> Found {
    let sentiment = hit.sentiment.map(|score| {
        let label = sentiment_name(score);
        (label, format!("{} {score:+.2}", format::sentiment_name(label)))
    });
    let kind_name = hit
        .r#type
        .as_deref()
        .map(|name| format::type_name(name).to_owned());
    let channel = hit
        .channel
        .as_deref()
        .map(|channel| format::channel_name(channel).to_owned());
    let facts = [
        Some(format::minute(hit.published_at)),
        kind_name,
        hit.topic,
        hit.unit,
        channel,
        Some(hit.source),
    ];
    let (kind, link) = match hit.kind {
        Kind::Post => ("帖文", link::post(&hit.id)),
        Kind::Ticket => ("工单", link::ticket(&hit.id)),
    };
    let title = match hit.title.trim() {
        "" => pieces(&hit.snippet.chars().take(36).collect::<String>(), &[]),
        _ => pieces(&hit.title, &hit.title_highlights),
    };
    Found {
        link,
        title,
        snippet: pieces(&hit.snippet, &hit.highlights),
        kind,
        sentiment,
        facts: facts.into_iter().flatten().collect(),
    }
}

fn facets(query: &str, order: &str, facets: &[(&'static str, Vec<(String, usize)>)]) -> Vec<FacetView> {
    facets
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .filter_map(|(field, values)| {
            let (name, shown): (_, fn(&str) -> &str) = match *field {
                "kind" => ("种类", |kind| if kind == "ticket" { "工单" } else { "帖文" }),
                "source" => ("数据来源", |source| source),
                "channel" => ("渠道", format::channel_name),
                "type" => ("诉求类型", format::type_name),
                "topic" => ("诉求领域", |topic| topic),
                "sentiment" => ("情感", format::sentiment_name),
                "unit" => ("承办单位", |unit| unit),
                "region" => ("区域", |region| region),
                "status" => ("办理状态", status_name),
                _ => return None,
            };
            let values = values.iter().take(FACET_VALUES).map(|(value, count)| FacetValue {
                name: shown(value).to_owned(),
                count: format::count(*count as u64),
                link: link(
                    "/search",
                    [("q", narrowed(query, field, value).as_str()), ("order", order)],
                ),
            });
            Some(FacetView {
                name,
                values: values.collect(),
            })
        })
        .collect()
}

fn status_name(name: &str) -> &str {
    analytics::ledger::Status::parse(name).map_or(name, |status| status.chinese())
}

/// The query with one more condition.
fn narrowed(query: &str, field: &str, value: &str) -> String {
    let plain = value.chars().all(|c| c.is_alphanumeric() || c == '_');
    let value = if plain {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let query = query.trim();
    // What is added must hold for both sides of an `OR`, which binds weaker than standing side by side.
    match query {
        "" => format!("{field}:{value}"),
        either if either.contains("OR") || either.contains('或') => format!("({either}) {field}:{value}"),
        query => format!("{query} {field}:{value}"),
    }
}

fn timeline(query: &str, bars: &[Bar]) -> Chart {
    let day = |bar: &Bar| bar.start.with_timezone(&shanghai()).date_naive();
    // A bar is a day, or a week in a long span; its width is the distance to its neighbour.
    let width = bars
        .windows(2)
        .next()
        .map_or(1, |pair| (day(&pair[1]) - day(&pair[0])).num_days().max(1));
    let series = |name: &str, tone, of: fn(&Bar) -> usize| Series {
        name: name.to_owned(),
        tone,
        values: bars.iter().map(|bar| of(bar) as u64).collect(),
    };
    Chart {
        id: "timeline",
        title: if width == 1 {
            "按日数量与情感"
        } else {
            "按周数量与情感"
        },
        axis: "日期",
        shape: Shape::Stacked,
        unit: "条",
        categories: bars.iter().map(|bar| day(bar).to_string()).collect(),
        series: vec![
            series("负面", "negative", |bar| bar.negative),
            series("中性", "neutral", |bar| bar.neutral),
            series("正面", "positive", |bar| bar.positive),
            series("未标注", "unknown", |bar| {
                bar.total
                    .saturating_sub(bar.negative + bar.neutral + bar.positive)
            }),
        ],
        shaded: Vec::new(),
        gaps: Vec::new(),
        links: bars
            .iter()
            .map(|bar| {
                let last = day(bar)
                    .checked_add_days(Days::new(width as u64 - 1))
                    .unwrap_or_else(|| day(bar));
                let dated = query.contains("date:") || query.contains("日期:");
                let range = format!("{}..{last}", day(bar));
                if dated {
                    String::new()
                } else {
                    link("/search", [("q", in_range(query, &range).as_str())])
                }
            })
            .collect(),
    }
    .without_empty_series()
}

fn in_range(query: &str, range: &str) -> String {
    // `date:` takes its range unquoted.
    let added = narrowed(query, "date", "");
    format!("{}{range}", added.trim_end_matches('"'))
}

fn wrong(query: &str, error: &QueryError) -> Wrong {
    let place = error.position.saturating_sub(1);
    let at: String = query.chars().skip(place).take(1).collect();
    Wrong {
        reason: format!("第 {} 个字符处，{}", error.position, error.reason),
        before: query.chars().take(place).collect(),
        at: if at.is_empty() { "␣".to_owned() } else { at },
        after: query.chars().skip(place + 1).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrowed_query_keeps_its_meaning() {
        assert_eq!(narrowed("", "type", "complaint"), "type:complaint");
        assert_eq!(narrowed(" 路灯 ", "unit", "住建局"), "路灯 unit:住建局");
        assert_eq!(
            narrowed("停水 OR 停电", "unit", "水务 (北)"),
            "(停水 OR 停电) unit:\"水务 (北)\""
        );
        assert_eq!(narrowed("路灯", "unit", "a\"b"), "路灯 unit:\"a\\\"b\"");
        assert_eq!(
            in_range("路灯", "2016-05-01..2016-05-01"),
            "路灯 date:2016-05-01..2016-05-01"
        );
        assert_eq!(
            in_range("", "2016-05-01..2016-05-07"),
            "date:2016-05-01..2016-05-07"
        );
    }

    #[test]
    fn a_wrong_query_shows_its_place() {
        let wrong = wrong(
            "路灯 )",
            &QueryError {
                position: 4,
                reason: "多余的右括号".to_owned(),
            },
        );
        assert_eq!(
            (wrong.before.as_str(), wrong.at.as_str(), wrong.after.as_str()),
            ("路灯 ", ")", "")
        );
    }
}
