//! Trying a source before it is configured: what an address or file would bring, and why the rest would not.
//!
//! What is shown went through [`Cleaner`] like everything else, so it is masked. Must never append to a log, and must
//! remember nothing: the next trial begins anew.

mod configured;

pub use configured::{TrialError, source};

use super::{
    Collected, Kind,
    feed::{self, FeedConfig},
    file,
    site::{self, Leads, Plan, SiteConfig, Sitemap},
    state::{CollectState, Reading, SHORTEST_TEXT, Visit, VisitError, Visitor},
};
use crate::{
    clean::{CallerKey, Cleaner, Draft, Refusal},
    extract::{Selectors, extract_with},
    fetch::{Access, Expect, Fetched, Fetcher, Page, Validators, charset},
    record::{Body, Place},
    time::{Moment, now},
};
use serde::Serialize;
use std::path::Path;
use tokio::sync::mpsc;
use url::Url;

/// The source name a trial goes by.
const NAME: &str = "try";
/// A page with this much text is an article, not a list.
const ARTICLE_FROM: usize = 200;
/// Links left out that are shown.
const MOST_PASSED_OVER: usize = 100;

/// One thing that would be collected, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Finding {
    /// An article or post.
    Post {
        /// Where it can be read.
        url: Option<String>,
        /// Title, masked.
        title: String,
        /// When it was published.
        published_at: Option<Moment>,
        /// Originating media.
        source_name: Option<String>,
        /// Author.
        author: Option<String>,
        /// Length of the text, characters.
        characters: usize,
    },
    /// One event of a ticket.
    Ticket {
        /// Ticket number.
        no: String,
        /// When it happened.
        occurred_at: Moment,
    },
    /// Something that would become a dead letter.
    Refused {
        /// File or address, with row and field where there are any.
        place: Place,
        /// Machine name of the reason.
        code: String,
        /// The reason for people.
        reason: String,
    },
    /// A link that the configuration leaves out.
    PassedOver {
        /// Where it leads.
        url: String,
        /// Machine name of the reason.
        code: &'static str,
        /// The reason for people.
        reason: &'static str,
    },
}

/// What a trial showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What the address or file was taken for: `feed`, `sitemap`, `list`, `page`, `file`, `letters` or `open311`.
    pub taken_for: &'static str,
    /// In the order in which they would be collected.
    pub findings: Vec<Finding>,
    /// Pages that would be fetched but were not for the trial's limit.
    pub untried: usize,
}

/// How to try an address.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Settings of the source it would belong to (selectors, patterns, channel …).
    pub kind: Option<&'a Kind>,
    /// Pages fetched at most.
    pub limit: usize,
    /// The address' own host and port may be private.
    pub allow_private: bool,
}

/// Tries an address: a feed, a sitemap, a list page or an article; for a source of letters a list of them, for Open311 an
/// endpoint.
///
/// # Errors
/// When a configured selector or pattern is wrong, or the source is one that has no addresses. What cannot be fetched or
/// read is a finding.
pub async fn address(url: &Url, fetcher: &Fetcher, options: &Options<'_>) -> Result<Trial, TrialError> {
    match options.kind {
        Some(Kind::Letters(config)) => {
            let mut config = config.clone();
            config.lists = vec![url.as_str().to_owned()];
            config.allow_private = options.allow_private;
            configured::of_letters(config, fetcher, options.limit).await
        }
        Some(Kind::Open311(config)) => {
            let mut config = config.clone();
            url.as_str().clone_into(&mut config.endpoint);
            config.allow_private = options.allow_private;
            configured::of_open311(config, fetcher, options.limit).await
        }
        Some(kind @ (Kind::Push(_) | Kind::KafkaTopic(_))) => Err(configured::untriable(kind)),
        _ => Ok(page_or_feed(url, fetcher, options).await?),
    }
}

