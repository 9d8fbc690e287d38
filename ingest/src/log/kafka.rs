//! The log on Apache Kafka, through rdkafka.
//!
//! The producer is idempotent and waits for all in-sync replicas; `append` returns when every delivery report has
//! come. Readers are given their offsets and never join a group or commit: the sinks' checkpoints are the truth.
//! Retention that outran a reader, a replaced topic and a changed partition count are errors, never gaps.
//!
//! librdkafka has threads of its own; what waits for a broker runs on blocking threads, and no rdkafka type leaves
//! this module. Transactions are not relied on, and others must not write to these topics inside one: its marker
//! takes an offset that [`Log::end`] counts but no entry fills.

mod cluster;
mod config;
mod reader;
#[cfg(test)]
mod tests;

pub use config::KafkaConfig;

use super::{Checkpoint, Log, LogError, Reader, Topic, blocking};
use crate::record::Record;
use async_trait::async_trait;
use cluster::{Cluster, failed};
use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureRecord},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Records handed to the producer between two chances for other tasks on the same async thread.
const SENT_AT_ONCE: usize = 64;

/// How long to wait when the producer's queue is full of other appenders' records.
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(20);

/// A log on Kafka topics.
pub struct KafkaLog {
    cluster: Arc<Cluster>,
}

impl KafkaLog {
    /// Connects, makes the topics that are missing (without retention) and checks their partitions.
    ///
    /// # Errors
    /// When the configuration cannot be, no broker answers within 30 s, or a topic has another number of partitions.
    pub async fn connect(config: &KafkaConfig) -> Result<Self, LogError> {
        let config = config.clone();
        let (cluster, admin) = blocking(move || {
            let admin = config.admin()?;
            Ok((Arc::new(Cluster::new(config)?), admin))
        })
        .await?;
        let denied = cluster.create_topics(&admin).await?;
        let checked = Arc::clone(&cluster);
        blocking(move || {
            // Dropping a client waits for its threads.
            drop(admin);
            checked.check_topics(denied)
        })
        .await?;
        Ok(Self { cluster })
    }

    async fn delivered(&self, (topic, delivery): (Topic, DeliveryFuture)) -> Result<(), LogError> {
        let delivered = delivery
            .await
            .map_err(|_| LogError::Kafka("the producer ended before the delivery report".into()))?
            .map_err(|(error, _)| self.cluster.not_delivered(&error))?;
        self.cluster.check_delivered(topic, delivered.partition)
    }
}

#[async_trait]
impl Log for KafkaLog {
    async fn append(&self, records: &[Record]) -> Result<(), LogError> {
        // The producer keeps the order of its queue, so reports are awaited only when all are on their way.
        let mut under_way = VecDeque::with_capacity(records.len());
        for (index, record) in records.iter().enumerate() {
            if index % SENT_AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
            let json = record.to_json()?;
            let topic = Topic::of(record);
            loop {
                let name = self.cluster.topic(topic);
                let message = FutureRecord::to(name).key(record.key()).payload(&json);
                let refused = match self.cluster.producer.send_result(message) {
                    Ok(delivery) => {
                        under_way.push_back((topic, delivery));
                        break;
                    }
                    Err((error, _)) => error,
                };
                if refused != KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) {
                    return Err(self.cluster.not_delivered(&refused));
                }
                match under_way.pop_front() {
                    Some(oldest) => self.delivered(oldest).await?,
                    None => tokio::time::sleep(QUEUE_FULL_PAUSE).await,
                }
            }
        }
        for delivery in under_way {
            self.delivered(delivery).await?;
        }
        Ok(())
    }

    async fn reader(&self, topics: &[Topic], from: &Checkpoint) -> Result<Box<dyn Reader>, LogError> {
        let cluster = Arc::clone(&self.cluster);
        let (topics, from) = (topics.to_vec(), from.clone());
        let reader = blocking(move || reader::open(cluster, topics, &from)).await?;
        Ok(Box::new(reader))
    }

    async fn end(&self) -> Result<Checkpoint, LogError> {
        let cluster = Arc::clone(&self.cluster);
        blocking(move || {
            let mut end = Checkpoint::default();
            for topic in Topic::ALL {
                for partition in cluster.partitions(topic)? {
                    let (_, high) = cluster.watermarks(topic, partition)?;
                    end.set(topic, partition, high);
                }
            }
            Ok(end)
        })
        .await
    }
}
