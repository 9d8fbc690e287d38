//! Portal letters (来信: 主任信箱, 来信反馈, 在线办事, 问题汇编): list pages lead to letters, and each letter becomes a ticket
//! with its reply and both times, not a post.
//!
//! A letter without an answer is read again at every visit until it has one. Must never leave the lists' own hosts, and
//! never takes the writer's name.

mod page;
#[cfg(test)]
mod tests;

use super::{
    state::{CollectState, Summary, Visit, VisitError, Visitor},
    trouble,
};
use crate::{
    clean::TicketDraft,
    extract::tangle,
    fetch::{Access, Expect, FetchError, Fetched, Fetcher, Page},
    record::RecordId,
};
use scraper::Selector;
use serde::Deserialize;
use tokio::sync::mpsc;
use url::Url;

/// A portal's letters to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LettersConfig {
    /// Addresses of the list pages to begin with.
    pub lists: Vec<String>,
    /// CSS selector of the links to letters on a list page, e.g. `ul.letters a`.
    pub links: String,
    /// CSS selector of the link to the next list page.
    #[serde(default)]
    pub next: Option<String>,
    /// List pages followed from each beginning.
    #[serde(default = "ten")]
    pub max_pages: usize,
    /// Letters fetched per visit; the rest waits for the next one.
    #[serde(default = "two_hundred")]
    pub max_letters: usize,
    /// Region its tickets count for.
    #[serde(default)]
    pub region: Option<String>,
    /// Minutes between two visits.
    #[serde(default = "two_hours")]
    pub every_minutes: u64,
    /// The lists' own hosts and ports may be private or loopback addresses. Nothing else may.
    #[serde(default)]
    pub allow_private: bool,
}

fn ten() -> usize {
    10
}

fn two_hundred() -> usize {
    200
}

fn two_hours() -> u64 {
    120
}

/// Mark of a letter that waits for its answer.
const OPEN: &str = "open";

/// Visits a portal once and hands every new or changed letter to `sink`. The outcome is also written to `state`.
///
/// # Errors
/// When the configuration is wrong or a list cannot be fetched; failures of single letters are handed on as refused.
pub async fn visit(
    config: &LettersConfig,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let result = follow(config, &mut visitor).await;
    visitor.end(result)
}

