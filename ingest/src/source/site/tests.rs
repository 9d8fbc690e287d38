//! Loopback sites: one with good and bad pages, and one whose pages are written by each test.

use super::*;
use crate::{
    clean::Draft,
    fetch::tests::{Server, fetcher},
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use std::sync::{Arc, Mutex};

/// A site whose pages a test writes and rewrites. Every page carries an ETag of its content.
#[derive(Clone, Default)]
pub(in crate::source) struct Pages(Arc<Mutex<HashMap<String, Written>>>);

/// A page's bytes, how often it was asked for, and how often of that it was sent whole.
type Written = (Vec<u8>, usize, usize);

impl Pages {
    pub(in crate::source) async fn serve(self) -> Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let app = Router::new().fallback(Self::answer).with_state(self);
        tokio::spawn(async move { axum::serve(listener, app).await });
        root
    }

    pub(in crate::source) fn write(&self, path: &str, body: impl Into<Vec<u8>>) {
        let mut pages = self.0.lock().unwrap();
        pages.entry(path.to_owned()).or_default().0 = body.into();
    }

    pub(in crate::source) fn article(&self, path: &str, title: &str, head: &str) {
        let text = format!("{title}。昨晚七点，东门一带的路灯已经恢复照明，附近居民出行更加方便。");
        self.write(
            path,
            format!(
                "<html><head><title>{title}_滨江新闻网</title>{head}</head><body><h1>{title}</h1><div>2016年6月3日 14:20
                 来源：滨江晚报</div><div><p>{text}</p><p>工作人员表示，将继续跟进处理情况。</p></div></body></html>"
            ),
        );
    }

    /// How often a page was asked for, and how often of that it was sent whole.
    fn hits(&self, path: &str) -> (usize, usize) {
        self.0
            .lock()
            .unwrap()
            .get(path)
            .map_or((0, 0), |page| (page.1, page.2))
    }

    async fn answer(State(pages): State<Self>, request: Request) -> Response<Body> {
        let path = request
            .uri()
            .path_and_query()
            .map_or("", |path| path.as_str())
            .to_owned();
        let mut pages = pages.0.lock().unwrap();
        let page = pages.entry(path.clone()).or_default();
        page.1 += 1;
        if page.0.is_empty() {
            return Response::builder()
                .status(StatusCode::NOT_FOUND)
                .body(Body::empty())
                .unwrap();
        }
        let tag = format!("\"{}\"", RecordId::of(&[&page.0]));
        let known = request
            .headers()
            .get(header::IF_NONE_MATCH)
            .is_some_and(|given| *given == *tag);
        if known {
            return Response::builder()
                .status(StatusCode::NOT_MODIFIED)
                .body(Body::empty())
                .unwrap();
        }
        page.2 += 1;
        let kind = if path.contains(".html") {
            "text/html; charset=utf-8"
        } else {
            "application/octet-stream"
        };
        Response::builder()
            .header(header::CONTENT_TYPE, kind)
            .header(header::ETAG, tag)
            .body(page.0.clone().into())
            .unwrap()
    }
}

/// A site of `pages` with these lines of configuration.
async fn site(pages: &Pages, lines: &str) -> SiteConfig {
    let root = pages.clone().serve().await;
    let text = lines.replace("ROOT/", root.as_str());
    toml::from_str(&format!("allow_private = true\n{text}")).unwrap()
}

fn titles(drafts: Vec<Draft>) -> Vec<String> {
    let title = |draft| match draft {
        Draft::Post(post) => post.title,
        Draft::Refused(refusal) => refusal.code.to_owned(),
        other => panic!("{other:?}"),
    };
    drafts.into_iter().map(title).collect()
}

fn links(paths: &[&str]) -> String {
    let links = paths.iter().map(|path| format!("<li><a href='{path}'>一条</a>"));
    format!("<ul>{}</ul>", links.collect::<String>())
}

fn config(server: &Server) -> SiteConfig {
    let text = format!(
        "lists = ['{}']\nlinks = 'ul.list a'\nnext = 'a.next'\nallow_private = true\nmax_articles = 4",
        server.url("/list/1")
    );
    toml::from_str(&text).unwrap()
}

