//! Drafts of every kind through the door: what comes out, in which order, and that nothing personal does.

use super::*;
use crate::{
    record::{CalledBack, Event, Medium, TicketType},
    time::parse,
};
use proptest::prelude::*;

fn cleaner() -> Cleaner {
    Cleaner::new(CallerKey::from_env_value(&"5a".repeat(32)).unwrap())
}

fn at(text: &str) -> Moment {
    parse(text).unwrap()
}

fn clean(draft: Draft) -> Vec<Record> {
    let place = Place {
        origin: "导出.xlsx".to_owned(),
        row: Some(7),
        field: None,
    };
    cleaner().clean("hotline", draft, &place, at("2016-06-30"))
}

fn full() -> TicketDraft {
    TicketDraft {
        no: " 20160103123456 ".to_owned(),
        title: "路灯不亮".to_owned(),
        body: "路灯坏了三天，电话13812345678".to_owned(),
        caller: Some("138 1234 5678".to_owned()),
        r#type: Some(TicketType::Help),
        accepted_at: Some(at("2016-01-03 10:00")),
        unit: Some("市政公司".to_owned()),
        dispatched_at: Some(at("2016-01-03 11:00")),
        signed_at: Some(at("2016-01-03 12:00")),
        contacted_at: Some(at("2016-01-03 13:00")),
        due_at: Some(at("2016-01-08 23:59:59")),
        resolved_at: Some(at("2016-01-05 09:00")),
        reply: Some("已修复".to_owned()),
        callback: Some(CalledBack {
            reached: true,
            solved: None,
            satisfied: Some(true),
        }),
        ..TicketDraft::default()
    }
}

fn ticket(draft: TicketDraft) -> Vec<Record> {
    clean(Draft::Ticket(Box::new(draft)))
}

fn dead(records: &[Record]) -> &DeadLetter {
    match records {
        [
            Record {
                body: Body::Dead(dead),
                ..
            },
        ] => dead,
        other => panic!("not one dead letter: {other:?}"),
    }
}

