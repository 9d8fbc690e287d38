//! Reads Kafka from given offsets: a thread of its own polls the consumer and parses, `next` takes what it brought.
//!
//! The thread reads ahead a bounded amount, and a call of `next` that is cancelled loses nothing.

use super::{
    Checkpoint, LogError, Reader, Topic,
    cluster::{Cluster, failed, passing},
    config::Diagnostics,
};
use crate::{log::Entry, record::Record};
use async_trait::async_trait;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};
use std::{collections::VecDeque, sync::Arc, thread, time::Duration};
use tokio::sync::mpsc;

/// How often an idle thread looks whether its reader is still there. Messages wake it at once.
const POLL: Duration = Duration::from_millis(250);

/// A chunk is handed over when it holds this many entries or bytes, or when no more is at hand.
const CHUNK_ENTRIES: usize = 512;
const CHUNK_BYTES: usize = 1 << 20;

/// Chunks read ahead.
const CHUNKS: usize = 8;

type Chunk = Result<Vec<Entry>, LogError>;

/// The async side of a reader.
pub(super) struct KafkaReader {
    chunks: mpsc::Receiver<Chunk>,
    entries: VecDeque<Entry>,
    // Met behind `entries`; told once these are read.
    failure: Option<LogError>,
}

/// Checks the offsets and starts the thread. Waits for the brokers.
pub(super) fn open(
    cluster: Arc<Cluster>,
    mut topics: Vec<Topic>,
    from: &Checkpoint,
) -> Result<KafkaReader, LogError> {
    topics.sort_unstable();
    topics.dedup();
    for (topic, partition, _) in from.iter() {
        if topics.contains(&topic) {
            cluster.check_named(topic, partition)?;
        }
    }
    let mut position = Checkpoint::default();
    let mut assignment = TopicPartitionList::new();
    for &topic in &topics {
        for partition in cluster.partitions(topic)? {
            let wanted = from.next(topic, partition);
            cluster.check_offset(topic, partition, wanted)?;
            position.set(topic, partition, wanted);
            assignment
                .add_partition_offset(cluster.topic(topic), partition, Offset::Offset(wanted))
                .map_err(|error| failed("assigning offsets", &error))?;
        }
    }
    let consumer = cluster.config.consumer()?;
    consumer
        .assign(&assignment)
        .map_err(|error| failed("assigning offsets", &error))?;
    let (sender, chunks) = mpsc::channel(CHUNKS);
    let pump = Pump {
        cluster,
        consumer,
        topics,
        position,
    };
    thread::Builder::new()
        .name("log-reader".into())
        .spawn(move || pump.run(&sender))?;
    Ok(KafkaReader {
        chunks,
        entries: VecDeque::new(),
        failure: None,
    })
}

impl KafkaReader {
    fn take(&mut self, chunk: Chunk) {
        match chunk {
            Ok(entries) => self.entries.extend(entries),
            Err(error) => self.failure = Some(error),
        }
    }
}

#[async_trait]
impl Reader for KafkaReader {
    async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, LogError> {
        if self.entries.is_empty() && self.failure.is_none() {
            match tokio::time::timeout(wait, self.chunks.recv()).await {
                Err(_) => return Ok(Vec::new()),
                Ok(Some(chunk)) => self.take(chunk),
                Ok(None) => {
                    return Err(LogError::Task(
                        "the kafka reader stopped at an error told before".into(),
                    ));
                }
            }
        }
        while self.entries.len() < max
            && self.failure.is_none()
            && let Ok(chunk) = self.chunks.try_recv()
        {
            self.take(chunk);
        }
        match self.failure.take() {
            Some(error) if self.entries.is_empty() => Err(error),
            failure => {
                self.failure = failure;
                let count = self.entries.len().min(max);
                Ok(self.entries.drain(..count).collect())
            }
        }
    }
}

// Owns the consumer, so that closing it (which waits for a broker) happens on this thread too.
struct Pump {
    cluster: Arc<Cluster>,
    consumer: BaseConsumer<Diagnostics>,
    topics: Vec<Topic>,
    position: Checkpoint,
}

impl Pump {
    fn run(mut self, reader: &mpsc::Sender<Chunk>) {
        // A reader that was dropped closes the channel.
        while !reader.is_closed() {
            let (entries, error) = self.chunk();
            if !entries.is_empty() && reader.blocking_send(Ok(entries)).is_err() {
                return;
            }
            if let Some(error) = error {
                let _ = reader.blocking_send(Err(self.explain(&error)));
                return;
            }
        }
    }

    // What is at hand, after waiting for the first message; and the error met behind it.
    fn chunk(&mut self) -> (Vec<Entry>, Option<KafkaError>) {
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut wait = POLL;
        while entries.len() < CHUNK_ENTRIES && bytes < CHUNK_BYTES {
            match self.consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    let assigned = |&&topic: &&Topic| self.cluster.topic(topic) == message.topic();
                    let Some(&topic) = self.topics.iter().find(assigned) else {
                        continue;
                    };
                    // A message without a payload is no record either, and told as such.
                    let json = message.payload().unwrap_or_default();
                    let entry = Entry {
                        topic,
                        partition: message.partition(),
                        offset: message.offset(),
                        record: Record::from_json(json),
                    };
                    bytes += json.len();
                    self.position.advance(&entry);
                    entries.push(entry);
                }
                // librdkafka goes on trying by itself.
                Some(Err(error)) if passing(&error) => {
                    tracing::debug!(%error, "kafka reader waits for a broker");
                }
                Some(Err(error)) => return (entries, Some(error)),
            }
            wait = Duration::ZERO;
        }
        (entries, None)
    }

    // librdkafka does not say which partition's offset is gone, so all are looked at.
    fn explain(&self, error: &KafkaError) -> LogError {
        for (topic, partition, wanted) in self.position.iter() {
            if let Err(cause @ (LogError::Trimmed { .. } | LogError::Shorter { .. })) =
                self.cluster.check_offset(topic, partition, wanted)
            {
                return cause;
            }
        }
        failed("reading", error)
    }
}
