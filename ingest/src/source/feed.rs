//! RSS, Atom and JSON Feed: each new or changed item becomes a post, with the text of the page it links to.
//!
//! Real feeds break every rule of their formats: no ids, wrong dates, relative links, HTML in titles. What can be
//! read is taken; an item that cannot is refused with its reason and never spoils the others.
//! Must never mark an item as done before its post is durable (see [`Visit`]).

use super::state::{CollectState, Reading, Summary, Visit, VisitError, Visitor};
use crate::{
    clean::PostDraft,
    extract::{Article, Selectors, plain_text, when},
    fetch::{Access, Expect, FetchError, Fetched, Fetcher, Page, Validators},
    record::{Medium, RecordId},
    time::{Moment, now},
};
use chrono::{DateTime, Utc};
use feed_rs::{model::Entry, parser};
use serde::Deserialize;
use tokio::sync::mpsc;
use url::Url;

/// A feed of 2 MiB holds thousands of items; a larger one is a mistake or an attack.
const MAX_FEED: usize = 2 * 1024 * 1024;
/// A text in the feed of this many characters can stand for a page that must not be fetched.
const SHORTEST_TEXT: usize = 20;

/// A feed to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// Address of the feed.
    pub url: String,
    /// Medium its items count as.
    #[serde(default)]
    pub channel: Medium,
    /// Region its items count for, where all are about one.
    #[serde(default)]
    pub region: Option<String>,
    /// Minutes between two visits.
    #[serde(default = "half_an_hour")]
    pub every_minutes: u64,
    /// Fetch the page each item links to, because most feeds carry only a summary.
    #[serde(default = "yes")]
    pub fetch_articles: bool,
    /// Where the article's parts are on its page, if finding them fails.
    #[serde(default)]
    pub selectors: Selectors,
    /// Items taken per visit, the feed's first.
    #[serde(default = "five_hundred")]
    pub max_items: usize,
    /// The feed's own host and port may be a private or loopback address. Nothing else may.
    #[serde(default)]
    pub allow_private: bool,
}

impl FeedConfig {
    /// A feed with nothing but its address set.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            channel: Medium::default(),
            region: None,
            every_minutes: half_an_hour(),
            fetch_articles: yes(),
            selectors: Selectors::default(),
            max_items: five_hundred(),
            allow_private: false,
        }
    }
}

fn half_an_hour() -> u64 {
    30
}

fn yes() -> bool {
    true
}

fn five_hundred() -> usize {
    500
}

/// An item as the feed gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The item's id, else its link, else a digest of its words.
    pub id: String,
    /// The page it links to, absolute.
    pub link: Option<Url>,
    /// Title without markup.
    pub title: String,
    /// Content or summary without markup, a block a line.
    pub text: String,
    /// First author.
    pub author: Option<String>,
    /// When it was published; `None` where the feed's date is missing, unreadable or impossible.
    pub published_at: Option<Moment>,
}

impl Item {
    fn digest(&self) -> String {
        let link = self.link.as_ref().map_or("", Url::as_str);
        RecordId::of(&[self.title.as_bytes(), self.text.as_bytes(), link.as_bytes()]).to_string()
    }
}

/// Visits a feed once and hands every new or changed item to `sink`. The outcome is also written to `state`.
///
/// # Errors
/// When the feed itself cannot be fetched or read; failures of single items are handed on as refused.
pub async fn visit(
    config: &FeedConfig,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let result = follow(config, &mut visitor).await;
    visitor.end(result)
}

async fn follow(config: &FeedConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    if let Some(selector) = config.selectors.invalid() {
        return Err(VisitError::Config(format!("`{selector}` is no CSS selector")));
    }
    let url = Url::parse(&config.url).map_err(|_| FetchError::BadUrl)?;
    if config.allow_private {
        visitor.access = Access::private_at([&url]);
    }
    let known = visitor
        .state
        .known(visitor.source, url.as_str())?
        .unwrap_or_default();
    let page = match visitor.fetch(&url, Expect::Feed, Some(&known.validators)).await? {
        Fetched::Page(page) => *page,
        Fetched::NotModified => {
            visitor.summary.unchanged += 1;
            return Ok(());
        }
    };
    let validators = page.validators.clone();
    let items = parse_aside(page).await?;
    let mut all_done = items.len() <= config.max_items;
    for item in items.into_iter().take(config.max_items) {
        all_done &= visitor.goes_on() && take(item, config, visitor).await?;
    }
    // Only now, and only if nothing is left over: "not modified" must not hide what is still to be fetched.
    let validators = if all_done {
        validators
    } else {
        Validators::default()
    };
    visitor.done(url.as_str(), validators).await
}

