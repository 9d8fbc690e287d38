//! JSON records a city already has on its own Kafka, mapped by configuration.
//!
//! The position of each partition is kept with what collection remembers and moves only when the drafts before it are
//! durable on the log: nothing is lost. What is read twice after a crash has the same ids, so nothing is doubled. The
//! topic's own consumer groups are left alone: nothing is committed to the brokers. An offset that retention has taken
//! is told as a dead letter, never skipped in silence.

use super::{
    json_lines,
    mapping::Mapping,
    state::{CollectState, Confirm, StateError, Summary, Visit, VisitError, Visitor},
};
use crate::{
    clean::Refusal,
    fetch::{Access, Fetcher, Validators},
    record::Place,
    source::Collected,
    time::{from_millis, now},
};
use rdkafka::{
    Message, Offset, TopicPartitionList,
    config::ClientConfig,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, time::Duration};
use tokio::sync::mpsc;

/// How long the brokers are asked for metadata, and waited for between messages.
const PATIENCE: Duration = Duration::from_secs(15);
/// Messages handed on together: their position moves once for all.
const TOGETHER: usize = 512;
/// Messages read in one visit; the rest waits for the next, a few seconds later.
const MOST: usize = 200_000;

/// A topic to follow.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaTopicConfig {
    /// `host:port` of one or more brokers to ask first.
    pub brokers: Vec<String>,
    /// The topic.
    pub topic: String,
    /// Which of their keys is which of ours.
    pub mapping: Mapping,
    /// Begin at the topic's end instead of its beginning; counts for partitions never read before.
    #[serde(default)]
    pub from_end: bool,
    /// Any librdkafka property. `env:NAME` takes the value from the environment variable `NAME`.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

// Names only: a value may be a secret.
impl fmt::Debug for KafkaTopicConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaTopicConfig")
            .field("brokers", &self.brokers)
            .field("topic", &self.topic)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Some messages of one partition, and the offset after them.
struct Chunk {
    partition: i32,
    next: i64,
    collected: Vec<Collected>,
}

/// Reads a topic once to its present end and hands every message to `sink`. The outcome is also written to `state`.
///
/// # Errors
/// When the brokers cannot be reached or the configuration is wrong; messages that cannot be read are handed on as
/// refused.
pub async fn visit(
    config: &KafkaTopicConfig,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let result = follow(config, &mut visitor).await;
    visitor.end(result)
}

/// Puts each partition back to its first message that was refused (`origins` of dead letters), so that the next visit
/// reads on from there; what was read well the first time has the same ids and adds nothing. Says how many partitions.
///
/// # Errors
/// When the positions cannot be written.
pub fn rewind(
    config: &KafkaTopicConfig,
    name: &str,
    state: &CollectState,
    origins: &[String],
) -> Result<u64, StateError> {
    let mut first: BTreeMap<i32, i64> = BTreeMap::new();
    for origin in origins {
        let place = origin
            .strip_prefix(&config.topic)
            .and_then(|rest| rest.strip_prefix('/'));
        let Some((partition, offset)) = place.and_then(|place| place.split_once('@')) else {
            continue;
        };
        if let (Ok(partition), Ok(offset)) = (partition.parse(), offset.parse()) {
            let least = first.entry(partition).or_insert(offset);
            *least = offset.min(*least);
        }
    }
    let mut confirm = Confirm::new(name);
    for (partition, offset) in &first {
        let key = position_key(&config.topic, *partition);
        confirm.add(&key, Some(offset.to_string()), Validators::default());
    }
    state.confirm(&confirm)?;
    Ok(first.len() as u64)
}

fn position_key(topic: &str, partition: i32) -> String {
    format!("position {topic}/{partition}")
}

