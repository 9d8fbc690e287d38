//! What holds for every ticket, however broken its times.

use super::*;
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    rules(
        "default = { working_days = 5 }
        [[rule]]
        name = 'hours'
        channel = '网站'
        hours = 30
        from = 'dispatched'
        warn_hours = 4
        [[rule]]
        name = 'long'
        channel = '电话'
        working_days = 10000
        count = 'at_once'",
    )
});

/// Any moment chrono can hold, mostly ones of our years.
fn moment() -> impl Strategy<Value = Moment> {
    let seconds = prop_oneof![
        6 => 1_420_000_000i64..1_780_000_000,
        1 => DateTime::<chrono::Utc>::MIN_UTC.timestamp()..=DateTime::<chrono::Utc>::MAX_UTC.timestamp(),
        1 => Just(DateTime::<chrono::Utc>::MAX_UTC.timestamp()),
        1 => Just(DateTime::<chrono::Utc>::MIN_UTC.timestamp()),
    ];
    // UTC as a fixed offset: the ends have no civil time in Shanghai.
    seconds.prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset())
}

/// Whole hours of two weeks in October 2024, so that pauses meet, overlap and cross the holiday.
fn hour() -> impl Strategy<Value = Moment> {
    (0i64..14 * 24).prop_map(|hours| at("2024-09-26") + TimeDelta::hours(hours))
}

proptest! {
    #[test]
    fn nothing_panics_and_the_window_lies_before_the_deadline(
        accepted_at in moment(),
        others in prop::array::uniform6(prop::option::of(moment())),
        pauses in prop::collection::vec((moment(), prop::option::of(moment())), 0..4),
        channel in prop::sample::select(vec![None, Some("网站"), Some("电话")]),
    ) {
        let [dispatched_at, feed_due_at, feed_given_at, extended_to, extended_at, reopened_at] = others;
        let clock = Clock {
            accepted_at, dispatched_at, feed_due_at, feed_given_at, extended_to, extended_at, reopened_at,
            pauses: &pauses, channel, ..Clock::default()
        };
        if let Some(due) = RULES.due(&clock) {
            prop_assert!(due.warn_at <= due.due_at);
            let opened = reopened_at.unwrap_or(accepted_at);
            prop_assert!(due.warn_at >= opened || due.warn_at == due.due_at);
            prop_assert!(due.rule_due_at.is_none_or(|due_at| due_at > opened));
            prop_assert!(due.paused_since.is_none_or(|since| !due.is_late_at(since)));
        }
        let _ = RULES.working_days_after(accepted_at, 20);
    }

    #[test]
    fn pauses_count_the_same_in_any_order_and_repeated(
        pauses in prop::collection::vec((hour(), prop::option::weighted(0.9, hour())), 1..6),
        rotation in 0usize..6,
    ) {
        let clock = Clock { accepted_at: at("2024-09-27 10:00"), ..Clock::default() };
        let due = RULES.due(&Clock { pauses: &pauses, ..clock });
        let mut shuffled: Vec<_> = pauses.iter().chain(&pauses).copied().collect();
        let turn = rotation % shuffled.len();
        shuffled.rotate_left(turn);
        shuffled.reverse();
        prop_assert_eq!(due, RULES.due(&Clock { pauses: &shuffled, ..clock }));
    }

    #[test]
    fn a_pause_equals_the_count_hour_by_hour(from in hour(), length in 1i64..200) {
        let to = from + TimeDelta::hours(length);
        let clock = Clock { accepted_at: at("2024-09-25 10:00"), ..Clock::default() };
        let due = RULES.due(&clock).unwrap().due_at;
        prop_assume!(from <= due && from >= clock.accepted_at);
        let calendar = RULES.calendar();
        let worked = |moment: &Moment| calendar.day(moment.date_naive()).working;
        let hours = (0..length).map(|hour| from + TimeDelta::hours(hour)).filter(worked).count();
        let (mut moved, mut days) = (due, hours.div_ceil(24));
        while days > 0 {
            moved += TimeDelta::days(1);
            days -= usize::from(worked(&moved));
        }
        let pauses = [(from, Some(to))];
        prop_assert_eq!(RULES.due(&Clock { pauses: &pauses, ..clock }).unwrap().due_at, moved);
    }
}
