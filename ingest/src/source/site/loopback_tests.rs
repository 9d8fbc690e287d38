//! A loopback site of 2,000 good pages among bad ones: slow, broken, looping, gigantic, bombs, redirects inwards.

use super::*;
use crate::{
    clean::Draft,
    fetch::FetchConfig,
    source::state::{StateError, Visit},
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header as h},
};
use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
    time::Instant,
};

const GOOD: usize = 2_000;
/// Pages on one list.
const ON_A_LIST: usize = 100;
/// The pause the site is promised, milliseconds.
const PAUSE: u64 = 2;

/// What the server saw.
#[derive(Default)]
struct Seen {
    hits: BTreeMap<String, usize>,
    last: Option<Instant>,
    shortest: Option<Duration>,
    open: usize,
    most_open: usize,
}

type Shared = Arc<Mutex<Seen>>;

/// Bad pages with the reason each is refused for.
const BAD: [(&str, &str); 13] = [
    ("/bad/slow.html", "timeout"),
    ("/bad/broken.html", "connection"),
    ("/bad/empty.html", "no_text"),
    ("/bad/loop.html", "redirect"),
    ("/bad/ring-1.html", "redirect"),
    ("/bad/huge.html", "too_large"),
    ("/bad/gzip-bomb.html", "encoding"),
    ("/bad/zstd-bomb.html", "encoding"),
    ("/bad/inward.html", "private_address"),
    ("/bad/metadata.html", "private_address"),
    ("/bad/gone.html", "status"),
    ("/bad/image.html", "content_type"),
    ("/secret/1.html", "robots"),
];

async fn serve() -> (Url, Shared) {
    let seen = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let app = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (root, seen)
}

fn article(number: usize) -> String {
    format!(
        "<html><head><title>第{number}号路灯维修完毕_滨江新闻网</title></head><body><div class=nav><a href=/list/1>新闻</a></div>
         <h1>第{number}号路灯维修完毕</h1><div class=info>2016年6月3日 14:20 来源：滨江晚报</div>
         <div class=text><p>昨晚七点，编号{number}的路灯已经恢复照明，附近居民出行更加方便。</p>
         <p>工作人员表示，将继续跟进处理情况，及时向居民反馈。</p></div></body></html>"
    )
}

fn list(number: usize) -> String {
    let first = (number - 1) * ON_A_LIST;
    let mut links: String = (first..first + ON_A_LIST)
        .map(|page| format!("<li><a href='/a/{page}.html?utm_source=list'>第{page}号</a>"))
        .collect();
    // Every list also repeats a page of another one, and the bad ones are spread over the lists.
    links += &format!("<li><a href='/a/{}.html#top'>又见</a>", first / 2);
    if let Some((path, _)) = BAD.get(number - 1) {
        links += &format!("<li><a href='{path}'>坏</a><li><a href='/moved/{first}.html'>搬家</a>");
    }
    // The last list leads back to the first.
    let next = if number * ON_A_LIST < GOOD { number + 1 } else { 1 };
    format!("<ul>{links}</ul><a class=next href='/list/{next}'>下一页</a>")
}

async fn answer(State(seen): State<Shared>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    {
        let mut seen = seen.lock().unwrap();
        *seen.hits.entry(path.clone()).or_default() += 1;
        let now = Instant::now();
        if let Some(last) = seen.last.replace(now) {
            let pause = now - last;
            seen.shortest = Some(seen.shortest.map_or(pause, |shortest| shortest.min(pause)));
        }
        seen.open += 1;
        // Of a page that took too long the client has gone before the server learns of it.
        if path != BAD[0].0 {
            seen.most_open = seen.most_open.max(seen.open);
        }
    }
    let _open = Open(seen);
    page(&path).await
}

/// A request being answered; dropped also when the client has gone.
struct Open(Shared);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.lock().unwrap().open -= 1;
    }
}

