//! Invariants 3 and 4: what is new, what is a repetition, and what a crash leaves.

use crate::ledger::{Labelled, Ledger, LedgerError, Outcome, fixture::*};
use ingest::{
    log::{Checkpoint, Entry, Topic},
    record::{Body, DeadLetter, Event, Place, Record, TicketType},
};

/// One export row of one ticket as its cells.
fn row(seen: &str, body: &str, unit: &str) -> Vec<Record> {
    vec![
        cell("1", seen, "2016-05-03 09:00", accepted(body, None)),
        cell("1", seen, "2016-05-03 10:00", dispatched(unit)),
    ]
}

#[test]
fn an_export_imported_again_adds_nothing() {
    use Outcome::{Duplicate, New};
    let mut desk = Desk::new();
    let monday = row("2016-05-09", "灯不亮", "市政局");
    assert_eq!(desk.apply(&monday).outcomes, [New, New]);
    let again = desk.apply(&monday);
    assert_eq!(
        (again.outcomes, again.tickets),
        (vec![Duplicate, Duplicate], vec![])
    );

    let tuesday = desk.apply(&row("2016-05-10", "灯不亮", "市政局"));
    assert_eq!(
        (tuesday.outcomes, tuesday.tickets),
        (vec![Duplicate, Duplicate], vec![]),
        "a newer export, equal rows"
    );
    let friday = desk.apply(&row("2016-05-13", "灯不亮", "供电局"));
    assert_eq!(friday.outcomes, [Duplicate, New]);
    assert_eq!(
        desk.ledger.ticket("1").unwrap().unwrap().unit.as_deref(),
        Some("供电局")
    );

    assert_eq!(
        desk.apply(&monday).outcomes,
        [Duplicate, Duplicate],
        "last week's export again"
    );
    let ticket = desk.ledger.ticket("1").unwrap().unwrap();
    assert_eq!(
        (ticket.unit.as_deref(), ticket.counts.dispatched),
        (Some("供电局"), 1)
    );
}

#[test]
fn there_and_back_again_is_three_revisions_in_any_order() {
    use Outcome::{Duplicate, New};
    let (a, b, c) = (
        row("2016-05-09", "灯不亮", "市政局"),
        row("2016-05-10", "灯不亮", "供电局"),
        row("2016-05-11", "灯不亮", "市政局"),
    );
    let mut desk = Desk::new();
    for row in [&a, &b, &c] {
        assert_eq!(desk.apply(&row[1..]).outcomes, [New]);
    }
    let straight = desk.ledger.ticket("1").unwrap();
    assert_eq!(straight.as_ref().unwrap().unit.as_deref(), Some("市政局"));

    let mut desk = Desk::new();
    assert_eq!(desk.apply(&c[1..]).outcomes, [New]);
    assert_eq!(
        desk.apply(&a[1..]).outcomes,
        [Duplicate],
        "equal to its only neighbour"
    );
    assert_eq!(desk.ledger.outcome(&a[1]).unwrap(), Some(Duplicate));
    assert_eq!(desk.apply(&b[1..]).outcomes, [New], "parts two equals");
    assert_eq!(desk.ledger.ticket("1").unwrap(), straight);
    for record in [&a[1], &b[1], &c[1]] {
        assert_eq!(desk.ledger.outcome(record).unwrap(), Some(New));
    }
    let elsewhen = Record {
        observed_at: at("2016-05-12"),
        ..a[1].clone()
    };
    assert_eq!(desk.ledger.outcome(&elsewhen).unwrap(), None);
}

#[test]
fn a_later_export_takes_a_resolution_back_and_gives_it_again() {
    let row = |seen: &str, resolved_at: Option<&str>| {
        let done = Event::Resolved {
            result: String::new(),
            direct: false,
            withdrawn: resolved_at.is_none(),
        };
        let mut cells = row(seen, "灯不亮", "市政局");
        cells.push(cell("1", seen, resolved_at.unwrap_or("2016-05-03 09:00"), done));
        cells
    };
    let monday = row("2016-05-09", Some("2016-05-08 09:00"));
    let tuesday = row("2016-05-10", None);
    let friday = row("2016-05-13", Some("2016-05-12 09:00"));
    let resolved_at = |exports: &[&Vec<Record>]| {
        let mut desk = Desk::new();
        for export in exports {
            desk.apply(export);
        }
        desk.ledger.ticket("1").unwrap().unwrap().resolved_at
    };
    assert_eq!(resolved_at(&[&monday]), Some(at("2016-05-08 09:00")));
    assert_eq!(resolved_at(&[&monday, &tuesday]), None);
    assert_eq!(
        resolved_at(&[&tuesday, &monday]),
        None,
        "in whatever order they come"
    );
    assert_eq!(
        resolved_at(&[&friday, &monday, &tuesday]),
        Some(at("2016-05-12 09:00"))
    );
    // What a person resolved here, no export takes back.
    let mut desk = Desk::new();
    desk.apply(&monday);
    desk.apply(&[click("1", "2016-05-09 10:00", resolved())]);
    desk.apply(&tuesday);
    assert_eq!(
        desk.ledger.ticket("1").unwrap().unwrap().resolved_at,
        Some(at("2016-05-09 10:00"))
    );
}

