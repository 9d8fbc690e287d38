//! The periods a figure is compared with: the one before (环比) and the same of the year before (同比).

use super::Scope;
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use ingest::time::{Moment, shanghai};

impl Scope {
    /// The period before, of the same length: as many whole months where the scope is whole months, else as many days.
    /// The as-of time moves with it, so that both were given the same time to be handled in. `None` before the calendar.
    pub fn previous(&self) -> Option<Self> {
        let next = self.to.succ_opt()?;
        let months = (next.year() - self.from.year()) * 12 + next.month() as i32 - self.from.month() as i32;
        if self.from.day() == 1 && next.day() == 1 {
            return self.months_before(Months::new(u32::try_from(months).ok()?));
        }
        let days = TimeDelta::days((next - self.from).num_days());
        Some(Self {
            from: self.from.checked_sub_signed(days)?,
            to: self.to.checked_sub_signed(days)?,
            as_of: self.as_of.checked_sub_signed(days)?,
            ..self.clone()
        })
    }

    /// The same period a year before, as of a year before. `None` before the calendar.
    pub fn year_before(&self) -> Option<Self> {
        self.months_before(Months::new(12))
    }

    fn months_before(&self, months: Months) -> Option<Self> {
        let next = self.to.succ_opt()?;
        // The end of a month stays one: the day after the last is what moves.
        let to = if next.day() == 1 {
            next.checked_sub_months(months)?.pred_opt()?
        } else {
            self.to.checked_sub_months(months)?
        };
        Some(Self {
            from: self.from.checked_sub_months(months)?,
            to,
            as_of: moment_before(self.as_of, to, self.to)?,
            ..self.clone()
        })
    }
}

/// The as-of time as far after `to` as it is after `old`.
fn moment_before(as_of: Moment, to: NaiveDate, old: NaiveDate) -> Option<Moment> {
    as_of
        .with_timezone(&shanghai())
        .checked_sub_signed(old.signed_duration_since(to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ingest::time::parse;

    fn moved(from: &str, to: &str, of: fn(&Scope) -> Option<Scope>) -> (String, String, String) {
        let as_of = parse("2016-06-30 18:00").unwrap();
        let scope = of(&Scope::new(from.parse().unwrap(), to.parse().unwrap(), as_of)).unwrap();
        let as_of = scope.as_of.format("%m-%d %H:%M").to_string();
        (scope.from.to_string(), scope.to.to_string(), as_of)
    }

    #[test]
    fn the_period_before_is_as_long_and_was_given_as_much_time() {
        let told = |from: &str, to: &str, as_of: &str| (from.to_owned(), to.to_owned(), as_of.to_owned());
        // May: April, whose end lies 31 days before. Ten days: the ten before. January to May: five months before.
        assert_eq!(
            moved("2016-05-01", "2016-05-31", Scope::previous),
            told("2016-04-01", "2016-04-30", "05-30 18:00")
        );
        assert_eq!(
            moved("2016-05-11", "2016-05-20", Scope::previous),
            told("2016-05-01", "2016-05-10", "06-20 18:00")
        );
        assert_eq!(
            moved("2016-01-01", "2016-05-31", Scope::previous),
            told("2015-08-01", "2015-12-31", "01-30 18:00")
        );
        // A leap day has no like: its year before ends on the 28th.
        assert_eq!(
            moved("2016-02-01", "2016-02-29", Scope::year_before),
            told("2015-02-01", "2015-02-28", "06-30 18:00")
        );
        assert_eq!(
            moved("2016-02-01", "2016-02-10", Scope::year_before),
            told("2015-02-01", "2015-02-10", "07-01 18:00")
        );
    }
}
