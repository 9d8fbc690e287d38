//! Follows a site's lists and sitemaps, and remembers the articles they lead to.

use super::{
    Plan, SiteConfig,
    sitemap::{Entry, Sitemap},
};
use crate::{
    fetch::{Expect, FetchError, Fetched},
    source::state::{FoundList, VisitError, Visitor},
    time::Moment,
};
use std::collections::HashSet;
use url::Url;

/// Marks a sitemap among the lists remembered.
const SITEMAP: &str = "sitemap ";
/// An index may name another; deeper nesting is a loop.
const DEEPEST_SITEMAP: usize = 3;
/// Lists and sitemaps asked for in one visit; the rest is due at the next.
const MOST_LISTS: usize = 200;

/// What came of the walk.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The site showed at least one of its lists.
    pub(super) reached: bool,
    /// The last failure of a configured list.
    pub(super) failure: Option<FetchError>,
}

/// Looks at every list and sitemap that is due.
pub(super) async fn all(
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<Walked, VisitError> {
    let mut walked = Walked::default();
    let mut sitemaps = Vec::new();
    for sitemap in &plan.sitemaps {
        if !sitemap.path().ends_with("/robots.txt") {
            sitemaps.push(sitemap.clone());
            continue;
        }
        match visitor.fetcher.sitemaps(sitemap, &visitor.access).await {
            Ok(named) => sitemaps.extend(named),
            Err(error) => walked.failure = Some(error),
        }
    }
    let roots: Vec<String> = plan.lists.iter().map(|list| list.as_str().to_owned()).collect();
    let roots = roots
        .into_iter()
        .chain(sitemaps.iter().map(|sitemap| format!("{SITEMAP}{sitemap}")));
    let roots: HashSet<String> = roots.collect();
    // In the order of the configuration, which a set does not keep.
    let in_order = plan.lists.iter().map(Url::to_string);
    let in_order: Vec<String> = in_order
        .chain(sitemaps.iter().map(|sitemap| format!("{SITEMAP}{sitemap}")))
        .collect();
    visitor
        .state
        .found_lists(visitor.source, in_order.iter().map(|list| (list.as_str(), 0)))?;
    let mut done: HashSet<String> = HashSet::new();
    // A list can lead to further ones, so the memory is asked again until it names nothing new.
    loop {
        let lists = visitor.state.lists(visitor.source)?;
        let wanted = |list: &FoundList| {
            let due = list.due <= began && !done.contains(&list.url);
            due && (roots.contains(&list.url) || is_wanted(list, config, plan, &sitemaps))
        };
        let todo: Vec<FoundList> = lists.into_iter().filter(wanted).collect();
        if todo.is_empty() || done.len() >= MOST_LISTS {
            return Ok(walked);
        }
        for list in todo.into_iter().take(MOST_LISTS - done.len()) {
            done.insert(list.url.clone());
            let result = match list.url.strip_prefix(SITEMAP) {
                Some(address) => survey(&list, address, config, plan, visitor, began).await,
                None => walk(&list, config, plan, visitor, began).await,
            };
            match result {
                Ok(()) => walked.reached = true,
                Err(VisitError::Fetch(error)) if roots.contains(&list.url) => walked.failure = Some(error),
                Err(VisitError::Fetch(error)) => give_up(&list, &error, config, visitor, began).await?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether a list that was found, not configured, is still meant by the configuration.
fn is_wanted(list: &FoundList, config: &SiteConfig, plan: &Plan, sitemaps: &[Url]) -> bool {
    match list.url.strip_prefix(SITEMAP) {
        Some(address) => {
            let host = Url::parse(address).ok();
            let host = host.as_ref().and_then(Url::host_str);
            list.depth <= DEEPEST_SITEMAP && sitemaps.iter().any(|sitemap| sitemap.host_str() == host)
        }
        None => {
            list.depth <= config.depth && Url::parse(&list.url).is_ok_and(|address| plan.follows(&address))
        }
    }
}

/// Follows one list from page to page.
async fn walk(
    list: &FoundList,
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<(), VisitError> {
    let start = Url::parse(&list.url).map_err(|_| FetchError::BadUrl)?;
    let known = visitor
        .state
        .known(visitor.source, &key(&list.url))?
        .unwrap_or_default();
    let mut validators = None;
    let mut brought = 0;
    let mut next = Some(start.clone());
    let mut seen = Vec::new();
    while let Some(url) = next.take().filter(|_| seen.len() < config.max_pages) {
        let conditional = (seen.is_empty() && !list.walking).then_some(&known.validators);
        let page = match visitor.fetch(&url, Expect::Page, conditional).await {
            Ok(Fetched::Page(page)) => *page,
            Ok(Fetched::NotModified) => {
                visitor.summary.unchanged += 1;
                break;
            }
            // Pages that are counted up end in one that does not exist.
            Err(FetchError::Status(404 | 410)) if !seen.is_empty() => break,
            Err(error) => return Err(error.into()),
        };
        validators.get_or_insert(page.validators.clone());
        let leads = plan.read(&page, &start, seen.len());
        if leads.next.is_some() {
            visitor.state.walking(visitor.source, &list.url)?;
        }
        if list.depth < config.depth {
            let deeper = leads.lists.iter().map(|found| (found.as_str(), list.depth + 1));
            visitor.state.found_lists(visitor.source, deeper)?;
        }
        let found = leads.articles.len();
        let new = visitor
            .state
            .discover(visitor.source, leads.articles.iter().map(Url::as_str))?;
        visitor.summary.unchanged += found.saturating_sub(new) as u64;
        brought += new;
        seen.push(url);
        let exhausted = new == 0 && !list.walking;
        next = leads
            .next
            .filter(|following| !exhausted && !seen.contains(following));
    }
    let pause = config.of_lists().next(list.pause, brought > 0);
    visitor.state.walked(visitor.source, &list.url, began, pause)?;
    match validators {
        Some(validators) => visitor.done(&key(&list.url), validators).await,
        None => Ok(()),
    }
}

/// Reads one sitemap.
async fn survey(
    list: &FoundList,
    address: &str,
    config: &SiteConfig,
    plan: &Plan,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<(), VisitError> {
    let url = Url::parse(address).map_err(|_| FetchError::BadUrl)?;
    let known = visitor
        .state
        .known(visitor.source, &key(&list.url))?
        .unwrap_or_default();
    let conditional = (!list.walking).then_some(&known.validators);
    let page = match visitor.fetch(&url, Expect::Sitemap, conditional).await? {
        Fetched::Page(page) => Some(*page),
        Fetched::NotModified => None,
    };
    let mut brought = 0;
    if let Some(page) = &page {
        match super::sitemap_of(page) {
            Some(Sitemap::Index(entries)) => {
                let further: Vec<String> = entries
                    .iter()
                    .map(|entry| format!("{SITEMAP}{}", entry.url))
                    .collect();
                let deeper = further.iter().map(|found| (found.as_str(), list.depth + 1));
                visitor.state.found_lists(visitor.source, deeper)?;
            }
            Some(Sitemap::Pages(entries)) => {
                let entries = meant(entries, &page.url, config, plan, began);
                let addresses = entries.iter().map(|entry| entry.url.as_str());
                brought = visitor.state.discover(visitor.source, addresses)?;
                visitor.summary.unchanged += entries.len().saturating_sub(brought) as u64;
                let dated = entries
                    .iter()
                    .filter_map(|entry| Some((entry.url.as_str(), entry.changed_at?)));
                visitor.state.changed(visitor.source, dated)?;
            }
            None => return Err(FetchError::ContentType("no sitemap".into()).into()),
        }
    }
    let pause = config.of_lists().next(list.pause, brought > 0);
    visitor.state.walked(visitor.source, &list.url, began, pause)?;
    match page {
        Some(page) => visitor.done(&key(&list.url), page.validators).await,
        None => {
            visitor.summary.unchanged += 1;
            Ok(())
        }
    }
}

/// The entries the configuration means, the newest first, because a visit may not get through all of them.
pub(in crate::source) fn meant(
    entries: Vec<Entry>,
    sitemap: &Url,
    config: &SiteConfig,
    plan: &Plan,
    now: Moment,
) -> Vec<Entry> {
    let since = now.checked_sub_signed(chrono::Duration::days(config.sitemap_days.into()));
    let mut meant: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| plan.judge(&entry.url, sitemap).is_ok())
        .filter(|entry| {
            entry
                .changed_at
                .is_none_or(|at| since.is_none_or(|since| at >= since))
        })
        .collect();
    meant.sort_by_key(|entry| std::cmp::Reverse(entry.changed_at));
    meant
}

/// A list that was found but cannot be had is refused once, and asked for again only rarely.
async fn give_up(
    list: &FoundList,
    error: &FetchError,
    config: &SiteConfig,
    visitor: &mut Visitor<'_>,
    began: Moment,
) -> Result<(), VisitError> {
    let pause = config.of_lists().longest;
    visitor.state.postponed(visitor.source, &list.url, began, pause)?;
    let known = visitor.state.known(visitor.source, &key(&list.url))?;
    if error.is_passing() || known.is_some_and(|known| known.done) {
        return Ok(());
    }
    let address = list.url.strip_prefix(SITEMAP).unwrap_or(&list.url);
    visitor
        .refuse(
            address,
            error.chinese(),
            error.code(),
            false,
            &key(&list.url),
            None,
        )
        .await?;
    Ok(())
}

/// A list's own entry among the pages, apart from an article at the same address.
fn key(list: &str) -> String {
    format!("list {list}")
}
