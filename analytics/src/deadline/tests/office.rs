//! Office hours, signing and the day of receipt, counted by hand.

use super::*;

const OFFICE: &str = r#"
[office_hours]
sessions = ["09:00-12:00", "13:00-17:00"]
[signing]
hours = 2
office_hours = true
[default]
hours = 8
office_hours = true
warn_hours = 2
"#;

fn due(from: &str, hours: u32) -> String {
    let explained = rules(OFFICE).hours_after(at(from), hours, true).unwrap();
    explained.due_at.format("%m-%d %H:%M").to_string()
}

#[test]
fn hours_count_only_while_offices_are_open() {
    // Thursday 2024-09-26 and Friday are worked; Saturday 28 is off, Sunday 29 and Monday 30 are worked (make-up day),
    // 1–7 October is the National Day holiday.
    for (from, hours, expected) in [
        ("2024-09-26 09:00", 3, "09-26 12:00"),
        ("2024-09-26 09:00", 4, "09-26 14:00"),
        ("2024-09-26 12:30", 1, "09-26 14:00"),
        ("2024-09-26 16:00", 1, "09-26 17:00"),
        ("2024-09-26 16:00", 2, "09-27 10:00"),
        ("2024-09-26 20:00", 1, "09-27 10:00"),
        ("2024-09-27 17:00", 1, "09-29 10:00"),
        ("2024-09-28 11:00", 7, "09-29 17:00"),
        ("2024-09-30 16:00", 2, "10-08 10:00"),
        ("2024-10-03 08:00", 14, "10-09 17:00"),
    ] {
        assert_eq!(due(from, hours), expected, "{from} + {hours}");
    }
}

/// Against a count minute by minute.
#[test]
fn office_hours_equal_the_count_minute_by_minute() {
    let rules = rules(OFFICE);
    let open = |moment: Moment| {
        let minute = moment.format("%H%M").to_string().parse::<u32>().unwrap();
        let session = (900..1200).contains(&minute) || (1300..1700).contains(&minute);
        session && rules.calendar().day(moment.date_naive()).working
    };
    for start in (0..14 * 24).step_by(5) {
        let from = at("2024-09-26 00:17") + chrono::TimeDelta::hours(start);
        for hours in [1, 3, 7, 8, 20] {
            let mut left = hours * 60;
            let mut moment = from;
            while left > 0 {
                left -= u32::from(open(moment));
                moment += chrono::TimeDelta::minutes(1);
            }
            assert_eq!(
                rules.hours_after(from, hours, true).unwrap().due_at,
                moment,
                "{from} + {hours}"
            );
        }
    }
}

#[test]
fn a_rule_in_office_hours_warns_pauses_and_signs_by_them() {
    let rules = rules(OFFICE);
    let clock = Clock {
        accepted_at: at("2024-09-30 10:00"),
        ..Clock::default()
    };
    // 6 hours on Monday to 17:00, 2 more on Tuesday 8 October.
    let due = rules.due(&clock).unwrap();
    assert_eq!(due.due_at, at("2024-10-08 11:00"));
    assert_eq!(
        due.warn_at,
        at("2024-09-30 17:00"),
        "the last two hours begin with the holiday"
    );
    assert!(!due.provisional);
    // Paused from Monday 16:00 to Tuesday 8 October 10:00: one office hour on each.
    let pauses = [(at("2024-09-30 16:00"), Some(at("2024-10-08 10:00")))];
    let paused = rules
        .due(&Clock {
            pauses: &pauses,
            ..clock
        })
        .unwrap();
    assert_eq!(paused.due_at, at("2024-10-08 14:00"));
    assert_eq!(
        rules.sign_due(at("2024-09-30 16:00")),
        Some(at("2024-10-08 10:00"))
    );
    assert_eq!(
        five_days().sign_due(at("2024-09-30 16:00")),
        Some(at("2024-10-08 23:59:59")),
        "one working day where the file says nothing"
    );
    let later = Clock {
        accepted_at: at("2031-09-30 16:30"),
        ..Clock::default()
    };
    assert!(rules.due(&later).unwrap().provisional, "no calendar for 2031");
}

