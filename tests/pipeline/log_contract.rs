//! What every log promises, whichever adapter it is: each `async fn` here runs against the embedded log and against
//! a real Kafka broker.

use ingest::{
    log::{
        Checkpoint, Entry, Log, LogError, Reader, Topic,
        embedded::EmbeddedLog,
        kafka::{KafkaConfig, KafkaLog},
    },
    record::{Body, Event, Medium, Post, Record, RecordId, TicketEvent},
    time,
};
use minsheng_tests::kafka::Broker;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Long enough for any machine; what is waited for takes milliseconds. A test that needs it all has failed.
const PATIENCE: Duration = Duration::from_secs(60);

const PARTITIONS: i32 = 3;

macro_rules! contract {
    ($($test:ident)*) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::Subject::embedded()).await;
            })*
        }
        mod kafka {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs Apache Kafka: run ./tests/run"]
            async fn $test() {
                super::$test(super::Subject::kafka().await).await;
            })*
        }
    };
}

contract! {
    keeps_the_order_of_a_key
    keeps_what_was_appended
    reads_on_from_any_checkpoint
    names_the_end_of_every_partition
    a_reader_wakes_when_something_is_appended
    concurrent_appenders_lose_and_mix_nothing
    a_cancelled_read_loses_nothing
    large_records_pass_and_starve_no_other_topic
    ten_thousand_records_pass
    an_empty_append_changes_nothing
    refuses_a_checkpoint_past_the_end
    refuses_a_checkpoint_of_another_layout
    tells_when_entries_were_trimmed
    tells_what_is_no_record
}

/// A log under test, and what can be done to it from outside.
enum Subject {
    Embedded(TempDir),
    Kafka { broker: &'static Broker, prefix: String },
}

impl Subject {
    fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().unwrap())
    }

    async fn kafka() -> Self {
        // The first caller starts the broker.
        let broker = tokio::task::spawn_blocking(Broker::shared).await.unwrap();
        let prefix = broker.prefix();
        Self::Kafka { broker, prefix }
    }

    /// Opens the log: the same one each time. An embedded log must have been dropped before.
    async fn open(&self) -> Arc<dyn Log> {
        match self {
            Self::Embedded(folder) => Arc::new(EmbeddedLog::open(folder.path()).unwrap()),
            Self::Kafka { broker, prefix } => {
                let log = KafkaLog::connect(&kafka_config(broker, prefix, PARTITIONS)).await;
                Arc::new(log.unwrap())
            }
        }
    }

    fn partitions(&self) -> i32 {
        match self {
            Self::Embedded(_) => 1,
            Self::Kafka { .. } => PARTITIONS,
        }
    }

    /// Removes the entries of a partition before `offset`.
    async fn trim(&self, topic: Topic, partition: i32, offset: i64) {
        match self {
            Self::Embedded(folder) => {
                let sql = format!("DELETE FROM {} WHERE offset < ?1", topic.name());
                let connection = rusqlite::Connection::open(folder.path().join("log.sqlite")).unwrap();
                connection.execute(&sql, [offset]).unwrap();
            }
            Self::Kafka { broker, prefix } => {
                let name = format!("{prefix}{}", topic.name());
                broker.trim(&name, partition, offset).await;
            }
        }
    }

    /// Writes bytes of another program into partition 0, whose next offset is `offset`. The log must be closed.
    async fn write(&self, topic: Topic, offset: i64, bytes: &[u8]) {
        match self {
            Self::Embedded(folder) => {
                let sql = format!("INSERT INTO {} VALUES (?1, ?2)", topic.name());
                let connection = rusqlite::Connection::open(folder.path().join("log.sqlite")).unwrap();
                connection.execute(&sql, (offset, bytes)).unwrap();
            }
            Self::Kafka { broker, prefix } => {
                let name = format!("{prefix}{}", topic.name());
                // An empty one stands for Kafka's message without a payload.
                broker.write(&name, 0, (!bytes.is_empty()).then_some(bytes)).await;
            }
        }
    }
}

fn kafka_config(broker: &Broker, prefix: &str, partitions: i32) -> KafkaConfig {
    KafkaConfig {
        brokers: vec![broker.address().to_owned()],
        topic_prefix: prefix.to_owned(),
        partitions,
        replication_factor: Some(1),
        properties: BTreeMap::new(),
    }
}

