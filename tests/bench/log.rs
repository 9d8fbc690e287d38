//! Append and read of both logs, 2,000 records a call as collection does it.

use crate::{Done, text::text};
use anyhow::{Context, Result};
use ingest::{
    log::{self, Checkpoint, Log, LogConfig, Topic},
    record::{Body, Engagement, Medium, Post, Record, RecordId},
    time,
};
use minsheng_tests::kafka::Broker;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const COUNT: usize = 40_000;
const CALL: usize = 2_000;

pub(crate) fn post(n: usize) -> Record {
    let native_id = format!("bench-{n}");
    let body = Body::Post(Post {
        post_id: RecordId::of(&[b"post", b"bench", native_id.as_bytes()]),
        native_id,
        source: "bench".to_owned(),
        channel: Medium::ALL[n % Medium::ALL.len()],
        url: None,
        title: format!("第{n}号来件"),
        body: text(n),
        author: None,
        source_name: None,
        published_at: Some(time::from_millis(1_464_000_000_000 + n as i64 * 15_000)),
        region: None,
        engagement: Engagement::default(),
    });
    Record::new(body, time::from_millis(1_464_700_000_000))
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

pub(crate) async fn fill(log: &dyn Log, records: &[Record]) -> Result<()> {
    for call in records.chunks(CALL) {
        log.append(call).await?;
    }
    Ok(())
}

async fn append(log: Arc<dyn Log>) -> Result<Done> {
    let records: Vec<Record> = (0..COUNT).map(post).collect();
    let begun = Instant::now();
    fill(log.as_ref(), &records).await?;
    Ok(Done {
        items: COUNT,
        took: begun.elapsed(),
    })
}

async fn read(log: Arc<dyn Log>) -> Result<Done> {
    let records: Vec<Record> = (0..COUNT).map(post).collect();
    fill(log.as_ref(), &records).await?;
    drop(records);
    let begun = Instant::now();
    let mut reader = log.reader(&[Topic::Posts], &Checkpoint::default()).await?;
    let mut items = 0;
    while items < COUNT {
        items += reader.next(4096, Duration::from_secs(5)).await?.len();
    }
    Ok(Done {
        items,
        took: begun.elapsed(),
    })
}

fn embedded<F: Future<Output = Result<Done>>>(work: fn(Arc<dyn Log>) -> F) -> Result<Done> {
    let folder = tempfile::tempdir()?;
    runtime()?.block_on(async { work(log::open(&LogConfig::default(), folder.path()).await?).await })
}

fn over_kafka<F: Future<Output = Result<Done>>>(work: fn(Arc<dyn Log>) -> F) -> Result<Done> {
    std::env::var("MINSHENG_KAFKA_LIBS").context("MINSHENG_KAFKA_LIBS is not set")?;
    let broker = Broker::shared();
    let config = format!(
        "kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic_prefix = \"{}\"\npartitions = 1\n",
        broker.address(),
        broker.prefix()
    );
    let config: LogConfig = toml::from_str(&config)?;
    let folder = tempfile::tempdir()?;
    runtime()?.block_on(async { work(log::open(&config, folder.path()).await?).await })
}

pub(crate) fn append_embedded() -> Result<Done> {
    embedded(append)
}

pub(crate) fn append_kafka() -> Result<Done> {
    over_kafka(append)
}

pub(crate) fn read_embedded() -> Result<Done> {
    embedded(read)
}

pub(crate) fn read_kafka() -> Result<Done> {
    over_kafka(read)
}
