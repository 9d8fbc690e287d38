//! What only the embedded log promises; the contract suite has the rest.

use super::*;
use crate::{
    log::LogConfig,
    record::{Body, DeadLetter, Event, Place, TicketEvent},
    time,
};
use std::{sync::Arc, time::Duration};

fn letter(source: &str, row: u64) -> Record {
    let dead = DeadLetter {
        source: source.into(),
        place: Place {
            origin: "rows.csv".into(),
            row: Some(row),
            field: None,
        },
        reason: "缺少标题".into(),
        code: "missing_field".into(),
        excerpt: String::new(),
    };
    Record::new(Body::Dead(dead), time::from_millis(0))
}

fn resumed(no: &str) -> Record {
    let event = TicketEvent {
        no: no.into(),
        source: "hotline".into(),
        actor: "feed:hotline".into(),
        occurred_at: time::from_millis(0),
        snapshot: false,
        key: None,
        attachments: Vec::new(),
        event: Event::Resumed,
    };
    Record::new(Body::Ticket(event), time::from_millis(0))
}

async fn offsets(log: &EmbeddedLog, max: usize) -> Vec<i64> {
    let mut reader = log.reader(&[Topic::Dead], &Checkpoint::default()).await.unwrap();
    let entries = reader.next(max, Duration::ZERO).await.unwrap();
    entries.iter().map(|entry| entry.offset).collect()
}

#[tokio::test]
async fn has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(folder.path()).unwrap();
    let second = EmbeddedLog::open(folder.path()).err().unwrap();
    assert!(matches!(second, LogError::Locked { .. }), "{second}");
    drop(log);
    EmbeddedLog::open(folder.path()).unwrap();
}

#[tokio::test]
async fn opens_under_the_data_folder() {
    let data = tempfile::tempdir().unwrap();
    let log = crate::log::open(&LogConfig::default(), data.path())
        .await
        .unwrap();
    log.append(&[letter("a", 1)]).await.unwrap();
    assert!(data.path().join("log/log.sqlite").is_file());
}

#[tokio::test]
async fn refuses_a_newer_file() {
    let folder = tempfile::tempdir().unwrap();
    drop(EmbeddedLog::open(folder.path()).unwrap());
    let connection = Connection::open(folder.path().join("log.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let error = EmbeddedLog::open(folder.path()).err().unwrap();
    assert!(
        matches!(error, LogError::Format { found: 2, known: 1 }),
        "{error}"
    );
}

#[tokio::test]
async fn a_failed_append_changes_nothing_and_the_next_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(folder.path()).unwrap();
    log.append(&[letter("a", 1)]).await.unwrap();
    // A row at the next offset, put there behind the writer's back, makes its insert fail.
    let file = folder.path().join("log.sqlite");
    let other = Connection::open(&file).unwrap();
    other.execute("INSERT INTO dead VALUES (1, 'x')", []).unwrap();
    let refused = log.append(&[letter("a", 2), letter("a", 3)]).await;
    assert!(matches!(refused, Err(LogError::Sqlite(_))), "{refused:?}");
    assert_eq!(log.end().await.unwrap().next(Topic::Dead, PARTITION), 1);
    other.execute("DELETE FROM dead WHERE offset = 1", []).unwrap();
    log.append(&[letter("a", 2), letter("a", 3)]).await.unwrap();
    assert_eq!(offsets(&log, 10).await, [0, 1, 2]);
}

#[tokio::test]
async fn an_entry_removed_under_a_reader_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(folder.path()).unwrap();
    log.append(&[letter("a", 1), letter("a", 2), letter("a", 3)])
        .await
        .unwrap();
    let mut reader = log.reader(&[Topic::Dead], &Checkpoint::default()).await.unwrap();
    assert_eq!(reader.next(1, Duration::ZERO).await.unwrap().len(), 1);
    let other = Connection::open(folder.path().join("log.sqlite")).unwrap();
    for (remove, first) in [("offset = 1", 2), ("offset = 2", 3)] {
        let sql = format!("DELETE FROM dead WHERE {remove}");
        other.execute(&sql, []).unwrap();
        let error = reader.next(5, Duration::ZERO).await.unwrap_err();
        assert!(
            matches!(error, LogError::Trimmed { first: f, wanted: 1, .. } if f == first),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_small_batch_is_shared_between_topics_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(folder.path()).unwrap();
    let letters: Vec<_> = (0..100).map(|row| letter("a", row)).collect();
    log.append(&letters).await.unwrap();
    let events: Vec<_> = ["1", "2", "3"].map(resumed).into();
    log.append(&events).await.unwrap();
    for max in [1, 2, 3] {
        let mut reader = log.reader(&Topic::ALL, &Checkpoint::default()).await.unwrap();
        let mut entries = Vec::new();
        for _ in 0..9 {
            let more = reader.next(max, Duration::ZERO).await.unwrap();
            assert_eq!(more.len(), max);
            entries.extend(more);
        }
        let tickets = entries.iter().filter(|entry| entry.topic == Topic::Tickets);
        assert_eq!(tickets.count(), 3, "{max}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_waiting_together_are_all_answered() {
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(EmbeddedLog::open(folder.path()).unwrap());
    let appends: Vec<_> = (0..300)
        .map(|row| {
            let log = Arc::clone(&log);
            tokio::spawn(async move { log.append(&[letter("a", row)]).await })
        })
        .collect();
    for append in appends {
        append.await.unwrap().unwrap();
    }
    assert_eq!(offsets(&log, 1000).await, (0..300).collect::<Vec<_>>());
}
