//! robots.txt by RFC 9309: asked before anything else, kept for a day, and when it cannot be read, a "no".

use super::FetchError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use texting_robots::Robot;
use tokio::{sync::Mutex as Turn, time::Instant};
use url::Url;

/// RFC 9309 §2.5: parse at least 500 KiB. What follows is cut off.
pub(super) const MAX_SIZE: usize = 500 * 1024;
/// RFC 9309 §2.4: not longer than 24 hours.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// A failure is asked again sooner, so that a server's bad hour does not silence a source for a day.
const FAILURE_KEPT: Duration = Duration::from_secs(60);
/// A larger Crawl-delay is a way of saying no; the pause is cut to this.
const MAX_DELAY: Duration = Duration::from_secs(60);
/// More sitemaps than this are named by mistake; an index holds the rest.
const MOST_SITEMAPS: usize = 100;
/// Origins remembered before the outdated are forgotten.
const REMEMBERED: usize = 4096;

/// What one origin's robots.txt says.
#[derive(Debug)]
pub(super) enum Rules {
    /// No robots.txt (4xx): all is allowed.
    None,
    /// Unreachable or 5xx: nothing is allowed, and this is why.
    Unreachable(FetchError),
    /// As read, for our product name.
    Read(Box<Robot>),
}

impl Rules {
    /// Reads a robots.txt for our product name.
    pub(super) fn read(product: &str, text: &[u8]) -> Self {
        let text = text.get(..MAX_SIZE).unwrap_or(text);
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        match Robot::new(product, text) {
            Ok(robot) => Self::Read(Box::new(robot)),
            // The parser gives up on a rule it cannot make a pattern of; we cannot know what was meant.
            Err(_) => Self::Unreachable(FetchError::Robots),
        }
    }

    /// Whether this page may be fetched.
    ///
    /// # Errors
    /// [`FetchError::Robots`] when the rules forbid it, else why there are no rules to be had: a server's bad hour
    /// passes, a refusal does not.
    pub(super) fn permit(&self, url: &Url) -> Result<(), FetchError> {
        match self {
            Self::None => Ok(()),
            Self::Unreachable(error) => Err(error.clone()),
            Self::Read(robot) if robot.allowed(url.as_str()) => Ok(()),
            Self::Read(_) => Err(FetchError::Robots),
        }
    }

    /// Crawl-delay, where one is given.
    pub(super) fn delay(&self) -> Option<Duration> {
        let Self::Read(robot) = self else { return None };
        let delay = Duration::try_from_secs_f32(robot.delay?).ok()?;
        Some(delay.min(MAX_DELAY))
    }

    /// The sitemaps named, whole addresses only.
    ///
    /// # Errors
    /// Why there are no rules to be had.
    pub(super) fn sitemaps(&self, of: &Url) -> Result<Vec<Url>, FetchError> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Unreachable(error) => Err(error.clone()),
            Self::Read(robot) => {
                let urls = robot
                    .sitemaps
                    .iter()
                    .filter_map(|address| of.join(address.trim()).ok());
                Ok(urls.take(MOST_SITEMAPS).collect())
            }
        }
    }

    fn kept(&self) -> Duration {
        if matches!(self, Self::Unreachable(_)) {
            FAILURE_KEPT
        } else {
            KEPT
        }
    }
}

/// One origin's rules and until when they hold; `None` before they were first asked for.
type Slot = Arc<Turn<Option<(Arc<Rules>, Instant)>>>;

/// The rules of all origins asked lately.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<String, Slot>>);

impl Cache {
    /// The rules of `url`'s origin, asking with `ask` when they are unknown or outdated; once, however many wait.
    pub(super) async fn rules<F: Future<Output = Rules>>(
        &self,
        url: &Url,
        ask: impl FnOnce() -> F,
    ) -> Arc<Rules> {
        let slot = self.slot(&url.origin().ascii_serialization());
        let mut slot = slot.lock().await;
        match &*slot {
            Some((rules, until)) if *until > Instant::now() => rules.clone(),
            _ => {
                let rules = Arc::new(ask().await);
                *slot = Some((rules.clone(), Instant::now() + rules.kept()));
                rules
            }
        }
    }

    fn slot(&self, origin: &str) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= REMEMBERED {
            let now = Instant::now();
            slots.retain(|_, slot| {
                slot.try_lock()
                    .map_or(true, |slot| slot.as_ref().is_some_and(|(_, until)| *until > now))
            });
        }
        slots.entry(origin.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, url: &str) -> bool {
        Rules::read("Minsheng", text.as_bytes())
            .permit(&Url::parse(url).expect("url"))
            .is_ok()
    }

    #[test]
    fn the_longest_rule_of_our_group_wins() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: minsheng\nDisallow: /inner\nAllow: /inner/open\nCrawl-delay: 2\n";
        assert!(allows(text, "http://a.test/news/1.html"));
        assert!(!allows(text, "http://a.test/inner/1.html"));
        assert!(allows(text, "http://a.test/inner/open/1.html"));
        assert_eq!(
            Rules::read("Minsheng", text.as_bytes()).delay(),
            Some(Duration::from_secs(2))
        );
        assert!(!allows("User-agent: *\nDisallow: /*.pdf$", "http://a.test/a.pdf"));
        assert!(allows("", "http://a.test/a"));
    }

    #[test]
    fn sitemaps_are_named_for_everyone() {
        let text = "User-agent: other\nDisallow: /\nSitemap: https://a.test/map.xml.gz\nsitemap: /news.xml\n";
        let rules = Rules::read("Minsheng", text.as_bytes());
        let named = rules.sitemaps(&Url::parse("http://a.test/robots.txt").expect("url"));
        let named: Vec<String> = named.unwrap_or_default().into_iter().map(Into::into).collect();
        assert_eq!(named, ["https://a.test/map.xml.gz", "http://a.test/news.xml"]);
        assert!(
            Rules::Unreachable(FetchError::Timeout)
                .sitemaps(&Url::parse("http://a.test/").expect("url"))
                .is_err()
        );
    }

    #[test]
    fn garbage_and_size_do_no_harm() {
        assert!(allows("<html>页面不存在</html>", "http://a.test/a"));
        let long = format!("User-agent: *\nDisallow: /a\n{}", "# filler\n".repeat(100_000));
        assert!(!allows(&long, "http://a.test/a"));
        let endless = Rules::read("Minsheng", b"User-agent: *\nCrawl-delay: 1e30\n");
        assert!(endless.delay().is_none_or(|delay| delay <= MAX_DELAY));
    }

    #[tokio::test]
    async fn rules_are_asked_for_once_per_origin() {
        let cache = Cache::default();
        let asked = std::cell::Cell::new(0);
        for path in ["a", "b"] {
            let url = Url::parse(&format!("http://a.test/{path}")).expect("url");
            cache
                .rules(&url, || async {
                    asked.set(asked.get() + 1);
                    Rules::None
                })
                .await;
        }
        assert_eq!(asked.get(), 1);
    }
}
