//! Invariant 5: a ticket is the fold of its events, whatever order they came in.

use crate::ledger::{Fold, LabelledBy, Seen, Status, fixture::*, fold};
use ingest::record::{Body, Event, Record, TicketEvent, TicketType};

pub(super) fn folded(records: &[Record]) -> Option<Fold> {
    let seen: Vec<Seen<'_>> = records
        .iter()
        .filter_map(|record| match &record.body {
            Body::Ticket(event) => Some(Seen {
                id: &record.id,
                observed_at: record.observed_at,
                event,
            }),
            _ => None,
        })
        .collect();
    fold(&seen)
}

#[test]
fn a_life_from_acceptance_to_resolution() {
    let life = [
        event(
            "1",
            "2016-05-03 09:00",
            accepted("灯不亮", Some("2016-05-10 23:59:59")),
        ),
        event("1", "2016-05-03 10:00", dispatched("市政局")),
        event("1", "2016-05-03 11:00", Event::Signed { unit: None }),
        event("1", "2016-05-04 09:00", Event::Contacted),
        event(
            "1",
            "2016-05-05 09:00",
            Event::Replied {
                text: "已安排".into(),
            },
        ),
        event("1", "2016-05-06 09:00", resolved()),
    ];
    let states = [
        Status::Accepted,
        Status::Dispatched,
        Status::Signed,
        Status::Signed,
        Status::Signed,
        Status::Resolved,
    ];
    for (end, status) in states.into_iter().enumerate() {
        assert_eq!(
            folded(&life[..=end]).unwrap().ticket.status,
            status,
            "after {} events",
            end + 1
        );
    }
    let fold = folded(&life).unwrap().judge(&feed_only());
    assert_eq!(fold.ticket.unit.as_deref(), Some("市政局"));
    assert_eq!(fold.ticket.resolved_at, Some(at("2016-05-06 09:00")));
    assert_eq!(fold.ticket.on_time, Some(true));
    assert_eq!(fold.last_event_at, at("2016-05-06 09:00"));
    assert_eq!(folded(&[]), None);
}

#[test]
fn events_of_one_moment_fold_in_the_order_of_a_life() {
    let day = "2016-05-03 00:00";
    let fold = folded(&[
        event("1", day, resolved()),
        event("1", day, dispatched("市政局")),
        event("1", day, accepted("灯不亮", None)),
    ]);
    assert_eq!(fold.unwrap().ticket.status, Status::Resolved);
}

#[test]
fn a_reopened_ticket_is_unresolved_and_keeps_its_past() {
    let mut life = vec![
        event(
            "1",
            "2016-05-03 09:00",
            accepted("灯不亮", Some("2016-05-05 23:59:59")),
        ),
        event("1", "2016-05-03 10:00", dispatched("市政局")),
        event("1", "2016-05-06 00:00", resolved()),
        event(
            "1",
            "2016-05-07 09:00",
            Event::Reopened {
                reason: reason("又不亮了"),
            },
        ),
    ];
    let fold = folded(&life).unwrap().judge(&feed_only());
    assert_eq!(
        (fold.ticket.status, fold.ticket.resolved_at),
        (Status::Reopened, None)
    );
    assert_eq!(
        (fold.ticket.on_time, fold.ticket.late_before),
        (None, 1),
        "resolved a second too late, then reopened"
    );
    assert_eq!(
        fold.ticket.due, None,
        "the feed's deadline belongs to the old clock"
    );

    life.push(event(
        "1",
        "2016-05-07 10:00",
        Event::Dispatched {
            unit: "供电局".into(),
            due_at: Some(at("2016-05-09")),
        },
    ));
    life.push(event("1", "2016-05-08 10:00", resolved()));
    let fold = folded(&life).unwrap().judge(&feed_only());
    assert_eq!((fold.ticket.on_time, fold.ticket.late_before), (Some(true), 1));
    assert_eq!(
        (fold.ticket.counts.reopened, fold.ticket.counts.dispatched),
        (1, 2)
    );
}

#[test]
fn a_pause_hides_the_state_and_a_resume_gives_it_back() {
    let mut life = vec![
        event("1", "2016-05-03 09:00", accepted("灯不亮", None)),
        event("1", "2016-05-03 10:00", dispatched("市政局")),
        event(
            "1",
            "2016-05-04 10:00",
            Event::Paused {
                reason: reason("待材料"),
            },
        ),
    ];
    assert_eq!(folded(&life).unwrap().ticket.status, Status::Paused);
    life.push(event("1", "2016-05-05 10:00", Event::Resumed));
    assert_eq!(folded(&life).unwrap().ticket.status, Status::Dispatched);
    let pauses = &folded(&life).unwrap().rounds[0].pauses;
    assert_eq!(*pauses, [(at("2016-05-04 10:00"), Some(at("2016-05-05 10:00")))]);
}

#[test]
fn merging_and_its_undo() {
    let mut life = vec![
        event("1", "2016-05-03 09:00", accepted("灯不亮", None)),
        click("1", "2016-05-03 12:00", Event::Merged { into: "2".into() }),
    ];
    let merged = folded(&life).unwrap().ticket;
    assert_eq!(
        (merged.status, merged.merged_into.as_deref()),
        (Status::Merged, Some("2"))
    );
    life.push(click("1", "2016-05-03 13:00", Event::Unmerged));
    assert_eq!(folded(&life).unwrap().ticket, folded(&life[..1]).unwrap().ticket);
}

