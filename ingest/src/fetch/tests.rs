//! A loopback server with everything a page can do to a client.

use super::*;
use axum::{
    Router,
    body::Body,
    extract::{Request as Asked, State},
    http::{Response as Answer, StatusCode as Code, header as h},
};
use std::{
    collections::HashMap,
    io::Write,
    sync::{Mutex, PoisonError},
};

type Hits = Arc<Mutex<HashMap<String, usize>>>;

/// A site on a free port of the loopback address.
pub(crate) struct Server {
    root: String,
    hits: Hits,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let hits = Hits::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(hits.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { root, hits }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.root)).unwrap()
    }

    /// How often a path was asked for.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.hits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .copied()
            .unwrap_or(0)
    }

    async fn fetch(&self, path: &str) -> Result<Fetched, FetchError> {
        let url = self.url(path);
        let access = Access::private_at([&url]);
        fetcher()
            .fetch(&Request {
                url: &url,
                expect: Expect::Page,
                access: &access,
                validators: None,
            })
            .await
    }

    async fn error(&self, path: &str) -> FetchError {
        self.fetch(path).await.map(|_| ()).unwrap_err()
    }
}

/// A client without pauses, and with small limits.
pub(crate) fn fetcher() -> Fetcher {
    let config = FetchConfig {
        timeout_seconds: 1,
        max_body_bytes: 200_000,
        per_host_delay_ms: 0,
        retries: 0,
        retry_pause_ms: 0,
        ..FetchConfig::default()
    };
    Fetcher::new(config).unwrap()
}

fn html(title: &str, text: &str) -> String {
    format!(
        "<html><head><title>{title}_滨江新闻网</title></head><body><h1>{title}</h1>
         <div class=info>2016年6月3日 14:20 来源：滨江晚报</div><div class=text><p>{text}</p>
         <p>工作人员表示，将继续跟进处理情况，及时向居民反馈。</p></div></body></html>"
    )
}

async fn answer(State(hits): State<Hits>, request: Asked) -> Answer<Body> {
    let path = request.uri().path().to_owned();
    let count = {
        let mut hits = hits.lock().unwrap_or_else(PoisonError::into_inner);
        let count = hits.entry(path.clone()).or_default();
        *count += 1;
        *count
    };
    let page = |text: String| {
        Answer::builder()
            .header(h::CONTENT_TYPE, "text/html; charset=utf-8")
            .body(text.into())
    };
    let to = |target: &str| {
        Answer::builder()
            .status(Code::FOUND)
            .header(h::LOCATION, target)
            .body(Body::empty())
    };
    let status = |code: u16| Answer::builder().status(code).body(Body::empty());
    let gzip = |data: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        let body = encoder.finish().unwrap();
        Answer::builder()
            .header(h::CONTENT_ENCODING, "gzip")
            .body(body.into())
    };
    match path.as_str() {
        "/robots.txt" => Answer::builder().body("User-agent: *\nDisallow: /private/\n".into()),
        "/a/1.html" => page(html("东门路灯维修完毕", "昨晚七点，东门一带的路灯已经恢复照明，居民出行更加方便。")),
        "/a/gb.html" => {
            let text = html("国标编码的停水公告", "因管网改造，本周六上午八点至下午五点，西城片区将停止供水。");
            let body = encoding_rs::GB18030.encode(&text).0.into_owned();
            Answer::builder().header(h::CONTENT_TYPE, "text/html; charset=gb2312").body(body.into())
        }
        "/a/gzip.html" => gzip(html("压缩的页面", "内容").as_bytes()),
        "/a/bomb.html" => gzip(&vec![b' '; 150_000]),
        "/a/huge.html" => page("长".repeat(100_000)),
        "/a/empty.html" => page("<html><body>加载中</body></html>".into()),
        "/a/500.html" => status(500),
        "/a/404.html" => status(404),
        "/a/agent.html" => {
            let agent = request.headers().get(h::USER_AGENT).and_then(|agent| agent.to_str().ok());
            page(agent.unwrap_or_default().to_owned())
        }
        // Well again at the third and the second request.
        "/a/recovers.html" if count < 3 => status(500),
        "/a/recovers.html" => page("恢复".into()),
        "/a/later.html" if count < 2 => {
            Answer::builder().status(429).header(h::RETRY_AFTER, "1").body(Body::empty())
        }
        "/a/later.html" => page("可以了".into()),
        "/a/busy.html" => Answer::builder().status(503).header(h::RETRY_AFTER, "3600").body(Body::empty()),
        "/a/slow.html" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            status(200)
        }
        "/a/image.png" => Answer::builder().header(h::CONTENT_TYPE, "image/png").body(Body::empty()),
        "/a/inner.html" => to("http://10.0.0.1/admin"),
        "/a/metadata.html" => to("http://169.254.169.254/latest/meta-data/"),
        "/a/other-port.html" => to("http://127.0.0.1:1/"),
        "/a/file.html" => to("file:///etc/passwd"),
        "/a/to-private.html" => to("/private/1.html"),
        "/a/moved.html" => to("/a/1.html"),
        "/a/loop.html" => to("/a/loop.html"),
        "/a/304.html" => {
            let known = request.headers().get(h::IF_NONE_MATCH).is_some_and(|tag| tag == "\"v1\"");
            if known { status(304) } else { Answer::builder().header(h::ETAG, "\"v1\"").body("x".into()) }
        }
        "/rss.xml" if request.headers().get(h::IF_NONE_MATCH).is_some_and(|tag| tag == "\"f1\"") => status(304),
        "/rss.xml" => {
            let item = |title: &str, link: &str, text: &str| {
                format!("<item><title>{title}</title><link>{link}</link><description>{text}</description></item>")
            };
            let feed = [
                item("东门路灯维修完毕", "/a/1.html", "摘要"),
                item("停水公告", "/a/gb.html", "摘要"),
                item("不许抓取但有全文", "/private/2.html", "这一条的全文已经写在订阅源里，不需要再访问它的页面。"),
                item("不许抓取又无全文", "/private/3.html", ""),
            ];
            let body = format!("<rss version='2.0'><channel>{}</channel></rss>", feed.concat());
            Answer::builder().header(h::CONTENT_TYPE, "application/rss+xml").header(h::ETAG, "\"f1\"").body(body.into())
        }
        "/list/1" => page(
            "<ul class=list><li><a href='/a/1.html'>一</a><li><a href='/a/1.html#top'>一</a>
             <li><a href='/a/gb.html'>二</a><li><a href='/private/1.html'>三</a><li><a href='/a/inner.html'>四</a>
             <li><a href='/a/huge.html'>五</a><li><a href='/a/500.html'>六</a><li><a href='http://other.test/'>外</a>
             <li><a href='javascript:go()'>脚本</a></ul><a class=next href='/list/2'>下一页</a>"
                .into(),
        ),
        "/list/2" => page(
            "<ul class=list><li><a href='/b/old.html'>旧闻</a><li><a href='/a/empty.html'>空</a></ul>
             <a class=next href='/list/1'>下一页</a>"
                .into(),
        ),
        "/b/old.html" => page(html("第二页上的旧闻", "去年秋天种下的行道树已经全部成活，绿化部门完成了验收。")),
        _ => status(404),
    }
    .unwrap()
}

