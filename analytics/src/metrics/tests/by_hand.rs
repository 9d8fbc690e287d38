//! Every rate over the twenty tickets, and cuts of them.

use super::{
    metric, rate_of, scope,
    twenty::{EXPECTED, tickets},
};
use crate::{
    frame::Frames,
    ledger::{TypeIs, fixture::*},
    metrics::{Cut, METRICS, Part, Rate, Scope, count_by, counted, handling, members, rate_by, rates},
};

fn the_day() -> Scope {
    scope("2016-05-03", "2016-05-03", "2016-05-20 12:00")
}

fn shape(rate: &Rate) -> (&str, u64, u64, Vec<(&str, u64)>) {
    let exclusions = rate
        .exclusions
        .iter()
        .map(|exclusion| (exclusion.reason, exclusion.count))
        .collect();
    (rate.metric, rate.numerator, rate.denominator, exclusions)
}

#[test]
fn every_rate_is_what_the_hand_says() {
    let mut desk = Desk::new();
    desk.apply(&tickets());
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let rates = rates(&snapshot, &the_day()).unwrap();
    assert_eq!(rates.len(), METRICS.len());
    for (rate, (name, numerator, denominator, exclusions)) in rates.iter().zip(EXPECTED) {
        assert_eq!(shape(rate), (name, numerator, denominator, exclusions.to_vec()));
    }
    let late = members(&snapshot, &the_day(), metric("on_time_due"), Part::Missed).unwrap();
    assert_eq!(late, ["03", "04", "09", "11", "12", "17"]);
}

#[test]
fn figures_grow_with_the_events_as_if_they_had_come_at_once() {
    let (mut desk, frames) = {
        let desk = Desk::new();
        let frames = Frames::new(&desk.ledger);
        (desk, frames)
    };
    // One event at a time, a refresh after each: base, delta and their overlap all take part.
    for record in tickets() {
        desk.apply(&[record]);
        frames.snapshot().unwrap();
    }
    let snapshot = frames.snapshot().unwrap();
    for (rate, (name, numerator, denominator, exclusions)) in
        rates(&snapshot, &the_day()).unwrap().iter().zip(EXPECTED)
    {
        assert_eq!(shape(rate), (name, numerator, denominator, exclusions.to_vec()));
    }
}

#[test]
fn cuts_use_attributes_as_of_the_moment() {
    let mut desk = Desk::new();
    desk.apply(&tickets());
    let snapshot = Frames::new(&desk.ledger).snapshot().unwrap();
    let by = |cut| count_by(&snapshot, &the_day(), cut).unwrap();
    let named = |counts: &[(&str, u64)]| {
        counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect::<Vec<_>>()
    };
    // 市政局: 01 02 03 16 17 18 (水务局 came later); 供电局: 04 05 07–13 (11 by its second dispatch); none: 06 14.
    assert_eq!(by(Cut::Unit), named(&[("供电局", 9), ("市政局", 6), ("", 2)]));
    assert_eq!(
        by(Cut::Type),
        named(&[("help", 2), ("complaint", 1), ("unknown", 14)])
    );
    assert_eq!(
        by(Cut::Status),
        named(&[("accepted", 1), ("dispatched", 5), ("paused", 2), ("resolved", 9)]),
        "06; 04 05 11 12 17; 08 09; the nine resolved"
    );
    assert_eq!(by(Cut::Day), named(&[("2016-05-03", 17)]));

    let unknown = Scope {
        r#type: Some(TypeIs::Unknown),
        unit: Some("供电局".into()),
        ..the_day()
    };
    assert_eq!(
        counted(&snapshot, &unknown).unwrap(),
        ["04", "05", "07", "08", "09", "10", "11", "12", "13"]
    );
    let nobody = Scope {
        unit: Some("无应办结工单局".into()),
        ..the_day()
    };
    let rate = rate_of(&snapshot, &nobody, "on_time_due");
    assert_eq!(
        (rate.denominator, rate.value(), rate.percent().as_str()),
        (0, None, "N/A")
    );

    let units = rate_by(&snapshot, &the_day(), metric("on_time_due"), Cut::Unit).unwrap();
    let units: Vec<_> = units
        .iter()
        .map(|(name, rate)| (name.as_str(), rate.numerator, rate.denominator))
        .collect();
    // 供电局: on time 10 13, late 04 09 11 12; 市政局: on time 01 02 16 18, late 03 17; none: 14 on time, and 15 merged.
    assert_eq!(units, [("供电局", 2, 6), ("市政局", 4, 6), ("", 1, 1)]);

    // Hours from 09:00 on 3 May: 14 0 h, 07 24, 01 48, 18 72, 16 144, 02 183, 03 183, 10 315, 13 312: the fifth of nine.
    assert_eq!(
        handling(&snapshot, &the_day()).unwrap().median_ms,
        Some(144 * 3_600_000)
    );
}

#[test]
fn percentages_round_half_up_from_the_counts() {
    let mut desk = Desk::new();
    desk.apply(&tickets()[..1]);
    let rate = rate_of(
        &Frames::new(&desk.ledger).snapshot().unwrap(),
        &the_day(),
        "completion",
    );
    for (numerator, denominator, percent) in [
        (0, 1, "0.00 %"),
        (1, 1, "100.00 %"),
        (1, 3, "33.33 %"),
        (2, 3, "66.67 %"),
        (1, 20_000, "0.01 %"),
        (597, 601, "99.33 %"),
    ] {
        assert_eq!(
            Rate {
                numerator,
                denominator,
                ..rate.clone()
            }
            .percent(),
            percent
        );
    }
    let json = serde_json::to_value(Rate {
        numerator: 0,
        denominator: 0,
        ..rate
    })
    .unwrap();
    assert_eq!(
        (&json["value"], json["percent"].as_str()),
        (&serde_json::Value::Null, Some("N/A"))
    );
}