async fn run(config: &SiteConfig, state: &CollectState) -> (Vec<Draft>, Summary) {
    let (sink, mut visits) = mpsc::channel(100);
    let summary = visit(config, "portal", &fetcher(), state, &sink).await.unwrap();
    drop(sink);
    let mut drafts = Vec::new();
    while let Some(visit) = visits.recv().await {
        drafts.extend(visit.collected.into_iter().map(|collected| collected.draft));
        state.confirm(&visit.confirm).unwrap();
    }
    (drafts, summary)
}

#[tokio::test]
async fn every_page_comes_once_however_many_visits_it_takes() {
    let server = Server::start().await;
    let (config, state) = (config(&server), CollectState::in_memory().unwrap());
    let mut titles = Vec::new();
    let mut refused = Vec::new();
    for _ in 0..4 {
        for draft in run(&config, &state).await.0 {
            match draft {
                Draft::Post(post) => titles.push(post.title),
                Draft::Refused(refusal) => refused.push(refusal.code),
                other => panic!("{other:?}"),
            }
        }
    }
    titles.sort();
    assert_eq!(
        titles,
        ["东门路灯维修完毕", "国标编码的停水公告", "第二页上的旧闻"]
    );
    refused.sort_unstable();
    // The page that fails with 500 may recover, so each visit but the last tries it again.
    refused.dedup();
    assert_eq!(
        refused,
        ["no_text", "private_address", "robots", "status", "too_large"]
    );
    assert_eq!(server.hits("/a/1.html"), 1);
    assert_eq!(server.hits("/private/1.html"), 0);
}

#[tokio::test]
async fn a_wrong_selector_is_the_configurations_fault() {
    let server = Server::start().await;
    let config = SiteConfig {
        links: "ul[".into(),
        ..config(&server)
    };
    let (sink, _visits) = mpsc::channel(1);
    let state = CollectState::in_memory().unwrap();
    let error = visit(&config, "portal", &fetcher(), &state, &sink)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "config");
    assert_eq!(state.sources().unwrap()[0].last_error.as_deref(), Some("config"));
}

#[tokio::test]
async fn numbered_list_pages_are_followed_to_the_one_that_is_missing() {
    let pages = Pages::default();
    pages.write(
        "/news/index.html",
        links(&["/a/1.html", "/a/2.html", "/english/1.html"]),
    );
    pages.write("/news/index_1.html", links(&["/a/3.html"]));
    for (path, title) in [
        ("/a/1.html", "第一条消息"),
        ("/a/2.html", "第二条消息"),
        ("/a/3.html", "第三条消息"),
    ] {
        pages.article(path, title, "");
    }
    let config = site(
        &pages,
        "lists = ['ROOT/news/index.html']\npage_url = 'index_{n}.html'\npage_from = 1\nexclude = '/english/'",
    )
    .await;
    let state = CollectState::in_memory().unwrap();
    let (drafts, _) = run(&config, &state).await;
    assert_eq!(titles(drafts), ["第一条消息", "第二条消息", "第三条消息"]);
    assert_eq!(pages.hits("/news/index_2.html").0, 1);
    assert_eq!(pages.hits("/english/1.html").0, 0);
}

#[tokio::test]
async fn columns_are_followed_as_deep_as_configured() {
    let pages = Pages::default();
    pages.write("/index.html", links(&["/col/1/index.html", "/a/1.html"]));
    pages.write(
        "/col/1/index.html",
        links(&["/col/2/index.html", "/a/2.html", "/index.html"]),
    );
    pages.write("/col/2/index.html", links(&["/col/3/index.html", "/a/3.html"]));
    for (path, title) in [
        ("/a/1.html", "首页的消息"),
        ("/a/2.html", "栏目的消息"),
        ("/a/3.html", "子栏目的消息"),
    ] {
        pages.article(path, title, "");
    }
    let config = site(
        &pages,
        "lists = ['ROOT/index.html']\nfollow = '/col/\\d+/'\ndepth = 1\npattern = '/a/'",
    )
    .await;
    let state = CollectState::in_memory().unwrap();
    assert_eq!(titles(run(&config, &state).await.0), ["首页的消息", "栏目的消息"]);
    assert_eq!(pages.hits("/col/2/index.html").0, 0);
    let deeper = SiteConfig { depth: 2, ..config };
    let state = CollectState::in_memory().unwrap();
    assert_eq!(
        titles(run(&deeper, &state).await.0),
        ["首页的消息", "栏目的消息", "子栏目的消息"]
    );
}

