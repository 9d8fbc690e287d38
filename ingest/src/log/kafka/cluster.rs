//! The topics on the brokers: made when missing, their partitions counted, their first and last offsets.

use super::{
    KafkaConfig, LogError, Topic,
    config::{Diagnostics, MAX_RECORD_BYTES},
};
use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    error::{KafkaError, RDKafkaErrorCode as Code},
    producer::{FutureProducer, Producer},
};
use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};

/// How long one question to the brokers may take, reconnecting included.
const PATIENCE: Duration = Duration::from_secs(30);

/// Before asking again.
const PAUSE: Duration = Duration::from_millis(50);

/// The producer, and what can be asked through its connections. Every method that is not `async` may wait for a
/// broker.
pub(super) struct Cluster {
    pub(super) config: KafkaConfig,
    pub(super) producer: FutureProducer<Diagnostics>,
    // In the order of `Topic::ALL`.
    names: [String; Topic::ALL.len()],
}

impl Cluster {
    pub(super) fn new(config: KafkaConfig) -> Result<Self, LogError> {
        let names = Topic::ALL.map(|topic| format!("{}{}", config.topic_prefix, topic.name()));
        Ok(Self {
            producer: config.producer()?,
            config,
            names,
        })
    }

    /// The topic's name on the brokers.
    pub(super) fn topic(&self, topic: Topic) -> &str {
        &self.names[topic as usize]
    }

    /// Makes the topics that are missing. Returns why it may not, if so: that is no matter where they exist.
    pub(super) async fn create_topics(
        &self,
        admin: &AdminClient<Diagnostics>,
    ) -> Result<Option<LogError>, LogError> {
        // -1: the brokers' default.
        let replicas = self.config.replication_factor.unwrap_or(-1);
        let topic = |name| {
            NewTopic::new(name, self.config.partitions, TopicReplication::Fixed(replicas))
                .set("cleanup.policy", "delete")
                .set("retention.ms", "-1")
                .set("retention.bytes", "-1")
                .set("max.message.bytes", MAX_RECORD_BYTES)
        };
        let topics: Vec<_> = self.names.iter().map(|name| topic(name)).collect();
        let options = AdminOptions::new()
            .request_timeout(Some(PATIENCE))
            .operation_timeout(Some(PATIENCE));
        let results = admin
            .create_topics(&topics, &options)
            .await
            .map_err(|error| failed("making the topics", &error))?;
        let mut denied = None;
        for result in results {
            let Err((name, code)) = result else { continue };
            let error = LogError::Kafka(format!("making topic {name}: {code}"));
            match code {
                Code::TopicAlreadyExists => {}
                Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => denied = Some(error),
                _ => return Err(error),
            }
        }
        Ok(denied)
    }