async fn page(path: &str) -> Response<Body> {
    let html = |text: String| {
        Response::builder()
            .header(h::CONTENT_TYPE, "text/html; charset=utf-8")
            .body(text.into())
    };
    let to = |target: &str| {
        Response::builder()
            .status(StatusCode::FOUND)
            .header(h::LOCATION, target)
            .body(Body::empty())
    };
    let packed = |encoding: &str, body: Vec<u8>| {
        Response::builder()
            .header(h::CONTENT_ENCODING, encoding)
            .header(h::CONTENT_TYPE, "text/html")
            .body(body.into())
    };
    let number = |prefix: &str| -> Option<usize> {
        let rest = path.strip_prefix(prefix)?;
        rest.strip_suffix(".html").unwrap_or(rest).parse().ok()
    };
    let blanks = || vec![b' '; 3_000_000];
    if let Some(number) = number("/a/").filter(|number| *number < GOOD) {
        // One good page of a hundred takes its time.
        if number % 100 == 7 {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        return html(article(number)).unwrap();
    }
    if let Some(number) = number("/list/").filter(|number| (1..=GOOD / ON_A_LIST).contains(number)) {
        return html(list(number)).unwrap();
    }
    if let Some(number) = number("/moved/") {
        return to(&format!("/a/{number}.html")).unwrap();
    }
    match path {
        "/robots.txt" => Response::builder().body("User-agent: *\nDisallow: /secret/\n".into()),
        "/bad/slow.html" => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            html(String::new())
        }
        "/bad/broken.html" => {
            let broken: Vec<Result<Vec<u8>, std::io::Error>> =
                vec![Ok(b"<html>".to_vec()), Err(std::io::Error::other("broken"))];
            Response::builder()
                .header(h::CONTENT_TYPE, "text/html")
                .header(h::CONTENT_LENGTH, "1000")
                .body(Body::from_stream(Parts(broken.into_iter())))
        }
        "/bad/empty.html" => html("<html><body>加载中</body></html>".into()),
        "/bad/loop.html" => to("/bad/loop.html"),
        "/bad/ring-1.html" => to("/bad/ring-2.html"),
        "/bad/ring-2.html" => to("/bad/ring-1.html"),
        "/bad/huge.html" => html("长".repeat(200_000)),
        "/bad/gzip-bomb.html" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&blanks()).unwrap();
            packed("gzip", encoder.finish().unwrap())
        }
        "/bad/zstd-bomb.html" => packed("zstd", zstd::encode_all(blanks().as_slice(), 3).unwrap()),
        "/bad/inward.html" => to("http://10.0.0.1/admin"),
        "/bad/metadata.html" => to("http://169.254.169.254/latest/meta-data/"),
        "/bad/image.html" => Response::builder()
            .header(h::CONTENT_TYPE, "image/png")
            .body(Body::empty()),
        _ => Response::builder()
            .status(StatusCode::NOT_FOUND)
            .body(Body::empty()),
    }
    .unwrap()
}

/// A body in pieces.
struct Parts(std::vec::IntoIter<Result<Vec<u8>, std::io::Error>>);

impl futures_core::Stream for Parts {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(FetchConfig {
        timeout_seconds: 2,
        max_body_bytes: 500_000,
        per_host_delay_ms: PAUSE,
        retries: 0,
        retry_pause_ms: 0,
        ..FetchConfig::default()
    })
    .unwrap()
}

/// The log of this test: what was appended before its place was confirmed.
#[derive(Default)]
struct Kept {
    posts: BTreeMap<String, usize>,
    refused: BTreeMap<String, &'static str>,
}

/// One visit that is cut off after `stop_after` appends; whether it came to its end by itself.
async fn visit_once(
    root: &Url,
    state: &CollectState,
    kept: &mut Kept,
    stop_after: usize,
) -> Result<bool, StateError> {
    let config = SiteConfig {
        lists: vec![root.join("list/1").unwrap().into()],
        next: Some("a.next".into()),
        links: "ul a".into(),
        max_pages: 100,
        max_articles: 10_000,
        allow_private: true,
        ..SiteConfig::default()
    };
    let fetcher = fetcher();
    let (sink, mut visits) = mpsc::channel(1);
    let visit = async {
        let done = visit(&config, "portal", &fetcher, state, &sink).await;
        drop(sink);
        done.is_ok()
    };
    let take = async {
        for _ in 0..stop_after {
            let Some(Visit { collected, confirm }) = visits.recv().await else {
                return Ok(());
            };
            for one in collected {
                match one.draft {
                    Draft::Post(post) => *kept.posts.entry(post.native_id).or_default() += 1,
                    Draft::Refused(refusal) => {
                        let path = refusal.place.origin.replace(root.as_str(), "/");
                        kept.refused.insert(path, refusal.code);
                    }
                    other => panic!("{other:?}"),
                }
            }
            state.confirm(&confirm)?;
        }
        // As when the process ends: what was handed on but not taken is lost with it.
        visits.close();
        Ok::<(), StateError>(())
    };
    let (done, taken) = tokio::join!(visit, take);
    taken?;
    Ok(done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_pages_come_once_and_every_bad_one_is_refused() {
    let (root, seen) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("collect.sqlite");
    let mut kept = Kept::default();
    // Cut off while the articles are being fetched, twice; the last visits come to their end.
    for stop_after in [
        700,
        500,
        usize::MAX,
        usize::MAX,
        usize::MAX,
        usize::MAX,
        usize::MAX,
    ] {
        let state = CollectState::open(&path).unwrap();
        let whole = visit_once(&root, &state, &mut kept, stop_after).await.unwrap();
        assert_eq!(whole, stop_after == usize::MAX);
    }
    assert_eq!(kept.posts.len(), GOOD);
    let repeated: Vec<_> = kept.posts.iter().filter(|(_, times)| **times > 1).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
    let expected: BTreeMap<String, &'static str> = BAD
        .iter()
        .map(|(path, code)| ((*path).to_owned(), *code))
        .collect();
    assert_eq!(kept.refused, expected);
    let state = CollectState::open(&path).unwrap();
    assert_eq!(state.waiting("portal", 10).unwrap(), Vec::<String>::new());
    let seen = seen.lock().unwrap();
    assert!(
        seen.shortest.unwrap() >= Duration::from_millis(PAUSE),
        "{:?}",
        seen.shortest
    );
    assert_eq!(seen.most_open, 1, "two requests at once");
    assert_eq!(seen.hits.get("/secret/1.html"), None);
    // The page at hand when a visit is cut off is asked for again; a moved one leads to a page that was read already.
    let twice = seen
        .hits
        .iter()
        .filter(|(path, times)| path.starts_with("/a/") && **times > 1)
        .count();
    assert!(twice <= BAD.len() + 4, "{twice}");
}
