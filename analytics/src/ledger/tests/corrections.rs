//! What corrections are learnt from, and which texts a model has yet to read.

use crate::ledger::fixture::*;
use ingest::record::{Record, TicketType};

/// A dispatched ticket with the label a model gave its text.
fn labelled(no: &str, kind: TicketType) -> Vec<Record> {
    let text = event(no, "2016-05-03 09:00", accepted("灯不亮", None));
    let label = model_label(&text, kind, false);
    vec![text, label, event(no, "2016-05-03 10:00", dispatched("市政局"))]
}

#[test]
fn what_feeds_gave_and_people_let_stand_is_told_with_its_type() {
    let mut desk = Desk::new();
    for no in ["1", "2", "3"] {
        desk.apply(&labelled(no, TicketType::Complaint));
    }
    desk.apply(&[
        event("2", "2016-05-03 11:00", typed(TicketType::Inquiry)),
        click("3", "2016-05-03 11:00", typed(TicketType::Praise)),
    ]);
    let mut stood: Vec<_> = desk
        .ledger
        .let_stand(9)
        .unwrap()
        .into_iter()
        .map(|one| (one.no, one.r#type))
        .collect();
    stood.sort();
    assert_eq!(
        stood,
        [
            ("1".to_owned(), Some(TicketType::Complaint)),
            ("2".to_owned(), Some(TicketType::Inquiry))
        ]
    );
}

#[test]
fn of_two_labels_of_one_moment_the_one_given_later_is_learnt() {
    for kinds in [
        [TicketType::Praise, TicketType::Help],
        [TicketType::Help, TicketType::Praise],
    ] {
        let mut desk = Desk::new();
        desk.apply(&labelled("1", TicketType::Complaint));
        for (kind, seen) in kinds.into_iter().zip(["2016-05-04", "2016-05-05"]) {
            let mut label = click("1", "2016-05-03 11:00", typed(kind));
            label.observed_at = at(seen);
            desk.apply(&[label]);
        }
        let ticket = desk.ledger.ticket("1").unwrap().unwrap();
        assert_eq!(ticket.r#type, Some(kinds[1]));
        assert_eq!(desk.ledger.judged().unwrap()[0].r#type, ticket.r#type);
    }
}

#[test]
fn texts_without_label_are_read_once_by_going_on() {
    let mut desk = Desk::new();
    for no in ["1", "2", "3"] {
        desk.apply(&[event(no, "2016-05-03 09:00", accepted("灯不亮", None))]);
    }
    let first = desk.ledger.unlabelled(0, 2).unwrap();
    let second = desk.ledger.unlabelled(first.next, 2).unwrap();
    assert_eq!((first.texts.len(), second.texts.len()), (2, 1));
    assert_eq!(desk.ledger.unlabelled(second.next, 2).unwrap().next, second.next);
}