#[test]
fn posts_keep_the_newest_revision() {
    let mut desk = Desk::new();
    let (first, second) = (
        post("7", "旧文", None, "2016-05-01 08:00"),
        post("7", "新文", None, "2016-05-02 08:00"),
    );
    let third = post("7", "旧文", None, "2016-05-03 08:00");
    let Body::Post(fact) = &first.body else {
        unreachable!()
    };
    assert_eq!(
        desk.apply_post(&second, Some(sentiment("positive", "交通运输")))
            .posts,
        [(fact.post_id.clone(), second.id.clone())]
    );
    assert!(
        desk.apply_post(&first, Some(sentiment("negative", "环境保护")))
            .posts
            .is_empty(),
        "older than what is held"
    );
    let held = &desk.ledger.posts(std::slice::from_ref(&fact.post_id)).unwrap()[0];
    assert_eq!(held.sentiment_label.as_deref(), Some("positive"));
    assert_eq!(
        held.published_at,
        at("2016-05-01 08:00"),
        "the first observation stands in for a publication time"
    );
    assert_eq!(desk.apply_post(&third, None).posts.len(), 1);
    assert_eq!(
        desk.ledger.newest_revision(&fact.post_id).unwrap(),
        Some(first.id.clone())
    );
    let held = &desk.ledger.posts(std::slice::from_ref(&fact.post_id)).unwrap()[0];
    assert_eq!(
        held.sentiment_label.as_deref(),
        Some("negative"),
        "the label of that text, computed once"
    );
}

#[test]
fn entries_the_checkpoint_holds_change_nothing() {
    let mut desk = Desk::new();
    let batch = desk.entries(&row("2016-05-09", "灯不亮", "市政局"));
    desk.ledger.apply(&batch, &[], &desk.checkpoint).unwrap();
    // The index lost its commit: reading starts again from nothing.
    let mut behind = Checkpoint::default();
    behind.advance(&batch[0].entry);
    let applied = desk.ledger.apply(&batch[..1], &[], &behind).unwrap();
    assert_eq!(applied.outcomes, [Outcome::Duplicate]);
    assert_eq!(
        desk.ledger.checkpoint().unwrap(),
        desk.checkpoint,
        "the checkpoint never steps back"
    );
}

#[test]
fn a_label_given_with_the_batch_is_recognised_when_it_comes_back() {
    let mut desk = Desk::new();
    let text = event("1", "2016-05-03 09:00", accepted("灯不亮", None));
    let label = model_label(&text, TicketType::Complaint, false);
    let batch = desk.entries(std::slice::from_ref(&text));
    assert_eq!(desk.ledger.unlabelled(0, 9).unwrap().texts, []);
    desk.ledger
        .apply(&batch, std::slice::from_ref(&label), &desk.checkpoint)
        .unwrap();
    assert_eq!(
        desk.ledger.ticket("1").unwrap().unwrap().r#type,
        Some(TicketType::Complaint)
    );
    assert_eq!(
        desk.apply(std::slice::from_ref(&label)).outcomes,
        [Outcome::Duplicate]
    );

    assert!(desk.ledger.unlabelled(0, 9).unwrap().texts.is_empty());
    assert!(
        desk.ledger
            .unread_by("model:0123", 0, 9)
            .unwrap()
            .texts
            .is_empty()
    );
    assert_eq!(
        desk.ledger.unread_by("model:4567", 0, 9).unwrap().texts,
        std::slice::from_ref(&text),
        "another model has not read it"
    );
    assert_eq!(
        desk.ledger
            .labelled(&[text.id.clone(), label.id])
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>(),
        [text.id]
    );
}