async fn follow(config: &KafkaTopicConfig, visitor: &mut Visitor<'_>) -> Result<(), VisitError> {
    let known = |partition| -> Result<Option<i64>, VisitError> {
        let known = visitor
            .state
            .known(visitor.source, &position_key(&config.topic, partition))?;
        Ok(known.and_then(|known| known.digest?.parse().ok()))
    };
    let settings = settings(config)?;
    let (topic, opening) = (config.topic.clone(), settings.clone());
    let ranges = blocking(move || ranges(&opening, &topic)).await?;
    let mut from = Vec::new();
    for (partition, first, end) in ranges {
        let wanted = known(partition)?.unwrap_or(if config.from_end { end } else { first });
        // Also when there is nothing to read: where reading began must not move with the topic's end.
        if wanted == end {
            visitor
                .done_with(
                    &position_key(&config.topic, partition),
                    Some(end.to_string()),
                    Validators::default(),
                )
                .await?;
        } else {
            from.push((partition, wanted, first, end));
        }
    }
    if from.is_empty() {
        return Ok(());
    }
    let (sender, mut chunks) = mpsc::channel(4);
    let whole = config.clone();
    let reading = tokio::task::spawn_blocking(move || read(&whole, &settings, &from, &sender));
    while let Some(Chunk {
        partition,
        next,
        collected,
    }) = chunks.recv().await
    {
        visitor.summary.fetched += collected.len() as u64;
        let key = position_key(&config.topic, partition);
        visitor.hand_on(collected, &key, next.to_string()).await?;
    }
    reading.await.map_err(|_| VisitError::Closed)?
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VisitError> + Send + 'static,
) -> Result<T, VisitError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| VisitError::Closed)?
}

fn settings(config: &KafkaTopicConfig) -> Result<ClientConfig, VisitError> {
    let mut client = ClientConfig::new();
    client
        .set("client.id", "minsheng")
        // `assign` needs one, though this program neither joins a group nor commits.
        .set("group.id", "minsheng");
    for (property, value) in &config.properties {
        let value = match value.strip_prefix("env:") {
            Some(variable) => std::env::var(variable).map_err(|_| {
                VisitError::Config(format!(
                    "property {property} needs environment variable {variable}, which is not set"
                ))
            })?,
            None if property.contains("password") || property.contains("secret") => {
                return Err(VisitError::Config(format!(
                    "property {property} is a secret: write env:NAME and put it into environment variable NAME"
                )));
            }
            None => value.clone(),
        };
        client.set(property, value);
    }
    client
        .set("bootstrap.servers", config.brokers.join(","))
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "error")
        .set("allow.auto.create.topics", "false")
        .set("enable.partition.eof", "true");
    Ok(client)
}

fn consumer(settings: &ClientConfig) -> Result<BaseConsumer, VisitError> {
    settings.create().map_err(|error: KafkaError| match error {
        // The message quotes the value, which may be a secret.
        KafkaError::ClientConfig(_, _, property, _) => VisitError::Config(format!(
            "librdkafka refuses the value or the name of property {property}"
        )),
        error => broken(&error),
    })
}

fn broken(error: &KafkaError) -> VisitError {
    tracing::debug!(%error, "kafka topic cannot be read");
    VisitError::Feed("the Kafka brokers do not answer, or do not have the topic")
}

/// Each partition with its first offset and the one to be written next.
fn ranges(settings: &ClientConfig, topic: &str) -> Result<Vec<(i32, i64, i64)>, VisitError> {
    let consumer = consumer(settings)?;
    let metadata = consumer
        .fetch_metadata(Some(topic), PATIENCE)
        .map_err(|error| broken(&error))?;
    let partitions = metadata
        .topics()
        .first()
        .map(|topic| topic.partitions())
        .unwrap_or_default();
    if partitions.is_empty() {
        return Err(VisitError::Feed("the Kafka brokers do not have the topic"));
    }
    let range = |id| {
        let (first, end) = consumer
            .fetch_watermarks(topic, id, PATIENCE)
            .map_err(|error| broken(&error))?;
        Ok((id, first, end))
    };
    partitions.iter().map(|partition| range(partition.id())).collect()
}

/// Reads each partition from `wanted` (or `first`, when that is gone) to `end`.
fn read(
    config: &KafkaTopicConfig,
    settings: &ClientConfig,
    from: &[(i32, i64, i64, i64)],
    sink: &mpsc::Sender<Chunk>,
) -> Result<(), VisitError> {
    for &(partition, wanted, first, end) in from {
        let mut next = wanted.max(first);
        if wanted < first || wanted > end {
            let gap = match wanted < first {
                true => format!("位移 {wanted} 至 {} 的消息已被该主题清除，未能读取", first - 1),
                false => format!("该主题已重建，原读取位置 {wanted} 不存在，从头读取"),
            };
            if wanted > end {
                next = first;
            }
            let refused =
                Collected::refused(refusal(place(config, partition, wanted), gap, "trimmed"), now());
            let chunk = Chunk {
                partition,
                next,
                collected: vec![refused],
            };
            sink.blocking_send(chunk).map_err(|_| VisitError::Closed)?;
        }
        if next < end {
            partition_to(config, settings, partition, next, end, sink)?;
        }
    }
    Ok(())
}

