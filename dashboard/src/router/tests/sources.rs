//! The sources page and its interface.

use super::{Bench, at};
use axum::http::{Method, StatusCode, header};
use ingest::{
    clean::{Draft, PostDraft, Refusal},
    record::{Medium, Place},
    source::state::{Summary, VisitNote},
    time::from_millis,
};
use std::collections::BTreeMap;

const SOURCES: &str = "
[[source]]
name = \"bureau\"
kind = \"feed\"
url = \"http://127.0.0.1:9/feed.xml\"
[[source]]
name = \"grid\"
kind = \"push\"
token_env = \"NOBODY_SETS_THIS\"
";

/// A bench with two sources; `bureau` had something every hour of four weeks up to two days before the bench's now.
async fn bench() -> Bench {
    let bench = Bench::with(SOURCES, Vec::new()).await;
    let last = at("2016-06-28 18:00").timestamp_millis();
    let mut records = Vec::new();
    for hour in 0..28 * 24 {
        let seen = from_millis(last - hour * 3_600_000);
        let post = PostDraft {
            native_id: format!("n{hour}"),
            channel: Medium::News,
            title: format!("第 {hour} 号通知"),
            body: "自来水管道检修，请提前储水。".to_owned(),
            published_at: Some(seen),
            ..PostDraft::default()
        };
        let cleaner = &bench.app.cleaner;
        records.extend(cleaner.clean("bureau", Draft::Post(post), &Place::default(), seen));
    }
    let refusal = Refusal {
        place: Place {
            origin: "https://bureau.example/1.html".to_owned(),
            ..Place::default()
        },
        reason: "页面上没有找到正文".to_owned(),
        code: "no_text",
        excerpt: "联系人 13912345678".to_owned(),
    };
    let refused = Draft::Refused(refusal);
    records.extend(
        bench
            .app
            .cleaner
            .clean("bureau", refused, &Place::default(), from_millis(last)),
    );
    bench.app.append(&records).await.unwrap();
    bench
}

async fn source(bench: &Bench, name: &str) -> serde_json::Value {
    let list = bench.get("/api/v1/sources").await.json();
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["name"] == name);
    found.unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_falls_silent_is_an_alert_and_a_shade() {
    let bench = bench().await;
    let bureau = source(&bench, "bureau").await;
    assert_eq!(bureau["alerts"][0]["kind"], "silent", "{bureau}");
    assert!(bureau["alerts"][0]["probability"].as_f64().unwrap() < 0.001);
    assert_eq!(bureau["rhythm"]["chances"].as_array().unwrap().len(), 168);
    assert_eq!(bureau["dead_reasons"][0]["code"], "no_text");
    assert!(source(&bench, "grid").await["rhythm"].is_null());

    let page = bench.get("/sources?source=bureau").await;
    assert!(
        page.text.contains("来源告警") && page.text.contains("静默"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("尚无足够历史"),
        "the other source's past is too short"
    );
    assert!(page.text.contains("bureau.example") && !page.text.contains("13912345678"));
    let overview = bench.get("/?from=2016-06-01&to=2016-06-30").await;
    assert!(
        overview.text.contains("阴影为来源静默的时段"),
        "{}",
        overview.text
    );
    assert!(overview.text.contains("\"shaded\":[27,28,29]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redesign_is_told_until_somebody_pauses_the_source() {
    let bench = bench().await;
    let note = VisitNote {
        at: at("2016-06-30 17:00"),
        summary: Summary {
            fetched: 9,
            refused: 8,
            ..Summary::default()
        },
        error: None,
        codes: BTreeMap::from([("no_text".to_owned(), 8)]),
    };
    bench.app.collect.note_visit("bureau", &note).unwrap();
    assert_eq!(source(&bench, "bureau").await["alerts"][1]["kind"], "empty");

    let page = bench.get("/sources?source=bureau").await;
    let token = page.token().to_owned();
    let refused = bench.form("/sources/bureau/pause", "token=wrong").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = bench
        .form("/sources/bureau/pause", &format!("token={token}"))
        .await;
    assert_eq!(
        done.header(header::LOCATION),
        "/sources?source=bureau&done=paused"
    );
    let paused = source(&bench, "bureau").await;
    assert!(paused["alerts"].as_array().unwrap().is_empty() && paused["paused_since"].is_string());
    let page = bench.get("/sources?source=bureau&done=paused").await;
    assert!(page.text.contains("恢复采集"));
    bench
        .form("/sources/bureau/resume", &format!("token={token}"))
        .await;
    assert!(source(&bench, "bureau").await["paused_since"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_control_sources_too() {
    let bench = bench().await;
    let json = [("content-type", "application/json")];
    let ask = |path: &'static str, body: &'static str| bench.ask(Method::POST, path, &json, body);
    let retry = ask("/api/v1/sources/bureau/control", r#"{"action":"retry"}"#).await;
    assert_eq!(retry.status, StatusCode::OK, "{}", retry.text);
    assert!(
        bench.app.collect.take_asked("bureau").unwrap(),
        "a visit was asked for"
    );
    let push = ask("/api/v1/sources/grid/control", r#"{"action":"retry"}"#).await;
    assert_eq!(push.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = ask("/api/v1/sources/nobody/control", r#"{"action":"pause"}"#).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let wrong = ask("/api/v1/sources/bureau/control", r#"{"action":"stop"}"#).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let path = "/api/v1/sources/bureau/control";
    let form = bench.ask(Method::POST, path, &[], r#"{"action":"pause"}"#).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let letters = bench
        .get("/api/v1/dead-letters?source=bureau&code=no_text")
        .await
        .json();
    assert_eq!(letters.as_array().unwrap().len(), 1);
    let none = bench.get("/api/v1/dead-letters?code=bad_time").await.json();
    assert!(none.as_array().unwrap().is_empty());
}