/// An event on ticket `no` that says `text`.
fn note(no: &str, text: impl Into<String>) -> Record {
    let event = TicketEvent {
        no: no.to_owned(),
        source: "hotline".into(),
        actor: "feed:hotline".into(),
        occurred_at: time::from_millis(1_464_700_000_000),
        snapshot: false,
        key: None,
        attachments: Vec::new(),
        event: Event::Noted { text: text.into() },
    };
    Record::new(Body::Ticket(event), time::from_millis(1_464_700_000_000))
}

fn post(native_id: &str, body: impl Into<String>) -> Record {
    let post = Post {
        post_id: RecordId::of(&[b"forum", native_id.as_bytes()]),
        native_id: native_id.to_owned(),
        source: "forum".into(),
        channel: Medium::Forum,
        url: None,
        title: "路灯".into(),
        body: body.into(),
        author: None,
        source_name: None,
        published_at: None,
        region: None,
        engagement: Default::default(),
    };
    Record::new(Body::Post(post), time::from_millis(1_464_700_000_000))
}

/// Text of so many bytes that no compression makes small: broker and reader must carry it in full.
fn noise(bytes: usize) -> String {
    let mut state: u32 = 12_345;
    let mut ideograph = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0x4e00 + (state >> 8) % 0x5000).unwrap()
    };
    (0..bytes / 3).map(|_| ideograph()).collect()
}

/// The text of a note, or the native id of a post.
fn said(entry: &Entry) -> &str {
    match &entry.record.as_ref().unwrap().body {
        Body::Ticket(TicketEvent {
            event: Event::Noted { text },
            ..
        }) => text,
        Body::Post(post) => &post.native_id,
        other => panic!("{other:?}"),
    }
}

async fn read(reader: &mut dyn Reader, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        let more = reader.next(count - entries.len(), PATIENCE).await.unwrap();
        assert!(!more.is_empty(), "{} of {count} entries came", entries.len());
        entries.extend(more);
    }
    entries
}

async fn read_from(log: &dyn Log, topics: &[Topic], from: &Checkpoint, count: usize) -> Vec<Entry> {
    let mut reader = log.reader(topics, from).await.unwrap();
    let entries = read(reader.as_mut(), count).await;
    // Nothing more than was asked for is there.
    let more = reader.next(1, Duration::from_millis(20)).await.unwrap();
    assert!(more.is_empty(), "{more:?}");
    entries
}

async fn read_all(log: &dyn Log, topics: &[Topic], count: usize) -> Vec<Entry> {
    read_from(log, topics, &Checkpoint::default(), count).await
}

/// What was said under each key, in the order read; offsets must rise in each partition, and a key keep to one.
fn by_key(entries: &[Entry]) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut homes: BTreeMap<String, i32> = BTreeMap::new();
    let mut checkpoint = Checkpoint::default();
    for entry in entries {
        assert!(!checkpoint.holds(entry), "offset {} again", entry.offset);
        checkpoint.advance(entry);
        let key = entry.record.as_ref().unwrap().key().to_owned();
        let home = *homes.entry(key.clone()).or_insert(entry.partition);
        assert_eq!(home, entry.partition, "{key}");
        keys.entry(key).or_default().push(said(entry).to_owned());
    }
    keys
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{n:05}")).collect()
}

async fn keeps_the_order_of_a_key(subject: Subject) {
    let log = subject.open().await;
    let texts = numbers(200);
    // An empty key keeps its order too.
    let keys = ["", "2016-1", "2016-2", "2016-3", "2016-4"];
    let records: Vec<_> = texts
        .iter()
        .flat_map(|text| keys.map(|key| note(key, text)))
        .collect();
    for batch in records.chunks(37) {
        log.append(batch).await.unwrap();
    }
    let entries = read_all(&*log, &[Topic::Tickets], records.len()).await;
    let read = by_key(&entries);
    assert_eq!(read.len(), keys.len());
    for key in keys {
        assert_eq!(read[key], texts, "{key}");
    }
    let spread: BTreeSet<_> = entries.iter().map(|entry| entry.partition).collect();
    assert_eq!(spread.len() > 1, subject.partitions() > 1, "keys are spread");
}

async fn keeps_what_was_appended(subject: Subject) {
    let log = subject.open().await;
    let records = [
        note("a", "first"),
        post("p", "路灯不亮，\n已经三天"),
        note("a", "second"),
    ];
    log.append(&records).await.unwrap();
    let end = log.end().await.unwrap();
    drop(log);
    let log = subject.open().await;
    assert_eq!(log.end().await.unwrap(), end);
    let mut entries = read_all(&*log, &[Topic::Posts, Topic::Tickets], 3).await;
    entries.sort_by_key(|entry| (entry.topic, entry.offset));
    let read: Vec<_> = entries
        .iter()
        .map(|entry| entry.record.as_ref().unwrap())
        .collect();
    assert_eq!(read, [&records[1], &records[0], &records[2]]);
    // And goes on behind it.
    log.append(&[note("a", "third")]).await.unwrap();
    let read = by_key(&read_all(&*log, &[Topic::Tickets], 3).await);
    assert_eq!(read["a"], ["first", "second", "third"]);
}

