//! The published sample: 1,760 tickets of January to May 2016, as of 2016-06-30.

use super::{metric, rate_of, scope};
use crate::{
    frame::Frames,
    ledger::fixture::*,
    metrics::{Cut, METRICS, Part, Scope, count, count_by, counted, members, rate, rates},
};
use ingest::{
    record::{Event, Record, TicketType},
    time::{from_millis, start_of_day},
};

/// 求助 1,285 + 投诉 197 + 咨询 236 + 建议 26 + 表扬 16 = 1,760, spread over the 152 days; every deadline a week after
/// acceptance. Numbers 0..1738 are resolved after six days, 1738 after eight, the last 21 never.
fn sample() -> Desk {
    let types = [
        (TicketType::Help, 1285),
        (TicketType::Complaint, 197),
        (TicketType::Inquiry, 236),
        (TicketType::Suggestion, 26),
        (TicketType::Praise, 16),
    ];
    let types = types
        .into_iter()
        .flat_map(|(kind, count)| std::iter::repeat_n(kind, count));
    let first = start_of_day("2016-01-01".parse().unwrap()).timestamp_millis();
    const DAY: i64 = 86_400_000;
    let mut records: Vec<Record> = Vec::new();
    for (place, kind) in types.enumerate() {
        let no = format!("2016{place:05}");
        let accepted_at = first + (place as i64 % 152) * DAY + 9 * 3_600_000;
        let text = |millis: i64| from_millis(millis).to_rfc3339();
        let when = text(accepted_at);
        records.push(event(
            &no,
            &when,
            accepted("灯不亮", Some(&text(accepted_at + 7 * DAY))),
        ));
        records.push(event(&no, &when, typed(kind)));
        records.push(event(
            &no,
            &when,
            dispatched(if place % 2 == 0 { "市政局" } else { "供电局" }),
        ));
        let days = if place < 1738 { 6 } else { 8 };
        if place < 1739 {
            records.push(event(&no, &text(accepted_at + days * DAY), resolved()));
        }
    }
    let mut desk = Desk::new();
    desk.apply(&records);
    desk
}

#[test]
fn the_published_figures_come_out() {
    let desk = sample();
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let scope = scope("2016-01-01", "2016-05-31", "2016-06-30 23:59:59");
    assert_eq!(count(&snapshot, &scope).unwrap(), 1760);
    let types = count_by(&snapshot, &scope, Cut::Type).unwrap();
    let expected = [
        ("help", 1285),
        ("complaint", 197),
        ("inquiry", 236),
        ("suggestion", 26),
        ("praise", 16),
    ];
    assert_eq!(types, expected.map(|(name, count)| (name.to_owned(), count)));

    // 1,739 ÷ 1,760 = 0.98806…; 1,738 ÷ (1,739 + 21) = 0.9875 exactly; 1,738 ÷ 1,739 = 0.99942…
    for (name, numerator, denominator, percent) in [
        ("completion", 1739, 1760, "98.81 %"),
        ("on_time_due", 1738, 1760, "98.75 %"),
        ("on_time_accepted", 1738, 1760, "98.75 %"),
        ("on_time_closed", 1738, 1739, "99.94 %"),
    ] {
        let rate = rate_of(&snapshot, &scope, name);
        assert_eq!(
            (rate.numerator, rate.denominator, rate.percent().as_str()),
            (numerator, denominator, percent),
            "{name}"
        );
    }
    let late = members(&snapshot, &scope, metric("on_time_due"), Part::Missed).unwrap();
    let expected: Vec<String> = (1738..1760).map(|place| format!("2016{place:05}")).collect();
    assert_eq!(late, expected);
    let praise = Scope {
        r#type: crate::ledger::TypeIs::parse("表扬"),
        ..scope.clone()
    };
    assert_eq!(counted(&snapshot, &praise).unwrap().len(), 16);
    let months: u64 = count_by(&snapshot, &scope, Cut::Month)
        .unwrap()
        .iter()
        .map(|(_, count)| count)
        .sum();
    assert_eq!(
        (months, count_by(&snapshot, &scope, Cut::Day).unwrap().len()),
        (1760, 152)
    );
}

#[test]
fn every_rate_lists_as_many_tickets_as_it_counts() {
    let desk = sample();
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    for as_of in ["2016-06-30 23:59:59", "2016-03-10 12:00"] {
        let scope = scope("2016-01-15", "2016-05-31", as_of);
        for (counted, metric) in rates(&snapshot, &scope).unwrap().into_iter().zip(METRICS) {
            assert_eq!(counted, rate(&snapshot, &scope, metric).unwrap());
            let listed = |part| members(&snapshot, &scope, metric, part).unwrap().len() as u64;
            assert_eq!(
                listed(Part::Numerator),
                counted.numerator,
                "{} {as_of}",
                metric.name
            );
            assert_eq!(
                listed(Part::Denominator),
                counted.denominator,
                "{} {as_of}",
                metric.name
            );
            assert_eq!(
                listed(Part::Missed),
                counted.denominator - counted.numerator,
                "{} {as_of}",
                metric.name
            );
            let excluded: u64 = counted.exclusions.iter().map(|exclusion| exclusion.count).sum();
            assert_eq!(listed(Part::Excluded), excluded, "{} {as_of}", metric.name);
            assert_eq!(
                excluded + counted.denominator,
                count(&snapshot, &scope).unwrap(),
                "nothing is lost"
            );
        }
    }
}

#[test]
fn the_past_is_counted_as_it_was() {
    let desk = sample();
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    // As of noon of 8 January: days 0 to 7 were accepted by then (9 o'clock), 12 tickets of each of these days
    // (1,760 = 11 × 152 + 88, so the first 88 days have 12): 96. Resolved by then after six days: days 0 and 1, 24.
    // Due by then after seven days: day 0, whose 12 are all resolved.
    let then = scope("2016-01-01", "2016-05-31", "2016-01-08 12:00");
    assert_eq!(count(&snapshot, &then).unwrap(), 96);
    let completion = rate_of(&snapshot, &then, "completion");
    assert_eq!((completion.numerator, completion.denominator), (24, 96));
    let on_time = rate_of(&snapshot, &then, "on_time_due");
    assert_eq!(
        (
            on_time.numerator,
            on_time.denominator,
            on_time.exclusions[0].count
        ),
        (24, 24, 72)
    );

    let mut desk = desk;
    desk.apply(&[click(
        "201600000",
        "2016-06-01",
        Event::Reopened {
            reason: reason("又不亮"),
        },
    )]);
    let later = Frames::new(&desk.ledger).snapshot().unwrap();
    assert_eq!(
        rate_of(&later, &then, "completion"),
        completion,
        "what happens later changes no past figure"
    );
}
