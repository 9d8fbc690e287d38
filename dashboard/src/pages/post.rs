//! `/posts/{id}`: one post as the index holds it.

use super::{
    Fact, Frame, format, html, search,
    spread::{Spread, spread},
};
use crate::{collapse::record_id, error::Error, router::Site};
use analytics::sensitive::Flags;
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Html,
};
use index::{Kind, stored::Stored};

/// Posts of a story that are counted over time; a story of more is one of the city's largest, and its beginning is what
/// matters.
const MOST_COPIES: usize = 10_000;

#[derive(Template)]
#[template(path = "post.html")]
struct View {
    frame: Frame,
    title: String,
    body: String,
    topic: String,
    sentiment: Option<(String, String)>,
    /// Titles of the sensitive contents.
    flags: Vec<String>,
    facts: Vec<Fact>,
    url: Option<String>,
    spread: Option<Spread>,
}

/// `GET /posts/{id}`
pub(crate) async fn get(State(site): State<Site>, Path(id): Path<String>) -> Result<Html<String>, Error> {
    let frame = Frame::new(&site, search::PAGE.path);
    let (post, spread) = site
        .blocking(move |app| {
            let post = find(app, &id)?;
            let story = record_id(&id)
                .map(|id| app.ledger().story(&id, MOST_COPIES))
                .transpose()?;
            Ok((post, story.flatten().map(|story| spread(&id, &story))))
        })
        .await?;
    html(&view(frame, post, spread, site.app.models().flags()))
}

/// The post of that id.
pub(crate) fn find(app: &crate::state::App, id: &str) -> Result<Stored, Error> {
    app.index()
        .get(Kind::Post, id)?
        .ok_or_else(|| Error::NotFound("没有这个编号的帖文。".to_owned()))
}

fn view(frame: Frame, post: Stored, spread: Option<Spread>, flags: &Flags) -> View {
    let mut facts = vec![Fact {
        name: "发布时间",
        value: format::minute(post.published_at),
    }];
    let channel = post
        .channel
        .as_deref()
        .map(|channel| format::channel_name(channel).to_owned());
    let optional = [
        ("作者", post.author),
        ("媒介", channel),
        ("数据来源", Some(post.source)),
        ("区域", post.region),
    ];
    facts.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some(Fact { name, value: value? })),
    );
    View {
        frame,
        title: if post.title.is_empty() {
            post.body.chars().take(40).collect()
        } else {
            post.title
        },
        body: post.body,
        topic: post.topic.unwrap_or_default(),
        sentiment: post.sentiment_label.map(|label| {
            let score = post
                .sentiment
                .map_or_else(String::new, |score| format!(" {score:+.2}"));
            let name = format!("{}{score}", format::sentiment_name(&label));
            (label, name)
        }),
        flags: post
            .flags
            .iter()
            .map(|flag| flags.title(flag).to_owned())
            .collect(),
        facts,
        // Only what a browser opens as a page: `javascript:` and its like are shown nowhere.
        url: post
            .url
            .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        spread,
    }
}
