//! The `[log]` section of a log on Kafka, and the librdkafka clients made from it.

use super::{LogError, failed};
use rdkafka::{
    ClientContext,
    admin::AdminClient,
    config::{ClientConfig, FromClientConfigAndContext, RDKafkaLogLevel},
    consumer::{BaseConsumer, ConsumerContext},
    error::KafkaError,
    producer::FutureProducer,
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// Properties that the log's promises rest on; a configuration cannot set them.
const FIXED: [(&str, &str); 6] = [
    // What is appended is on all in-sync replicas, once and in order.
    ("acks", "all"),
    ("enable.idempotence", "true"),
    // As Java clients do, so that a foreign producer puts a key into the same partition. The variant that spreads
    // records without a key is not used: an empty key keeps its order too.
    ("partitioner", "murmur2"),
    // The sinks' checkpoints say where to read; an offset that is gone is an error, not a jump.
    ("auto.offset.reset", "error"),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
];

/// Other names of the above, what has a key of its own in this section, and what would change the log's meaning.
const REFUSED: [&str; 4] = [
    "request.required.acks",
    "bootstrap.servers",
    "metadata.broker.list",
    "transactional.id",
];

/// Set unless the configuration says otherwise.
const DEFAULTS: [(&str, &str); 8] = [
    ("client.id", "minsheng"),
    // `assign` needs one, though this program neither joins a group nor commits.
    ("group.id", "minsheng"),
    ("compression.type", "lz4"),
    ("message.max.bytes", MAX_RECORD_BYTES),
    // 64 MiB of records under way instead of 1 GiB: beyond that, appenders wait.
    ("queue.buffering.max.kbytes", "65536"),
    // 16 MiB read ahead instead of 64 MiB, so that a late topic does not wait behind a long queue.
    ("queued.max.messages.kbytes", "16384"),
    // The default of 1 s stalls a reader each time the queue above was full.
    ("fetch.queue.backoff.ms", "10"),
    // A broker that ends an idle connection is no event.
    ("log.connection.close", "false"),
];

/// Properties that hold a secret: they must name an environment variable.
const SECRETS: [&str; 6] = [
    "sasl.password",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.password",
];

/// The largest record, in bytes of JSON; new topics are made to take it. Kafka's default of 1 MB is less than what
/// a long article can need.
pub(super) const MAX_RECORD_BYTES: &str = "8388608";

/// Where the brokers are and how the topics are laid out.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaConfig {
    /// `host:port` of one or more brokers to ask first.
    pub brokers: Vec<String>,
    /// Put before `posts`, `tickets` and `dead`.
    #[serde(default = "default_prefix")]
    pub topic_prefix: String,
    /// Partitions of each topic, from 1. It cannot be changed later: keys would change partition.
    #[serde(default = "default_partitions")]
    pub partitions: i32,
    /// Replicas of a topic made by this program; the brokers' own default where it is left out.
    #[serde(default)]
    pub replication_factor: Option<i32>,
    /// Any librdkafka property. `env:NAME` takes the value from the environment variable `NAME`; secrets must.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

fn default_prefix() -> String {
    "minsheng.".into()
}

fn default_partitions() -> i32 {
    3
}

// Names only: a value may be a secret.
impl fmt::Debug for KafkaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaConfig")
            .field("brokers", &self.brokers)
            .field("topic_prefix", &self.topic_prefix)
            .field("partitions", &self.partitions)
            .field("replication_factor", &self.replication_factor)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl KafkaConfig {
    pub(super) fn producer(&self) -> Result<FutureProducer<Diagnostics>, LogError> {
        self.client("making the producer")
    }

    pub(super) fn consumer(&self) -> Result<BaseConsumer<Diagnostics>, LogError> {
        self.client("making a consumer")
    }

    pub(super) fn admin(&self) -> Result<AdminClient<Diagnostics>, LogError> {
        self.client("making the admin client")
    }

    fn client<C: FromClientConfigAndContext<Diagnostics>>(&self, doing: &str) -> Result<C, LogError> {
        let mut client = ClientConfig::new();
        for (name, value) in self.settings()? {
            client.set(name, value);
        }
        client
            .create_with_context(Diagnostics)
            .map_err(|error| match error {
                // The message quotes the value, which may be a secret.
                KafkaError::ClientConfig(_, _, property, _) => LogError::Config(format!(
                    "librdkafka refuses the value or the name of property {property}"
                )),
                error => failed(doing, &error),
            })
    }

    /// Every property of a client.
    pub(super) fn settings(&self) -> Result<BTreeMap<String, String>, LogError> {
        if self.brokers.is_empty() {
            return Err(LogError::Config(
                "brokers must name at least one host:port".into(),
            ));
        }
        if self.partitions < 1 {
            return Err(LogError::Config("partitions must be at least 1".into()));
        }
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let mut settings: BTreeMap<_, _> = DEFAULTS.iter().map(owned).collect();
        for (name, value) in &self.properties {
            if REFUSED.contains(&name.as_str()) || FIXED.iter().any(|(fixed, _)| fixed == name) {
                return Err(LogError::Config(format!(
                    "property {name} cannot be set: the log relies on it"
                )));
            }
            settings.insert(name.clone(), resolve(name, value)?);
        }
        settings.extend(FIXED.iter().map(owned));
        settings.insert("bootstrap.servers".into(), self.brokers.join(","));
        Ok(settings)
    }
}

fn resolve(name: &str, value: &str) -> Result<String, LogError> {
    match value.strip_prefix("env:") {
        Some(variable) => std::env::var(variable).map_err(|_| {
            LogError::Config(format!(
                "property {name} needs environment variable {variable}, which is not set"
            ))
        }),
        None if SECRETS.contains(&name) => Err(LogError::Config(format!(
            "property {name} is a secret: write env:NAME and put it into environment variable NAME"
        ))),
        None => Ok(value.to_owned()),
    }
}

/// Takes what librdkafka's clients report to `tracing`.
pub(super) struct Diagnostics;

impl ClientContext for Diagnostics {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        // CONFWARN: every client is given the properties of all kinds, and says which it does not need.
        match level {
            RDKafkaLogLevel::Debug | RDKafkaLogLevel::Info | RDKafkaLogLevel::Notice => {
                tracing::debug!(target: "librdkafka", facility, "{message}");
            }
            _ if facility == "CONFWARN" => tracing::debug!(target: "librdkafka", facility, "{message}"),
            _ => tracing::warn!(target: "librdkafka", facility, "{message}"),
        }
    }

    fn stats_raw(&self, _: &[u8]) {}

    // Already logged by librdkafka itself, and reported by the call that fails for it.
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
    }
}

impl ConsumerContext for Diagnostics {}
