//! The demo as a visitor sees it: the published figures, each with exactly its tickets, and every page in a real
//! Chromium at both sizes.

use anyhow::{Context, Result, ensure};
use minsheng_tests::{binary::Server, browser};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const PERIOD: &str = "from=2016-01-01&to=2016-05-31";

/// The demo with all of its sample in.
struct Demo {
    server: Server,
    client: Client,
}

impl Demo {
    async fn start(folder: &Path) -> Result<Self> {
        let args = [
            "demo",
            "--port",
            "0",
            "--folder",
            folder.to_str().unwrap_or_default(),
        ];
        let demo = Self {
            server: Server::start(folder, &args).await?,
            client: Client::builder().no_proxy().build()?,
        };
        let give_up = Instant::now() + Duration::from_secs(180);
        loop {
            let tickets = demo.json(&format!("/api/v1/metrics?{PERIOD}")).await?["total"].as_u64();
            let posts = demo.json("/api/v1/search?q=kind:post&limit=1").await?["total"].as_u64();
            if tickets == Some(1760) && posts >= Some(39_000) {
                return Ok(demo);
            }
            ensure!(
                Instant::now() < give_up,
                "after three minutes: {tickets:?} tickets, {posts:?} posts"
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn text(&self, path: &str) -> Result<String> {
        let answer = self
            .client
            .get(format!("{}{path}", self.server.url))
            .send()
            .await?;
        ensure!(
            answer.status().is_success(),
            "{path} answered {}",
            answer.status()
        );
        Ok(answer.text().await?)
    }

    async fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.text(path).await?)?)
    }
}

#[tokio::test]
async fn the_published_figures_come_out_each_with_its_tickets() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start(folder.path()).await?;
    let figures = demo.json(&format!("/api/v1/metrics?{PERIOD}")).await?;
    let by_type: Vec<(&str, u64)> = figures["by_type"]
        .as_array()
        .context("by_type")?
        .iter()
        .map(|count| {
            (
                count["name"].as_str().unwrap_or_default(),
                count["count"].as_u64().unwrap_or_default(),
            )
        })
        .collect();
    for expected in [
        ("help", 1285),
        ("complaint", 197),
        ("inquiry", 236),
        ("suggestion", 26),
        ("praise", 16),
    ] {
        assert!(by_type.contains(&expected), "{by_type:?}");
    }
    for rate in figures["rates"].as_array().context("rates")? {
        let name = rate["metric"].as_str().unwrap_or_default();
        match name {
            "on_time_due" => assert_eq!(
                (&rate["numerator"], &rate["denominator"], &rate["percent"]),
                (&json!(1738), &json!(1760), &json!("98.75 %"))
            ),
            "completion" => assert_eq!(
                (&rate["numerator"], &rate["denominator"], &rate["percent"]),
                (&json!(1739), &json!(1760), &json!("98.81 %"))
            ),
            _ => {}
        }
        // The tickets behind each figure, by the interface and by the list a click on the page leads to.
        for part in ["numerator", "denominator"] {
            let members = demo
                .json(&format!("/api/v1/metrics/{name}/tickets?part={part}&{PERIOD}"))
                .await?;
            assert_eq!(members["total"], rate[part], "{name} {part}");
            let csv = demo
                .text(&format!("/tickets.csv?metric={name}&part={part}&{PERIOD}"))
                .await?;
            let listed: Vec<&str> = csv
                .lines()
                .skip(1)
                .filter_map(|line| line.split(',').next())
                .collect();
            let mut listed: Vec<&str> = listed.iter().map(|no| no.trim_matches('"')).collect();
            listed.sort_unstable();
            let exact: Vec<&str> = members["tickets"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(listed, exact, "{name} {part}");
        }
    }
    let page = demo.text("/").await?;
    for shown in [
        "1,760", "1,285", "197", "236", "26", "16", "98.75 %", "98.81 %", "2016",
    ] {
        assert!(page.contains(shown), "the overview does not show {shown}");
    }
    Ok(())
}

/// The demo knows the places and units of its district, as an operator would have configured them.
#[tokio::test]
async fn the_demo_cuts_by_street_and_suggests_units_with_contacts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start(folder.path()).await?;
    // Articles of the portal and the news feed, and what people write by themselves, carry no street.
    let posts = demo
        .json("/api/v1/search?q=kind:post+(source:city-portal+OR+source:local-news)&facets=true&limit=1")
        .await?;
    let facets = posts["facets"].as_array().context("facets")?;
    let regions = facets
        .iter()
        .find(|facet| facet["field"] == "region")
        .and_then(|facet| facet["values"].as_array())
        .context("no region facet")?;
    let streets = regions.iter().filter(|region| {
        let name = region["value"].as_str().unwrap_or_default();
        name.ends_with("街道") || name.ends_with('镇')
    });
    assert_eq!(streets.count(), 8, "{regions:?}");

    let written = demo.json("/api/v1/search?q=channel:%E5%BE%AE%E4%BF%A1+kind:ticket+region:%E6%9C%9B%E6%B1%80%E8%A1%97%E9%81%93&limit=50").await?;
    let written = written["hits"].as_array().context("hits")?;
    assert!(written.len() >= 5, "{written:?}");
    let page = demo
        .text(&format!(
            "/tickets/{}",
            written[0]["id"].as_str().context("a ticket")?
        ))
        .await?;
    assert!(page.contains("由正文识别："), "the region has its reason");

    // Open tickets: whom to send them to, why, and whom to call.
    let open = demo
        .json(&format!(
            "/api/v1/metrics/completion/tickets?part=missed&{PERIOD}"
        ))
        .await?;
    let open: Vec<&str> = open["tickets"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(open.len(), 21);
    let mut told = 0;
    for no in &open {
        let page = demo.text(&format!("/tickets/{no}")).await?;
        assert!(
            page.contains("建议承办单位") && page.contains("职责配置："),
            "{no}"
        );
        told += usize::from(page.contains("单位联系方式") && page.contains("000-00000"));
    }
    assert!(told >= 18, "{told} of 21 say whom to call");
    let desk = demo.text("/triage?list=overdue").await?;
    assert!(
        desk.contains("建议承办单位") && desk.contains("000-00000"),
        "the desk's first ticket"
    );
    let unit = demo
        .text("/units/%E5%9F%8E%E5%B8%82%E7%AE%A1%E7%90%86%E5%B1%80")
        .await?;
    assert!(unit.contains("000-0000001") && !unit.contains("未配置联系人"));
    Ok(())
}

