//! Days counted by hand, with the days in the comments.

use super::*;

fn due(rules: &Rules, from: &str, n: u32) -> String {
    rules.working_days_after(at(from), n).unwrap().due_at.to_rfc3339()
}

fn accepted(text: &str) -> Clock<'_> {
    Clock {
        accepted_at: at(text),
        ..Clock::default()
    }
}

#[track_caller]
fn due_at(rules: &Rules, clock: &Clock<'_>, expected: &str) -> Due {
    let due = rules.due(clock).unwrap();
    assert_eq!(due.due_at, at(expected), "{due:?}");
    due
}

#[test]
fn national_day_2024_is_explained() {
    // 1–7 October off; Saturday the 12th made up: 8, 9, 10, 11, 12.
    let explained = Rules::embedded()
        .unwrap()
        .working_days_after(at("2024-09-30T10:00+08:00"), 5)
        .unwrap();
    assert_eq!(
        serde_json::to_string(&explained).unwrap(),
        r#"{"from":"2024-09-30T10:00:00+08:00","working_days":5,"due_at":"2024-10-12T23:59:59+08:00","rule":"working_days/next_day","calendar":["2024.json"]}"#
    );
    let why: Vec<&str> = explained.steps.iter().map(|step| step.why.as_str()).collect();
    assert_eq!(why.len(), 13);
    assert_eq!(why[0], "受理当日，不计");
    assert!(why[1..8].iter().all(|why| *why == "国庆节，不计"));
    assert_eq!(why[8], "工作日，第 1 个工作日");
    assert_eq!(why[12], "国庆节调休上班，第 5 个工作日");
}

#[test]
fn days_of_2016() {
    let rules = five_days();
    // Labour Day 30 April – 2 May: 3, 4, 5, 6, 9 May.
    assert_eq!(due(&rules, "2016-04-29 10:00", 5), "2016-05-09T23:59:59+08:00");
    // Dragon Boat 9–11 June, Sunday the 12th worked: 12, 13, 14.
    assert_eq!(due(&rules, "2016-06-08 17:30", 3), "2016-06-14T23:59:59+08:00");
    // Spring Festival 7–13 February, Saturday the 6th and Sunday the 14th worked.
    assert_eq!(due(&rules, "2016-02-05 00:00", 2), "2016-02-14T23:59:59+08:00");
    // Received on a day off: the same as on the last day before.
    assert_eq!(due(&rules, "2016-02-10 12:00", 1), "2016-02-14T23:59:59+08:00");
    assert_eq!(due(&rules, "2016-02-10 12:00", 0), "2016-02-10T23:59:59+08:00");
}

#[test]
fn the_day_is_the_day_in_shanghai() {
    // 17:00 UTC on Monday is Tuesday in Shanghai: Wednesday.
    assert_eq!(
        due(&five_days(), "2024-03-04T17:00:00Z", 1),
        "2024-03-06T23:59:59+08:00"
    );
    assert_eq!(
        due(&five_days(), "2024-03-04T15:59:59Z", 1),
        "2024-03-05T23:59:59+08:00"
    );
}

#[test]
fn spring_2020_as_it_was_known() {
    let rules = five_days();
    let known = |moment: &str| rules.as_known_at(at(moment));
    // Amended, off to 2 February: 23 January, 3, 4, 5, 6 February.
    assert_eq!(due(&rules, "2020-01-22 09:00", 5), "2020-02-06T23:59:59+08:00");
    assert_eq!(
        due(&known("2020-01-27 00:00"), "2020-01-22 09:00", 5),
        "2020-02-06T23:59:59+08:00"
    );
    // First arrangement, Saturday 1 February worked: 23, 31 January, 1, 3, 4 February.
    let first = known("2020-01-26 12:00")
        .working_days_after(at("2020-01-22 09:00"), 5)
        .unwrap();
    assert_eq!(first.due_at, at("2020-02-04 23:59:59"));
    assert_eq!(first.calendar, ["2020.2019-11-21.json"]);
    assert!(!first.provisional);
    // Before any arrangement, weekends only: 23, 24, 27, 28, 29 January.
    let before = known("2019-10-01")
        .working_days_after(at("2020-01-22 09:00"), 5)
        .unwrap();
    assert_eq!(before.due_at, at("2020-01-29 23:59:59"));
    assert!(before.provisional && before.calendar.is_empty());
    assert_ne!(rules.version(), known("2020-01-26").version());
    assert_eq!(rules.version(), known("2026-01-01").version());
}

