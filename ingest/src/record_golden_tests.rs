//! Records of version 1 as they were first written. These files are never edited: a record of any past version still
//! parses, and what this version writes is what it wrote.

use super::*;
use crate::time::parse;

const GOLDEN: [(&str, &str); 6] = [
    ("posts", include_str!("../golden/v1-posts.json")),
    ("tickets", include_str!("../golden/v1-tickets.json")),
    // What feeds say of lateness came later; the records before it read as they did.
    ("late", include_str!("../golden/v1-tickets-late.json")),
    ("dead", include_str!("../golden/v1-dead.json")),
    // Urgency and attachments, optional fields of later.
    ("evidence", include_str!("../golden/v1-evidence.json")),
    ("approvals", include_str!("../golden/v2-approvals.json")),
];

fn records(json: &str) -> Vec<(serde_json::Value, Record)> {
    let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
    values
        .into_iter()
        .map(|value| {
            let record = Record::from_json(value.to_string().as_bytes()).unwrap();
            (value, record)
        })
        .collect()
}

#[test]
fn golden_records_read_and_write_back_with_their_ids() {
    for (name, json) in GOLDEN {
        for (value, record) in records(json) {
            assert_eq!(serde_json::to_value(&record).unwrap(), value, "{name}");
            assert_eq!(record.body.content_id(), record.id, "{name}: {value}");
        }
    }
}

#[test]
fn every_kind_of_event_has_a_golden_record() {
    // The names of DESIGN §5, as they stand in the JSON.
    let expected = [
        "accepted",
        "dispatched",
        "signed",
        "returned",
        "extended",
        "paused",
        "resumed",
        "contacted",
        "replied",
        "urged",
        "supervised",
        "carded",
        "resolved",
        "called_back",
        "reopened",
        "classified",
        "amended",
        "merged",
        "unmerged",
        "split",
        "noted",
    ];
    let found: std::collections::BTreeSet<String> = records(GOLDEN[1].1)
        .iter()
        .map(|(value, _)| value["event"]["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn a_newer_record_is_refused_and_no_text_is_quoted() {
    let (mut value, _) = records(GOLDEN[0].1).remove(0);
    value["v"] = 3.into();
    let error = Record::from_json(value.to_string().as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "record version 3 is newer than this program understands (up to 2)"
    );
    value["v"] = 1.into();
    value["channel"] = "13812345678".into();
    let error = Record::from_json(value.to_string().as_bytes()).unwrap_err();
    assert!(!error.to_string().contains("138"), "{error}");
}

#[test]
fn seen_again_and_counted_again_is_the_same_content() {
    let (_, record) = records(GOLDEN[0].1).remove(0);
    let Body::Post(mut post) = record.body.clone() else {
        panic!("{record:?}")
    };
    post.engagement.likes = Some(9_999);
    let later = Record::new(Body::Post(post.clone()), parse("2030-01-01").unwrap());
    assert_eq!(later.id, record.id);
    post.body.push('。');
    assert_ne!(Body::Post(post).content_id(), record.id);
}

#[test]
fn a_key_names_a_doing_whatever_is_said_and_when() {
    let (_, record) = records(GOLDEN[1].1).remove(0);
    let Body::Ticket(event) = record.body else {
        panic!("{:?}", record.id)
    };
    let keyed = |key: &str, at: &str, text: &str| {
        Body::Ticket(TicketEvent {
            key: Some(RecordId::of(&[key.as_bytes()])),
            occurred_at: parse(at).unwrap(),
            event: Event::Urged { reason: text.into() },
            ..event.clone()
        })
    };
    let first = keyed("a", "2016-05-09", "超期");
    assert_eq!(
        first.content_id(),
        keyed("a", "2016-05-10", "已超期").content_id()
    );
    assert_ne!(first.content_id(), keyed("b", "2016-05-09", "超期").content_id());
    let json = Record::new(first, parse("2016-05-09").unwrap())
        .to_json()
        .unwrap();
    assert_eq!(
        Record::from_json(json.as_bytes()).unwrap().to_json().unwrap(),
        json
    );
}
