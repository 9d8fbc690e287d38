//! The only HTTP client: polite to those who are asked, and closed to those who answer.
//!
//! Every request obeys robots.txt, waits its host's turn, and is bound in time, size and inflation. Redirects, also those
//! written into a page, are followed by hand, because each hop is judged anew: scheme, address, robots.txt, the next host's turn.
//!
//! Must never reach a private address the source's configuration does not name, never hold two requests to one host
//! at once, and never show a body, a URL or an address in an error.

mod address;
pub mod charset;
mod decompress;
mod error;
mod exchange;
mod lane;
pub(crate) mod refresh;
mod robots;
#[cfg(test)]
pub(crate) mod tests;

pub use address::Access;
pub use error::FetchError;

use crate::time::Moment;
use address::{Guard, Private, Reach};
use exchange::{Hop, Limits, ask};
use lane::Lanes;
use reqwest::{
    Client,
    header::{self, HeaderMap},
};
use robots::{Cache, Rules};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use url::Url;

/// How pages are fetched, for all sources.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchConfig {
    /// Whom the servers see. Its first word up to `/` is the product name looked for in robots.txt.
    pub user_agent: String,
    /// Time for one request, from connecting to the body's last byte, seconds.
    pub timeout_seconds: u64,
    /// Largest body, compressed or not, bytes.
    pub max_body_bytes: usize,
    /// Pause between two requests to one host, milliseconds; a longer Crawl-delay of robots.txt wins.
    pub per_host_delay_ms: u64,
    /// Redirects followed for one page. RFC 9309 wants at least 5 for robots.txt.
    pub max_redirects: usize,
    /// Further tries after a failure that may pass (connection, timeout, 5xx, 429).
    pub retries: u32,
    /// Pause before the first further try, milliseconds; doubled for each one after.
    pub retry_pause_ms: u64,
    /// HTTP proxy for public addresses, e.g. `http://10.0.0.1:3128`. The proxy resolves names by itself, so it must
    /// refuse private addresses too.
    pub proxy: Option<String>,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!(
                "Minsheng/",
                env!("CARGO_PKG_VERSION"),
                " (public-opinion monitoring)"
            )
            .into(),
            timeout_seconds: 30,
            max_body_bytes: 10 * 1024 * 1024,
            per_host_delay_ms: 1_000,
            max_redirects: 8,
            retries: 2,
            retry_pause_ms: 1_000,
            proxy: None,
        }
    }
}

/// What a server gave us to ask "changed since?" with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, as given.
    pub etag: Option<String>,
    /// `Last-Modified`, as given.
    pub last_modified: Option<String>,
}

/// What is asked for; decides which content types are worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// A web page.
    Page,
    /// RSS, Atom or JSON Feed. Servers give feeds every type there is, so only media files are refused.
    Feed,
    /// A sitemap, perhaps as a gzip file; opened within the same bounds as a compressed answer.
    Sitemap,
}

/// One thing to fetch.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// What is wanted.
    pub expect: Expect,
    /// Which private hosts the source's configuration names.
    pub access: &'a Access,
    /// From the last visit, for a conditional request.
    pub validators: Option<&'a Validators>,
}

/// What came of a request.
#[derive(Debug)]
pub enum Fetched {
    /// The page.
    Page(Box<Page>),
    /// The page is what it was at the last visit (304).
    NotModified,
}

/// A page as served, decompressed, its character set still unread.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was found in the end, after redirects.
    pub url: Url,
    /// HTTP status, 200–299.
    pub status: u16,
    /// `Content-Type` as given.
    pub content_type: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
    /// For the next visit.
    pub validators: Validators,
    /// When it was fetched.
    pub fetched_at: Moment,
}

impl Page {
    /// The body as text; see [`charset::decode`].
    pub fn text(&self) -> String {
        charset::decode(&self.body, self.content_type.as_deref()).0
    }
}

/// The HTTP client. Cheap to clone; clones share their turns and robots.txt.
#[derive(Debug, Clone)]
pub struct Fetcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: FetchConfig,
    product: String,
    /// Connects to public addresses only, or to the proxy.
    public: Client,
    /// Connects also to private addresses. Apart from the other, so that they share no open connection.
    private: Client,
    lanes: Lanes,
    robots: Cache,
}

impl Fetcher {
    /// A client with this configuration.
    ///
    /// # Errors
    /// When the proxy's URL or the user agent is not usable.
    pub fn new(config: FetchConfig) -> Result<Self, FetchError> {
        let product = config
            .user_agent
            .split(['/', ' '])
            .next()
            .unwrap_or_default()
            .to_owned();
        Ok(Self(Arc::new(Inner {
            public: client(&config, Reach::Public)?,
            private: client(&config, Reach::Private)?,
            product,
            config,
            lanes: Lanes::default(),
            robots: Cache::default(),
        })))
    }

    /// Fetches one page, following redirects and trying again where that may help.
    ///
    /// # Errors
    /// See [`FetchError`]; each has a machine code.
    pub async fn fetch(&self, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let mut pause = Duration::from_millis(self.0.config.retry_pause_ms);
        let mut tries_left = self.0.config.retries;
        loop {
            match self.0.follow(request).await {
                Err(error) if error.is_passing() && tries_left > 0 => {
                    tries_left -= 1;
                    // A server that named its own time is waited for in its lane, or given up there.
                    if !matches!(error, FetchError::Wait { .. }) {
                        tokio::time::sleep(pause).await;
                        pause *= 2;
                    }
                }
                result => return result,
            }
        }
    }