#[tokio::test]
async fn good_pages_arrive_whole() {
    let server = Server::start().await;
    for path in ["/a/1.html", "/a/moved.html", "/a/gb.html", "/a/gzip.html"] {
        let Ok(Fetched::Page(page)) = server.fetch(path).await else {
            panic!("{path}")
        };
        assert!(page.text().contains("来源：滨江晚报"), "{path}");
        assert_eq!(page.url.path() == path, path != "/a/moved.html", "{path}");
    }
}

#[tokio::test]
async fn each_bad_page_has_its_reason() {
    let server = Server::start().await;
    for (path, code) in [
        ("/a/bomb.html", "encoding"),
        ("/a/huge.html", "too_large"),
        ("/a/slow.html", "timeout"),
        ("/a/500.html", "status"),
        ("/a/404.html", "status"),
        ("/a/image.png", "content_type"),
        ("/a/inner.html", "private_address"),
        ("/a/metadata.html", "private_address"),
        ("/a/other-port.html", "private_address"),
        ("/a/file.html", "bad_url"),
        ("/a/loop.html", "redirect"),
        ("/private/1.html", "robots"),
        ("/a/to-private.html", "robots"),
    ] {
        assert_eq!(server.error(path).await.code(), code, "{path}");
    }
    assert_eq!(server.hits("/private/1.html"), 0);
}

#[tokio::test]
async fn loopback_is_refused_unless_named() {
    let server = Server::start().await;
    let access = Access::public();
    for url in [
        server.url("/a/1.html"),
        Url::parse("http://localhost:1/").unwrap(),
    ] {
        let request = Request {
            url: &url,
            expect: Expect::Page,
            access: &access,
            validators: None,
        };
        let error = fetcher().fetch(&request).await.map(|_| ()).unwrap_err();
        assert_eq!(error, FetchError::PrivateAddress, "{url}");
    }
    assert_eq!(server.hits("/a/1.html") + server.hits("/robots.txt"), 0);
}