#[test]
fn a_row_becomes_the_events_of_its_life() {
    let records = ticket(full());
    let names: Vec<String> = records
        .iter()
        .map(|record| {
            serde_json::to_value(record).unwrap()["event"]["event"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [
        "accepted",
        "classified",
        "dispatched",
        "signed",
        "contacted",
        "replied",
        "resolved",
        "called_back",
    ];
    assert_eq!(names, expected);
    for record in &records {
        let Body::Ticket(event) = &record.body else {
            panic!("{record:?}")
        };
        assert_eq!(
            (event.no.as_str(), event.actor.as_str(), event.snapshot),
            ("20160103123456", "feed:hotline", true)
        );
        assert!(!record.to_json().unwrap().contains("12345678\""), "{record:?}");
    }
    assert_eq!(ticket(full()), records, "the same row has the same ids");
}

#[test]
fn a_unit_without_dispatch_time_was_dispatched_on_receipt() {
    let records = ticket(TicketDraft {
        dispatched_at: None,
        ..full()
    });
    let dispatched = records.iter().find_map(|record| match &record.body {
        Body::Ticket(event) if matches!(event.event, Event::Dispatched { .. }) => Some(event.occurred_at),
        _ => None,
    });
    assert_eq!(dispatched, full().accepted_at);
}

#[test]
fn what_a_ticket_cannot_be_without_is_named() {
    let missing = |draft, field: &str, code: &str| {
        let records = ticket(draft);
        let dead = dead(&records);
        assert_eq!(
            (dead.place.field.as_deref(), &*dead.code, dead.place.row),
            (Some(field), code, Some(7))
        );
        assert!(
            dead.reason.contains(field) || code == "personal_number" || code == "contradiction",
            "{}",
            dead.reason
        );
    };
    let early = Some(at("2016-01-02"));
    missing(
        TicketDraft {
            no: " ".into(),
            ..full()
        },
        "工单编号",
        "missing_field",
    );
    missing(
        TicketDraft {
            no: "13812345678".into(),
            ..full()
        },
        "工单编号",
        "personal_number",
    );
    missing(
        TicketDraft {
            accepted_at: None,
            ..full()
        },
        "受理时间",
        "missing_field",
    );
    missing(
        TicketDraft {
            title: String::new(),
            body: "\u{3000}".into(),
            ..full()
        },
        "内容",
        "missing_field",
    );
    missing(
        TicketDraft {
            resolved_at: early,
            ..full()
        },
        "办结时间",
        "time_order",
    );
    missing(
        TicketDraft {
            dispatched_at: early,
            ..full()
        },
        "派单时间",
        "time_order",
    );
    missing(
        TicketDraft {
            due_at: early,
            ..full()
        },
        "办结时限",
        "time_order",
    );
    missing(
        TicketDraft {
            called_back_at: Some(at("2016-01-04")),
            ..full()
        },
        "回访时间",
        "time_order",
    );
    missing(
        TicketDraft {
            resolved_at: None,
            ..full()
        },
        "答复时间",
        "missing_field",
    );
    missing(
        TicketDraft {
            direct: true,
            ..full()
        },
        "办理方式",
        "contradiction",
    );
}

#[test]
fn a_dated_number_is_no_mobile() {
    assert_eq!(
        ticket(TicketDraft {
            no: "16010300123".into(),
            ..full()
        })
        .len(),
        8
    );
}

fn post(draft: PostDraft) -> crate::record::Post {
    match clean(Draft::Post(draft)).remove(0).body {
        Body::Post(post) => post,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_post_keeps_its_identity_over_revisions() {
    let draft = PostDraft {
        native_id: "4467107636950632".into(),
        body: "停水".into(),
        ..PostDraft::default()
    };
    let first = post(draft.clone());
    let second = post(PostDraft {
        body: "来水了".into(),
        ..draft
    });
    assert_eq!(first.native_id, "4467107636950632");
    assert_eq!(first.post_id, second.post_id);
    let by_link = post(PostDraft {
        url: Some("https://example.com/1".into()),
        body: "a".into(),
        ..PostDraft::default()
    });
    assert_eq!(by_link.native_id, "https://example.com/1");
    let by_text = post(PostDraft {
        body: "a".into(),
        channel: Medium::Forum,
        ..PostDraft::default()
    });
    assert!(by_text.native_id.starts_with("text:"));
    assert_eq!(
        dead(&clean(Draft::Post(PostDraft {
            native_id: "1".into(),
            ..PostDraft::default()
        })))
        .code,
        "missing_field"
    );
}

#[test]
fn links_lose_numbers_in_any_coding_and_nothing_else() {
    for link in [
        "https://example.com/?q=%E4%BA%BA&id=4467107636950632",
        "https://m.example.cn/a/20160103/1.html?x=1+2",
    ] {
        assert_eq!(post::mask_link(link), link);
    }
    for link in [
        "https://example.com/?tel=13812345678&a=1",
        "https://example.com/?tel=%2B8613812345678",
        "https://example.com/?tel=138+1234+5678",
        "https://example.com/?tel=%31%338%31%32345678",
    ] {
        let masked = post::mask_link(link);
        assert!(masked.contains("138****5678"), "{masked}");
        assert_eq!(post::mask_link(&masked), masked);
    }
}

#[test]
fn a_personal_id_is_hashed_with_the_key() {
    let by_phone = |cleaner: &Cleaner| {
        let draft = PostDraft {
            native_id: "13812345678".into(),
            body: "a".into(),
            ..PostDraft::default()
        };
        cleaner
            .clean("a", Draft::Post(draft), &Place::default(), at("2016-01-01"))
            .remove(0)
    };
    let record = by_phone(&cleaner());
    assert!(!record.to_json().unwrap().contains("13812345678"));
    let other = Cleaner::new(CallerKey::from_env_value(&"5b".repeat(32)).unwrap());
    assert_ne!(by_phone(&other).key(), record.key());
}

#[test]
fn an_excerpt_is_masked_before_it_is_cut() {
    let refusal = Refusal {
        place: Place {
            origin: "13812345678.csv".into(),
            row: Some(2),
            field: None,
        },
        reason: "坏".into(),
        code: "bad_time",
        excerpt: format!("{}13812345678", "长".repeat(115)),
    };
    let records = clean(Draft::Refused(refusal));
    let json = records[0].to_json().unwrap();
    assert!(!json.contains("13812"), "{json}");
    assert_eq!(dead(&records).excerpt.chars().count(), LONGEST_EXCERPT);
}

#[test]
fn control_characters_hide_no_number() {
    let post = post(PostDraft {
        native_id: "1".into(),
        body: "电\r\n话138\u{1}1234\u{7}5678\t完".into(),
        ..PostDraft::default()
    });
    assert_eq!(post.body, "电\n话138****5678 完");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_field_of_any_record_lets_a_number_pass(second in 3u8..=9, rest in 0u32..1_000_000_000, style in 0usize..4, field in 0usize..12) {
        let digits = format!("1{second}{rest:09}");
        let (a, b, c) = (&digits[..3], &digits[3..7], &digits[7..]);
        let written = [digits.clone(), format!("{a} {b} {c}"), format!("+86-{a}-{b}-{c}"), format!("{a}－{b}－{c}")][style].clone();
        let text = format!("请联系{written}，谢谢");
        let some = || Some(text.clone());
        let draft = match field {
            0 => Draft::Post(PostDraft { title: text.clone(), native_id: "1".into(), ..PostDraft::default() }),
            1 => Draft::Post(PostDraft { body: text.clone(), native_id: "1".into(), author: some(), ..PostDraft::default() }),
            2 => Draft::Post(PostDraft { body: "a".into(), url: Some(format!("https://example.com/?q={text}")), ..PostDraft::default() }),
            3 => Draft::Post(PostDraft { body: "a".into(), native_id: text.clone(), source_name: some(), region: some(), ..PostDraft::default() }),
            4 => Draft::Ticket(Box::new(TicketDraft { title: text.clone(), body: text.clone(), ..full() })),
            5 => Draft::Ticket(Box::new(TicketDraft { reply: some(), unit: some(), ..full() })),
            6 => Draft::Ticket(Box::new(TicketDraft { caller: Some(written), channel: some(), region: some(), topic: some(), ..full() })),
            7 => Draft::Ticket(Box::new(TicketDraft { no: text.clone(), title: text.clone(), ..full() })),
            8 => Draft::Ticket(Box::new(TicketDraft { accepted_at: None, title: String::new(), body: text.clone(), ..full() })),
            9 => Draft::Event(EventDraft { no: "1".into(), actor: text.clone(), occurred_at: at("2016-01-01"), key: None, attachments: Vec::new(), event: Event::Noted { text: text.clone() } }),
            10 => Draft::Event(EventDraft { no: "1".into(), actor: "user:local".into(), occurred_at: at("2016-01-01"), key: None, attachments: Vec::new(), event: Event::Returned { reason: text.clone() } }),
            _ => Draft::Refused(Refusal { place: Place { origin: text.clone(), row: None, field: some() }, reason: text.clone(), code: "x", excerpt: text.clone() }),
        };
        for record in clean(draft) {
            let json = record.to_json().unwrap();
            let kept: String = json.chars().filter_map(fold::fold).filter(|c| c.is_ascii_alphanumeric() || *c == '*').collect();
            prop_assert!(!kept.contains(&digits), "{}", json);
        }
    }
}