#[tokio::test]
async fn a_click_is_visible_at_once_and_only_from_our_own_pages() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start(folder.path()).await?;
    let open = demo
        .json(&format!(
            "/api/v1/metrics/completion/tickets?part=missed&{PERIOD}"
        ))
        .await?;
    assert_eq!(open["total"], 21);
    let no = open["tickets"][0].as_str().context("an open ticket")?;
    let url = format!("{}/api/v1/tickets/{no}/events", demo.server.url);
    let resolve = json!({"event": "resolved", "result": "已现场处置完毕"});

    let foreign = demo
        .client
        .post(&url)
        .header("Origin", "http://evil.example")
        .json(&resolve)
        .send()
        .await?;
    assert_eq!(foreign.status(), 403);
    let done = demo.client.post(&url).json(&resolve).send().await?;
    assert_eq!(done.status(), 201);
    // No waiting: the answer promises that ledger and index show it.
    assert_eq!(
        demo.json(&format!("/api/v1/tickets/{no}")).await?["status"],
        "resolved"
    );
    let found = demo
        .json(&format!("/api/v1/search?q=id:{no}+status:resolved"))
        .await?;
    assert_eq!(found["total"], 1, "{found}");
    let again = demo.client.post(&url).json(&resolve).send().await?;
    assert_eq!(again.status(), 409);
    Ok(())
}

#[tokio::test]
#[ignore = "needs Chromium: run ./tests/run"]
async fn every_page_is_whole_in_a_browser() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let demo = Demo::start(folder.path()).await?;
    let ticket = demo.json("/api/v1/search?q=kind:ticket&limit=1").await?["hits"][0]["id"].clone();
    let post = demo.json("/api/v1/search?q=kind:post&limit=1").await?["hits"][0]["id"].clone();
    let mut pages: Vec<String> = [
        "/",
        "/tickets",
        "/triage",
        "/bulletin",
        "/search",
        "/sources",
        "/events",
        "/approvals",
        "/units",
        "/units?by=satisfaction",
        "/units/%E6%9C%AA%E6%A0%87%E6%98%8E",
        "/triage?list=overdue",
        "/search?q=%E5%85%AC%E4%BA%A4",
        "/search?q=%22",
        "/no-such-page",
        "/?from=2001-01-01&to=2001-01-02",
    ]
    .map(str::to_owned)
    .into();
    pages.push(format!("/tickets/{}", ticket.as_str().context("a ticket")?));
    pages.push(format!("/posts/{}", post.as_str().context("a post")?));
    let base = demo.server.url.clone();
    let asked = pages.clone();
    let seen = tokio::task::spawn_blocking(move || browser::visit(&base, &asked)).await??;
    assert_eq!(seen.len(), pages.len() * browser::SIZES.len());
    for page in &seen {
        let name = format!("{} at {}", page["path"], page["width"]);
        let missing = page["path"] == "/no-such-page";
        let wrong_query = page["path"] == "/search?q=%22";
        assert_eq!(
            page["status"],
            if missing {
                404
            } else if wrong_query {
                400
            } else {
                200
            },
            "{name}"
        );
        // The room kept for the scroll bar makes it negative.
        assert!(
            page["overflow"].as_i64() <= Some(0),
            "{name} overflows sideways by {}",
            page["overflow"]
        );
        assert_eq!(page["language"], "zh-CN", "{name}");
        assert!(
            page["title"].as_str().is_some_and(|title| title.contains("民声")),
            "{name}"
        );
        // A browser tells every answer that is not 2xx as an error of its own.
        let errors = page["errors"].as_array().context("errors")?;
        assert!(errors.is_empty() || missing || wrong_query, "{name}: {errors:?}");
        for chart in page["charts"].as_array().context("charts")? {
            assert_eq!(chart["drawn"], true, "{name}: a chart is not drawn");
            assert_ne!(chart["label"], "", "{name}: a chart has no title");
        }
    }
    let overview = seen.iter().find(|page| page["path"] == "/").context("overview")?;
    assert!(
        overview["charts"]
            .as_array()
            .is_some_and(|charts| charts.len() >= 4),
        "the overview lacks charts"
    );
    assert!(
        overview["text"]
            .as_str()
            .is_some_and(|text| text.contains("98.75 %"))
    );
    Ok(())
}
