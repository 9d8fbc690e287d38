//! A real Apache Kafka broker for tests: one KRaft node on free loopback ports, in a temporary folder.
//!
//! The jars come from `tests/support/install-kafka.sh`; `MINSHENG_KAFKA_LIBS` names their folder. Nothing here
//! passes without a broker: what is missing is a panic that says how to get it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up must fail the test, never pass it"
)]

use rdkafka::{
    ClientConfig, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    config::RDKafkaLogLevel,
    producer::{FutureProducer, FutureRecord},
};
use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// A cold Java virtual machine on a busy machine takes its time.
const START: Duration = Duration::from_secs(120);

const REQUEST: Duration = Duration::from_secs(30);

/// Any 16 bytes in URL-safe base64.
const CLUSTER_ID: &str = "bWluc2hlbmctdGVzdHMtMQ";

/// Small and quick to start; class path, main class and arguments follow.
const JAVA: [&str; 5] = [
    "java",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/// Runs the broker until standard input ends, then ends it and removes its folder.
///
/// The test process holds the other end of that pipe, and the system closes it when the process ends, however that
/// happens: return, panic, `exit` or `kill -9`. (A `Drop` alone would miss most of these, and the shared broker is in
/// a `static`, which is never dropped. A death signal set with `prctl` would need unsafe code.)
const GUARD: &str = r#"
folder=$1; shift
"$@" </dev/null &
read -r _
kill -9 $!
wait
rm -rf "$folder"
"#;

/// A running broker. Dropping it ends it.
pub struct Broker {
    address: String,
    folder: PathBuf,
    guard: Child,
}

impl Broker {
    /// The broker that all tests of this process share; give each test a topic prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Broker> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a broker and waits until it answers.
    ///
    /// # Panics
    /// When there are no jars, or the broker does not start; the message holds the end of its log.
    pub fn start() -> Self {
        let libs = libs();
        let folder = tempfile::Builder::new()
            .prefix("minsheng-kafka-")
            .tempdir()
            .expect("temporary folder")
            .keep();
        let ports = free_ports();
        let properties = folder.join("server.properties");
        fs::write(&properties, configuration(&folder, ports)).expect("write broker configuration");
        let java = |main: &str| {
            let class_path = format!("{}/*", libs.display());
            let java = JAVA.iter().map(|&part| part.to_owned());
            java.chain(["-cp".into(), class_path, main.into()])
                .collect::<Vec<_>>()
        };
        let properties = properties.to_str().expect("temporary folder is UTF-8").to_owned();
        let format = java("kafka.tools.StorageTool");
        let formatted = Command::new(&format[0])
            .args(&format[1..])
            .args(["format", "--cluster-id", CLUSTER_ID, "--config", &properties])
            .output()
            .expect("run java");
        assert!(
            formatted.status.success(),
            "kafka storage was not formatted: {}",
            String::from_utf8_lossy(&formatted.stderr)
        );
        let log = File::create(folder.join("broker.log")).expect("broker log");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "kafka-guard"])
            .arg(&folder)
            .args(java("kafka.Kafka"))
            .arg(&properties)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("broker log"))
            .stderr(log)
            // Its own group: an interrupt at the terminal reaches the test process only, and the guard cleans up.
            .process_group(0)
            .spawn()
            .expect("run sh");
        let broker = Self {
            address: format!("127.0.0.1:{}", ports[0]),
            folder,
            guard,
        };
        broker.wait();
        broker
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A topic prefix that no other caller gets.
    pub fn prefix(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("test{}.", NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Removes the entries of a partition before `offset`, as retention would.
    pub async fn trim(&self, topic: &str, partition: i32, offset: i64) {
        let mut before = TopicPartitionList::new();
        before
            .add_partition_offset(topic, partition, rdkafka::Offset::Offset(offset))
            .expect("offset");
        let options = AdminOptions::new().operation_timeout(Some(REQUEST));
        let trimmed = self.admin().delete_records(&before, &options).await;
        let trimmed = trimmed.expect("delete records");
        trimmed.elements()[0].error().expect("delete records");
    }

    /// Writes a message that no program of ours would; `None` is a message without a payload.
    pub async fn write(&self, topic: &str, partition: i32, payload: Option<&[u8]>) {
        let producer: FutureProducer = self.client().create().expect("producer");
        let mut message: FutureRecord<'_, [u8], [u8]> = FutureRecord::to(topic).partition(partition);
        message.payload = payload;
        producer.send(message, REQUEST).await.expect("deliver");
    }

    /// Makes a topic that is none of ours.
    pub async fn create(&self, topic: &str, partitions: i32) {
        let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        let options = AdminOptions::new().operation_timeout(Some(REQUEST));
        let created = self.admin().create_topics([&topic], &options).await;
        created.expect("create topic")[0].as_ref().expect("create topic");
    }

    /// Writes messages as another program's producer does, each to its partition; returns when all are durable.
    pub async fn produce(&self, topic: &str, messages: &[(i32, String)]) {
        let producer: FutureProducer = self.client().create().expect("producer");
        for (partition, payload) in messages {
            let message: FutureRecord<'_, [u8], String> =
                FutureRecord::to(topic).partition(*partition).payload(payload);
            producer.send(message, REQUEST).await.expect("deliver");
        }
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        self.client().create().expect("admin client")
    }

    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.address);
        // Refused connections are expected while the broker starts.
        client.set_log_level(RDKafkaLogLevel::Critical);
        client
    }

    fn wait(&self) {
        let start = Instant::now();
        let admin = self.admin();
        while let Err(error) = admin.inner().fetch_metadata(None, Duration::from_secs(1)) {
            if start.elapsed() > START {
                let log = fs::read_to_string(self.folder.join("broker.log")).unwrap_or_default();
                let tail = log.len().saturating_sub(4000);
                let tail = log.get(tail..).unwrap_or(&log);
                panic!("kafka broker did not start ({error}); its log ends:\n{tail}");
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Closing standard input tells the guard.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn libs() -> PathBuf {
    const HOW: &str = "this test needs Apache Kafka: run ./tests/run, or \
                       export MINSHENG_KAFKA_LIBS=\"$(tests/support/install-kafka.sh)\"";
    let Some(libs) = std::env::var_os("MINSHENG_KAFKA_LIBS") else {
        panic!("MINSHENG_KAFKA_LIBS is not set; {HOW}");
    };
    let libs = PathBuf::from(libs);
    assert!(
        libs.is_dir(),
        "MINSHENG_KAFKA_LIBS names {}, which is no folder; {HOW}",
        libs.display()
    );
    libs
}

// Taken together, so that they differ.
fn free_ports() -> [u16; 2] {
    [(); 2]
        .map(|()| TcpListener::bind("127.0.0.1:0").expect("free port"))
        .map(|listener| listener.local_addr().expect("address").port())
}

fn configuration(folder: &Path, [broker, controller]: [u16; 2]) -> String {
    let data = folder.join("data");
    let data = data.display();
    format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@127.0.0.1:{controller}\n\
         listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{broker}\n\
         controller.listener.names=CONTROLLER\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
         log.dirs={data}\n\
         auto.create.topics.enable=false\n\
         offsets.topic.replication.factor=1\n\
         transaction.state.log.replication.factor=1\n\
         transaction.state.log.min.isr=1\n"
    )
}
