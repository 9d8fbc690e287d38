//! Working-day arithmetic in constant time: one table of running counts, made once for each calendar.
//!
//! Everything here is a whole number of days or seconds of Asia/Shanghai's civil time since 1970-01-01. Chrono's own
//! local dates panic at the ends of its range; these never do.

use chrono::{DateTime, Datelike, NaiveDate};
use ingest::time::{Moment, from_millis, shanghai};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// The years the clock runs through; [`super::MAX_WORKING_DAYS`] from today fit with decades to spare.
const YEARS: (i32, i32) = (1990, 2119);

/// Days since 1970-01-01.
pub(super) type DayNumber = i64;

/// Running counts over every day of [`YEARS`].
#[derive(Debug, Default)]
pub(super) struct Table {
    first: DayNumber,
    /// Working days before each day, with one more entry for the day after the last.
    working: Vec<u32>,
    /// Provisional days before each day, likewise.
    provisional: Vec<u32>,
    /// Place in `working` of each working day.
    places: Vec<u32>,
}

impl Table {
    /// `day` gives whether a date is worked and whether that is provisional.
    pub(super) fn new(day: impl Fn(NaiveDate) -> (bool, bool)) -> Self {
        let (first, last) = range();
        let mut table = Self {
            first: number(first),
            ..Self::default()
        };
        let mut provisional_days = 0;
        for (place, date) in (0u32..).zip(first.iter_days().take_while(|date| *date <= last)) {
            let (working, provisional) = day(date);
            table.working.push(table.places.len() as u32);
            table.provisional.push(provisional_days);
            provisional_days += u32::from(provisional);
            if working {
                table.places.push(place);
            }
        }
        table.working.push(table.places.len() as u32);
        table.provisional.push(provisional_days);
        table
    }

    /// Whether the table knows this day.
    pub(super) fn knows(&self, day: DayNumber) -> bool {
        self.place(day)
            .is_some_and(|place| place + 1 < self.working.len())
    }

    /// Whether the day is worked; `None` outside the table.
    pub(super) fn is_working(&self, day: DayNumber) -> Option<bool> {
        Some(self.before(day + 1)? > self.before(day)?)
    }

    /// The `n`-th working day after `day`, `day` itself not counted; `day` for 0; `None` outside the table.
    pub(super) fn after(&self, day: DayNumber, n: u32) -> Option<DayNumber> {
        if n == 0 || !self.knows(day) {
            return self.knows(day).then_some(day);
        }
        let rank = self.before(day.checked_add(1)?)?.checked_add(n - 1)?;
        self.places
            .get(rank as usize)
            .map(|place| self.first + i64::from(*place))
    }

    /// The last of the `n` working days that end with `day` or, where it is not worked, with the one before it: for 1
    /// that day itself. `None` outside the table or for 0.
    pub(super) fn last(&self, day: DayNumber, n: u32) -> Option<DayNumber> {
        let rank = self.before(day.checked_add(1)?)?.checked_sub(n)?;
        self.places
            .get(rank as usize)
            .map(|place| self.first + i64::from(*place))
    }

    /// Seconds of working days (each has 24 hours) between two civil seconds; `None` outside the table.
    pub(super) fn working_seconds(&self, from: i64, to: i64) -> Option<i64> {
        let before = |second: i64| {
            let day = second.div_euclid(DAY);
            let part = if self.is_working(day)? {
                second.rem_euclid(DAY)
            } else {
                0
            };
            Some(i64::from(self.before(day)?) * DAY + part)
        };
        Some(before(to)? - before(from)?)
    }

    /// Whether a day of `first..=last` is provisional; one the table does not know is.
    pub(super) fn is_provisional(&self, first: DayNumber, last: DayNumber) -> bool {
        let count = |day| self.place(day).and_then(|place| self.provisional.get(place));
        match (count(first), count(last.saturating_add(1))) {
            (Some(before), Some(through)) => through > before,
            _ => true,
        }
    }

    /// The working day with that many before it; `None` past the last.
    pub(super) fn worked(&self, rank: u32) -> Option<DayNumber> {
        let place = self.places.get(rank as usize)?;
        Some(self.first + i64::from(*place))
    }

    /// Working days before `day`.
    pub(super) fn before(&self, day: DayNumber) -> Option<u32> {
        self.working.get(self.place(day)?).copied()
    }

    fn place(&self, day: DayNumber) -> Option<usize> {
        usize::try_from(day.checked_sub(self.first)?).ok()
    }
}

/// First and last day of the table.
pub(super) fn range() -> (NaiveDate, NaiveDate) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (day(YEARS.0, 1, 1), day(YEARS.1, 12, 31))
}

fn number(date: NaiveDate) -> DayNumber {
    i64::from(date.num_days_from_ce()) - i64::from(NaiveDate::default().num_days_from_ce())
}

/// The civil second of a moment in Asia/Shanghai.
pub(super) fn second(moment: Moment) -> i64 {
    moment.timestamp() + i64::from(shanghai().local_minus_utc())
}

/// The day of a moment in Asia/Shanghai.
pub(super) fn day(moment: Moment) -> DayNumber {
    second(moment).div_euclid(DAY)
}

/// A second of a day as a moment in Asia/Shanghai.
pub(super) fn moment(day: DayNumber, second_of_day: i64) -> Moment {
    let utc = day.saturating_mul(DAY).saturating_add(second_of_day) - i64::from(shanghai().local_minus_utc());
    from_millis(utc.saturating_mul(1000))
}

/// 23:59:59 of a day.
pub(super) fn end(day: DayNumber) -> Moment {
    moment(day, DAY - 1)
}

/// The date of a day the table knows.
pub(super) fn date(day: DayNumber) -> NaiveDate {
    DateTime::from_timestamp(day.saturating_mul(DAY), 0)
        .unwrap_or_default()
        .date_naive()
}