async fn follow(config: &LettersConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    let selector = |text: &str| {
        Selector::parse(text).map_err(|_| VisitError::Config(format!("`{text}` is no CSS selector")))
    };
    let (links, next) = (
        selector(&config.links)?,
        config.next.as_deref().map(selector).transpose()?,
    );
    let lists: Vec<Url> = config
        .lists
        .iter()
        .map(|list| Url::parse(list).map_err(|_| FetchError::BadUrl))
        .collect::<Result<_, _>>()?;
    if config.allow_private {
        visitor.access = Access::private_at(&lists);
    }
    // Before anything new is marked: those found in this visit are read once, not twice.
    let open = visitor.state.keys_marked(visitor.source, OPEN)?;
    let mut failure = None;
    for list in &lists {
        if let Err(error) = discover(list, config, (&links, next.as_ref()), visitor).await {
            let VisitError::Fetch(_) = error else {
                return Err(error);
            };
            failure = Some(error);
        }
    }
    let mut letters = visitor.state.waiting(visitor.source, config.max_letters)?;
    let room = config.max_letters - letters.len();
    letters.extend(open.into_iter().take(room));
    for address in letters {
        if let Some(url) = Url::parse(&address).ok().filter(|_| visitor.goes_on()) {
            take(&url, config, visitor).await?;
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Follows one list and remembers the letters it leads to. A page without anything new ends it, once the list was
/// followed to its end before.
async fn discover(
    list: &Url,
    config: &LettersConfig,
    (links, next): (&Selector, Option<&Selector>),
    visitor: &mut Visitor<'_>,
) -> Result<(), VisitError> {
    let key = format!("list {list}");
    let followed = visitor.state.known(visitor.source, &key)?.is_some();
    let mut seen = Vec::new();
    let mut url = Some(list.clone());
    while let Some(here) = url
        .take()
        .filter(|here| seen.len() < config.max_pages && !seen.contains(here))
    {
        let Fetched::Page(page) = visitor.fetch(&here, Expect::Page, None).await? else {
            break;
        };
        let (letters, following) = read_list(&page, links, next);
        let new = visitor
            .state
            .discover(visitor.source, letters.iter().map(Url::as_str))?;
        visitor.summary.unchanged += (letters.len() - new.min(letters.len())) as u64;
        seen.push(here);
        url = following.filter(|_| new > 0 || !followed);
    }
    visitor.done(&key, Default::default()).await
}

/// The letters a list page leads to on its own host, in its order, each once; and the next list page.
fn read_list(page: &Page, links: &Selector, next: Option<&Selector>) -> (Vec<Url>, Option<Url>) {
    let html = tangle::page(&page.text());
    let target = |element: scraper::ElementRef<'_>| {
        let mut url = page.url.join(element.attr("href")?.trim()).ok()?;
        url.set_fragment(None);
        (url.host_str() == page.url.host_str() && matches!(url.scheme(), "http" | "https")).then_some(url)
    };
    let mut letters: Vec<Url> = Vec::new();
    for url in html.select(links).filter_map(target) {
        if url != page.url && !letters.contains(&url) {
            letters.push(url);
        }
    }
    let next = next.and_then(|next| html.select(next).find_map(target));
    (letters, next)
}

/// Fetches one letter and hands it on when it is new or has changed.
async fn take(url: &Url, config: &LettersConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    let key = url.as_str();
    let page = match visitor.fetch(url, Expect::Page, None).await {
        Ok(Fetched::Page(page)) => *page,
        Ok(Fetched::NotModified) => return Ok(()),
        Err(error) => {
            let (reason, code) = match &error {
                FetchError::Status(status) if trouble::is_login_status(*status) => {
                    ("页面要求登录".to_owned(), trouble::LOGIN_WALL)
                }
                error => (error.chinese(), error.code()),
            };
            visitor
                .refuse(key, reason, code, error.is_passing(), key, None)
                .await?;
            return Ok(());
        }
    };
    let address = page.url.clone();
    let read = tokio::task::spawn_blocking(move || {
        let text = page.text();
        page::read(&text).map_err(|wrong| (wrong, trouble::is_login_page(&text, page.url.as_str())))
    });
    match read.await {
        Ok(Ok(letter)) => hand_on(letter, &address, key, config, visitor).await,
        Ok(Err((_, true))) => {
            let reason = "页面要求登录".to_owned();
            visitor
                .refuse(key, reason, trouble::LOGIN_WALL, false, key, None)
                .await?;
            Ok(())
        }
        Ok(Err(((field, code, reason), false))) => {
            // Counted with the pages of other sources that had no text: a redesign shows in it.
            let code = if code == "no_letter" { "no_text" } else { code };
            visitor
                .refuse(key, format!("{reason}（{field}）"), code, false, key, None)
                .await?;
            Ok(())
        }
        Err(_) => {
            visitor
                .refuse(key, "页面无法解析".to_owned(), "unreadable", false, key, None)
                .await?;
            Ok(())
        }
    }
}

async fn hand_on(
    letter: TicketDraft,
    address: &Url,
    key: &str,
    config: &LettersConfig,
    visitor: &mut Visitor<'_>,
) -> Result<(), VisitError> {
    let state = if letter.reply.is_some() { "answered" } else { OPEN };
    let said = [&letter.no, &letter.title, &letter.body].map(|text| text.as_bytes());
    let reply = letter.reply.clone().unwrap_or_default();
    let times = format!(
        "{:?} {:?} {:?}",
        letter.accepted_at, letter.replied_at, letter.unit
    );
    let digest = RecordId::of(&[said[0], said[1], said[2], reply.as_bytes(), times.as_bytes()]);
    let mark = format!("{state} {digest}");
    let known = visitor.state.known(visitor.source, key)?;
    if known.is_some_and(|known| known.done && known.digest.as_deref() == Some(&mark)) {
        visitor.summary.unchanged += 1;
        return Ok(());
    }
    // A page's own number counts within its portal; where it has none, its address stands for it.
    let own = match letter.no.is_empty() {
        true => RecordId::of(&[address.as_str().as_bytes()])
            .as_str()
            .chars()
            .take(12)
            .collect(),
        false => letter.no.clone(),
    };
    let ticket = TicketDraft {
        no: format!("{}-{own}", visitor.source),
        region: config.region.clone(),
        ..letter
    };
    visitor.ticket(ticket, address.as_str(), key, mark).await
}
