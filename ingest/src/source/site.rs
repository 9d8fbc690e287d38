//! Web sites: list pages and sitemaps lead to articles, each article's page becomes a post, and is looked at again as
//! often as it changes.
//!
//! Every address found is remembered before it is fetched, so a visit cut short loses nothing: the next one begins
//! with what was left over. Must never leave the list's own host unless a pattern says which addresses are meant.

mod plan;
pub(crate) mod sitemap;
mod walk;

pub(super) use plan::{Leads, Plan};
pub(super) use sitemap::Sitemap;
pub(super) use walk::meant;

use super::state::{Bounds, CollectState, Confirm, Reading, Summary, Visit, VisitError, Visitor};
use crate::{
    clean::PostDraft,
    extract::{Article, Selectors},
    fetch::{Access, Fetcher, Page},
    record::{Medium, RecordId},
    time::{Moment, now},
};
use serde::Deserialize;
use std::{collections::HashMap, time::Duration};
use tokio::sync::mpsc;
use url::Url;

/// A site to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// Addresses of the list pages to begin with. There must be a list or a sitemap.
    pub lists: Vec<String>,
    /// Addresses of sitemaps (also an index, gzip, news or plain text); `…/robots.txt` stands for those it names.
    pub sitemaps: Vec<String>,
    /// Of a sitemap only pages changed within this many days; those without a date always.
    pub sitemap_days: u32,
    /// CSS selector of the links to articles on a list page, e.g. `ul.news a`.
    pub links: String,
    /// Regular expression an article's address must match. Without one, articles must be on their list's host.
    pub pattern: Option<String>,
    /// Regular expression of addresses that are never fetched, though they match otherwise.
    pub exclude: Option<String>,
    /// Regular expression of further list pages (columns) that a list page may link to.
    pub follow: Option<String>,
    /// Steps from a configured list to a further one, where `follow` is given.
    pub depth: usize,
    /// CSS selector of the link to the next list page.
    pub next: Option<String>,
    /// Address of the next list pages where no link leads to them, relative to the list, with `{n}` for the number,
    /// e.g. `index_{n}.html`.
    pub page_url: Option<String>,
    /// The number of the second page; many government sites count it as 1.
    pub page_from: usize,
    /// List pages followed from each beginning.
    pub max_pages: usize,
    /// Articles fetched per visit; the rest waits for the next one.
    pub max_articles: usize,
    /// Where the article's parts are on its page, if finding them fails.
    pub selectors: Selectors,
    /// Medium its articles count as.
    pub channel: Medium,
    /// Region its articles count for.
    pub region: Option<String>,
    /// Minutes between two visits.
    pub every_minutes: u64,
    /// Longest pause of a list that brings nothing new, minutes; four visits long where not given.
    pub quiet_minutes: Option<u64>,
    /// Hours until an article is looked at again for the first time, and at least between two looks.
    pub revisit_hours: u64,
    /// Hours between two looks at an article that does not change.
    pub revisit_hours_quiet: u64,
    /// Days after which an article is not looked at again; 0: never looked at again at all.
    pub revisit_days: u32,
    /// The lists' own hosts and ports may be private or loopback addresses. Nothing else may.
    pub allow_private: bool,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            lists: Vec::new(),
            sitemaps: Vec::new(),
            sitemap_days: 30,
            links: "a[href]".into(),
            pattern: None,
            exclude: None,
            follow: None,
            depth: 1,
            next: None,
            page_url: None,
            page_from: 2,
            max_pages: 10,
            max_articles: 500,
            selectors: Selectors::default(),
            channel: Medium::Portal,
            region: None,
            every_minutes: 60,
            quiet_minutes: None,
            revisit_hours: 6,
            revisit_hours_quiet: 7 * 24,
            revisit_days: 14,
            allow_private: false,
        }
    }
}