#[test]
fn every_step_of_a_count_in_hours_is_explained() {
    let rules = rules(OFFICE);
    let explained = rules.hours_after(at("2024-09-30 15:30"), 8, true).unwrap();
    let why = |explained: &Explained| -> Vec<(bool, String)> {
        let steps = explained.steps.iter();
        steps.map(|step| (step.counted, step.why.clone())).collect()
    };
    let told = why(&explained);
    assert_eq!(told.len(), 9);
    assert_eq!(
        told[0],
        (
            true,
            "工作日，办公时间（09:00–12:00、13:00–17:00）计 1 小时 30 分，累计 1 小时 30 分".into()
        )
    );
    assert_eq!(told[1], (false, "国庆节，不计".into()));
    assert_eq!(
        told[8],
        (
            true,
            "工作日，办公时间（09:00–12:00、13:00–17:00）计 6 小时 30 分，累计 8 小时".into()
        )
    );
    assert_eq!(
        serde_json::to_string(&explained).unwrap(),
        r#"{"from":"2024-09-30T15:30:00+08:00","hours":8,"due_at":"2024-10-08T16:30:00+08:00","rule":"hours/office","calendar":["2024.json"]}"#
    );
    let late = rules.hours_after(at("2024-09-30 18:00"), 1, true).unwrap();
    assert_eq!(
        why(&late)[0],
        (
            false,
            "工作日，办公时间（09:00–12:00、13:00–17:00）已过，不计".into()
        )
    );
    let by_clock = rules.hours_after(at("2024-09-30 18:00"), 24, false).unwrap();
    assert_eq!(by_clock.due_at, at("2024-10-01 18:00"));
    assert_eq!(
        why(&by_clock),
        [
            (true, "工作日，计 6 小时，累计 6 小时".into()),
            (true, "国庆节，计 18 小时，累计 24 小时".into()),
        ]
    );
    let none = five_days().hours_after(at("2024-09-30 18:00"), 1, true);
    assert!(none.unwrap_err().to_string().contains("[office_hours]"));
}

#[test]
fn the_day_of_receipt_counts_when_the_rule_says_so() {
    let rules = five_days();
    let once = rules.working_days_at_once(at("2024-09-30 10:00"), 2).unwrap();
    assert_eq!(once.due_at, at("2024-10-08 23:59:59"));
    assert_eq!(once.steps[0].why, "工作日，第 1 个工作日");
    let holiday = rules.working_days_at_once(at("2024-10-01 10:00"), 1).unwrap();
    assert_eq!(holiday.due_at, at("2024-10-08 23:59:59"));
    assert_eq!(holiday.steps[0].why, "国庆节，不计");
}

#[test]
fn the_rule_of_a_ticket_is_explained_under_its_name() {
    let rules = rules(
        "default = { working_days = 5 }
        [[rule]]
        name = '特急'
        urgency = '特急'
        hours = 4
        from = 'dispatched'",
    );
    let clock = Clock {
        accepted_at: at("2024-09-30 10:00"),
        dispatched_at: Some(at("2024-09-30 11:00")),
        urgency: Some("特急"),
        ..Clock::default()
    };
    let explained = rules.explain_rule(&clock).unwrap().unwrap();
    assert_eq!((explained.rule.as_str(), explained.hours), ("特急", Some(4)));
    assert_eq!(explained.due_at, at("2024-09-30 15:00"));
    assert_eq!(Some(explained.due_at), rules.due(&clock).map(|due| due.due_at));
    let plain = Clock {
        urgency: None,
        ..clock
    };
    assert_eq!(rules.explain_rule(&plain).unwrap().unwrap().rule, "default");
    assert!(super::rules("").explain_rule(&plain).unwrap().is_none());
}
