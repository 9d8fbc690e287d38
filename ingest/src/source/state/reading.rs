//! Reading an article: its page, and the further pages its site may have cut it into.

use super::{Visitor, visit::MAX_SILENT};
use crate::{
    extract::{Article, Selectors, extract_with, following},
    fetch::{Expect, FetchError, Fetched, Page, Validators},
    source::trouble,
};
use url::Url;

/// Shorter texts are "loading …" and menus.
pub(in crate::source) const SHORTEST_TEXT: usize = 20;
/// Pages of one article read at most: bounds what a site that links for ever can cost.
const MOST_PARTS: usize = 20;

/// What came of reading an article's page.
pub(in crate::source) enum Reading {
    /// The article, and the page it begins on without its body.
    Article(Box<Article>, Page),
    /// It cannot be read: reason for people, machine code, and whether that may pass.
    Failed {
        reason: String,
        code: &'static str,
        passing: bool,
    },
}

/// One page of an article.
struct Part {
    article: Article,
    page: Page,
    /// The next page of the same article.
    next: Option<Url>,
}

fn login_wall() -> Reading {
    Reading::Failed {
        reason: "页面要求登录".into(),
        code: trouble::LOGIN_WALL,
        passing: false,
    }
}

impl Visitor<'_> {
    /// Fetches a page and finds its article.
    pub(in crate::source) async fn read(&mut self, url: &Url, selectors: &Selectors) -> Reading {
        let not_modified = FetchError::Status(304);
        self.read_since(url, selectors, None)
            .await
            .unwrap_or_else(|| Reading::Failed {
                reason: not_modified.chinese(),
                code: not_modified.code(),
                passing: false,
            })
    }

    /// [`Self::read`], but `None` when the page is what it was when `since` was noted down.
    pub(in crate::source) async fn read_since(
        &mut self,
        url: &Url,
        selectors: &Selectors,
        since: Option<&Validators>,
    ) -> Option<Reading> {
        let Part {
            mut article,
            page,
            mut next,
        } = match self.part(url, selectors, since, (None, 2)).await {
            Ok(part) => part?,
            Err(failed) => return Some(failed),
        };
        for number in 2..=MOST_PARTS {
            let Some(url) = next.take() else { break };
            match self
                .part(&url, selectors, None, (Some(&page.url), number + 1))
                .await
            {
                Ok(Some(more)) if continues(&article, &more.article) => {
                    article.text.push('\n');
                    article.text.push_str(&more.article.text);
                    next = more.next;
                }
                // Half an article would stand for the whole one: it is read again later.
                Err(failed @ Reading::Failed { passing: true, .. }) => return Some(failed),
                _ => break,
            }
        }
        Some(Reading::Article(Box::new(article), page))
    }

    /// Fetches one page of an article that begins at `first` (`None`: here), and looks for the page with that number.
    async fn part(
        &mut self,
        url: &Url,
        selectors: &Selectors,
        since: Option<&Validators>,
        (first, number): (Option<&Url>, usize),
    ) -> Result<Option<Part>, Reading> {
        let failed = |error: &FetchError| match error {
            FetchError::Status(status) if trouble::is_login_status(*status) => login_wall(),
            error => Reading::Failed {
                reason: error.chinese(),
                code: error.code(),
                passing: error.is_passing(),
            },
        };
        let mut page = match self.fetch(url, Expect::Page, since).await {
            Ok(Fetched::Page(page)) => *page,
            Ok(Fetched::NotModified) => return Ok(None),
            Err(error) => {
                self.silent += u32::from(matches!(error, FetchError::Timeout | FetchError::Connection));
                if matches!(error, FetchError::Wait { .. }) {
                    self.silent = MAX_SILENT;
                }
                return Err(failed(&error));
            }
        };
        self.silent = 0;
        let selectors = selectors.clone();
        let body = std::mem::take(&mut page.body);
        let (content_type, at, here) = (page.content_type.clone(), page.fetched_at, page.url.clone());
        let first = first.unwrap_or(&page.url).clone();
        // Parsing takes milliseconds of pure work; and should a parser panic, only this page is lost.
        let work = move || {
            let (text, _) = crate::fetch::charset::decode(&body, content_type.as_deref());
            let article = extract_with(&text, Some(here.as_str()), at, &selectors);
            let is_short = article.text.chars().count() < SHORTEST_TEXT;
            let walled = is_short && trouble::is_login_page(&text, here.as_str());
            (article, is_short, walled, following(&text, &first, &here, number))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok((article, false, _, next)) => Ok(Some(Part { article, page, next })),
            Ok((_, _, true, _)) => Err(login_wall()),
            Ok(_) => Err(Reading::Failed {
                reason: "页面上没有找到正文".into(),
                code: "no_text",
                passing: false,
            }),
            Err(_) => Err(Reading::Failed {
                reason: "页面无法解析".into(),
                code: "unreadable",
                passing: false,
            }),
        }
    }
}

/// Whether a page goes on with an article: under its title, with something it has not said yet.
fn continues(article: &Article, more: &Article) -> bool {
    let titles = (article.title.as_deref(), more.title.as_deref());
    let same = match titles {
        (Some(title), Some(other)) => title.starts_with(other) || other.starts_with(title),
        _ => true,
    };
    same && !article.text.contains(&more.text)
}