async fn reads_on_from_any_checkpoint(subject: Subject) {
    let log = subject.open().await;
    let records: Vec<_> = (0..40)
        .map(|n| match n % 3 {
            0 => post(&n.to_string(), "路灯"),
            _ => note(&format!("no-{}", n % 5), n.to_string()),
        })
        .collect();
    log.append(&records).await.unwrap();
    let topics = [Topic::Tickets, Topic::Posts];
    let place = |entry: &Entry| (entry.topic, entry.partition, entry.offset);
    let entries = read_all(&*log, &topics, records.len()).await;
    let mut checkpoint = Checkpoint::default();
    for (read, entry) in entries.iter().enumerate() {
        let rest = read_from(&*log, &topics, &checkpoint, entries.len() - read).await;
        let rest: BTreeSet<_> = rest.iter().map(place).collect();
        assert_eq!(rest, entries[read..].iter().map(place).collect());
        checkpoint.advance(entry);
    }
    assert!(read_from(&*log, &topics, &checkpoint, 0).await.is_empty());
}

async fn names_the_end_of_every_partition(subject: Subject) {
    let log = subject.open().await;
    let places: Vec<_> = Topic::ALL
        .iter()
        .flat_map(|&topic| (0..subject.partitions()).map(move |partition| (topic, partition, 0)))
        .collect();
    assert_eq!(log.end().await.unwrap().iter().collect::<Vec<_>>(), places);
    let records: Vec<_> = (0..50).map(|n| note(&n.to_string(), "x")).collect();
    log.append(&records).await.unwrap();
    let end = log.end().await.unwrap();
    assert_eq!(end.iter().map(|(_, _, next)| next).sum::<i64>(), 50);
    let mut checkpoint = Checkpoint::default();
    for entry in read_all(&*log, &Topic::ALL, 50).await {
        assert!(!checkpoint.reached(&end));
        checkpoint.advance(&entry);
    }
    assert!(checkpoint.reached(&end));
}

async fn a_reader_wakes_when_something_is_appended(subject: Subject) {
    let log = subject.open().await;
    let mut reader = log.reader(&Topic::ALL, &Checkpoint::default()).await.unwrap();
    for _ in 0..3 {
        assert!(
            reader
                .next(10, Duration::from_millis(5))
                .await
                .unwrap()
                .is_empty()
        );
    }
    for text in ["first", "second"] {
        let (entries, appended) = tokio::join!(reader.next(10, PATIENCE), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            log.append(&[note("a", text)]).await
        });
        appended.unwrap();
        assert_eq!(entries.unwrap().iter().map(said).collect::<Vec<_>>(), [text]);
    }
}

async fn concurrent_appenders_lose_and_mix_nothing(subject: Subject) {
    let log = subject.open().await;
    let texts = numbers(200);
    let appenders: Vec<_> = (0..8)
        .map(|appender| {
            let (log, texts) = (Arc::clone(&log), texts.clone());
            tokio::spawn(async move {
                for batch in texts.chunks(4) {
                    let records: Vec<_> = batch
                        .iter()
                        .map(|text| note(&format!("no-{appender}"), text))
                        .collect();
                    log.append(&records).await.unwrap();
                }
            })
        })
        .collect();
    for appender in appenders {
        appender.await.unwrap();
    }
    let read = by_key(&read_all(&*log, &[Topic::Tickets], 8 * texts.len()).await);
    assert_eq!(read.len(), 8);
    assert!(read.values().all(|said| *said == texts));
}

async fn a_cancelled_read_loses_nothing(subject: Subject) {
    let log = subject.open().await;
    let texts = numbers(300);
    let records: Vec<_> = texts.iter().map(|text| note("a", text)).collect();
    log.append(&records).await.unwrap();
    let mut reader = log
        .reader(&[Topic::Tickets], &Checkpoint::default())
        .await
        .unwrap();
    let mut entries = Vec::new();
    while entries.len() < texts.len() {
        // Polled once and dropped, unless it had its answer at once.
        if let Ok(read) = tokio::time::timeout(Duration::ZERO, reader.next(7, PATIENCE)).await {
            entries.extend(read.unwrap());
        }
        entries.extend(reader.next(7, Duration::from_millis(1)).await.unwrap());
    }
    assert_eq!(by_key(&entries)["a"], texts);
}

