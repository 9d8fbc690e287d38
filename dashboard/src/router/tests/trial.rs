//! Trying sources from the page and the interface.

use super::Bench;
use axum::{
    Router,
    http::{Method, StatusCode},
    response::Html,
    routing::get,
};

/// A loopback site with a feed, an article behind it, one that is missing, letters and an endpoint of GeoReport v2.
async fn site() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let text = "滨河路的路灯昨晚全部修好，夜里散步的居民说总算亮了，施工队连续干了三天。".repeat(4);
    let article = format!(
        "<html><head><title>路灯修好了</title></head><body><h1>路灯修好了</h1><p>2016-06-01 08:00</p><article><p>{text}</p></article></body></html>"
    );
    let feed = format!(
        "<rss version='2.0'><channel><title>f</title><item><title>路灯修好了&lt;script&gt;</title><link>{root}/a.html</link></item>\
         <item><title>不在了</title><link>{root}/gone.html</link></item></channel></rss>"
    );
    let letter = "<h1>停水</h1><p>来信时间：2024-03-10 08:00</p><p>来信内容：停水三天了，盼恢复。</p>";
    let requests = r#"[{"service_request_id":"7","status":"open","service_name":"路灯","description":"路灯不亮","requested_datetime":"2024-01-02T08:00:00+08:00"}]"#;
    let router = Router::new()
        .route(
            "/feed.xml",
            get(move || async move { ([("content-type", "application/rss+xml")], feed) }),
        )
        .route("/a.html", get(move || async move { Html(article) }))
        .route(
            "/letters.html",
            get(|| async { Html("<ul><li><a href=/letter/1>信</a></ul>") }),
        )
        .route("/letter/1", get(move || async move { Html(letter) }))
        .route(
            "/v2/requests.json",
            get(move || async move { ([("content-type", "application/json")], requests) }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    root
}

async fn bench() -> Bench {
    let root = site().await;
    let sources = format!(
        "[fetch]\nper_host_delay_ms = 0\nretries = 0\n\
         [[source]]\nname = \"news\"\nkind = \"feed\"\nurl = \"{root}/feed.xml\"\nallow_private = true\n\
         [[source]]\nname = \"letters\"\nkind = \"letters\"\nlists = [\"{root}/letters.html\"]\nlinks = \"li a\"\nallow_private = true\n\
         [[source]]\nname = \"city\"\nkind = \"open311\"\nendpoint = \"{root}/v2/\"\nfrom = \"2024-01-01\"\nallow_private = true\n\
         [[source]]\nname = \"inner\"\nkind = \"feed\"\nurl = \"{root}/feed.xml\"\n\
         [[source]]\nname = \"grid\"\nkind = \"push\"\ntoken_env = \"NOBODY_SETS_THIS\"\n"
    );
    Bench::with(&sources, Vec::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_tried_from_its_page() {
    let bench = bench().await;
    let page = bench.get("/sources?source=news").await;
    assert!(page.text.contains(">试采<"), "{}", page.text);
    let token = page.token().to_owned();
    let refused = bench.form("/sources/news/try", "token=wrong").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let shown = bench.form("/sources/news/try", &format!("token={token}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(
        shown.text.contains("识别为订阅源；可采集 1 条，拒绝 1 条") && shown.text.contains("gone.html"),
        "{}",
        shown.text
    );
    assert!(!shown.text.contains("<script>"), "{}", shown.text);
    // Nothing was kept.
    assert_eq!(bench.get("/api/v1/search").await.json()["total"], 0);
    assert!(!bench.get("/sources?source=grid").await.text.contains(">试采<"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_try_sources_of_every_kind_that_can_be() {
    let bench = bench().await;
    let json = [("content-type", "application/json")];
    let ask = |name: &str| {
        let path = format!("/api/v1/sources/{name}/try");
        let bench = &bench;
        async move { bench.ask(Method::POST, &path, &json, r#"{"limit":3}"#).await }
    };
    let letters = ask("letters").await.json();
    assert_eq!(
        (&letters["taken_for"], &letters["findings"][0]["outcome"]),
        (&"letters".into(), &"ticket".into()),
        "{letters}"
    );
    let city = ask("city").await.json();
    assert_eq!(
        (&city["taken_for"], &city["findings"][0]["no"]),
        (&"open311".into(), &"try-7".into()),
        "{city}"
    );
    // What the configuration does not allow is not allowed to a trial.
    let inner = ask("inner").await.json();
    assert_eq!(inner["findings"][0]["code"], "private_address", "{inner}");
    assert_eq!(ask("grid").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ask("nobody").await.status, StatusCode::NOT_FOUND);
    let form = bench
        .ask(Method::POST, "/api/v1/sources/news/try", &[], "{}")
        .await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