async fn page_or_feed(url: &Url, fetcher: &Fetcher, options: &Options<'_>) -> Result<Trial, VisitError> {
    let access = match options.allow_private {
        true => Access::private_at([url]),
        false => Access::public(),
    };
    let state = CollectState::in_memory()?;
    let (sink, mut visits) = mpsc::channel(options.limit + 16);
    let mut visitor = Visitor::new(NAME, fetcher, &state, &sink, access);
    let site = match options.kind {
        Some(Kind::Site(site)) => (**site).clone(),
        _ => SiteConfig::default(),
    };
    let site = SiteConfig {
        lists: vec![url.as_str().to_owned()],
        revisit_days: 0,
        ..site
    };
    let plan = Plan::of(&site)?;
    let mut passed_over = Vec::new();
    let mut untried = 0;
    let first = visitor
        .fetch(url, Expect::Feed, Some(&Validators::default()))
        .await;
    let taken_for = match first {
        Err(error) => {
            let (reason, code) = (error.chinese(), error.code());
            visitor
                .refuse(url.as_str(), reason, code, false, url.as_str(), None)
                .await?;
            "page"
        }
        Ok(Fetched::NotModified) => "page",
        Ok(Fetched::Page(page))
            if feed::parse(&page.body, page.content_type.as_deref(), &page.url).is_ok() =>
        {
            let config = match options.kind {
                Some(Kind::Feed(config)) => config.clone(),
                _ => FeedConfig::at(url.as_str()),
            };
            let config = FeedConfig {
                url: url.as_str().to_owned(),
                max_items: options.limit,
                allow_private: options.allow_private,
                ..config
            };
            let items = feed::parse(&page.body, page.content_type.as_deref(), &page.url)?;
            untried = items.len().saturating_sub(options.limit);
            feed::visit(&config, NAME, fetcher, &state, &sink).await?;
            "feed"
        }
        Ok(Fetched::Page(page)) => {
            let sitemap = sitemap_pages(&page, &plan, &site, &mut visitor).await;
            let leads = plan.read(&page, url, 0);
            let (taken_for, pages) = match sitemap {
                Some(pages) => ("sitemap", pages),
                None if is_article(&page, &site.selectors) => ("page", vec![url.clone()]),
                None => {
                    passed_over = left_out(&leads);
                    ("list", leads.articles)
                }
            };
            untried = pages.len().saturating_sub(options.limit);
            for page in pages.iter().take(options.limit) {
                read(page, &site, &mut visitor).await?;
            }
            taken_for
        }
    };
    drop(visitor);
    drop(sink);
    let mut collected = Vec::new();
    while let Some(Visit { collected: some, .. }) = visits.recv().await {
        collected.extend(some);
    }
    let mut findings = shown(collected.into_iter());
    findings.extend(passed_over);
    Ok(Trial {
        taken_for,
        findings,
        untried,
    })
}

/// Tries a file: a table, JSON Lines, or a saved feed or page that came from `url`.
///
/// # Errors
/// When the file cannot be opened as a whole.
pub fn file(path: &Path, url: Option<&Url>, options: &Options<'_>) -> Result<Trial, super::SourceError> {
    let name = file::file_name(path);
    let whole = || {
        std::fs::read(path).map_err(|error| super::SourceError::Io {
            file: name.clone(),
            error,
        })
    };
    let extension = file::extension(path);
    let base = url
        .cloned()
        .or_else(|| Url::from_file_path(std::path::absolute(path).ok()?).ok());
    let is_table = file::EXTENSIONS.contains(&extension.as_str());
    // `.json` may be a JSON Feed, which is one object and not a line of records.
    let feed = |bytes: &[u8]| feed::parse(bytes, None, base.as_ref()?).ok();
    if is_table && (extension != "json" || feed(&whole()?).is_none()) {
        let mut drafts = file::open_file(path, options.kind)?;
        let findings = shown(drafts.by_ref().take(options.limit));
        return Ok(Trial {
            taken_for: "file",
            findings,
            untried: drafts.count(),
        });
    }
    let bytes = whole()?;
    let place = Place {
        origin: name.clone(),
        ..Place::default()
    };
    let collect = |draft: Draft| Collected {
        draft,
        place: place.clone(),
        observed_at: now(),
    };
    if let Some(items) = feed(&bytes) {
        let config = match options.kind {
            Some(Kind::Feed(config)) => config.clone(),
            _ => FeedConfig::at(url.map_or("", Url::as_str)),
        };
        let untried = items.len().saturating_sub(options.limit);
        let items = items.into_iter().take(options.limit);
        let findings = shown(items.map(|item| collect(Draft::Post(feed::draft(item, &config)))));
        return Ok(Trial {
            taken_for: "feed",
            findings,
            untried,
        });
    }
    let site = match options.kind {
        Some(Kind::Site(site)) => (**site).clone(),
        _ => SiteConfig::default(),
    };
    let text = charset::decode(&bytes, None).0;
    let article = extract_with(&text, url.map(Url::as_str), now(), &site.selectors);
    let draft = match article.text.chars().count() < SHORTEST_TEXT {
        true => Draft::Refused(Refusal {
            place: place.clone(),
            reason: "页面上没有找到正文".into(),
            code: "no_text",
            excerpt: String::new(),
        }),
        false => {
            let native_id = article
                .canonical_url
                .clone()
                .or_else(|| url.map(|url| url.as_str().to_owned()));
            let address = url.map(|url| url.as_str().to_owned());
            let native_id = native_id.unwrap_or(name);
            Draft::Post(site::post(article, address, native_id, &site))
        }
    };
    Ok(Trial {
        taken_for: "page",
        findings: shown(std::iter::once(collect(draft))),
        untried: 0,
    })
}