    /// Checks the partitions of every topic, waiting for those just made to be known to the brokers.
    pub(super) fn check_topics(&self, mut denied: Option<LogError>) -> Result<(), LogError> {
        let start = Instant::now();
        for topic in Topic::ALL {
            while let Err(error) = self.partitions(topic) {
                match (error, denied.take()) {
                    (LogError::Kafka(_), Some(denied)) => return Err(denied),
                    (LogError::Kafka(_), None) if start.elapsed() < PATIENCE => thread::sleep(PAUSE),
                    (error, _) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// The partitions of a topic, when they are as many as configured.
    pub(super) fn partitions(&self, topic: Topic) -> Result<Range<i32>, LogError> {
        let name = self.topic(topic);
        let count = ask(&format!("reading the partitions of {name}"), || {
            let metadata = self.producer.client().fetch_metadata(Some(name), PATIENCE)?;
            let Some(found) = metadata.topics().first() else {
                return Err(KafkaError::MetadataFetch(Code::UnknownTopicOrPartition));
            };
            match found.error() {
                Some(error) => Err(KafkaError::MetadataFetch(error.into())),
                None => Ok(i32::try_from(found.partitions().len()).unwrap_or(i32::MAX)),
            }
        })?;
        if count != self.config.partitions {
            return Err(self.miscounted(topic, count, self.config.partitions));
        }
        Ok(0..count)
    }

    /// The first offset held and the next offset to be written.
    pub(super) fn watermarks(&self, topic: Topic, partition: i32) -> Result<(i64, i64), LogError> {
        let name = self.topic(topic);
        ask(
            &format!("reading the offsets of {name} partition {partition}"),
            || {
                let client = self.producer.client();
                client.fetch_watermarks(name, partition, PATIENCE)
            },
        )
    }

    /// Whether a reader can go on at `wanted`.
    pub(super) fn check_offset(&self, topic: Topic, partition: i32, wanted: i64) -> Result<(), LogError> {
        let (first, end) = self.watermarks(topic, partition)?;
        let topic = self.topic(topic).to_owned();
        if wanted < first {
            return Err(LogError::Trimmed {
                topic,
                partition,
                first,
                wanted,
            });
        }
        if wanted > end {
            return Err(LogError::Shorter {
                topic,
                partition,
                end,
                wanted,
            });
        }
        Ok(())
    }

    /// A checkpoint that names more partitions than there are is of another layout.
    pub(super) fn check_named(&self, topic: Topic, partition: i32) -> Result<(), LogError> {
        if partition < self.config.partitions {
            return Ok(());
        }
        Err(self.miscounted(topic, self.config.partitions, partition.saturating_add(1)))
    }

    /// A record that went to a partition beyond those configured has left the order of its key.
    pub(super) fn check_delivered(&self, topic: Topic, partition: i32) -> Result<(), LogError> {
        if partition < self.config.partitions {
            return Ok(());
        }
        Err(self.miscounted(topic, partition.saturating_add(1), self.config.partitions))
    }

    fn miscounted(&self, topic: Topic, found: i32, expected: i32) -> LogError {
        let count = |partitions: i32| usize::try_from(partitions).unwrap_or_default();
        LogError::Partitions {
            topic: self.topic(topic).to_owned(),
            found: count(found),
            expected: count(expected),
        }
    }

    /// Why a record was not delivered.
    pub(super) fn not_delivered(&self, error: &KafkaError) -> LogError {
        // After a fatal error of the idempotent producer every report says only "fatal"; the cause is kept apart.
        match self.producer.client().fatal_error() {
            Some((code, reason)) => LogError::Kafka(format!("appending: {code}: {reason}")),
            None => failed("appending", error),
        }
    }
}

// Asks until there is an answer, for a partition may just be changing its leader.
fn ask<T>(doing: &str, question: impl Fn() -> Result<T, KafkaError>) -> Result<T, LogError> {
    let start = Instant::now();
    loop {
        match question() {
            Err(error) if passing(&error) && start.elapsed() < PATIENCE => thread::sleep(PAUSE),
            answer => return answer.map_err(|error| failed(doing, &error)),
        }
    }
}

/// Whether the error is of a broker or a connection that comes back. Any other would not pass by waiting, or waiting
/// would hide that records are missing.
pub(super) fn passing(error: &KafkaError) -> bool {
    let (KafkaError::MessageConsumption(code) | KafkaError::MetadataFetch(code)) = error else {
        return false;
    };
    matches!(
        code,
        Code::AllBrokersDown
            | Code::BrokerTransportFailure
            | Code::BrokerDestroy
            | Code::Resolve
            | Code::OperationTimedOut
            | Code::RequestTimedOut
            | Code::NetworkException
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::ReplicaNotAvailable
            | Code::BrokerNotAvailable
            | Code::FencedLeaderEpoch
            | Code::UnknownLeaderEpoch
            | Code::CoordinatorNotAvailable
            | Code::CoordinatorLoadInProgress
            | Code::NotCoordinator
            | Code::WaitingForCoordinator
    )
}

/// An error with the operation it ended.
pub(super) fn failed(doing: &str, error: &KafkaError) -> LogError {
    LogError::Kafka(format!("{doing}: {error}"))
}
