//! Web sites: list pages lead to articles, each article's page is fetched once and becomes a post.
//!
//! Every address found is remembered before it is fetched, so a visit cut short loses nothing: the next one begins
//! with what was left over. Must never leave the list's own host unless a pattern says which addresses are meant.

use super::state::{CollectState, Reading, Summary, Visit, VisitError, Visitor};
use crate::{
    clean::PostDraft,
    extract::{Selectors, tangle},
    fetch::{Access, Expect, FetchError, Fetched, Fetcher, Page},
    record::Medium,
    time::now,
};
use regex::Regex;
use scraper::Selector;
use serde::Deserialize;
use tokio::sync::mpsc;
use url::Url;

/// A site to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// Addresses of the list pages to begin with.
    pub lists: Vec<String>,
    /// CSS selector of the links to articles on a list page, e.g. `ul.news a`.
    #[serde(default = "every_link")]
    pub links: String,
    /// Regular expression an article's address must match. Without one, articles must be on their list's host.
    #[serde(default)]
    pub pattern: Option<String>,
    /// CSS selector of the link to the next list page.
    #[serde(default)]
    pub next: Option<String>,
    /// List pages followed from each beginning.
    #[serde(default = "ten")]
    pub max_pages: usize,
    /// Articles fetched per visit; the rest waits for the next one.
    #[serde(default = "five_hundred")]
    pub max_articles: usize,
    /// Where the article's parts are on its page, if finding them fails.
    #[serde(default)]
    pub selectors: Selectors,
    /// Medium its articles count as.
    #[serde(default = "portal")]
    pub channel: Medium,
    /// Region its articles count for.
    #[serde(default)]
    pub region: Option<String>,
    /// Minutes between two visits.
    #[serde(default = "an_hour")]
    pub every_minutes: u64,
    /// The lists' own hosts and ports may be private or loopback addresses. Nothing else may.
    #[serde(default)]
    pub allow_private: bool,
}

fn every_link() -> String {
    "a[href]".into()
}

fn ten() -> usize {
    10
}

fn five_hundred() -> usize {
    500
}

fn portal() -> Medium {
    Medium::Portal
}

fn an_hour() -> u64 {
    60
}

/// A configuration with its selectors and addresses read.
struct Plan {
    lists: Vec<Url>,
    links: Selector,
    next: Option<Selector>,
    pattern: Option<Regex>,
}

impl Plan {
    fn of(config: &SiteConfig) -> Result<Self, VisitError> {
        let wrong = |text: &str, what: &str| VisitError::Config(format!("`{text}` is no {what}"));
        let selector = |text: &str| Selector::parse(text).map_err(|_| wrong(text, "CSS selector"));
        if let Some(text) = config.selectors.invalid() {
            return Err(wrong(text, "CSS selector"));
        }
        let pattern = config.pattern.as_deref();
        Ok(Self {
            lists: config
                .lists
                .iter()
                .map(|list| Url::parse(list).map_err(|_| FetchError::BadUrl))
                .collect::<Result<_, _>>()?,
            links: selector(&config.links)?,
            next: config.next.as_deref().map(selector).transpose()?,
            pattern: pattern
                .map(|text| Regex::new(text).map_err(|_| wrong(text, "regular expression")))
                .transpose()?,
        })
    }

    /// The articles a list page links to, in its order, and the next list page.
    fn read(&self, page: &Page) -> (Vec<Url>, Option<Url>) {
        let html = tangle::page(&page.text());
        let base_selector = Selector::parse("base[href]").ok();
        let base = base_selector
            .and_then(|selector| html.select(&selector).next()?.attr("href").map(str::to_owned))
            .and_then(|href| page.url.join(&href).ok())
            .unwrap_or_else(|| page.url.clone());
        let target = |href: &str| {
            let mut url = base.join(href.trim()).ok()?;
            url.set_fragment(None);
            matches!(url.scheme(), "http" | "https").then_some(url)
        };
        let mut articles: Vec<Url> = Vec::new();
        for element in html.select(&self.links) {
            let Some(url) = element.attr("href").and_then(target) else {
                continue;
            };
            if self.is_article(&url, page) && !articles.contains(&url) {
                articles.push(url);
            }
        }
        let next = self.next.as_ref().and_then(|next| {
            html.select(next)
                .find_map(|element| target(element.attr("href")?))
        });
        (articles, next)
    }

