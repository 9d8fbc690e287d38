//! HTML to article: title, author, time, originating media and the main text in paragraphs.
//!
//! Made for Chinese news, portal and government pages. A page is read once into an [`outline`](self) of lines and
//! blocks; each room then answers one question from it, and from what the page declares for machines. Nothing here
//! does I/O, nothing panics, and a page without an article gives an empty text, not an error.

mod body;
mod byline;
mod embedded;
mod following;
mod meta;
mod outline;
mod pattern;
pub(crate) mod tangle;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod tests;
mod title;
mod variant;
pub(crate) mod when;

pub(crate) use following::following;

use crate::time::{Moment, now};
use body::Body;
use byline::{Around, plausible};
use embedded::Embedded;
use meta::Meta;
use outline::Outline;
use scraper::{ElementRef, Html, Selector};
use serde::{Deserialize, Serialize};
use url::Url;

/// An article. What the page does not tell is `None`, or empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Article {
    /// The title, without the site's name.
    pub title: Option<String>,
    /// Who wrote it, else who edited it (责任编辑).
    pub author: Option<String>,
    /// When it was published; midnight where the page gives a day only.
    pub published_at: Option<Moment>,
    /// Originating media (来源：…).
    pub source_name: Option<String>,
    /// The main text, a paragraph a line.
    pub text: String,
    /// The address the page says it should be known by.
    pub canonical_url: Option<String>,
}

/// CSS selectors of one site, where finding by itself fails. Each overrides one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selectors {
    /// The title.
    pub title: Option<String>,
    /// The element that holds the time, alone or within other text.
    pub time: Option<String>,
    /// The main text.
    pub body: Option<String>,
    /// Originating media; a label in front (来源：) is taken off.
    pub source: Option<String>,
    /// Author.
    pub author: Option<String>,
}

impl Selectors {
    /// The first selector that is no CSS, for checking a configuration.
    pub fn invalid(&self) -> Option<&str> {
        let all = [&self.title, &self.time, &self.body, &self.source, &self.author];
        all.into_iter()
            .flatten()
            .map(String::as_str)
            .find(|text| Selector::parse(text).is_err())
    }
}

/// The article of a saved page, seen nobody knows when. `url` is where it was found: it completes relative addresses
/// and may hold the date.
pub fn extract(html: &str, url: Option<&str>) -> Article {
    find(html, url, now(), true, &Selectors::default())
}

/// The article of a page seen at `now` (for 3小时前), with a site's own selectors.
pub fn extract_with(html: &str, url: Option<&str>, now: Moment, selectors: &Selectors) -> Article {
    find(html, url, now, false, selectors)
}

fn find(html: &str, url: Option<&str>, now: Moment, is_saved: bool, selectors: &Selectors) -> Article {
    let page = tangle::page(html);
    let meta = Meta::of(&page);
    let outline = Outline::of(page.root_element());
    let (title, title_at) = title::find(&outline, &meta);
    let body = body::find(&outline, &title, title_at);
    let embedded = Embedded::of(&page);
    let around = Around::new(&outline, title_at, body.span);
    let canonical_url = canonical(meta.canonical.as_deref(), url);
    let urls = [url, canonical_url.as_deref()];
    // A date without its year is read as of when the page was seen; a saved page tells that by its other dates.
    let seen = match is_saved {
        true => seen(&outline, urls, now),
        false => now,
    };
    let published_at = published(&meta, &around, &embedded, urls, now, seen);
    let named = around
        .source(&title)
        .or_else(|| meta.source_name.clone())
        .or_else(|| embedded.source_name.clone())
        .or_else(|| around.beside_time(&title));
    let author = author(&meta, &around, named.as_deref());
    // On the platforms where anybody publishes, the account is the medium.
    let source_name = named.or_else(|| around.publisher()).or_else(|| around.account());
    let found = Article {
        author,
        title: Some(title).filter(|title| !title.is_empty()),
        published_at,
        source_name,
        text: main_text(&outline, &body, &meta, &embedded),
        canonical_url,
    };
    overridden(found, &page, now, selectors)
}

/// The words of a piece of HTML, a block a line.
pub fn plain_text(html: &str) -> String {
    embedded::text_of(html)
}

/// The visible text, or the embedded one where the page shows little of it.
fn main_text(outline: &Outline, body: &Body, meta: &Meta, embedded: &Embedded) -> String {
    let visible = body.text(outline);
    let longer = |text: &String| text.chars().count() > visible.chars().count() * 2 && body.weight < 400.0;
    let linked = meta.body.as_deref().map(embedded::text_of).filter(longer);
    linked
        .or_else(|| embedded.text.clone().filter(longer))
        .unwrap_or(visible)
}