#[tokio::test]
async fn sitemaps_lead_to_pages_through_robots_index_and_gzip() {
    use std::io::Write;
    let pages = Pages::default();
    let root = pages.clone().serve().await;
    let recent = now().format("%F").to_string();
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    pages.write(
        "/robots.txt",
        format!("User-agent: *\nDisallow: /no/\nSitemap: {root}index.xml\n"),
    );
    pages.write(
        "/index.xml",
        format!(
            "<sitemapindex><sitemap><loc>{root}map.xml.gz</loc></sitemap><sitemap><loc>{root}gone.xml</loc></sitemap>
             <sitemap><loc>{root}index.xml</loc></sitemap></sitemapindex>"
        ),
    );
    let entry =
        |path: &str, date: &str| format!("<url><loc>{root}{path}</loc><lastmod>{date}</lastmod></url>");
    let map = [
        entry("a/1.html", &recent),
        entry("a/old.html", "2009-01-01"),
        entry("no/1.html", &recent),
        "<url><loc>http://other.test/1.html</loc></url>".to_owned(),
        format!("<url><loc>{root}a/2.html</loc></url>"),
    ];
    pages.write("/map.xml.gz", gzip(&format!("<urlset>{}</urlset>", map.concat())));
    pages.article("/a/1.html", "今天的消息", "");
    pages.article("/a/2.html", "没有日期的消息", "");
    let config: SiteConfig =
        toml::from_str(&format!("allow_private = true\nsitemaps = ['{root}robots.txt']")).unwrap();
    let state = CollectState::in_memory().unwrap();
    let (drafts, _) = run(&config, &state).await;
    assert_eq!(
        titles(drafts),
        ["status", "今天的消息", "robots", "没有日期的消息"]
    );
    assert_eq!((pages.hits("/index.xml").0, pages.hits("/a/old.html").0), (1, 0));
}

#[tokio::test]
async fn an_edited_article_is_a_revision_and_an_unchanged_one_is_not_sent_twice() {
    let pages = Pages::default();
    pages.write("/list.html", links(&["/a/1.html", "/a/2.html"]));
    pages.article("/a/1.html", "会改的消息", "");
    pages.article("/a/2.html", "不改的消息", "");
    let config = site(&pages, "lists = ['ROOT/list.html']").await;
    let state = CollectState::in_memory().unwrap();
    assert_eq!(run(&config, &state).await.0.len(), 2);
    // Not yet due.
    assert_eq!(run(&config, &state).await.0.len(), 0);
    assert_eq!(pages.hits("/a/1.html"), (1, 1));
    pages.article("/a/1.html", "改过的消息", "");
    for address in state
        .due("portal", now() + chrono::Duration::days(1), 10)
        .unwrap()
    {
        state.changed("portal", [(address.as_str(), now())]).unwrap();
    }
    let (drafts, summary) = run(&config, &state).await;
    let Some(Draft::Post(post)) = drafts.first() else {
        panic!("{drafts:?}")
    };
    assert_eq!((drafts.len(), summary.unchanged), (1, 1));
    assert_eq!(
        (post.title.as_str(), post.url.clone()),
        ("改过的消息", Some(post.native_id.clone()))
    );
    assert_eq!(pages.hits("/a/2.html"), (2, 1), "asked for conditionally");
}