    fn is_article(&self, url: &Url, list: &Page) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.is_match(url.as_str()),
            None => url.host_str() == list.url.host_str() && *url != list.url,
        }
    }
}

/// Visits a site once: follows its lists, then fetches what is waiting, and hands each article to `sink`. The outcome
/// is also written to `state`.
///
/// # Errors
/// When the configuration is wrong or no list can be fetched; failures of single articles are handed on as refused.
pub async fn visit(
    config: &SiteConfig,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let began = now();
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let result = follow(config, &mut visitor).await;
    state.visited(
        name,
        began,
        visitor.summary,
        result.as_ref().err().map(VisitError::code),
    )?;
    result.map(|()| visitor.summary)
}

async fn follow(config: &SiteConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    let plan = Plan::of(config)?;
    if config.allow_private {
        visitor.access = Access::private_at(&plan.lists);
    }
    let mut failures = Vec::new();
    for list in &plan.lists {
        if let Err(error) = discover(list, config, &plan, visitor).await {
            let VisitError::Fetch(_) = error else {
                return Err(error);
            };
            failures.push(error);
        }
    }
    // A site that shows none of its lists is down, and so are its articles.
    if failures.len() < plan.lists.len() {
        for address in visitor.state.waiting(visitor.source, config.max_articles)? {
            // Only whole addresses were ever remembered.
            let Some(url) = Url::parse(&address).ok().filter(|_| visitor.goes_on()) else {
                continue;
            };
            take(&url, config, visitor).await?;
        }
    }
    // One list that fails makes the visit a failed one, though what the others brought stands.
    failures.pop().map_or(Ok(()), Err)
}

/// Follows one list and remembers the articles it leads to.
async fn discover(
    list: &Url,
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
) -> Result<(), VisitError> {
    // Known only if it was once followed to its end: then a page without anything new ends the visit early.
    let known = visitor.state.known(visitor.source, &list_key(list))?;
    let mut validators = None;
    let mut next = Some(list.clone());
    let mut seen = Vec::new();
    while let Some(url) = next.take().filter(|_| seen.len() < config.max_pages) {
        let conditional = known
            .as_ref()
            .filter(|_| seen.is_empty())
            .map(|known| &known.validators);
        let page = match visitor.fetch(&url, Expect::Page, conditional).await? {
            Fetched::Page(page) => *page,
            Fetched::NotModified => {
                visitor.summary.unchanged += 1;
                return Ok(());
            }
        };
        validators.get_or_insert(page.validators.clone());
        let (articles, following) = plan.read(&page);
        let new = visitor
            .state
            .discover(visitor.source, articles.iter().map(Url::as_str))?;
        visitor.summary.unchanged += (articles.len() - new.min(articles.len())) as u64;
        seen.push(url);
        let exhausted = new == 0 && known.is_some();
        next = following.filter(|following| !exhausted && !seen.contains(following));
    }
    visitor
        .done(&list_key(list), validators.unwrap_or_default())
        .await
}

/// A list's own entry among the pages, apart from an article at the same address.
fn list_key(list: &Url) -> String {
    format!("list {list}")
}

/// Fetches one article and hands it on.
async fn take(url: &Url, config: &SiteConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    let (article, page) = match visitor.read(url, &config.selectors).await {
        Reading::Article(article, page) => (*article, page),
        Reading::Failed {
            reason,
            code,
            passing,
        } => {
            visitor
                .refuse(url.as_str(), reason, code, passing, url.as_str(), None)
                .await?;
            return Ok(());
        }
    };
    // A page may name its own address, but not speak for another host.
    let same_host = |canonical: &String| {
        Url::parse(canonical).is_ok_and(|canonical| canonical.host_str() == page.url.host_str())
    };
    let native_id = article
        .canonical_url
        .filter(same_host)
        .unwrap_or_else(|| page.url.as_str().to_owned());
    let post = PostDraft {
        native_id,
        channel: config.channel,
        url: Some(page.url.as_str().to_owned()),
        title: article.title.unwrap_or_default(),
        body: article.text,
        author: article.author,
        source_name: article.source_name,
        published_at: article.published_at,
        region: config.region.clone(),
        ..PostDraft::default()
    };
    visitor.post(post, url.as_str(), None, page.validators).await
}

#[cfg(test)]
mod tests;