#[test]
fn the_text_at_an_event() {
    let mut desk = Desk::new();
    let old = cell("1", "2016-05-09", "2016-05-03 09:00", accepted("灯不亮", None));
    let new = cell("1", "2016-05-10", "2016-05-03 09:00", accepted("灯还不亮", None));
    let amended = click(
        "1",
        "2016-05-04",
        Event::Amended {
            title: Some("路灯故障".into()),
            body: None,
            region: None,
            urgency: None,
        },
    );
    desk.apply(&[old.clone(), new.clone(), amended.clone()]);
    let text = |record: &Record| desk.ledger.text_at("1", &record.id).unwrap().unwrap();
    assert_eq!(text(&old), ("路灯".to_owned(), "灯不亮".to_owned()));
    assert_eq!(text(&new), ("路灯".to_owned(), "灯还不亮".to_owned()));
    assert_eq!(text(&amended), ("路灯故障".to_owned(), "灯还不亮".to_owned()));
    let current: Vec<bool> = desk
        .ledger
        .timeline("1")
        .unwrap()
        .iter()
        .map(|entry| entry.current)
        .collect();
    assert_eq!(
        current,
        [false, true, true],
        "the replaced revision is shown as history"
    );
}

#[test]
fn dead_letters_and_foreign_messages_are_counted() {
    let mut desk = Desk::new();
    let letter = DeadLetter {
        source: "hotline".into(),
        place: Place {
            origin: "导出.xlsx".into(),
            row: Some(7),
            field: Some("受理时间".into()),
        },
        reason: "受理时间无法识别".into(),
        code: "bad_time".into(),
        excerpt: "昨天".into(),
    };
    let dead = Record::new(Body::Dead(letter.clone()), at("2016-05-09"));
    assert_eq!(
        desk.apply(&[dead.clone(), dead]).outcomes,
        [Outcome::Dead, Outcome::Dead]
    );
    let foreign = Labelled {
        entry: Entry {
            topic: Topic::Posts,
            partition: 0,
            offset: 0,
            record: Record::from_json(b"{}"),
        },
        label: None,
    };
    desk.checkpoint.advance(&foreign.entry);
    desk.ledger.apply(&[foreign], &[], &desk.checkpoint).unwrap();
    desk.apply(&row("2016-05-10", "灯不亮", "市政局"));

    assert_eq!(
        desk.ledger.dead_letters(Some("hotline"), 9).unwrap(),
        [(at("2016-05-09"), letter)]
    );
    assert_eq!(desk.ledger.dead_letters(None, 9).unwrap().len(), 2);
    let counts: Vec<_> = desk
        .ledger
        .sources()
        .unwrap()
        .into_iter()
        .map(|s| (s.source, s.tickets, s.dead))
        .collect();
    assert_eq!(counts, [("hotline".to_owned(), 1, 1), ("log".to_owned(), 0, 1)]);
}

#[test]
fn other_rules_give_other_deadlines_at_the_next_start() {
    let mut desk = Desk::new();
    desk.apply(&[event("1", "2016-05-03 09:00", accepted("灯不亮", None))]);
    assert_eq!(
        desk.ledger.list(&Default::default(), 0, 9).unwrap().0[0].due,
        None
    );
    let path = desk.path();
    let reader = Ledger::open_reader(&path, feed_only()).unwrap();
    let frames = crate::frame::Frames::new(&reader);
    let before = frames.snapshot().unwrap().change();
    let again = Ledger::open(&path, shipped()).unwrap();
    let due = again.ticket("1").unwrap().unwrap().due.unwrap();
    assert_eq!(
        due.due_at,
        at("2016-05-10 23:59:59"),
        "five working days after Tuesday 3 May 2016"
    );
    assert!(
        frames.snapshot().unwrap().change() > before,
        "frames read the new deadlines"
    );
    assert!(matches!(
        reader.apply(&[], &[], &Checkpoint::default()),
        Err(LedgerError::ReadOnly)
    ));
}

#[test]
fn arrivals_are_counted_by_hour_whatever_the_order_and_once() {
    let rows = [
        row("2016-05-09 08:10", "灯不亮", "市政局"),
        row("2016-05-09 08:50", "灯不亮", "供电局"),
        row("2016-05-11 10:00", "灯不亮", "市政局"),
    ];
    let arrivals = |order: &[usize]| {
        let mut desk = Desk::new();
        for place in order {
            desk.apply(&rows[*place]);
        }
        desk.ledger.arrivals(at("2016-06-01")).unwrap()
    };
    let hour = |text: &str| at(text).timestamp_millis() / 3_600_000;
    let expected = vec![hour("2016-05-09 08:00"), hour("2016-05-11 10:00")];
    assert_eq!(arrivals(&[0, 1, 2])["hotline"], expected);
    assert_eq!(arrivals(&[2, 0, 1, 1, 0]), arrivals(&[0, 1, 2]));
    let mut desk = Desk::new();
    desk.apply(&rows[2]);
    assert!(
        desk.ledger.arrivals(at("2016-05-11 09:59")).unwrap().is_empty(),
        "not yet"
    );
}