/// The pages a sitemap names; of an index those of its first sitemap. `None` where the page is no sitemap.
async fn sitemap_pages(
    page: &Page,
    plan: &Plan,
    site: &SiteConfig,
    visitor: &mut Visitor<'_>,
) -> Option<Vec<Url>> {
    let entries = match site::sitemap_of(page)? {
        Sitemap::Pages(entries) => entries,
        Sitemap::Index(further) => {
            let first = &further.first()?.url;
            let Ok(Fetched::Page(page)) = visitor.fetch(first, Expect::Sitemap, None).await else {
                return Some(Vec::new());
            };
            match site::sitemap_of(&page) {
                Some(Sitemap::Pages(entries)) => entries,
                _ => Vec::new(),
            }
        }
    };
    let meant = site::meant(entries, &page.url, site, plan, now());
    Some(meant.into_iter().map(|entry| entry.url).collect())
}

fn is_article(page: &Page, selectors: &Selectors) -> bool {
    let article = extract_with(&page.text(), Some(page.url.as_str()), page.fetched_at, selectors);
    let length = article.text.chars().count();
    length >= 2 * ARTICLE_FROM || (length >= ARTICLE_FROM && article.published_at.is_some())
}

fn left_out(leads: &Leads) -> Vec<Finding> {
    let left_out = leads.passed_over.iter().take(MOST_PASSED_OVER);
    left_out
        .map(|(url, why)| Finding::PassedOver {
            url: url.as_str().to_owned(),
            code: why.code(),
            reason: why.chinese(),
        })
        .collect()
}

/// Fetches one page and hands on what it holds.
async fn read(url: &Url, site: &SiteConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    match visitor.read(url, &site.selectors).await {
        Reading::Article(article, page) => {
            let native_id = page.url.as_str().to_owned();
            let post = site::post(*article, Some(native_id.clone()), native_id, site);
            visitor
                .post(post, url.as_str(), None, Validators::default())
                .await
        }
        Reading::Failed { reason, code, .. } => {
            let origin = url.as_str();
            visitor
                .refuse(origin, reason, code, false, origin, None)
                .await
                .map(drop)
        }
    }
}

/// What cleaning makes of drafts.
fn shown(collected: impl Iterator<Item = Collected>) -> Vec<Finding> {
    // Hashes of callers are not shown, so any key will do.
    let cleaner = Cleaner::new(CallerKey::for_trial());
    let records = collected.flat_map(|one| cleaner.clean(NAME, one.draft, &one.place, one.observed_at));
    records
        .map(|record| match record.body {
            Body::Post(post) => Finding::Post {
                characters: post.body.chars().count(),
                url: post.url,
                title: post.title,
                published_at: post.published_at,
                source_name: post.source_name,
                author: post.author,
            },
            Body::Ticket(event) => Finding::Ticket {
                no: event.no,
                occurred_at: event.occurred_at,
            },
            Body::Approval(item) => Finding::Ticket {
                no: item.no,
                occurred_at: item.accepted_at,
            },
            Body::Dead(letter) => Finding::Refused {
                place: letter.place,
                code: letter.code,
                reason: letter.reason,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests;