/// About when a saved page was saved: the latest date it shows, or the year of its copyright notice.
fn seen(outline: &Outline, urls: [Option<&str>; 2], now: Moment) -> Moment {
    let in_url = urls.into_iter().flatten().find_map(when::in_url);
    let lines = outline.lines.iter().filter(|line| line.length <= 200);
    let shown = lines
        .clone()
        .flat_map(|line| when::fulls(&line.text).map(|found| found.at));
    let copyright = lines.filter_map(|line| when::copyright_until(&line.text));
    let latest = shown
        .chain(copyright)
        .chain(in_url)
        .filter(|at| *at <= now && plausible(*at, now))
        .max();
    // What else a page shows is often a little older than its article.
    let slack = chrono::Duration::days(30);
    latest.map_or(now, |at| (at + slack).min(now))
}

fn published(
    meta: &Meta,
    around: &Around<'_>,
    embedded: &Embedded,
    urls: [Option<&str>; 2],
    now: Moment,
    seen: Moment,
) -> Option<Moment> {
    let likely = |at: &Moment| plausible(*at, now);
    // A time without its year belongs to the year of the page's last change, not to ours.
    let seen = meta.updated_at.filter(likely).unwrap_or(seen);
    let visible = around.published(seen).filter(|found| plausible(found.at, now));
    let declared = meta.published_at.filter(likely);
    // What machines are told is finer, what people are shown is right: it counts when both name one day.
    match (visible, declared) {
        (Some(visible), Some(declared)) if visible.at.date_naive() == declared.date_naive() => {
            let same_minute = (visible.at - declared).num_seconds().abs() < 60;
            return Some(if visible.to_the_minute && !same_minute {
                visible.at
            } else {
                declared
            });
        }
        (_, Some(declared)) => return Some(declared),
        (Some(visible), None) => return Some(visible.at),
        (None, None) => {}
    }
    let in_urls = || urls.into_iter().flatten().find_map(when::in_url).filter(likely);
    embedded
        .published_at
        .filter(likely)
        .or_else(|| around.published_elsewhere(now))
        .or_else(in_urls)
        .or_else(|| around.signed(now))
        .or_else(|| meta.updated_at.filter(likely))
}

/// The author on the page; the declared one only where it is not the site or medium under another label.
fn author(meta: &Meta, around: &Around<'_>, source: Option<&str>) -> Option<String> {
    let other = |name: &String| {
        let names = [source, meta.site_name.as_deref(), meta.source_name.as_deref()];
        let known = names.into_iter().flatten().any(|known| known == name);
        let tail = meta
            .document_title
            .rsplit(['_', '-', '|', '–', '—'])
            .next()
            .unwrap_or_default();
        let of_site = tail.contains(name.as_str()) || name.ends_with('网') || name.contains("://");
        !known && !of_site && name.chars().count() <= 30
    };
    let declared = meta.author.clone().filter(other);
    declared.or_else(|| around.author().filter(|name| Some(name.as_str()) != source))
}

/// The canonical address, where it is one for this page: a home page is a mistake of the template.
fn canonical(declared: Option<&str>, url: Option<&str>) -> Option<String> {
    let found = url.and_then(|url| Url::parse(url).ok());
    let declared = declared.map(str::trim).filter(|declared| !declared.is_empty())?;
    let mut canonical = match &found {
        Some(base) => base.join(declared).ok()?,
        None => Url::parse(declared).ok()?,
    };
    canonical.set_fragment(None);
    let is_home = canonical.path() == "/" && canonical.query().is_none();
    let was_home = found.as_ref().is_none_or(|found| found.path() == "/");
    let is_web = matches!(canonical.scheme(), "http" | "https");
    (is_web && (!is_home || was_home)).then(|| canonical.into())
}

fn overridden(found: Article, page: &Html, now: Moment, selectors: &Selectors) -> Article {
    let select = |selector: &Option<String>| -> Option<Outline> {
        let selector = Selector::parse(selector.as_deref()?).ok()?;
        page.select(&selector)
            .next()
            .map(|element: ElementRef<'_>| Outline::of(element))
    };
    let line = |selector: &Option<String>| {
        let lines = select(selector)?.lines;
        let text = lines
            .iter()
            .map(|line| line.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        Some(text).filter(|text| !text.is_empty())
    };
    let unlabelled = |text: String| text.rsplit(['：', ':']).next().map(|name| name.trim().to_owned());
    let body = |outline: Outline| {
        let lines: Vec<_> = outline.lines.iter().map(|line| line.text.as_str()).collect();
        Some(lines.join("\n")).filter(|text| !text.is_empty())
    };
    Article {
        title: line(&selectors.title).or(found.title),
        author: line(&selectors.author).and_then(unlabelled).or(found.author),
        published_at: line(&selectors.time)
            .and_then(|text| when::any(&text, now))
            .map(|time| time.at)
            .or(found.published_at),
        source_name: line(&selectors.source).and_then(unlabelled).or(found.source_name),
        text: select(&selectors.body).and_then(body).unwrap_or(found.text),
        canonical_url: found.canonical_url,
    }
}
