//! Backlog by age, the feed's late flag against our clock, quick completion, and periods as cuts.

use super::{metric, rate_of, scope};
use crate::{
    frame::Frames,
    ledger::fixture::*,
    metrics::{AGES, Cut, Part, backlog, count_by, members, waiting},
};
use ingest::record::{Classified, Event, Record};

const DUE: &str = "2016-05-10 23:59:59";

fn open(no: &str, when: &str, due: Option<&str>) -> Record {
    event(no, when, accepted("灯不亮", due))
}

#[test]
fn open_tickets_are_counted_by_their_age_and_past_due_apart() {
    let mut desk = Desk::new();
    // As of 20 May: the day itself and the day before are one day at most; 18 two; 16 four; 5 fifteen; 4 sixteen;
    // 20 April thirty; 19 April thirty-one. The one of 6 May is resolved, the one of 7 May merged.
    desk.apply(&[
        open("a", "2016-05-20 09:00", None),
        open("b", "2016-05-19 00:00", None),
        open("c", "2016-05-18 23:59:59", None),
        open("d", "2016-05-16 09:00", Some(DUE)),
        open("e", "2016-05-05 09:00", Some("2016-05-20 12:00:00")),
        open("f", "2016-05-04 09:00", Some(DUE)),
        open("g", "2016-04-20 00:00", None),
        open("h", "2016-04-19 23:59:59", Some(DUE)),
        open("i", "2016-05-06 09:00", Some(DUE)),
        event("i", "2016-05-12 09:00", resolved()),
        open("j", "2016-05-07 09:00", Some(DUE)),
        click("j", "2016-05-08 09:00", Event::Merged { into: "h".into() }),
    ]);
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let scope = scope("2016-01-01", "2016-05-31", "2016-05-20 12:00:00");
    let counts: Vec<u64> = backlog(&snapshot, &scope)
        .unwrap()
        .iter()
        .map(|(_, count)| *count)
        .collect();
    // e is due in this very second: not late yet.
    assert_eq!(counts, [2, 1, 1, 1, 2, 1, 3]);
    let listed = AGES.map(|age| waiting(&snapshot, &scope, age).unwrap().join(""));
    assert_eq!(listed, ["ab", "c", "d", "e", "fg", "h", "dfh"]);
}

#[test]
fn a_feeds_late_flag_is_compared_and_never_trusted() {
    let mut desk = Desk::new();
    let flag = |late| {
        Event::Classified(Classified {
            late,
            ..Classified::default()
        })
    };
    let mut row = |no: &str, resolved_at: Option<&str>, late: Option<bool>| {
        let mut row = vec![
            cell(
                no,
                "2016-05-18",
                "2016-05-03 09:00",
                accepted("灯不亮", Some(DUE)),
            ),
            cell(no, "2016-05-18", "2016-05-03 09:00", flag(late)),
        ];
        row.extend(resolved_at.map(|at| cell(no, "2016-05-18", at, resolved())));
        desk.apply(&row);
    };
    row("on time, said so", Some("2016-05-06"), Some(false));
    row("late, said so", Some("2016-05-11"), Some(true));
    row("late, denied", Some("2016-05-11"), Some(false));
    row("on time, accused", Some("2016-05-06"), Some(true));
    row("says nothing", Some("2016-05-06"), None);
    row("still open", None, Some(false));
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let scope = scope("2016-05-01", "2016-05-31", "2016-05-20");
    let rate = rate_of(&snapshot, &scope, "feed_flag");
    assert_eq!((rate.numerator, rate.denominator), (2, 4));
    assert_eq!(
        members(&snapshot, &scope, metric("feed_flag"), Part::Missed).unwrap(),
        ["late, denied", "on time, accused"]
    );
    // Our own figures do not move by it: on time three, late two.
    assert_eq!(rate_of(&snapshot, &scope, "on_time_closed").numerator, 3);
    // The next export takes the word back.
    desk.apply(&[cell(
        "late, denied",
        "2016-05-19",
        "2016-05-03 09:00",
        flag(Some(true)),
    )]);
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    assert_eq!(rate_of(&snapshot, &scope, "feed_flag").numerator, 3);
}

#[test]
fn days_of_quick_completion_are_calendar_days_and_what_still_runs_is_left_out() {
    let mut desk = Desk::new();
    desk.apply(&[
        open("a", "2016-05-03 23:50", None),
        event("a", "2016-05-04 00:10", resolved()),
        open("b", "2016-05-03 00:10", None),
        event("b", "2016-05-03 23:50", resolved()),
        open("c", "2016-05-03 09:00", None),
        event("c", "2016-05-06 23:59:59", resolved()),
        open("d", "2016-05-03 09:00", None),
        event("d", "2016-05-07 00:00", resolved()),
        open("e", "2016-05-04 09:00", None),
        open("f", "2016-05-07 09:00", None),
    ]);
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let parts = |as_of: &str, name: &str| {
        let rate = rate_of(&snapshot, &scope("2016-05-03", "2016-05-07", as_of), name);
        (rate.numerator, rate.denominator)
    };
    // As of the 7th: f's day is not over; e's three days (5, 6, 7) neither, but are a second after it.
    assert_eq!(parts("2016-05-07 23:59:59", "same_day"), (1, 5));
    assert_eq!(parts("2016-05-07 23:59:59", "three_days"), (3, 4));
    assert_eq!(parts("2016-05-08 00:00:00", "three_days"), (3, 5));
}

#[test]
fn weeks_months_and_quarters_are_sums_of_days() {
    let mut desk = Desk::new();
    // 2016 begins on a Friday: its first three days belong to the last week of 2015.
    let days = [
        "2016-01-03",
        "2016-01-04",
        "2016-01-10",
        "2016-03-31",
        "2016-04-01",
    ];
    for (no, day) in days.iter().enumerate() {
        desk.apply(&[open(&no.to_string(), day, None)]);
    }
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let scope = scope("2016-01-01", "2016-12-31", "2017-01-01");
    let by = |cut| {
        let counts = count_by(&snapshot, &scope, cut).unwrap();
        counts
            .iter()
            .map(|(name, count)| format!("{name}:{count}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(by(Cut::Week), "2015-W53:1 2016-W01:2 2016-W13:2");
    assert_eq!(by(Cut::Month), "2016-01:3 2016-03:1 2016-04:1");
    assert_eq!(by(Cut::Quarter), "2016-Q1:4 2016-Q2:1");
}