#[test]
fn a_human_stands_above_the_feed_and_the_feed_above_the_model() {
    let text = event("1", "2016-05-03 09:00", accepted("灯不亮", None));
    let model = model_label(&text, TicketType::Complaint, false);
    let feed = event("1", "2016-05-03 09:00", typed(TicketType::Inquiry));
    let human = click("1", "2016-05-03 09:30", typed(TicketType::Help));
    let label = |records: &[Record]| {
        let ticket = folded(records).unwrap().ticket;
        (ticket.r#type, ticket.type_by)
    };
    let all = [text.clone(), model.clone(), feed, human];
    assert_eq!(label(&all), (Some(TicketType::Help), Some(LabelledBy::Human)));
    assert_eq!(
        label(&all[..3]),
        (Some(TicketType::Inquiry), Some(LabelledBy::Feed))
    );
    assert_eq!(
        label(&all[..2]),
        (Some(TicketType::Complaint), Some(LabelledBy::Model))
    );
    assert_eq!(label(&all[..1]), (None, None));

    let ticket = folded(&all).unwrap().ticket;
    assert_eq!(
        ticket.topic.as_deref(),
        Some("环境保护"),
        "nobody above the model named a topic"
    );
    assert!(
        ticket.model.is_some(),
        "the model's label is kept beside the human's"
    );
    let abstained = folded(&[text, model_label(&model_text(), TicketType::Praise, true)])
        .unwrap()
        .ticket;
    assert_eq!((abstained.r#type, abstained.topic), (None, None));
    assert!(abstained.model.is_some());
}

fn model_text() -> Record {
    event("1", "2016-05-03 09:00", accepted("灯不亮", None))
}

#[test]
fn where_the_newest_model_abstains_an_older_ones_guess_is_no_answer() {
    let text = model_text();
    let older = model_label(&text, TicketType::Complaint, false);
    let mut newer = model_label(&text, TicketType::Praise, true);
    let Body::Ticket(event) = newer.body else { panic!() };
    newer = Record::new(
        Body::Ticket(TicketEvent {
            actor: "model:4567".into(),
            ..event
        }),
        at("2016-06-03 09:00"),
    );
    let ticket = folded(&[text, older, newer]).unwrap().ticket;
    assert_eq!((ticket.r#type, ticket.type_by, ticket.topic), (None, None, None));
    assert_eq!(ticket.model.unwrap().r#type, Some(TicketType::Praise));
}

#[test]
fn a_label_of_a_text_that_was_replaced_is_history() {
    let text = model_text();
    let label = model_label(&text, TicketType::Complaint, false);
    let amended = click(
        "1",
        "2016-05-03 10:00",
        Event::Amended {
            title: None,
            body: Some("灯亮了，表扬".into()),
            region: None,
            urgency: None,
        },
    );
    let ticket = folded(&[text, label, amended.clone()]).unwrap().ticket;
    assert_eq!((ticket.r#type, ticket.model), (None, None));
    let ticket = folded(&[
        model_text(),
        amended.clone(),
        model_label(&amended, TicketType::Praise, false),
    ])
    .unwrap()
    .ticket;
    assert_eq!(ticket.r#type, Some(TicketType::Praise));
    assert_eq!(
        (ticket.title.as_str(), ticket.body.as_str()),
        ("路灯", "灯亮了，表扬")
    );
}

#[test]
fn ties_follow_the_fold() {
    let mut desk = Desk::new();
    let called = |no: &str, day: &str| {
        let mut said = accepted("灯不亮", None);
        if let Event::Accepted(accepted) = &mut said {
            accepted.caller = Some(ingest::record::Caller {
                hash: ingest::record::RecordId::of(&[b"caller"]),
                masked: "138****5678".into(),
            });
        }
        event(no, day, said)
    };
    desk.apply(&[
        called("1", "2016-05-03"),
        called("2", "2016-05-04"),
        event("3", "2016-05-05", accepted("灯", None)),
    ]);
    let caller = ingest::record::RecordId::of(&[b"caller"]);
    assert_eq!(desk.ledger.of_caller(&caller, 10).unwrap(), ["2", "1"]);
    desk.apply(&[click("3", "2016-05-06", Event::Merged { into: "1".into() })]);
    assert_eq!(desk.ledger.merged_into("1").unwrap(), ["3"]);
    desk.apply(&[click("3", "2016-05-07", Event::Unmerged)]);
    assert!(desk.ledger.merged_into("1").unwrap().is_empty());
    assert_eq!(
        desk.ledger.of_caller(&caller, 1).unwrap(),
        ["2"],
        "ties of others stay"
    );
}

#[test]
fn a_doing_said_again_under_its_key_is_one_event() {
    let keyed = |when: &str, text: &str| {
        let mut record = click("1", when, Event::Urged { reason: text.into() });
        if let Body::Ticket(event) = &mut record.body {
            event.key = Some(ingest::record::RecordId::of(&[b"key", b"urge:1"]));
        }
        Record::new(record.body, at(when))
    };
    let mut desk = Desk::new();
    desk.apply(&[event("1", "2016-05-03", accepted("灯不亮", None))]);
    desk.apply(&[
        keyed("2016-05-09 09:00", "超期 1 天"),
        keyed("2016-05-09 10:00", "超期一天"),
    ]);
    desk.apply(&[keyed("2016-05-10 09:00", "超期 2 天")]);
    assert_eq!(desk.ledger.ticket("1").unwrap().unwrap().counts.urged, 1);
    let said = desk
        .ledger
        .event("1", &keyed("2016-05-10 09:00", "").id)
        .unwrap()
        .unwrap();
    assert_eq!(
        said.event,
        Event::Urged {
            reason: "超期 1 天".into()
        }
    );
}
