//! A site's configuration made ready: which links of a page are articles, further lists, or neither, and why.

use super::SiteConfig;
use crate::{
    extract::tangle,
    fetch::{FetchError, Page},
    source::state::VisitError,
};
use regex::Regex;
use scraper::{Html, Selector};
use std::collections::HashSet;
use url::Url;

/// What [`SiteConfig::page_url`] must hold: the page's number stands in its place.
const NUMBER: &str = "{n}";

/// A configuration with its selectors, patterns and addresses read.
pub(in crate::source) struct Plan {
    pub(super) lists: Vec<Url>,
    pub(super) sitemaps: Vec<Url>,
    links: Selector,
    next: Option<Selector>,
    page_url: Option<String>,
    page_from: usize,
    pattern: Option<Regex>,
    exclude: Option<Regex>,
    follow: Option<Regex>,
}

/// What a list page leads to.
#[derive(Debug, Default)]
pub(in crate::source) struct Leads {
    /// Articles, in the page's order.
    pub(in crate::source) articles: Vec<Url>,
    /// Further lists (columns).
    pub(in crate::source) lists: Vec<Url>,
    /// The next page of this list.
    pub(in crate::source) next: Option<Url>,
    /// Links that are none of these, with the reason.
    pub(in crate::source) passed_over: Vec<(Url, PassedOver)>,
}

/// Why a link is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum PassedOver {
    /// On another host than its list, and no pattern says which addresses are meant.
    OtherHost,
    /// Does not match `pattern`.
    Pattern,
    /// Matches `exclude`.
    Excluded,
}

impl PassedOver {
    /// Machine name of the reason.
    pub(in crate::source) fn code(self) -> &'static str {
        match self {
            Self::OtherHost => "other_host",
            Self::Pattern => "pattern",
            Self::Excluded => "excluded",
        }
    }

    /// The reason for people.
    pub(in crate::source) fn chinese(self) -> &'static str {
        match self {
            Self::OtherHost => "不在列表页所在的网站上，也没有设置 pattern",
            Self::Pattern => "网址不符合 pattern",
            Self::Excluded => "网址符合 exclude",
        }
    }
}

impl Plan {
    pub(in crate::source) fn of(config: &SiteConfig) -> Result<Self, VisitError> {
        let wrong = |text: &str, what: &str| VisitError::Config(format!("`{text}` is no {what}"));
        let selector = |text: &str| Selector::parse(text).map_err(|_| wrong(text, "CSS selector"));
        let pattern = |text: &Option<String>| {
            let read = |text: &String| Regex::new(text).map_err(|_| wrong(text, "regular expression"));
            text.as_ref().map(read).transpose()
        };
        let addresses = |texts: &[String]| -> Result<Vec<Url>, FetchError> {
            texts
                .iter()
                .map(|text| Url::parse(text).map_err(|_| FetchError::BadUrl))
                .collect()
        };
        if let Some(text) = config.selectors.invalid() {
            return Err(wrong(text, "CSS selector"));
        }
        if let Some(template) = config.page_url.as_deref().filter(|text| !text.contains(NUMBER)) {
            return Err(wrong(template, "page_url: it must hold {n}"));
        }
        if config.lists.is_empty() && config.sitemaps.is_empty() {
            return Err(VisitError::Config("lists and sitemaps are both empty".into()));
        }
        Ok(Self {
            lists: addresses(&config.lists)?,
            sitemaps: addresses(&config.sitemaps)?,
            links: selector(&config.links)?,
            next: config.next.as_deref().map(selector).transpose()?,
            page_url: config.page_url.clone(),
            page_from: config.page_from,
            pattern: pattern(&config.pattern)?,
            exclude: pattern(&config.exclude)?,
            follow: pattern(&config.follow)?,
        })
    }

    /// Reads a page of the list that begins at `list`; `before` pages of it were read already.
    pub(in crate::source) fn read(&self, page: &Page, list: &Url, before: usize) -> Leads {
        let html = tangle::page(&page.text());
        let base = base(&html, &page.url);
        let mut leads = Leads::default();
        let mut seen = HashSet::new();
        let next = self.next.as_ref().and_then(|next| {
            html.select(next)
                .find_map(|element| target(&base, element.attr("href")?))
        });
        for element in html.select(&self.links) {
            let Some(url) = element.attr("href").and_then(|href| target(&base, href)) else {
                continue;
            };
            // The way through the list is no article of it.
            let of_list = url == page.url || url == *list || next.as_ref() == Some(&url);
            if of_list || !seen.insert(url.clone()) {
                continue;
            }
            match self.judge(&url, &page.url) {
                Ok(()) => leads.articles.push(url),
                Err(reason) if !self.follows(&url) => leads.passed_over.push((url, reason)),
                Err(_) => {}
            }
        }
        if self.follow.is_some() {
            let every = Selector::parse("a[href]").ok();
            let links = every.iter().flat_map(|every| html.select(every));
            for url in links.filter_map(|link| target(&base, link.attr("href")?)) {
                let known = leads.lists.contains(&url) || leads.articles.contains(&url);
                if self.follows(&url) && !known && url != page.url && url != *list {
                    leads.lists.push(url);
                }
            }
        }
        let numbered = || {
            let template = self.page_url.as_ref()?;
            let number = self.page_from.saturating_add(before).to_string();
            // A page of the list without a single article is behind its end.
            let goes_on = !leads.articles.is_empty();
            list.join(&template.replace(NUMBER, &number))
                .ok()
                .filter(|_| goes_on)
        };
        leads.next = next.or_else(numbered);
        leads
    }

    /// Whether an address found on `page` is an article's.
    ///
    /// # Errors
    /// Why it is not.
    pub(in crate::source) fn judge(&self, url: &Url, page: &Url) -> Result<(), PassedOver> {
        if self
            .exclude
            .as_ref()
            .is_some_and(|out| out.is_match(url.as_str()))
        {
            return Err(PassedOver::Excluded);
        }
        match &self.pattern {
            Some(pattern) if pattern.is_match(url.as_str()) => Ok(()),
            Some(_) => Err(PassedOver::Pattern),
            // Without a pattern a further list would be taken for an article.
            None if self.follows(url) => Err(PassedOver::Pattern),
            None if url.host_str() == page.host_str() => Ok(()),
            None => Err(PassedOver::OtherHost),
        }
    }

    /// Whether an address is a further list's.
    pub(in crate::source) fn follows(&self, url: &Url) -> bool {
        let matches = |pattern: &Option<Regex>| {
            pattern
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(url.as_str()))
        };
        matches(&self.follow) && !matches(&self.exclude)
    }
}

/// What relative links of a page are relative to.
fn base(html: &Html, page: &Url) -> Url {
    let selector = Selector::parse("base[href]").ok();
    selector
        .and_then(|selector| html.select(&selector).next()?.attr("href").map(str::to_owned))
        .and_then(|href| page.join(&href).ok())
        .unwrap_or_else(|| page.clone())
}

/// The address a link leads to, without what only counts visitors.
fn target(base: &Url, href: &str) -> Option<Url> {
    let mut url = base.join(href.trim()).ok()?;
    url.set_fragment(None);
    let counts = |name: &str| name.starts_with("utm_") || name == "spm";
    if url.query_pairs().any(|(name, _)| counts(&name)) {
        let kept: Vec<_> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| !counts(name))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    matches!(url.scheme(), "http" | "https").then_some(url)
}