#[test]
fn new_year_across_two_files() {
    // 2018-12-30 and 31 off and Saturday the 29th worked by 2019's file, 1 January off: 29 December, 2, 3 January.
    let explained = five_days().working_days_after(at("2018-12-28 09:00"), 3).unwrap();
    assert_eq!(explained.due_at, at("2019-01-03 23:59:59"));
    assert_eq!(explained.calendar, ["2018.json", "2019.2019-03-22.json"]);
    // A span of 2018 alone that 2019's file says something about.
    let explained = five_days().working_days_after(at("2018-12-28 09:00"), 1).unwrap();
    assert_eq!(explained.calendar, ["2018.json", "2019.2019-03-22.json"]);
    assert_eq!(
        five_days()
            .working_days_after(at("2018-12-10"), 1)
            .unwrap()
            .calendar,
        ["2018.json"]
    );
}

#[test]
fn a_year_without_a_file_is_provisional() {
    let rules = five_days();
    // 1–3 October off by law (Tuesday to Thursday), then the 4th and 7–10.
    let explained = rules.working_days_after(at("2030-09-30 10:00"), 5).unwrap();
    assert_eq!(explained.due_at, at("2030-10-10 23:59:59"));
    assert!(explained.provisional && explained.calendar.is_empty());
    assert_eq!(explained.steps[1].why, "国庆节，不计（当年放假安排未公布，暂定）");
    assert!(
        serde_json::to_string(&explained)
            .unwrap()
            .ends_with(r#""calendar":[],"provisional":true}"#)
    );
    assert!(rules.due(&accepted("2026-12-31 10:00")).unwrap().provisional);
    assert!(!rules.due(&accepted("2026-12-01 10:00")).unwrap().provisional);
    // A feed's deadline is not counted, so it is not provisional, until a pause moves it.
    let mut clock = Clock {
        feed_due_at: Some(at("2030-10-08 17:00")),
        ..accepted("2030-09-30 10:00")
    };
    assert!(!rules.due(&clock).unwrap().provisional);
    let pauses = [(at("2030-10-04 09:00"), Some(at("2030-10-04 10:00")))];
    clock.pauses = &pauses;
    assert!(due_at(&rules, &clock, "2030-10-09 17:00").provisional);
}

#[test]
fn bounds_are_errors_not_loops() {
    let rules = five_days();
    assert!(
        rules
            .working_days_after(at("2024-01-01"), MAX_WORKING_DAYS)
            .is_ok()
    );
    let error = rules
        .working_days_after(at("2024-01-01"), MAX_WORKING_DAYS + 1)
        .unwrap_err();
    assert_eq!(error.to_string(), "10001 working days are more than 10000");
    for from in ["1989-12-31", "2119-12-31", "0001-01-01"] {
        let error = rules.working_days_after(at(from), 1).unwrap_err().to_string();
        assert_eq!(
            error,
            "the working-day clock runs from 1990-01-01 to 2119-12-31 only"
        );
        assert_eq!(rules.due(&accepted(from)), None);
    }
    assert!(rules.working_days_after(at("2119-12-31"), 0).is_ok());
    assert!(rules.working_days_after(at("1990-01-01"), 1).is_ok());
}

#[test]
fn the_rule_the_feed_the_extension() {
    let rules = five_days();
    let clock = accepted("2024-09-30 10:00");
    let due = due_at(&rules, &clock, "2024-10-12 23:59:59");
    assert_eq!(
        (due.rule.as_str(), due.warn_at),
        ("default", at("2024-10-12 00:00"))
    );
    assert_eq!((due.feed_due_at, due.rule_due_at), (None, Some(due.due_at)));

    let clock = Clock {
        feed_due_at: Some(at("2024-10-13 17:00")),
        ..clock
    };
    let due = due_at(&rules, &clock, "2024-10-13 17:00");
    assert_eq!(due.rule, "feed");
    assert_eq!(due.rule_due_at, Some(at("2024-10-12 23:59:59")), "both are kept");
    assert_eq!(
        due.warn_at,
        at("2024-10-12 00:00"),
        "the 13th is a Sunday: the last working day is the Saturday worked"
    );

    let clock = Clock {
        extended_to: Some(at("2024-10-20 12:00")),
        ..clock
    };
    let due = due_at(&rules, &clock, "2024-10-20 12:00");
    assert_eq!(
        (due.rule.as_str(), due.feed_due_at),
        ("extended", Some(at("2024-10-13 17:00")))
    );

    let none = rules_without_default();
    assert_eq!(none.due(&accepted("2024-09-30 10:00")), None);
    assert_eq!(none.due(&clock).unwrap().rule_due_at, None);
}

fn rules_without_default() -> Rules {
    rules("")
}

#[test]
fn a_pause_moves_the_deadline_by_working_days_rounded_up() {
    let rules = five_days();
    // Without a pause: 5, 6, 7, 8, 11 March.
    let clock = accepted("2024-03-04 10:00");
    due_at(&rules, &clock, "2024-03-11 23:59:59");
    for (from, to, expected) in [
        // One hour is a day; so is a day; a day and a second are two.
        ("2024-03-05 10:00", "2024-03-05 11:00", "2024-03-12 23:59:59"),
        ("2024-03-05 10:00", "2024-03-06 10:00", "2024-03-12 23:59:59"),
        ("2024-03-05 10:00", "2024-03-06 10:00:01", "2024-03-13 23:59:59"),
        // Friday 18:00 to Monday 06:00 is half a day of working time.
        ("2024-03-08 18:00", "2024-03-11 06:00", "2024-03-12 23:59:59"),
        // A weekend costs no working time.
        ("2024-03-09 00:00", "2024-03-11 00:00", "2024-03-11 23:59:59"),
        // Before the clock started, or after it ran out, or backwards: nothing.
        ("2024-03-01 10:00", "2024-03-04 10:00", "2024-03-11 23:59:59"),
        ("2024-03-12 00:00", "2024-03-15 00:00", "2024-03-11 23:59:59"),
        ("2024-03-06 10:00", "2024-03-05 10:00", "2024-03-11 23:59:59"),
        // Begun within the last second of the deadline: still in time.
        (
            "2024-03-11 23:59:59",
            "2024-03-13 23:59:59",
            "2024-03-13 23:59:59",
        ),
    ] {
        let pauses = [(at(from), Some(at(to)))];
        due_at(
            &rules,
            &Clock {
                pauses: &pauses,
                ..clock
            },
            expected,
        );
    }
    // Overlapping pauses are one: 5 March 10:00 to 7 March 10:00.
    let pauses = [
        (at("2024-03-06 09:00"), Some(at("2024-03-07 10:00"))),
        (at("2024-03-05 10:00"), Some(at("2024-03-06 10:00"))),
    ];
    due_at(
        &rules,
        &Clock {
            pauses: &pauses,
            ..clock
        },
        "2024-03-13 23:59:59",
    );
    // The second begins after the first deadline, but before the moved one.
    let pauses = [
        (at("2024-03-06 09:00"), Some(at("2024-03-06 10:00"))),
        (at("2024-03-12 09:00"), Some(at("2024-03-12 10:00"))),
    ];
    due_at(
        &rules,
        &Clock {
            pauses: &pauses,
            ..clock
        },
        "2024-03-13 23:59:59",
    );
    // An extension was granted knowing the pauses before it; those after move it.
    let clock = Clock {
        extended_to: Some(at("2024-03-20 17:00")),
        pauses: &pauses,
        ..clock
    };
    due_at(
        &rules,
        &Clock {
            extended_at: Some(at("2024-03-08 09:00")),
            ..clock
        },
        "2024-03-21 17:00",
    );
    due_at(
        &rules,
        &Clock {
            extended_at: Some(at("2024-03-13 09:00")),
            ..clock
        },
        "2024-03-20 17:00",
    );
}

#[test]
fn while_paused_no_deadline_passes() {
    let rules = five_days();
    let pauses = [(at("2024-03-05 10:00"), None)];
    let paused = due_at(
        &rules,
        &Clock {
            pauses: &pauses,
            ..accepted("2024-03-04 10:00")
        },
        "2024-03-11 23:59:59",
    );
    assert_eq!(paused.paused_since, Some(at("2024-03-05 10:00")));
    assert!(!paused.is_late_at(at("2025-01-01")));
    assert_eq!(paused.card_at(at("2025-01-01")), None);

    let running = rules.due(&accepted("2024-03-04 10:00")).unwrap();
    assert_eq!(running.paused_since, None);
    assert_eq!(running.card_at(at("2024-03-10 23:59:59")), None);
    assert_eq!(running.card_at(at("2024-03-11 00:00")), Some(Card::Yellow));
    assert_eq!(
        running.card_at(at("2024-03-11T23:59:59.999+08:00")),
        Some(Card::Yellow)
    );
    assert_eq!(running.card_at(at("2024-03-12 00:00")), Some(Card::Red));

    // Paused when already late: late it stays.
    let pauses = [(at("2024-03-12 10:00"), None)];
    let late = rules
        .due(&Clock {
            pauses: &pauses,
            ..accepted("2024-03-04 10:00")
        })
        .unwrap();
    assert_eq!(
        (late.paused_since, late.card_at(at("2024-03-13"))),
        (None, Some(Card::Red))
    );
}

#[test]
fn a_reopened_ticket_has_a_new_clock() {
    let rules = five_days();
    let pauses = [(at("2024-03-05 10:00"), Some(at("2024-03-07 10:00")))];
    let clock = Clock {
        feed_due_at: Some(at("2024-03-06 12:00")),
        extended_to: Some(at("2024-03-15 12:00")),
        extended_at: Some(at("2024-03-06 09:00")),
        pauses: &pauses,
        reopened_at: Some(at("2024-03-18 15:00")),
        ..accepted("2024-03-04 10:00")
    };
    // 19, 20, 21, 22, 25 March; what was said before belongs to the old clock.
    let due = due_at(&rules, &clock, "2024-03-25 23:59:59");
    assert_eq!((due.rule.as_str(), due.feed_due_at), ("default", None));
    // What is said after counts.
    let clock = Clock {
        feed_due_at: Some(at("2024-03-21 12:00")),
        feed_given_at: clock.reopened_at,
        ..clock
    };
    assert_eq!(due_at(&rules, &clock, "2024-03-21 12:00").rule, "feed");
    let clock = Clock {
        extended_to: Some(at("2024-03-28 12:00")),
        extended_at: Some(at("2024-03-20 09:00")),
        ..clock
    };
    assert_eq!(due_at(&rules, &clock, "2024-03-28 12:00").rule, "extended");
}

#[test]
fn from_dispatch_at_once_and_in_hours() {
    let dispatched = rules("default = { working_days = 1, from = \"dispatched\" }");
    let clock = accepted("2024-03-04 10:00");
    due_at(&dispatched, &clock, "2024-03-05 23:59:59");
    let clock = Clock {
        dispatched_at: Some(at("2024-03-07 10:00")),
        ..clock
    };
    due_at(&dispatched, &clock, "2024-03-08 23:59:59");
    due_at(
        &dispatched,
        &Clock {
            reopened_at: Some(at("2024-03-08 10:00")),
            ..clock
        },
        "2024-03-11 23:59:59",
    );

    let at_once = rules("default = { working_days = 1, count = \"at_once\" }");
    due_at(&at_once, &accepted("2024-03-04 10:00"), "2024-03-04 23:59:59");
    // Saturday: Monday is the first day.
    due_at(&at_once, &accepted("2024-03-09 10:00"), "2024-03-11 23:59:59");
    // A Sunday that is worked (National Day 2024).
    due_at(&at_once, &accepted("2024-09-29 10:00"), "2024-09-29 23:59:59");

    let hours = rules("default = { hours = 24, warn_hours = 4 }");
    let pauses = [(at("2024-03-09 12:00"), Some(at("2024-03-09 13:30")))];
    // Nights and weekends run; a pause moves by its own length.
    let due = due_at(&hours, &accepted("2024-03-08 10:30"), "2024-03-09 10:30");
    assert_eq!((due.warn_at, due.provisional), (at("2024-03-09 06:30"), false));
    due_at(
        &hours,
        &Clock {
            pauses: &pauses,
            ..accepted("2024-03-08 18:00")
        },
        "2024-03-09 19:30",
    );
    // The default window would open before the ticket came.
    let short = rules("default = { hours = 2 }");
    assert_eq!(
        short.due(&accepted("2024-03-04 10:00")).unwrap().warn_at,
        at("2024-03-04 10:00")
    );
    assert!(!short.due(&accepted("2030-03-04 10:00")).unwrap().provisional);
}

#[test]
fn warnings_open_when_configured() {
    let rules = rules("default = { working_days = 5, warn_working_days = 3 }");
    // 8, 9, 10, 11, 12 October: the last three.
    assert_eq!(
        rules.due(&accepted("2024-09-30 10:00")).unwrap().warn_at,
        at("2024-10-10 00:00")
    );
    // A feed's deadline before acceptance is late from the first moment, with an empty window.
    let clock = Clock {
        feed_due_at: Some(at("2024-09-01 10:00")),
        ..accepted("2024-09-30 10:00")
    };
    let due = rules.due(&clock).unwrap();
    assert_eq!(due.warn_at, due.due_at);
}
