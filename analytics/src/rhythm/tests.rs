//! Sources with known rhythms: when each is called silent, and when not.

use super::*;
use ingest::time::{self, Moment, from_millis};

fn at(text: &str) -> Moment {
    time::parse(text).unwrap()
}

fn hour(text: &str) -> i64 {
    at(text).timestamp_millis() / 3_600_000
}

/// The hours from `from` to `to` of which `speaks` says so by weekday (Monday 0) and hour.
fn hours(from: &str, to: &str, speaks: impl Fn(usize, usize) -> bool) -> Vec<i64> {
    (hour(from)..=hour(to))
        .filter(|hour| {
            let local = hour + 8 + 72;
            speaks(
                (local.rem_euclid(168) / 24) as usize,
                local.rem_euclid(24) as usize,
            )
        })
        .collect()
}

/// An office that publishes on working days from 9 to 17 o'clock.
fn office(day: usize, hour: usize) -> bool {
    day < 5 && (9..17).contains(&hour)
}

#[test]
fn too_little_past_has_no_rhythm() {
    assert_eq!(Rhythm::learn(&[]), None);
    let ten_days = hours("2024-03-04 00:00", "2024-03-14 00:00", office);
    assert_eq!(Rhythm::learn(&ten_days), None);
    // A backlog read at once: many records, one hour.
    assert_eq!(Rhythm::learn(&[hour("2024-03-04 00:00")]), None);
    let weekly = hours("2024-01-01 00:00", "2024-02-26 00:00", |day, hour| {
        day == 0 && hour == 9
    });
    assert_eq!(Rhythm::learn(&weekly), None, "eight arrivals");
}

#[test]
fn nights_and_weekends_of_an_office_are_no_silence_a_dead_morning_is() {
    // Monday 4 March to Friday 29 March 2024, 16 o'clock.
    let past = hours("2024-03-04 00:00", "2024-03-29 16:30", office);
    let rhythm = Rhythm::learn(&past).unwrap();
    for quiet in [
        "2024-03-29 18:00",
        "2024-03-30 12:00",
        "2024-03-31 23:00",
        "2024-04-01 09:30",
    ] {
        assert_eq!(rhythm.silence(at(quiet)), None, "{quiet}");
    }
    let silence = rhythm.silence(at("2024-04-01 15:10")).unwrap();
    assert_eq!(silence.from, at("2024-03-29 16:00"));
    assert!(silence.probability < THRESHOLD, "{}", silence.probability);
    let silent_at = rhythm.silent_at().unwrap();
    assert!(
        silent_at > at("2024-04-01 10:00") && silent_at < at("2024-04-01 15:10"),
        "{silent_at}"
    );
    assert_eq!(
        rhythm.silence(silent_at).map(|silence| silence.from),
        Some(silence.from)
    );
    assert_eq!(rhythm.silence(silent_at - chrono::TimeDelta::hours(1)), None);
    assert!(rhythm.chance(0, 10) > 0.8 && rhythm.chance(0, 3) < 0.1 && rhythm.chance(6, 10) < 0.1);
}

#[test]
fn a_busy_stream_is_missed_within_hours() {
    let past = hours("2024-03-01 00:00", "2024-03-29 10:00", |_, _| true);
    let rhythm = Rhythm::learn(&past).unwrap();
    assert_eq!(rhythm.silence(at("2024-03-29 12:00")), None);
    assert!(rhythm.silence(at("2024-03-29 15:00")).is_some());
}

#[test]
fn bursts_with_long_pauses_are_that_sources_rhythm() {
    // Two hours of every 50, whatever the day.
    let past: Vec<i64> = (0..27)
        .flat_map(|n| [n * 50, n * 50 + 1])
        .map(|n| hour("2024-02-01 00:00") + n)
        .collect();
    let rhythm = Rhythm::learn(&past).unwrap();
    let last = past[past.len() - 1];
    let after = |hours: i64| from_millis((last + hours) * 3_600_000);
    assert_eq!(rhythm.silence(after(60)), None);
    assert!(rhythm.silence(after(400)).is_some());
}

#[test]
fn an_outage_is_found_in_the_past_and_does_not_become_normal() {
    let mut past = hours("2024-03-01 00:00", "2024-04-12 10:00", office);
    let outage = (hour("2024-03-26 00:00"), hour("2024-03-28 23:00"));
    past.retain(|hour| *hour < outage.0 || *hour > outage.1);
    let (from, to) = (at("2024-03-01 00:00"), at("2024-04-12 11:00"));
    let found = outages(&past, from, to, to);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].from, found[0].to),
        (at("2024-03-25 16:00"), at("2024-03-29 09:00"))
    );
    let rhythm = Rhythm::learn(&past).unwrap();
    assert!(
        rhythm.silence(at("2024-04-16 12:00")).is_some(),
        "the earlier outage is no excuse"
    );
    // One that still lasts reaches to now.
    let now = at("2024-04-18 12:00");
    let found = outages(&past, at("2024-04-01 00:00"), now, now);
    assert_eq!(found.last().map(|silence| silence.to), Some(now));
}

#[test]
fn any_hours_are_judged_without_panic() {
    for hours in [
        vec![i64::MAX / 3_600_001],
        vec![0, i64::MAX / 3_600_001],
        (0..2000).map(|n| n * 7).collect(),
    ] {
        let _ = Rhythm::learn(&hours).map(|rhythm| (rhythm.silence(from_millis(0)), rhythm.silent_at()));
        let _ = outages(&hours, from_millis(0), from_millis(1), from_millis(2));
    }
}
