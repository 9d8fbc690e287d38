//! Kafka as our log gives the same ledger rows and live documents as the embedded one; Kafka as somebody else's, a source.

use anyhow::{Result, ensure};
use minsheng_tests::{
    binary::{self, Server},
    hotline,
    kafka::Broker,
    sinks,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
#[ignore = "needs Apache Kafka: run ./tests/run"]
fn both_logs_give_the_same_ledger_and_documents() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("export.xlsx");
    let mut rows = hotline::rows(400);
    rows[7][1] = "不详".to_owned();
    hotline::write_xlsx(&export, &rows)?;
    let export = export.to_str().unwrap_or_default();

    let config = folder.path().join("kafka.toml");
    let broker = Broker::shared();
    std::fs::write(
        &config,
        format!(
            "[log]\nkind = \"kafka\"\nbrokers = [\"{}\"]\ntopic_prefix = \"{}\"\npartitions = 3\n",
            broker.address(),
            broker.prefix()
        ),
    )?;
    let (embedded, over_kafka) = (folder.path().join("embedded"), folder.path().join("kafka"));
    // Callers are hashed with a key of the data folder: both get the same one.
    std::fs::create_dir_all(&over_kafka)?;
    let first = binary::json(&embedded, &["import", "--json", export])?;
    std::fs::copy(embedded.join("caller.key"), over_kafka.join("caller.key"))?;
    let config = config.to_str().unwrap_or_default();
    let second = binary::json(&over_kafka, &["--config", config, "import", "--json", export])?;
    assert_eq!(first, second);
    assert_eq!(sinks::held(&embedded)?, sinks::held(&over_kafka)?);

    // And the second time nothing is new, as over the embedded log.
    let again = binary::json(&over_kafka, &["--config", config, "import", "--json", export])?;
    assert_eq!(again[0]["new"], 0);
    Ok(())
}

/// What another program writes: its own keys, its own times.
fn event(n: usize) -> String {
    json!({
        "event": {"id": format!("E-{n:04}"), "name": format!("第{n}号事件"), "detail": format!("东门外第{n}根灯杆不亮，请修复。")},
        "created": 1_464_000_000 + n,
    })
    .to_string()
}

/// The source as the interface shows it, once `tickets` of it are in the ledger and the visit that brought them is counted.
async fn source_with(server: &Server, tickets: u64) -> Result<Value> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        let text = client
            .get(format!("{}/api/v1/sources", server.url))
            .send()
            .await?
            .text()
            .await?;
        let sources: Vec<Value> = serde_json::from_str(&text)?;
        let source = sources.into_iter().find(|source| source["name"] == "city-events");
        if let Some(source) = &source
            && source["tickets"] == tickets
            && source["yielded"] == tickets
        {
            return Ok(source.clone());
        }
        ensure!(
            Instant::now() < give_up,
            "no {tickets} tickets after a minute: {source:?}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
#[ignore = "needs Apache Kafka: run ./tests/run"]
async fn a_foreign_topic_is_read_on_exactly_where_it_was_left() -> Result<()> {
    let broker = Broker::shared();
    let topic = format!("{}city.events", broker.prefix());
    broker.create(&topic, 3).await;
    let events = |numbers: std::ops::Range<usize>| -> Vec<(i32, String)> {
        numbers.map(|n| ((n % 3) as i32, event(n))).collect()
    };
    let mut first = events(0..60);
    first.insert(30, (1, "{\"event\": 不是 JSON".to_owned()));
    broker.produce(&topic, &first).await;

    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let config = folder.path().join("minsheng.toml");
    std::fs::write(
        &config,
        format!(
            "[dashboard]\nlisten = \"127.0.0.1:0\"\n\
             [[source]]\nname = \"city-events\"\nkind = \"kafka_topic\"\nbrokers = [\"{}\"]\ntopic = \"{topic}\"\n\
             [source.mapping]\ntarget = \"ticket\"\n[source.mapping.fields]\nno = \"event.id\"\ntitle = \"event.name\"\n\
             body = \"event.detail\"\naccepted_at = \"created\"\n",
            broker.address()
        ),
    )?;
    let config = config.to_str().unwrap_or_default();
    let server = Server::start(&data, &["--config", config, "run"]).await?;
    let source = source_with(&server, 60).await?;
    assert_eq!(source["dead_reasons"][0]["code"], "bad_json", "{source}");
    // While it runs, what comes is carried in; what is there while it does not, at the next start.
    broker.produce(&topic, &events(60..70)).await;
    source_with(&server, 70).await?;
    drop(server);
    broker.produce(&topic, &events(70..100)).await;
    let server = Server::start(&data, &["--config", config, "run"]).await?;
    let source = source_with(&server, 100).await?;
    // Each message once: 100 tickets and the one that is no JSON, over both runs.
    assert_eq!(
        (&source["fetched"], &source["yielded"], &source["dead"]),
        (&json!(101), &json!(100), &json!(1)),
        "{source}"
    );
    Ok(())
}
