//! `/search`: posts and tickets by the query language, with facets and a timeline.

use super::{
    Frame, Page, Piece,
    chart::Chart,
    format, html, link,
    narrow::{FacetView, facets, timeline},
    pager::{Pager, asked_page},
    pieces,
};
use crate::{
    collapse::{self, Collapsed, REACH, Told},
    error::Error,
    router::Site,
};
use analytics::{label::sentiment_name, sensitive::Flags};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use index::{Kind, query::QueryError, search::Request};
use serde::Deserialize;

pub(crate) const PAGE: Page = Page {
    path: "/search",
    name: "检索",
};

const PER_PAGE: u64 = 20;
/// Pages anybody may turn to: beyond, a query should say more. Deep pages cost the index as much as all before them.
const LAST_PAGE: u64 = 500;

/// The language by example, shown under the search box.
const SYNTAX: [(&str, &str); 10] = [
    ("路灯 不亮", "同时含有两个词"),
    ("停水 OR 停电", "含有其中之一；也可写作“或”"),
    ("噪音 -广场舞", "含有前者、不含后者；也可写作“非”"),
    ("(停水 OR 停电) 老旧小区", "括号表示先后"),
    ("\"夜间施工\"", "逐字匹配这一串文字，标点也算；中文引号同样有效"),
    (
        "type:投诉 unit:住建局",
        "按字段：kind（帖文、工单）、type、topic、flag、unit、channel、source、region、status、author、id",
    ),
    (
        "flag:生命安全",
        "含有该类敏感内容，可写名称或代码（life_safety）；类别见敏感内容词表，写错时列出全部",
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
    /// `all`: every copy by itself.
    copies: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct View {
    frame: Frame,
    query: String,
    newest: bool,
    /// Every copy by itself.
    apart: bool,
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
    /// Titles of the sensitive contents.
    flags: Vec<String>,
    facts: Vec<String>,
    /// 转载: what is written, and the address of the list.
    copies: Option<(String, String)>,
    /// The page of the first source, where another post of the story is shown.
    first: Option<String>,
}

/// `GET /search`
pub(crate) async fn get(State(site): State<Site>, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let newest = asked.order.as_deref() == Some("newest");
    let apart = asked.copies.as_deref() == Some("all");
    let page = asked_page(asked.page.as_deref()).min(LAST_PAGE);
    let request = Request {
        query: asked.q.clone(),
        offset: usize::try_from((page - 1) * PER_PAGE).unwrap_or(0),
        limit: PER_PAGE as usize,
        newest_first: newest,
        facets: true,
    };
    let found = site
        .blocking(move |app| {
            if apart {
                collapse::apart(app, &request)
            } else {
                collapse::search(app, &request)
            }
        })
        .await?;
    let frame = Frame::new(&site, PAGE.path);
    let (status, found, wrong) = match found {
        Ok(found) => (StatusCode::OK, found, None),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            Collapsed::default(),
            Some(wrong(&asked.q, &error)),
        ),
    };
    let flags = site.app.models().flags();
    let view = view(frame, asked, newest, apart, found, wrong, flags);
    Ok((status, html(&view)?).into_response())
}

fn view(
    frame: Frame,
    asked: Asked,
    newest: bool,
    apart: bool,
    found: Collapsed,
    wrong: Option<Wrong>,
    flags: &Flags,
) -> View {
    let order = if newest { "newest" } else { "" };
    let copies = if apart { "all" } else { "" };
    let query = vec![
        ("q", asked.q.clone()),
        ("order", order.to_owned()),
        ("copies", copies.to_owned()),
    ];
    let total = found.total as u64;
    let stories = found.stories as u64;
    let counted = match (apart, found.total > REACH) {
        (true, _) => format!("共 {} 条", format::count(total)),
        (false, false) => format!(
            "共 {} 条，合并转载后 {} 条",
            format::count(total),
            format::count(stories)
        ),
        (false, true) => format!(
            "共 {} 条；前 {} 条合并转载后 {} 条，其余请缩小范围或逐条显示",
            format::count(total),
            format::count(REACH as u64),
            format::count(stories)
        ),
    };
    View {
        frame,
        newest,
        apart,
        wrong,
        syntax: &SYNTAX,
        total: counted,
        facets: facets(
            &asked.q,
            [("order", order), ("copies", copies)],
            &found.facets,
            flags,
        ),
        timeline: timeline(&asked.q, &found.timeline),
        pager: Pager::new(
            "/search",
            query,
            asked.page.as_deref(),
            stories.min(LAST_PAGE * PER_PAGE),
            PER_PAGE,
        ),
        hits: found.hits.into_iter().map(|told| shown(told, flags)).collect(),
        query: asked.q,
    }
}

fn shown(told: Told, flags: &Flags) -> Found {
    let Told { hit, found, story } = told;
    let first = story
        .as_ref()
        .map(|story| story.first.as_str())
        .filter(|first| *first != hit.id)
        .map(link::post);
    let copies = story.map(|story| {
        let others = if found > 1 {
            format!("，其中 {} 条符合检索式", format::count(found as u64 - 1))
        } else {
            String::new()
        };
        let text = format!("转载 {} 条{others}", format::count(story.copies));
        (text, format!("{}#copies", link::post(story.first.as_str())))
    });
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
        flags: hit
            .flags
            .iter()
            .map(|flag| flags.title(flag).to_owned())
            .collect(),
        facts: facts.into_iter().flatten().collect(),
        copies,
        first,
    }
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