impl SiteConfig {
    /// How often a list is looked at.
    fn of_lists(&self) -> Bounds {
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        Bounds {
            shortest: minutes(self.every_minutes),
            longest: minutes(self.quiet_minutes.unwrap_or(self.every_minutes.saturating_mul(4))),
        }
    }

    /// How often an article is looked at.
    fn of_articles(&self) -> Bounds {
        let hours = |hours: u64| Duration::from_secs(hours.max(1).saturating_mul(3600));
        Bounds {
            shortest: hours(self.revisit_hours),
            longest: hours(self.revisit_hours_quiet),
        }
    }
}

/// Visits a site once: follows its lists and sitemaps, fetches what is waiting, looks again at what is due, and hands
/// each article to `sink`. The outcome is also written to `state`.
///
/// # Errors
/// When the configuration is wrong or a list cannot be fetched; failures of single articles are handed on as refused.
pub async fn visit(
    config: &SiteConfig,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let began = visitor.began;
    let result = follow(config, &mut visitor, began).await;
    visitor.end(result)
}

async fn follow(config: &SiteConfig, visitor: &mut Visitor<'_>, began: Moment) -> Result<(), VisitError> {
    let plan = Plan::of(config)?;
    if config.allow_private {
        visitor.access = Access::private_at(plan.lists.iter().chain(&plan.sitemaps));
    }
    let walked = walk::all(config, &plan, visitor, began).await?;
    // A site that shows none of its lists is down, and so are its articles.
    if walked.reached || walked.failure.is_none() {
        articles(config, &plan, visitor, began).await?;
    }
    // One list that fails makes the visit a failed one, though what the others brought stands.
    walked.failure.map_or(Ok(()), |error| Err(error.into()))
}

