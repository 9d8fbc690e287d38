//! Extensions of a feed that break the rules stay events and are said to break them; urgency chooses the rule.

use crate::{
    deadline::{Calendar, Rules},
    ledger::{Broken, Ticket, fixture::*},
};
use ingest::record::{Accepted, Event, Record};

const RULES: &str = "
[default]
working_days = 5
[extension]
times = 2
working_days = 10
[[rule]]
name = '特急当日'
urgency = '特急'
working_days = 1
count = 'at_once'
";

fn desk() -> Desk {
    Desk::with(Rules::load(RULES, "test", Calendar::embedded().unwrap()).unwrap())
}

fn extended(when: &str, to: &str) -> Record {
    let said = Event::Extended {
        due_at: at(to),
        reason: reason("缺料"),
    };
    event("1", when, said)
}

/// Accepted on Tuesday 3 May 2016: five working days are Tuesday 10 May.
fn after(records: &[Record]) -> Ticket {
    let mut desk = desk();
    desk.apply(&[event("1", "2016-05-03 09:00", accepted("灯不亮", None))]);
    desk.apply(records);
    desk.ledger.ticket("1").unwrap().unwrap()
}

fn broken(ticket: &Ticket) -> Vec<Broken> {
    ticket.breaches.iter().map(|breach| breach.rule).collect()
}

#[test]
fn an_extension_in_time_and_within_the_limit_stands() {
    let ticket = after(&[
        extended("2016-05-10 17:00", "2016-05-13 23:59:59"),
        extended("2016-05-13 17:00", "2016-05-20 23:59:59"),
    ]);
    assert_eq!(ticket.due.unwrap().due_at, at("2016-05-20 23:59:59"));
    assert!(ticket.breaches.is_empty());
}

#[test]
fn an_extension_after_expiry_is_kept_but_moves_nothing() {
    let ticket = after(&[
        extended("2016-05-11 09:00", "2016-05-20 23:59:59"),
        event("1", "2016-05-12 09:00", resolved()),
    ]);
    assert_eq!(broken(&ticket), [Broken::Expired]);
    assert_eq!(ticket.counts.extended, 1, "it is counted as what it is");
    let due = ticket.due.unwrap();
    assert_eq!(
        (due.due_at, due.rule.as_str()),
        (at("2016-05-10 23:59:59"), "default")
    );
    assert_eq!(
        ticket.on_time,
        Some(false),
        "being late cannot be undone by extending"
    );
}

#[test]
fn one_too_many_moves_nothing_and_one_too_long_is_cut() {
    let ticket = after(&[
        extended("2016-05-09 09:00", "2016-05-11 23:59:59"),
        extended("2016-05-10 09:00", "2016-05-12 23:59:59"),
        extended("2016-05-11 09:00", "2016-05-13 23:59:59"),
    ]);
    assert_eq!(broken(&ticket), [Broken::TooOften]);
    assert_eq!(ticket.due.unwrap().due_at, at("2016-05-12 23:59:59"));
    // Ten working days after Tuesday 10 May are Tuesday 24 May.
    let ticket = after(&[extended("2016-05-09 09:00", "2016-06-30 23:59:59")]);
    assert_eq!(broken(&ticket), [Broken::TooLong]);
    assert_eq!(ticket.due.unwrap().due_at, at("2016-05-24 23:59:59"));
}

#[test]
fn a_pause_keeps_the_deadline_from_passing_before_an_extension() {
    let paused = Event::Paused {
        reason: reason("待材料"),
    };
    let ticket = after(&[
        event("1", "2016-05-10 09:00", paused),
        extended("2016-05-12 09:00", "2016-05-20 23:59:59"),
    ]);
    assert!(ticket.breaches.is_empty());
    assert_eq!(ticket.due.unwrap().due_at, at("2016-05-20 23:59:59"));
}

#[test]
fn a_reopened_ticket_may_be_extended_anew() {
    let reopened = Event::Reopened {
        reason: reason("又不亮"),
    };
    // Reopened on Monday 16 May: due on Monday 23 May.
    let ticket = after(&[
        extended("2016-05-09 09:00", "2016-05-11 23:59:59"),
        extended("2016-05-10 09:00", "2016-05-12 23:59:59"),
        event("1", "2016-05-12 09:00", resolved()),
        event("1", "2016-05-16 09:00", reopened),
        extended("2016-05-17 09:00", "2016-05-25 23:59:59"),
    ]);
    assert!(ticket.breaches.is_empty());
    assert_eq!((ticket.counts.extended, ticket.counts.extended_now), (3, 1));
    assert_eq!(ticket.due.unwrap().due_at, at("2016-05-25 23:59:59"));
}

#[test]
fn urgency_chooses_the_rule_and_a_correction_of_it_another() {
    let mut desk = desk();
    let urgent = |seen: &str, urgency: Option<&str>| {
        let said = Accepted {
            title: "路灯".into(),
            body: "灯不亮".into(),
            channel: None,
            region: None,
            urgency: urgency.map(str::to_owned),
            caller: None,
            due_at: None,
        };
        cell("1", seen, "2016-05-03 09:00", Event::Accepted(said))
    };
    let due = |desk: &Desk| {
        let due = desk.ledger.ticket("1").unwrap().unwrap().due.unwrap();
        (due.rule, due.due_at)
    };
    desk.apply(&[urgent("2016-05-03 10:00", None)]);
    assert_eq!(due(&desk), ("default".to_owned(), at("2016-05-10 23:59:59")));
    desk.apply(&[urgent("2016-05-03 11:00", Some("特急"))]);
    assert_eq!(due(&desk), ("特急当日".to_owned(), at("2016-05-03 23:59:59")));
    let amended = Event::Amended {
        title: None,
        body: None,
        region: None,
        urgency: Some("一般".into()),
    };
    desk.apply(&[click("1", "2016-05-03 12:00", amended)]);
    assert_eq!(due(&desk).0, "default");
    assert_eq!(
        desk.ledger
            .ticket_as_known("1", at("2016-05-03 10:30"))
            .unwrap()
            .unwrap()
            .urgency,
        None
    );
    assert_eq!(
        desk.ledger
            .ticket_as_known("1", at("2016-05-03 11:30"))
            .unwrap()
            .unwrap()
            .urgency
            .as_deref(),
        Some("特急")
    );
    assert!(
        desk.ledger
            .ticket_as_known("1", at("2016-05-03 09:30"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn the_past_is_shown_under_the_calendar_of_its_day() {
    let mut desk = desk();
    desk.apply(&[event("1", "2020-01-22 09:00", accepted("灯不亮", None))]);
    let due = |moment: &str| {
        let ticket = desk.ledger.ticket_as_known("1", at(moment)).unwrap().unwrap();
        ticket.due.unwrap().due_at
    };
    // First arrangement: 23 January, then 31 January, 1 (made up), 3 and 4 February.
    assert_eq!(due("2020-01-25 09:00"), at("2020-02-04 23:59:59"));
    // The amendment of 27 January takes 31 January and 1 February away.
    assert_eq!(due("2020-01-28 09:00"), at("2020-02-06 23:59:59"));
}