#[tokio::test]
async fn a_known_page_is_asked_for_conditionally() {
    let server = Server::start().await;
    let Ok(Fetched::Page(page)) = server.fetch("/a/304.html").await else {
        panic!()
    };
    let url = server.url("/a/304.html");
    let access = Access::private_at([&url]);
    let request = Request {
        url: &url,
        expect: Expect::Page,
        access: &access,
        validators: Some(&page.validators),
    };
    assert!(matches!(
        fetcher().fetch(&request).await,
        Ok(Fetched::NotModified)
    ));
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_left_alone() {
    let server = Server::start().await;
    let fetcher = fetcher();
    let ask = async |path: &str| {
        let url = server.url(path);
        let access = Access::private_at([&url]);
        let request = Request {
            url: &url,
            expect: Expect::Page,
            access: &access,
            validators: None,
        };
        fetcher.fetch(&request).await.map(|_| ()).unwrap_err()
    };
    assert_eq!(ask("/a/busy.html").await.code(), "wait");
    assert_eq!(ask("/a/1.html").await.code(), "wait");
    assert_eq!(server.hits("/a/1.html"), 0);
}

#[tokio::test]
async fn robots_is_asked_for_once() {
    let server = Server::start().await;
    let fetcher = fetcher();
    for path in ["/a/1.html", "/a/gb.html", "/private/1.html"] {
        let url = server.url(path);
        let access = Access::private_at([&url]);
        let request = Request {
            url: &url,
            expect: Expect::Page,
            access: &access,
            validators: None,
        };
        drop(fetcher.fetch(&request).await);
    }
    assert_eq!(server.hits("/robots.txt"), 1);
}

fn fetcher_with(change: impl FnOnce(&mut FetchConfig)) -> Fetcher {
    let mut config = FetchConfig {
        timeout_seconds: 5,
        per_host_delay_ms: 0,
        retries: 2,
        retry_pause_ms: 50,
        ..FetchConfig::default()
    };
    change(&mut config);
    Fetcher::new(config).unwrap()
}

async fn text(fetcher: &Fetcher, url: &Url, access: &Access) -> Result<String, FetchError> {
    let request = Request {
        url,
        expect: Expect::Page,
        access,
        validators: None,
    };
    match fetcher.fetch(&request).await? {
        Fetched::Page(page) => Ok(page.text()),
        Fetched::NotModified => panic!("{url}"),
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_growing_pauses() {
    let server = Server::start().await;
    let fetcher = fetcher_with(|_| {});
    let url = server.url("/a/recovers.html");
    let access = Access::private_at([&url]);
    let began = tokio::time::Instant::now();
    assert_eq!(text(&fetcher, &url, &access).await.as_deref(), Ok("恢复"));
    assert_eq!(server.hits("/a/recovers.html"), 3);
    assert!(began.elapsed() >= Duration::from_millis(50 + 100));
    // What does not pass is not tried again.
    let gone = server.url("/a/404.html");
    assert_eq!(text(&fetcher, &gone, &access).await, Err(FetchError::Status(404)));
    assert_eq!(server.hits("/a/404.html"), 1);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::start().await;
    let fetcher = fetcher_with(|_| {});
    let url = server.url("/a/later.html");
    let began = tokio::time::Instant::now();
    assert_eq!(
        text(&fetcher, &url, &Access::private_at([&url])).await.as_deref(),
        Ok("可以了")
    );
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn requests_to_one_host_keep_their_distance_whoever_asks() {
    let server = Server::start().await;
    let fetcher = fetcher_with(|config| config.per_host_delay_ms = 60);
    let url = server.url("/a/agent.html");
    let access = Access::private_at([&url]);
    let began = tokio::time::Instant::now();
    let (one, two, three) = tokio::join!(
        text(&fetcher, &url, &access),
        text(&fetcher, &url, &access),
        text(&fetcher, &url, &access)
    );
    // robots.txt and three pages: three pauses between them.
    assert!(began.elapsed() >= Duration::from_millis(3 * 60));
    for agent in [one, two, three] {
        assert!(agent.unwrap().starts_with("Minsheng/"));
    }
}

#[tokio::test]
async fn a_proxy_is_used_for_public_addresses_only() {
    let server = Server::start().await;
    let fetcher = fetcher_with(|config| config.proxy = Some(server.url("").to_string()));
    let public = Access::public();
    // Only the proxy knows this name.
    let url = Url::parse("http://news.invalid/a/1.html").unwrap();
    assert!(
        text(&fetcher, &url, &public)
            .await
            .unwrap()
            .contains("来源：滨江晚报")
    );
    for private in ["http://10.0.0.1/", "http://localhost/", "http://169.254.169.254/"] {
        let url = Url::parse(private).unwrap();
        assert_eq!(
            text(&fetcher, &url, &public).await,
            Err(FetchError::PrivateAddress),
            "{private}"
        );
    }
}
