//! The sample city's web server: an RSS feed with its articles, and a government portal with list pages.
//!
//! Half of the articles are written in GB18030, as many portals of that time were. Must never answer anything but
//! what was made when the city was built.

use super::posts::{SamplePost, Way};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};

/// Path of the feed.
pub(super) const FEED: &str = "/feed.xml";
/// Path of the portal's first list page.
pub(super) const LIST: &str = "/portal/index.html";
/// Articles on a list page.
const PER_PAGE: usize = 30;

/// Everyone may read everything but the back office, which does not exist either.
const ROBOTS: &str = "User-agent: *\nDisallow: /admin/\n";

#[derive(Debug)]
struct Page {
    content_type: &'static str,
    body: Vec<u8>,
}

type Pages = Arc<HashMap<String, Page>>;

/// The server of these posts.
pub(super) fn router(posts: &[SamplePost]) -> Router {
    Router::new()
        .fallback(get(page))
        .with_state(Arc::new(pages(posts)))
}

async fn page(State(pages): State<Pages>, uri: Uri) -> Response {
    match pages.get(uri.path()) {
        Some(page) => ([(header::CONTENT_TYPE, page.content_type)], page.body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn pages(posts: &[SamplePost]) -> HashMap<String, Page> {
    let items: Vec<&SamplePost> = posts.iter().filter(|post| post.way == Way::Feed).collect();
    let articles: Vec<&SamplePost> = posts.iter().filter(|post| post.way == Way::Portal).collect();
    let mut pages = HashMap::from([
        (
            "/robots.txt".to_owned(),
            Page {
                content_type: "text/plain; charset=utf-8",
                body: ROBOTS.into(),
            },
        ),
        (
            FEED.to_owned(),
            Page {
                content_type: "application/rss+xml; charset=utf-8",
                body: feed(&items).into_bytes(),
            },
        ),
    ]);
    let last = articles.len().div_ceil(PER_PAGE);
    for (at, shown) in articles.chunks(PER_PAGE).enumerate() {
        let next = (at + 1 < last).then(|| list_path(at + 1));
        pages.insert(list_path(at), html(&list(shown, next.as_deref()), false));
    }
    for (at, post) in items.iter().chain(&articles).enumerate() {
        pages.insert(post.url.clone(), html(&article(post), at % 2 == 1));
    }
    pages
}

fn list_path(at: usize) -> String {
    if at == 0 {
        LIST.to_owned()
    } else {
        format!("/portal/index_{at}.html")
    }
}

/// A page in one of the two encodings, named in the header and in the page.
fn html(text: &str, gb18030: bool) -> Page {
    if gb18030 {
        let text = text.replacen("charset=\"utf-8\"", "charset=\"gb18030\"", 1);
        let (body, ..) = encoding_rs::GB18030.encode(&text);
        Page {
            content_type: "text/html; charset=gb18030",
            body: body.into_owned(),
        }
    } else {
        Page {
            content_type: "text/html; charset=utf-8",
            body: text.into(),
        }
    }
}

fn feed(items: &[&SamplePost]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>云浦新闻网</title>\
         <link>/</link><description>云浦区本地新闻</description>\n",
    );
    for item in items {
        let summary: String = item.body.chars().take(60).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            xml,
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate>\
             <description>{}……</description></item>",
            escaped(&item.title),
            item.url,
            item.native_id,
            item.published_at.to_rfc2822(),
            escaped(&summary),
        );
    }
    xml.push_str("</channel></rss>\n");
    xml
}

/// What stands on every page around what it is about.
fn framed(title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}_云浦区人民政府门户</title>\
         </head><body>\n<div class=\"top\"><ul class=\"nav\"><li><a href=\"/portal/index.html\">首页</a></li>\
         <li><a href=\"/portal/gk/\">政务公开</a></li><li><a href=\"/portal/fw/\">办事服务</a></li>\
         <li><a href=\"/portal/hd/\">互动交流</a></li><li><a href=\"/admin/login\">后台登录</a></li></ul></div>\n\
         {main}\n<div class=\"footer\"><p>主办：云浦区人民政府办公室　网站标识码：样例</p>\
         <p><a href=\"/portal/sm/\">网站声明</a> | <a href=\"/portal/map/\">网站地图</a> | \
         <a href=\"/portal/lx/\">联系我们</a></p></div>\n</body></html>\n"
    )
}

fn list(articles: &[&SamplePost], next: Option<&str>) -> String {
    let mut main = String::from("<div class=\"list\"><h2>民生动态</h2><ul class=\"news\">\n");
    for post in articles {
        let date = post.published_at.format("%Y-%m-%d");
        let _ = writeln!(
            main,
            "<li><a href=\"{}\">{}</a><span>{date}</span></li>",
            post.url,
            escaped(&post.title)
        );
    }
    main.push_str("</ul><div class=\"pages\">");
    if let Some(next) = next {
        main.extend(["<a class=\"next\" href=\"", next, "\">下一页</a>"]);
    }
    main.push_str("</div></div>");
    framed("民生动态", &main)
}

fn article(post: &SamplePost) -> String {
    let title = escaped(&post.title);
    let paragraphs: String = post
        .body
        .lines()
        .map(|paragraph| format!("<p>　　{}</p>\n", escaped(paragraph)))
        .collect();
    let time = post.published_at.format("%Y-%m-%d %H:%M");
    let main = format!(
        "<div class=\"place\">当前位置：<a href=\"/portal/index.html\">首页</a> &gt; 民生动态</div>\n\
         <div class=\"article\"><h1>{title}</h1>\n<div class=\"info\"><span>发布时间：{time}</span>　\
         <span>来源：{}</span>　<span>作者：{}</span></div>\n<div class=\"content\">\n{paragraphs}</div></div>\n\
         <div class=\"share\">分享到：<a href=\"#\">微博</a> <a href=\"#\">微信</a>　<a href=\"#\">打印</a></div>",
        post.source_name, post.author
    );
    framed(&title, &main)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