async fn large_records_pass_and_starve_no_other_topic(subject: Subject) {
    const POSTS: usize = 40;
    let log = subject.open().await;
    let body = noise(900 << 10);
    let records: Vec<_> = (0..POSTS).map(|n| post(&n.to_string(), body.clone())).collect();
    log.append(&records).await.unwrap();
    log.append(&[note("a", "x")]).await.unwrap();
    let mut reader = log.reader(&Topic::ALL, &Checkpoint::default()).await.unwrap();
    let mut entries = Vec::new();
    while entries.len() <= POSTS {
        let more = reader.next(POSTS, PATIENCE).await.unwrap();
        assert!(!more.is_empty());
        entries.extend(more);
    }
    let ticket = entries
        .iter()
        .position(|entry| entry.topic == Topic::Tickets)
        .unwrap();
    assert!(ticket < POSTS, "the ticket came after every post");
    let posts = entries.iter().filter(|entry| entry.topic == Topic::Posts);
    for entry in posts {
        let record = entry.record.as_ref().unwrap();
        assert!(matches!(&record.body, Body::Post(post) if post.body == body));
    }
}

async fn ten_thousand_records_pass(subject: Subject) {
    let log = subject.open().await;
    let texts = numbers(10_000);
    let records: Vec<_> = texts.iter().map(|text| note(&text[4..], text)).collect();
    log.append(&records).await.unwrap();
    let read = by_key(&read_all(&*log, &Topic::ALL, texts.len()).await);
    assert_eq!(read.len(), 10);
    for (key, said) in read {
        let expected: Vec<_> = texts.iter().filter(|text| text.ends_with(&key)).collect();
        assert!(said.iter().eq(expected), "{key}");
    }
}

async fn an_empty_append_changes_nothing(subject: Subject) {
    let log = subject.open().await;
    log.append(&[]).await.unwrap();
    assert!(log.end().await.unwrap().iter().all(|(_, _, next)| next == 0));
}

async fn refuses_a_checkpoint_past_the_end(subject: Subject) {
    let log = subject.open().await;
    log.append(&[note("a", "x")]).await.unwrap();
    let mut end = log.end().await.unwrap();
    log.reader(&Topic::ALL, &end).await.map(drop).unwrap();
    let last = subject.partitions() - 1;
    end.set(Topic::Posts, last, 7);
    let error = log.reader(&Topic::ALL, &end).await.err().unwrap();
    assert!(
        matches!(&error, LogError::Shorter { topic, partition, end: 0, wanted: 7 }
            if topic.ends_with("posts") && *partition == last),
        "{error}"
    );
    // A topic that is not read does not matter.
    log.reader(&[Topic::Tickets], &end).await.map(drop).unwrap();
}

async fn refuses_a_checkpoint_of_another_layout(subject: Subject) {
    let log = subject.open().await;
    let mut from = Checkpoint::default();
    from.set(Topic::Tickets, 5, 0);
    let error = log.reader(&Topic::ALL, &from).await.err().unwrap();
    assert!(
        matches!(&error, LogError::Partitions { topic, found, expected: 6 }
            if topic.ends_with("tickets") && i32::try_from(*found) == Ok(subject.partitions())),
        "{error}"
    );
    log.reader(&[Topic::Posts], &from).await.map(drop).unwrap();
}

async fn tells_when_entries_were_trimmed(subject: Subject) {
    let log = subject.open().await;
    let records: Vec<_> = numbers(9).iter().map(|text| note("a", text)).collect();
    log.append(&records).await.unwrap();
    let entries = read_all(&*log, &[Topic::Tickets], 9).await;
    let partition = entries[0].partition;
    let mut from = Checkpoint::default();
    from.set(Topic::Tickets, partition, 4);
    subject.trim(Topic::Tickets, partition, 5).await;
    let error = log.reader(&Topic::ALL, &from).await.err().unwrap();
    assert!(
        matches!(&error, LogError::Trimmed { topic, partition: p, first: 5, wanted: 4 }
            if topic.ends_with("tickets") && *p == partition),
        "{error}"
    );
    // What a reader no longer needs it does not miss.
    from.set(Topic::Tickets, partition, 5);
    let rest = read_from(&*log, &Topic::ALL, &from, 4).await;
    assert_eq!(rest[0].offset, 5);
}

