//! What a page says about itself to machines: meta tags, JSON-LD, `<title>`, the canonical link.

use super::when;
use crate::time::Moment;
use scraper::{Html, Node};
use serde_json::Value;

/// Names that Chinese government sites (国办发〔2019〕19号 page standard), news sites and Open Graph use, best first.
const TITLES: [&str; 4] = ["articletitle", "og:title", "twitter:title", "dc.title"];
const TIMES: [&str; 22] = [
    "article:published_time",
    "og:article:published_time",
    "pubdate",
    "publishdate",
    "publish_time",
    "publishtime",
    "datepublished",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "og:release_date",
    "og:time",
    "bytedance:published_time",
    "dc.date",
    "dc.date.issued",
    "publication_date",
    "apub:time",
    "og:published_time",
    "og:pubdate",
    "pub_date",
    "pubtime",
    "createdate",
    "date",
];
const UPDATES: [&str; 7] = [
    "article:modified_time",
    "og:updated_time",
    "bytedance:updated_time",
    "weibo: article:update_at",
    "dateupdate",
    "datemodified",
    "lastmodified",
];
const SOURCES: [&str; 5] = ["contentsource", "mediaid", "source", "news:source", "dc.source"];
const AUTHORS: [&str; 4] = ["author", "article:author", "og:article:author", "dc.creator"];

/// What the page declares.
#[derive(Debug, Default)]
pub(super) struct Meta {
    /// `<title>`.
    pub(super) document_title: String,
    /// Title given for machines.
    pub(super) title: Option<String>,
    pub(super) published_at: Option<Moment>,
    /// When the page says it was last changed: a last resort, and a hint to the year.
    pub(super) updated_at: Option<Moment>,
    pub(super) source_name: Option<String>,
    pub(super) author: Option<String>,
    pub(super) site_name: Option<String>,
    pub(super) canonical: Option<String>,
    /// `articleBody` of JSON-LD.
    pub(super) body: Option<String>,
}

impl Meta {
    /// Reads a page's declarations.
    pub(super) fn of(page: &Html) -> Self {
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut linked = Vec::new();
        let mut meta = Self::default();
        for node in page.tree.nodes() {
            let Node::Element(element) = node.value() else {
                continue;
            };
            match element.name() {
                "title" if meta.document_title.is_empty() => {
                    // The first outside of an inline drawing.
                    let text = node
                        .children()
                        .filter_map(|child| child.value().as_text().map(|t| t.to_string()));
                    meta.document_title = squeezed(&text.collect::<String>());
                }
                "link"
                    if element
                        .attr("rel")
                        .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) =>
                {
                    meta.canonical = element.attr("href").map(str::to_owned).or(meta.canonical.take());
                }
                "script" if element.attr("type").is_some_and(|kind| kind.contains("ld+json")) => {
                    let text = node
                        .children()
                        .filter_map(|child| child.value().as_text().map(|t| t.to_string()));
                    linked.push(text.collect::<String>());
                }
                _ => {
                    let name = ["name", "property", "itemprop", "http-equiv"]
                        .iter()
                        .find_map(|n| element.attr(n));
                    let content = element.attr("content").or_else(|| element.attr("datetime"));
                    if let (Some(name), Some(content)) = (name, content)
                        && !content.trim().is_empty()
                    {
                        tags.push((name.trim().to_ascii_lowercase(), squeezed(content)));
                    }
                }
            }
        }
        let find = |names: &[&str]| {
            let named = |wanted: &&str| {
                tags.iter()
                    .find(|(name, _)| name == wanted)
                    .map(|(_, value)| value.clone())
            };
            names.iter().find_map(named)
        };
        let time = |names: &[&str]| {
            let named = |wanted: &&str| {
                tags.iter()
                    .filter(|(name, _)| name == wanted)
                    .find_map(|(_, v)| when::machine(v))
            };
            names.iter().find_map(named)
        };
        meta.title = find(&TITLES);
        meta.published_at = time(&TIMES);
        meta.updated_at = time(&UPDATES);
        meta.source_name = find(&SOURCES);
        meta.author = find(&AUTHORS);
        meta.site_name = find(&["og:site_name", "sitename", "application-name"]);
        meta.canonical = meta.canonical.or_else(|| find(&["og:url"]));
        for text in linked {
            meta.add_linked(&text);
        }
        meta
    }

    /// Takes what JSON-LD adds.
    fn add_linked(&mut self, text: &str) {
        // Some pages wrap the JSON into a comment or CDATA, or leave raw line breaks in its strings.
        let text = text.replace(['\n', '\r', '\t'], " ");
        let (Some(start), Some(end)) = (text.find(['{', '[']), text.rfind(['}', ']'])) else {
            return;
        };
        let Ok(value) = serde_json::from_str::<Value>(text.get(start..=end).unwrap_or_default()) else {
            return;
        };
        for thing in things(&value) {
            let kind = thing.get("@type").map(Value::to_string).unwrap_or_default();
            let of_article = ["Article", "Posting", "Report"]
                .iter()
                .any(|part| kind.contains(part));
            if !of_article && thing.get("datePublished").is_none() && thing.get("pubDate").is_none() {
                continue;
            }
            let string = |name: &str| thing.get(name).and_then(Value::as_str).map(squeezed);
            self.title = self.title.take().or_else(|| string("headline"));
            let published = string("datePublished").or_else(|| string("pubDate"));
            self.published_at = self.published_at.or_else(|| when::machine(&published?));
            self.updated_at = self
                .updated_at
                .or_else(|| when::machine(&string("dateModified")?));
            self.author = self.author.take().or_else(|| thing.get("author").and_then(named));
            self.body = self
                .body
                .take()
                .or_else(|| thing.get("articleBody")?.as_str().map(str::to_owned));
        }
    }
}

/// The objects of a JSON-LD document: alone, in a list, or under `@graph`.
fn things(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(object) => match object.get("@graph").and_then(Value::as_array) {
            Some(graph) => graph.iter().collect(),
            None => vec![value],
        },
        _ => Vec::new(),
    }
}

fn named(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(squeezed(name)),
        Value::Array(list) => named(list.first()?),
        Value::Object(object) => object.get("name")?.as_str().map(squeezed),
        _ => None,
    }
    .filter(|name| !name.is_empty())
}

/// White space collapsed, ends trimmed.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