/// Parses off the async threads; should the parser panic on some input, the feed is refused.
async fn parse_aside(page: Page) -> Result<Vec<Item>, VisitError> {
    if page.body.len() > MAX_FEED {
        return Err(FetchError::TooLarge { limit: MAX_FEED }.into());
    }
    let work = move || parse(&page.body, page.content_type.as_deref(), &page.url);
    match tokio::task::spawn_blocking(work).await {
        Ok(items) => items,
        Err(_) => Err(VisitError::Feed("parser failed")),
    }
}

/// Hands one item on if it is new or changed; `false` when it must be tried again.
async fn take(item: Item, config: &FeedConfig, visitor: &mut Visitor<'_>) -> Result<bool, VisitError> {
    let digest = item.digest();
    let known = visitor.state.known(visitor.source, &item.id)?.unwrap_or_default();
    if known.done && known.digest.as_deref() == Some(&digest) {
        visitor.summary.unchanged += 1;
        return Ok(true);
    }
    let id = item.id.clone();
    let link = item.link.clone();
    let mut post = draft(item, config);
    if let Some(link) = link.filter(|_| config.fetch_articles) {
        match visitor.read(&link, &config.selectors).await {
            Reading::Article(article, _) => complete(&mut post, *article),
            // The page may not be had, but the feed itself said enough.
            Reading::Failed { passing: false, .. } if post.body.chars().count() >= SHORTEST_TEXT => {}
            Reading::Failed {
                reason,
                code,
                passing,
            } => {
                let again = visitor
                    .refuse(link.as_str(), reason, code, passing, &id, Some(digest))
                    .await?;
                return Ok(!again);
            }
        }
    }
    if post.body.is_empty() && post.title.is_empty() {
        let place = post.url.unwrap_or_else(|| config.url.clone());
        visitor
            .refuse(
                &place,
                "条目没有标题和正文".into(),
                "missing_field",
                false,
                &id,
                Some(digest),
            )
            .await?;
        return Ok(true);
    }
    visitor
        .post(post, &id, Some(digest), Validators::default())
        .await?;
    Ok(true)
}

/// An item as the feed alone gives it.
pub(super) fn draft(item: Item, config: &FeedConfig) -> PostDraft {
    PostDraft {
        native_id: item.id,
        channel: config.channel,
        url: item.link.as_ref().map(|link| link.as_str().to_owned()),
        title: item.title,
        body: item.text,
        author: item.author,
        published_at: item.published_at,
        region: config.region.clone(),
        ..PostDraft::default()
    }
}

/// The page knows the text, the feed knows the item.
fn complete(post: &mut PostDraft, article: Article) {
    // A page that shows less than the feed is a teaser or a wall.
    if article.text.chars().count() >= post.body.chars().count() {
        post.body = article.text;
    }
    if post.title.is_empty() {
        post.title = article.title.unwrap_or_default();
    }
    post.author = article.author.or(post.author.take());
    post.source_name = article.source_name;
    post.published_at = post.published_at.or(article.published_at);
}

