//! What can be tested without a broker: the configuration. The contract suite has a real one.

use super::*;
use crate::log::LogConfig;

fn config(json: &str) -> Result<LogConfig, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn kafka(properties: &str) -> KafkaConfig {
    let json = format!(r#"{{"kind":"kafka","brokers":["a:1","b:2"],"properties":{properties}}}"#);
    match config(&json) {
        Ok(LogConfig::Kafka(config)) => config,
        other => panic!("{other:?}"),
    }
}

fn refused(properties: &str) -> String {
    kafka(properties).settings().unwrap_err().to_string()
}

#[test]
fn reads_the_log_section() {
    assert_eq!(config(r#"{"kind":"embedded"}"#), Ok(LogConfig::Embedded {}));
    let config = kafka("{}");
    assert_eq!(config.topic_prefix, "minsheng.");
    assert_eq!((config.partitions, config.replication_factor), (3, None));
}

#[test]
fn refuses_keys_it_does_not_know() {
    for json in [
        r#"{"kind":"embedded","brokers":["a:1"]}"#,
        r#"{"kind":"kafka","brokers":["a:1"],"broker":"a:1"}"#,
        r#"{"kind":"kafka"}"#,
        r#"{"kind":"files"}"#,
    ] {
        assert!(config(json).is_err(), "{json}");
    }
}

#[test]
fn passes_any_property_through_but_keeps_the_promises() {
    let settings = kafka(r#"{"sasl.mechanism":"PLAIN","compression.type":"gzip"}"#)
        .settings()
        .unwrap();
    let value = |name: &str| settings.get(name).map(String::as_str);
    assert_eq!(value("sasl.mechanism"), Some("PLAIN"));
    assert_eq!(value("compression.type"), Some("gzip"));
    assert_eq!(value("bootstrap.servers"), Some("a:1,b:2"));
    assert_eq!(value("acks"), Some("all"));
    assert_eq!(value("auto.offset.reset"), Some("error"));
    for property in [
        "acks",
        "request.required.acks",
        "enable.auto.commit",
        "transactional.id",
    ] {
        let message = refused(&format!(r#"{{"{property}":"x"}}"#));
        assert!(message.contains(property), "{message}");
    }
}

#[test]
fn takes_secrets_from_the_environment_only() {
    // A variable that is set everywhere.
    let settings = kafka(r#"{"sasl.password":"env:PATH"}"#).settings().unwrap();
    assert_eq!(settings.get("sasl.password"), std::env::var("PATH").ok().as_ref());
    let inline = refused(r#"{"sasl.password":"hunter2"}"#);
    assert!(
        inline.contains("env:NAME") && !inline.contains("hunter2"),
        "{inline}"
    );
    let missing = refused(r#"{"sasl.password":"env:MINSHENG_NO_SUCH_VARIABLE"}"#);
    assert!(missing.contains("MINSHENG_NO_SUCH_VARIABLE"), "{missing}");
}

#[test]
fn shows_no_property_value() {
    let config = kafka(r#"{"ssl.ca.location":"somewhere-private"}"#);
    assert!(!format!("{config:?}").contains("somewhere-private"));
    let error = kafka(r#"{"security.protocol":"somewhere-private"}"#)
        .producer()
        .err();
    let message = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("security.protocol"), "{message}");
    assert!(!message.contains("somewhere-private"), "{message}");
}

#[test]
fn refuses_what_cannot_be() {
    let mut config = kafka("{}");
    config.partitions = 0;
    assert!(config.settings().is_err());
    config = kafka("{}");
    config.brokers.clear();
    assert!(config.settings().is_err());
}
