//! Days of the sample's half year: which are worked, and how a working day goes.

use super::random::Random;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// Days off of January to June 2016 that are no weekend (State Council, 2015-12-10), as month and day.
const DAYS_OFF: [(u32, u32); 10] = [
    (1, 1),
    (2, 8),
    (2, 9),
    (2, 10),
    (2, 11),
    (2, 12),
    (4, 4),
    (5, 2),
    (6, 9),
    (6, 10),
];
/// Weekend days that are worked instead.
const DAYS_ON: [(u32, u32); 3] = [(2, 6), (2, 14), (6, 12)];

/// Whether offices are open.
pub(super) fn is_worked(day: NaiveDate) -> bool {
    let date = (day.month(), day.day());
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    DAYS_ON.contains(&date) || (!weekend && !DAYS_OFF.contains(&date))
}

/// Whether it is the week of the Spring Festival, when few call.
pub(super) fn is_spring_festival(day: NaiveDate) -> bool {
    day.month() == 2 && (7..=13).contains(&day.day())
}

/// The `n`-th working day after `day`, which is not counted.
pub(super) fn working_day_after(day: NaiveDate, n: usize) -> NaiveDate {
    day.iter_days()
        .skip(1)
        .filter(|day| is_worked(*day))
        .nth(n.saturating_sub(1))
        .unwrap_or(day)
}

/// A moment of a working day between nine and half past five.
pub(super) fn office_time(day: NaiveDate, random: &mut Random) -> NaiveDateTime {
    midnight(day) + TimeDelta::seconds(random.between(9 * 3600, 17 * 3600 + 1800))
}

/// The day's last second: a deadline.
pub(super) fn end_of(day: NaiveDate) -> NaiveDateTime {
    midnight(day.checked_add_days(Days::new(1)).unwrap_or(day)) - TimeDelta::seconds(1)
}

/// Its first second.
pub(super) fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.into()
}

/// A date; the epoch where there is no such day, which the tests would see.
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