#[tokio::test]
async fn a_canonical_address_all_pages_share_is_not_believed() {
    let pages = Pages::default();
    pages.write(
        "/list.html",
        links(&["/a/1.html", "/a/2.html", "/a/1.html?from=home"]),
    );
    pages.article(
        "/a/1.html",
        "甲方面的消息",
        "<link rel=canonical href='/article.html'>",
    );
    pages.article(
        "/a/2.html",
        "乙方面的消息",
        "<link rel=canonical href='/article.html'>",
    );
    pages.article(
        "/a/1.html?from=home",
        "甲方面的消息",
        "<link rel=canonical href='/article.html'>",
    );
    let config = site(&pages, "lists = ['ROOT/list.html']").await;
    let state = CollectState::in_memory().unwrap();
    let (drafts, summary) = run(&config, &state).await;
    let ids: Vec<String> = drafts
        .into_iter()
        .map(|draft| match draft {
            Draft::Post(post) => post.native_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((ids.len(), summary.unchanged), (2, 1), "{ids:?}");
    assert!(
        ids[0].ends_with("/article.html") && ids[1].ends_with("/a/2.html"),
        "{ids:?}"
    );
}

#[tokio::test]
async fn a_walk_cut_short_begins_anew_and_misses_nothing() {
    let pages = Pages::default();
    pages.write(
        "/1.html",
        links(&["/a/1.html"]) + "<a class=next href='/2.html'>下一页</a>",
    );
    pages.write("/2.html", links(&["/a/2.html"]));
    for path in ["/a/1.html", "/a/2.html", "/a/3.html", "/a/4.html"] {
        pages.article(path, &format!("消息{path}"), "");
    }
    let config = site(
        &pages,
        "lists = ['ROOT/1.html']\nnext = 'a.next'\nevery_minutes = 0",
    )
    .await;
    let state = CollectState::in_memory().unwrap();
    assert_eq!(run(&config, &state).await.0.len(), 2);
    // Two new articles, one a page.
    pages.write(
        "/1.html",
        links(&["/a/3.html", "/a/1.html"]) + "<a class=next href='/2.html'>下一页</a>",
    );
    pages.write("/2.html", links(&["/a/4.html"]));
    // The walk remembers what the first page brought, then the process ends.
    state.walking("portal", config.lists[0].as_str()).unwrap();
    state
        .discover(
            "portal",
            [config.lists[0].replace("/1.html", "/a/3.html").as_str()],
        )
        .unwrap();
    let found = titles(run(&config, &state).await.0);
    assert_eq!(found, ["消息/a/3.html", "消息/a/4.html"]);
}

#[tokio::test]
async fn an_article_in_pages_is_one_post_and_pages_that_lead_on_are_followed() {
    let pages = Pages::default();
    let part = |text: &str, next: &str| {
        format!(
            "<html><head><title>旧桥修缮_滨江新闻网</title></head><body><h1>旧桥修缮</h1><div>2016年6月3日 14:20 来源：滨江晚报</div>
             <div><p>{text}</p><p>{text}工作人员表示，将继续跟进处理情况，居民可以放心出行。</p></div>{next}</body></html>"
        )
    };
    pages.write("/list.html", links(&["/a/7.html", "/moved.html", "/b/1.html"]));
    pages.write(
        "/a/7.html",
        part(
            "第一部分讲旧桥的来历，桥建于六十年前，",
            "<a href='7_2.html'>下一页</a>",
        ),
    );
    pages.write(
        "/a/7_2.html",
        part(
            "第二部分讲修缮的办法，先换栏杆再补桥面，",
            "<a href='7_3.html'>下一页</a>",
        ),
    );
    // The last page leads round to the first again.
    pages.write(
        "/a/7_3.html",
        part(
            "第三部分讲何时通车，预计到年底可以走人，",
            "<a href='7.html'>下一页</a>",
        ),
    );
    pages.write(
        "/moved.html",
        "<meta http-equiv=refresh content='0; url=/new/9.html'>",
    );
    pages.article("/new/9.html", "搬到新址的文章", "");
    // "Next page" of another article.
    pages.article("/b/1.html", "第一篇", "");
    pages.write(
        "/ring.html",
        "<meta http-equiv=refresh content='0; url=/ring-2.html'>",
    );
    pages.write(
        "/ring-2.html",
        "<meta http-equiv=refresh content='0; url=/ring.html'>",
    );
    pages.write(
        "/inward.html",
        "<meta http-equiv=refresh content='0; url=http://10.0.0.1/x.html'>",
    );
    let config = site(&pages, "lists = ['ROOT/list.html']").await;
    let state = CollectState::in_memory().unwrap();
    let (drafts, _) = run(&config, &state).await;
    let posts: Vec<&PostDraft> = drafts
        .iter()
        .filter_map(|draft| match draft {
            Draft::Post(post) => Some(post),
            _ => None,
        })
        .collect();
    let bridge = posts.iter().find(|post| post.title == "旧桥修缮").unwrap();
    for text in ["第一部分", "第二部分", "第三部分"] {
        assert!(bridge.body.contains(text), "{}", bridge.body);
    }
    assert!(bridge.native_id.ends_with("/a/7.html"));
    assert_eq!(posts.len(), 3, "{drafts:?}");
    assert!(posts.iter().any(|post| post.title == "搬到新址的文章"));
    pages.write("/list.html", links(&["/ring.html", "/inward.html"]));
    let state = CollectState::in_memory().unwrap();
    assert_eq!(
        titles(run(&config, &state).await.0),
        ["redirect", "private_address"]
    );
}