/// The items of a feed served from `base`, in its order.
///
/// # Errors
/// When it is no feed at all.
pub fn parse(body: &[u8], content_type: Option<&str>, base: &Url) -> Result<Vec<Item>, VisitError> {
    let parser = || {
        parser::Builder::new()
            .base_uri(Some(base.as_str()))
            .timestamp_parser(moment)
            // An id made of chance would make every item new at every visit; ours is made below.
            .id_generator(|_, _, _| String::new())
            .build()
    };
    let as_text = || {
        // Declared one character set and written in another, or begun with a blank line: read as text and try again.
        let (text, _) = crate::fetch::charset::decode(body, content_type);
        parser().parse(without_declarations(&text).as_bytes())
    };
    let read = || match (declarations(body), body.starts_with(DECLARATION.as_bytes())) {
        // feed-rs 3.0 panics at a declaration that is not the first thing of all.
        (0, _) | (1, true) => parser().parse(body).or_else(|_| as_text()),
        _ => as_text(),
    };
    // Whatever else a foreign parser stumbles over costs this feed, not the program.
    let feed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    let feed = feed.map_err(|_| VisitError::Feed("parser failed"))?;
    let feed = feed.map_err(|_| VisitError::Feed("neither RSS nor Atom nor JSON Feed"))?;
    let authors = feed.authors;
    Ok(feed
        .entries
        .into_iter()
        .map(|entry| item(entry, &authors, base))
        .collect())
}

/// How an XML declaration begins.
const DECLARATION: &str = "<?xml";

fn declarations(body: &[u8]) -> usize {
    body.windows(DECLARATION.len())
        .filter(|window| *window == DECLARATION.as_bytes())
        .count()
}

/// The text from its first element on, without the XML declarations that name another encoding.
fn without_declarations(text: &str) -> String {
    let mut rest = text.get(text.find(['<', '{']).unwrap_or(0)..).unwrap_or(text);
    let mut out = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once(DECLARATION) {
        out.push_str(before);
        rest = after.split_once("?>").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out.trim_start().to_owned()
}

fn item(entry: Entry, feed_authors: &[feed_rs::model::Person], base: &Url) -> Item {
    let base = entry
        .base
        .as_deref()
        .and_then(|base_of_entry| base.join(base_of_entry).ok())
        .unwrap_or_else(|| base.clone());
    let is_page = |link: &&feed_rs::model::Link| matches!(link.rel.as_deref(), None | Some("alternate"));
    let href = entry
        .links
        .iter()
        .find(is_page)
        .or_else(|| entry.links.first())
        .map(|link| link.href.clone());
    // RSS without a link often gives the page's address as id.
    let href = href.or_else(|| Some(entry.id.clone()).filter(|id| id.starts_with("http")));
    let link = href
        .and_then(|href| base.join(href.trim()).ok())
        .filter(|link| matches!(link.scheme(), "http" | "https"));
    let content = entry.content.and_then(|content| content.body).unwrap_or_default();
    let summary = entry.summary.map(|summary| summary.content).unwrap_or_default();
    let (content, summary) = (plain_text(&content), plain_text(&summary));
    let text = if content.chars().count() >= summary.chars().count() {
        content
    } else {
        summary
    };
    let title = entry
        .title
        .map(|title| plain_text(&title.content).replace('\n', " "))
        .unwrap_or_default();
    let id = match (entry.id.trim(), &link) {
        ("", Some(link)) => link.as_str().to_owned(),
        ("", None) => RecordId::of(&[title.as_bytes(), text.as_bytes()]).to_string(),
        (id, _) => id.to_owned(),
    };
    let published = entry
        .published
        .or(entry.updated)
        .map(|at| at.with_timezone(&crate::time::shanghai()));
    let limit = now() + chrono::Duration::days(2);
    let author = entry
        .authors
        .first()
        .or_else(|| feed_authors.first())
        .and_then(|person| person.name.as_deref())
        .map(|name| name.trim().to_owned());
    Item {
        id,
        link,
        title,
        text,
        author: author.filter(|name| !name.is_empty()),
        // The epoch and next year are what broken clocks say.
        published_at: published.filter(|at| at.timestamp() > 0 && *at <= limit),
    }
}

/// Dates as feeds write them. One without a zone is Chinese local time, and so is `CST` in a Chinese feed.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().replace(" CST", " +0800");
    let rfc2822 = |text: &str| DateTime::parse_from_rfc2822(text.trim()).ok();
    let without_weekday = || text.split_once(',').and_then(|(_, rest)| rfc2822(rest));
    let read = rfc2822(&text)
        .or_else(without_weekday)
        .or_else(|| when::machine(&text));
    read.map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests;