    /// The sitemaps that the robots.txt of `url`'s host names (`Sitemap:`); none where there is no robots.txt.
    ///
    /// # Errors
    /// When the host must not be reached or its robots.txt cannot be had now.
    pub async fn sitemaps(&self, url: &Url, access: &Access) -> Result<Vec<Url>, FetchError> {
        self.0.check(url, access).await?;
        let rules = self.0.rules(url, access).await;
        rules.sitemaps(url)
    }
}

impl Inner {
    async fn follow(&self, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let mut url = request.url.clone();
        for _ in 0..=self.config.max_redirects {
            // Before robots.txt is asked for, so that nothing is asked of a host that must not be reached.
            self.check(&url, request.access).await?;
            let rules = self.rules(&url, request.access).await;
            rules.permit(&url)?;
            // Validators belong to the address they came from.
            let validators = request.validators.filter(|_| url == *request.url);
            let limits = Limits {
                expect: Some(request.expect),
                body: self.config.max_body_bytes,
                pause: rules.delay(),
            };
            match self.hop(&url, request.access, validators, &limits).await? {
                Hop::Page(page) => {
                    let leads = match request.expect {
                        Expect::Page => refresh::target(&page.body, &url),
                        _ => None,
                    };
                    match leads {
                        // Judged like every redirect at the loop's next turn.
                        Some(next) => url = next,
                        None => return Ok(Fetched::Page(Box::new(page))),
                    }
                }
                Hop::NotModified => return Ok(Fetched::NotModified),
                Hop::To(next) => url = next,
            }
        }
        Err(FetchError::Redirect)
    }

    async fn rules(&self, url: &Url, access: &Access) -> Arc<Rules> {
        self.robots.rules(url, || self.ask_robots(url, access)).await
    }

    async fn ask_robots(&self, url: &Url, access: &Access) -> Rules {
        let Ok(mut url) = url.join("/robots.txt") else {
            return Rules::Unreachable(FetchError::BadUrl);
        };
        let limits = Limits {
            expect: None,
            body: robots::MAX_SIZE,
            pause: None,
        };
        for _ in 0..=self.config.max_redirects {
            match self.hop(&url, access, None, &limits).await {
                Ok(Hop::Page(page)) => return Rules::read(&self.product, &page.body),
                Ok(Hop::To(next)) => url = next,
                // "Too many requests" is a server in trouble, not one without rules.
                Err(error @ FetchError::Status(429)) => return Rules::Unreachable(error),
                Err(FetchError::Status(400..=499)) => return Rules::None,
                Ok(Hop::NotModified) => return Rules::None,
                Err(error) => return Rules::Unreachable(error),
            }
        }
        // RFC 9309 §2.3.1.2: too many redirects may be taken as "there is none".
        Rules::None
    }

    /// Whether `url` may be reached at all.
    async fn check(&self, url: &Url, access: &Access) -> Result<Reach, FetchError> {
        let plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let host = url.host_str().filter(|_| plain).ok_or(FetchError::BadUrl)?;
        let reach = access.reach(url);
        if !reach.allows_host(url) {
            return Err(FetchError::PrivateAddress);
        }
        // Behind a proxy the connection resolves nothing, so the name is judged here as far as we can see it.
        if self.config.proxy.is_some()
            && reach == Reach::Public
            && url.domain().is_some()
            && let Err(error) = Guard(reach).addresses(host).await
            && error.is::<Private>()
        {
            return Err(FetchError::PrivateAddress);
        }
        Ok(reach)
    }

    /// One request and its answer.
    async fn hop(
        &self,
        url: &Url,
        access: &Access,
        validators: Option<&Validators>,
        limits: &Limits,
    ) -> Result<Hop, FetchError> {
        let reach = self.check(url, access).await?;
        let mut lane = self.lanes.turn(url.host_str().unwrap_or_default()).await?;
        let client = match reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        };
        let answer = ask(client, url, validators, limits).await;
        let usual = Duration::from_millis(self.config.per_host_delay_ms);
        let pause = usual.max(limits.pause.unwrap_or_default());
        let (result, wait) = match answer {
            Ok(answer) => answer,
            Err(error) => (Err(error), None),
        };
        lane.rest(pause.max(wait.unwrap_or_default()));
        result
    }
}

fn client(config: &FetchConfig, reach: Reach) -> Result<Client, FetchError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT_ENCODING,
        header::HeaderValue::from_static(decompress::ACCEPTED),
    );
    headers.insert(
        header::ACCEPT_LANGUAGE,
        header::HeaderValue::from_static("zh-CN, zh;q=0.9, en;q=0.5"),
    );
    let builder = Client::builder()
        .user_agent(&config.user_agent)
        .default_headers(headers)
        .timeout(Duration::from_secs(config.timeout_seconds))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Decompression and proxy are decided here, not by features or the environment.
        .no_gzip()
        .no_brotli()
        .no_proxy();
    let builder = match (&config.proxy, reach) {
        (Some(proxy), Reach::Public) => builder.proxy(reqwest::Proxy::all(proxy).map_err(|e| setup(&e))?),
        _ => builder.dns_resolver(Guard(reach)),
    };
    builder.build().map_err(|error| setup(&error))
}

fn setup(error: &reqwest::Error) -> FetchError {
    FetchError::Setup(error.to_string())
}