fn partition_to(
    config: &KafkaTopicConfig,
    settings: &ClientConfig,
    partition: i32,
    mut next: i64,
    end: i64,
    sink: &mpsc::Sender<Chunk>,
) -> Result<(), VisitError> {
    let consumer = consumer(settings)?;
    let mut assignment = TopicPartitionList::new();
    assignment
        .add_partition_offset(&config.topic, partition, Offset::Offset(next))
        .and_then(|()| consumer.assign(&assignment))
        .map_err(|error| broken(&error))?;
    let mut collected = Vec::new();
    let mut count = 0;
    while next < end && count < MOST {
        let message = match consumer.poll(PATIENCE) {
            Some(Ok(message)) => message,
            // Compaction or a transaction's marker may end the topic with offsets that are no messages.
            Some(Err(KafkaError::PartitionEOF(_))) => {
                next = end;
                break;
            }
            Some(Err(error)) => return Err(broken(&error)),
            // A broker that stalls: the next visit goes on where this one stands.
            None => break,
        };
        let place = place(config, partition, message.offset());
        next = message.offset() + 1;
        count += 1;
        let observed_at = message
            .timestamp()
            .to_millis()
            .filter(|millis| *millis > 0)
            .map_or_else(now, from_millis);
        // A message without a payload takes something back from a compacted topic; here nothing is ever taken back.
        collected.push(match message.payload() {
            Some(payload) => json_lines::read_object(payload, place, observed_at, &config.mapping),
            None => Collected::refused(refusal(place, "消息没有内容".to_owned(), "bad_json"), observed_at),
        });
        if collected.len() >= TOGETHER {
            let chunk = Chunk {
                partition,
                next,
                collected: std::mem::take(&mut collected),
            };
            sink.blocking_send(chunk).map_err(|_| VisitError::Closed)?;
        }
    }
    sink.blocking_send(Chunk {
        partition,
        next,
        collected,
    })
    .map_err(|_| VisitError::Closed)
}

fn place(config: &KafkaTopicConfig, partition: i32, offset: i64) -> Place {
    Place {
        origin: format!("{}/{partition}@{offset}", config.topic),
        ..Place::default()
    }
}

fn refusal(place: Place, reason: String, code: &'static str) -> Refusal {
    Refusal {
        place,
        reason,
        code,
        excerpt: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> KafkaTopicConfig {
        toml::from_str(
            "brokers = ['kafka:9092']\ntopic = 'city.events'\nproperties = { 'sasl.password' = 'env:NOBODY_SETS_THIS' }\n\
             [mapping]\ntarget = 'ticket'\n[mapping.fields]\nno = 'id'\nbody = 'text'\naccepted_at = 'time'",
        )
        .unwrap()
    }

    #[test]
    fn a_retry_goes_back_to_the_first_refused_message_of_each_partition() {
        let state = CollectState::in_memory().unwrap();
        let origins = [
            "city.events/0@12",
            "city.events/0@7",
            "city.events/3@1",
            "other/1@1",
            "city.events/x@y",
        ];
        let origins = origins.map(str::to_owned);
        assert_eq!(rewind(&config(), "kafka", &state, &origins).unwrap(), 2);
        let position = |partition| {
            state
                .known("kafka", &position_key("city.events", partition))
                .unwrap()
                .unwrap()
                .digest
        };
        assert_eq!(
            (position(0).as_deref(), position(3).as_deref()),
            (Some("7"), Some("1"))
        );
    }

    #[test]
    fn secrets_are_named_and_never_shown() {
        let error = settings(&config())
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("NOBODY_SETS_THIS"), "{error}");
        let mut plain = config();
        plain.properties = BTreeMap::from([("sasl.password".to_owned(), "hunter2".to_owned())]);
        let error = settings(&plain)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("secret") && !error.contains("hunter2"), "{error}");
        assert!(!format!("{plain:?}").contains("hunter2"));
    }

    #[test]
    fn messages_become_tickets_or_say_why_not() {
        let config = config();
        let read = |payload: &str| {
            let place = place(&config, 0, 5);
            json_lines::read_object(payload.as_bytes(), place, now(), &config.mapping)
        };
        let good = read(r#"{"id": "E1", "text": "路灯不亮", "time": 1710000000}"#);
        assert!(matches!(good.draft, crate::clean::Draft::Ticket(ticket) if ticket.no == "E1"));
        for bad in ["", "[]", r#"{"text": "没有编号", "time": 1710000000}"#] {
            let refused = read(bad);
            assert!(matches!(refused.draft, crate::clean::Draft::Refused(_)), "{bad}");
            assert_eq!(refused.place.origin, "city.events/0@5");
        }
    }
}