async fn tells_what_is_no_record(subject: Subject) {
    let log = subject.open().await;
    let newer = note("a", "x")
        .to_json()
        .unwrap()
        .replacen("\"v\":1", "\"v\":99", 1);
    drop(log);
    let foreign: [&[u8]; 4] = [b"", b"\xff\xfe\x00", b"{\"v\":1}", newer.as_bytes()];
    for (offset, bytes) in (0..).zip(foreign) {
        subject.write(Topic::Posts, offset, bytes).await;
    }
    let log = subject.open().await;
    log.append(&[post("p", "路灯")]).await.unwrap();
    let entries = read_all(&*log, &[Topic::Posts], 5).await;
    let (records, foreign): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.record.is_ok());
    assert_eq!(records.iter().map(|entry| said(entry)).collect::<Vec<_>>(), ["p"]);
    assert_eq!(
        foreign.iter().map(|entry| entry.offset).collect::<Vec<_>>(),
        [0, 1, 2, 3]
    );
    assert!(
        foreign[3]
            .record
            .as_ref()
            .is_err_and(|error| error.to_string().contains("99"))
    );
}

/// What only Kafka can be put through.
mod kafka_only {
    use super::*;

    fn parts(subject: &Subject) -> (&'static Broker, &str) {
        match subject {
            Subject::Kafka { broker, prefix } => (broker, prefix),
            Subject::Embedded(_) => unreachable!("made by Subject::kafka"),
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs Apache Kafka: run ./tests/run"]
    async fn another_partition_count_is_an_error() {
        let subject = Subject::kafka().await;
        drop(subject.open().await);
        let (broker, prefix) = parts(&subject);
        let error = KafkaLog::connect(&kafka_config(broker, prefix, 4))
            .await
            .err()
            .unwrap();
        assert!(
            matches!(
                &error,
                LogError::Partitions {
                    found: 3,
                    expected: 4,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs Apache Kafka: run ./tests/run"]
    async fn two_that_connect_at_once_make_the_topics_once() {
        let subject = Subject::kafka().await;
        let (broker, prefix) = parts(&subject);
        let config = kafka_config(broker, prefix, PARTITIONS);
        let (one, other) = tokio::join!(KafkaLog::connect(&config), KafkaLog::connect(&config));
        one.unwrap().append(&[note("a", "x")]).await.unwrap();
        let other: Arc<dyn Log> = Arc::new(other.unwrap());
        assert_eq!(read_all(&*other, &Topic::ALL, 1).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs Apache Kafka: run ./tests/run"]
    async fn a_full_producer_queue_makes_appenders_wait() {
        let subject = Subject::kafka().await;
        let (broker, prefix) = parts(&subject);
        let mut config = kafka_config(broker, prefix, PARTITIONS);
        let queue = ("queue.buffering.max.messages".to_owned(), "10".to_owned());
        config.properties.extend([queue]);
        let log = KafkaLog::connect(&config).await.unwrap();
        let texts = numbers(500);
        let records = |key: &str| texts.iter().map(|text| note(key, text)).collect::<Vec<_>>();
        let (a, b) = (records("a"), records("b"));
        let (one, other) = tokio::join!(log.append(&a), log.append(&b));
        one.and(other).unwrap();
        let read = by_key(&read_all(&log, &[Topic::Tickets], 1000).await);
        assert!(read["a"] == texts && read["b"] == texts);
    }

    /// Retention that outruns a reader which stands still: it reads what it had fetched, then is told.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs Apache Kafka: run ./tests/run"]
    async fn a_reader_that_retention_outruns_is_told() {
        let subject = Subject::kafka().await;
        let (broker, prefix) = parts(&subject);
        let log = subject.open().await;
        let body = noise(900 << 10);
        // More than a reader reads ahead.
        let records: Vec<_> = (0..80).map(|_| post("p", body.clone())).collect();
        log.append(&records).await.unwrap();
        let mut reader = log.reader(&[Topic::Posts], &Checkpoint::default()).await.unwrap();
        let first = reader.next(1, PATIENCE).await.unwrap();
        broker
            .trim(&format!("{prefix}posts"), first[0].partition, 80)
            .await;
        let mut next = 1;
        let error = loop {
            match reader.next(10, PATIENCE).await {
                Ok(entries) => {
                    assert!(!entries.is_empty());
                    for entry in entries {
                        assert_eq!(entry.offset, next);
                        next += 1;
                    }
                }
                Err(error) => break error,
            }
        };
        assert!(
            matches!(&error, LogError::Trimmed { first: 80, wanted, .. } if *wanted == next),
            "{error}"
        );
    }
}