/// Fetches what is waiting, then what is due to be looked at again.
async fn articles(
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<(), VisitError> {
    let mut taken = Taken::default();
    let waiting = visitor.state.waiting(visitor.source, config.max_articles)?;
    let left = config.max_articles.saturating_sub(waiting.len());
    for address in waiting {
        // Only whole addresses were ever remembered.
        let Some(url) = Url::parse(&address).ok().filter(|_| visitor.goes_on()) else {
            continue;
        };
        // Another address led to the same article a moment ago.
        if !taken.contains_key(&address) {
            take(&url, config, plan, visitor, &mut taken).await?;
        }
    }
    if config.revisit_days == 0 {
        return Ok(());
    }
    for address in visitor.state.due(visitor.source, began, left)? {
        let Some(url) = Url::parse(&address).ok().filter(|_| visitor.goes_on()) else {
            continue;
        };
        look_again(&url, config, visitor, began).await?;
    }
    Ok(())
}

/// Digests of the articles of this visit by their ids: what is handed on is confirmed only later.
type Taken = HashMap<String, String>;

/// Fetches one article and hands it on.
async fn take(
    url: &Url,
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
    taken: &mut Taken,
) -> Result<(), VisitError> {
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
    let digest = digest(&article);
    let mut native_id = canonical(&article, &page, plan).unwrap_or_else(|| page.url.as_str().to_owned());
    if native_id != url.as_str() {
        let known = match taken.get(&native_id) {
            Some(digest) => Some(digest.clone()),
            None => visitor
                .state
                .known(visitor.source, &native_id)?
                .and_then(|known| known.digest),
        };
        match known {
            Some(known) if known == digest => {
                visitor.summary.unchanged += 1;
                return visitor.done(url.as_str(), page.validators).await;
            }
            // A canonical address that already stands for another text is a mistake of the template.
            Some(_) => page.url.as_str().clone_into(&mut native_id),
            None => {}
        }
    }
    taken.insert(native_id.clone(), digest.clone());
    if config.revisit_days > 0 {
        let (seen, until) = (now(), chrono::Duration::days(config.revisit_days.into()));
        let until = seen.checked_add_signed(until).unwrap_or(seen);
        visitor
            .state
            .look_again(visitor.source, url.as_str(), seen, config.of_articles(), until)?;
    }
    let mut confirm = Confirm::new(visitor.source);
    confirm.add(url.as_str(), Some(digest.clone()), page.validators.clone());
    if native_id != url.as_str() {
        confirm.add(&native_id, Some(digest), page.validators.clone());
    }
    visitor
        .post_with(post(article, Some(page.url.into()), native_id, config), confirm)
        .await
}

/// Fetches an article that was collected before, and hands it on where it says something else now.
async fn look_again(
    url: &Url,
    config: &SiteConfig,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<(), VisitError> {
    let known = visitor
        .state
        .known(visitor.source, url.as_str())?
        .unwrap_or_default();
    let bounds = config.of_articles();
    let reading = visitor
        .read_since(url, &config.selectors, Some(&known.validators))
        .await;
    let (article, page) = match reading {
        Some(Reading::Article(article, page)) => (*article, page),
        // What was collected stays collected: a page that is gone, or is none any more, is left in peace.
        Some(Reading::Failed { passing: false, .. }) => {
            return Ok(visitor.state.leave(visitor.source, url.as_str())?);
        }
        None | Some(Reading::Failed { .. }) => {
            visitor.summary.unchanged += 1;
            let looked = visitor
                .state
                .looked(visitor.source, url.as_str(), began, bounds, false);
            return Ok(looked?);
        }
    };
    let digest = digest(&article);
    let changed = known.digest.as_ref() != Some(&digest);
    visitor
        .state
        .looked(visitor.source, url.as_str(), began, bounds, changed)?;
    if !changed {
        visitor.summary.unchanged += 1;
        return Ok(());
    }
    // The id under which it was collected: the one whose row carries the digest known for this address.
    let canonical = article
        .canonical_url
        .clone()
        .filter(|canonical| of_same_host(canonical, &page));
    let mut native_id = page.url.as_str().to_owned();
    if let Some(canonical) = canonical {
        let other = visitor.state.known(visitor.source, &canonical)?;
        if other.is_some_and(|other| other.digest == known.digest) {
            native_id = canonical;
        }
    }
    let mut confirm = Confirm::new(visitor.source);
    confirm.add(url.as_str(), Some(digest.clone()), page.validators.clone());
    if native_id != url.as_str() {
        confirm.add(&native_id, Some(digest), page.validators.clone());
    }
    visitor
        .post_with(post(article, Some(page.url.into()), native_id, config), confirm)
        .await
}

/// The post of an article found at `url`.
pub(super) fn post(
    article: Article,
    url: Option<String>,
    native_id: String,
    config: &SiteConfig,
) -> PostDraft {
    PostDraft {
        native_id,
        channel: config.channel,
        url,
        title: article.title.unwrap_or_default(),
        body: article.text,
        author: article.author,
        source_name: article.source_name,
        published_at: article.published_at,
        region: config.region.clone(),
        ..PostDraft::default()
    }
}

/// The sitemap a page is, if it is one.
pub(super) fn sitemap_of(page: &Page) -> Option<Sitemap> {
    sitemap::parse(&page.text(), &page.url)
}

fn digest(article: &Article) -> String {
    let title = article.title.as_deref().unwrap_or_default();
    RecordId::of(&[title.as_bytes(), article.text.as_bytes()]).to_string()
}

/// A page may name its own address, but neither speak for another host nor call itself a list.
fn canonical(article: &Article, page: &Page, plan: &Plan) -> Option<String> {
    let canonical = article.canonical_url.clone()?;
    let is_list = plan.lists.iter().any(|list| list.as_str() == canonical);
    (!is_list && of_same_host(&canonical, page)).then_some(canonical)
}

fn of_same_host(canonical: &str, page: &Page) -> bool {
    Url::parse(canonical).is_ok_and(|canonical| canonical.host_str() == page.url.host_str())
}

#[cfg(test)]
mod loopback_tests;
#[cfg(test)]
mod tests;
