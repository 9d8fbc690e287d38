//! From the facts of one ticket to its deadline. Runs for every ticket at every fold, so all of it is constant time.

use super::{
    Clock, Due, Rules,
    config::{By, Count, Rule, RuleSet, Span, Start, Warning},
    count::{self, DAY, Table},
    office::Office,
};
use chrono::TimeDelta;
use ingest::time::{Moment, shanghai};

impl Rules {
    /// The deadline of a ticket: `None` when nothing gives one (no default rule, or a year no calendar can hold).
    /// Never panics.
    pub fn due(&self, clock: &Clock<'_>) -> Option<Due> {
        self.inner.due(clock)
    }

    /// By when a ticket dispatched at `dispatched_at` is to be signed; `None` past the end of what a calendar can count.
    pub fn sign_due(&self, dispatched_at: Moment) -> Option<Moment> {
        let inner = &*self.inner;
        inner
            .signing
            .end(inner.calendar.table(), inner.office.as_ref(), dispatched_at)
    }
}

/// A deadline before any pause moved it.
struct Base {
    due_at: Moment,
    /// When it was said; pauses before are in it already.
    since: Moment,
    rule: String,
    unit: Unit,
    /// Calendar days were counted from `since` to get it.
    counted: bool,
}

/// What pauses are measured in.
#[derive(Clone, Copy)]
enum Unit {
    WorkingDays,
    Time,
    OfficeTime,
}

impl RuleSet {
    fn due(&self, clock: &Clock<'_>) -> Option<Due> {
        let table = self.calendar.table();
        let opened = clock.reopened_at.unwrap_or(clock.accepted_at);
        let rule = self.matching(clock);
        let by_rule =
            rule.and_then(|rule| rule.base(table, self.office.as_ref(), opened, clock.dispatched_at));
        // What feed or dispatcher said before the last 重办 belongs to the old clock.
        let said = |due: Option<Moment>, at: Option<Moment>, rule: &str| {
            let since = at.unwrap_or(clock.accepted_at);
            let stands = clock.reopened_at.is_none_or(|reopened| since >= reopened);
            due.filter(|_| stands).map(|due_at| Base {
                due_at,
                since,
                rule: rule.to_owned(),
                unit: Unit::WorkingDays,
                counted: false,
            })
        };
        let feed = said(clock.feed_due_at, clock.feed_given_at, "feed");
        let extended = said(clock.extended_to, clock.extended_at, "extended");
        let feed_due_at = feed.as_ref().map(|base| base.due_at);
        let rule_due_at = by_rule.as_ref().map(|base| base.due_at);
        let base = extended.or(feed).or(by_rule)?;
        let (due_at, paused_since) = base.after_pauses(table, self.office.as_ref(), clock.pauses);
        let counted = base.counted || (due_at != base.due_at && !matches!(base.unit, Unit::Time));
        let warning = rule.map_or(Warning::WorkingDays(1), |rule| rule.warn);
        Some(Due {
            due_at,
            warn_at: warning
                .before(table, self.office.as_ref(), due_at)
                .max(opened)
                .min(due_at),
            provisional: counted && table.is_provisional(count::day(base.since), count::day(due_at)),
            rule: base.rule,
            feed_due_at,
            rule_due_at,
            paused_since,
        })
    }

    /// The most specific rule.
    pub(super) fn matching(&self, clock: &Clock<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.matches(clock))
    }
}

impl Rule {
    fn matches(&self, clock: &Clock<'_>) -> bool {
        fn holds(asked: &[String], value: Option<&str>) -> bool {
            asked.is_empty() || value.is_some_and(|value| asked.iter().any(|one| one == value))
        }
        holds(&self.urgencies, clock.urgency)
            && holds(&self.units, clock.unit)
            && holds(&self.topics, clock.topic)
            && (self.types.is_empty() || clock.r#type.is_some_and(|kind| self.types.contains(&kind)))
            && holds(&self.channels, clock.channel)
    }

    /// What starts the clock of a ticket received (or reopened) at `opened`.
    pub(super) fn since(&self, opened: Moment, dispatched_at: Option<Moment>) -> Moment {
        match self.from {
            Start::Accepted => opened,
            // A dispatch before the (re)opening belongs to another clock.
            Start::Dispatched => dispatched_at.filter(|at| *at > opened).unwrap_or(opened),
        }
    }

    fn base(
        &self,
        table: &Table,
        office: Option<&Office>,
        opened: Moment,
        dispatched_at: Option<Moment>,
    ) -> Option<Base> {
        let since = self.since(opened, dispatched_at);
        let unit = match self.span {
            Span::WorkingDays(..) => Unit::WorkingDays,
            Span::Hours(_, By::Clock) => Unit::Time,
            Span::Hours(_, By::Office) => Unit::OfficeTime,
        };
        Some(Base {
            due_at: self.span.end(table, office, since)?,
            since,
            rule: self.name.clone(),
            counted: !matches!(unit, Unit::Time),
            unit,
        })
    }
}

impl Span {
    /// When it ends; `None` where that cannot be counted.
    pub(super) fn end(self, table: &Table, office: Option<&Office>, since: Moment) -> Option<Moment> {
        match self {
            Self::WorkingDays(n, counting) => {
                let received = count::day(since);
                let day_before_first = match counting {
                    Count::NextDay => received,
                    Count::AtOnce => received.checked_sub(1)?,
                };
                Some(count::end(table.after(day_before_first, n)?))
            }
            Self::Hours(n, By::Clock) => later(table, since, TimeDelta::hours(i64::from(n))),
            Self::Hours(n, By::Office) => table
                .office_later(office?, count::second(since), i64::from(n) * 3600)
                .map(civil),
        }
    }
}

/// A civil second as a moment.
pub(super) fn civil(second: i64) -> Moment {
    count::moment(second.div_euclid(DAY), second.rem_euclid(DAY))
}

impl Base {
    /// The deadline after every pause that ended, and since when the clock stands still if one has not.
    ///
    /// A pause that begins after the deadline has passed changes nothing: being late cannot be undone by pausing.
    fn after_pauses(
        &self,
        table: &Table,
        office: Option<&Office>,
        pauses: &[(Moment, Option<Moment>)],
    ) -> (Moment, Option<Moment>) {
        let mut due_at = self.due_at;
        if pauses.is_empty() {
            return (due_at, None);
        }
        for (from, to) in merged(pauses, self.since) {
            if from.timestamp() > due_at.timestamp() {
                break;
            }
            match to {
                Some(to) => due_at = self.unit.moved(table, office, due_at, from, to),
                None => return (due_at, Some(from)),
            }
        }
        (due_at, None)
    }
}

impl Unit {
    /// A deadline moved by a pause; unmoved where that would leave the years the calendar can hold.
    fn moved(
        self,
        table: &Table,
        office: Option<&Office>,
        due_at: Moment,
        from: Moment,
        to: Moment,
    ) -> Moment {
        let moved = match self {
            Self::Time => later(table, due_at, to.signed_duration_since(from)),
            Self::OfficeTime => office.and_then(|office| {
                let seconds = table.office_seconds(office, count::second(from), count::second(to))?;
                let by = Some(seconds).filter(|seconds| *seconds > 0)?;
                table.office_later(office, count::second(due_at), by).map(civil)
            }),
            Self::WorkingDays => table
                .working_seconds(count::second(from), count::second(to))
                .and_then(|seconds| u32::try_from((seconds + DAY - 1).div_euclid(DAY)).ok())
                .filter(|days| *days > 0)
                .and_then(|days| table.after(count::day(due_at), days))
                .map(|day| count::moment(day, count::second(due_at).rem_euclid(DAY))),
        };
        moved.unwrap_or(due_at)
    }
}

impl Warning {
    /// When the window opens; its end where that cannot be counted.
    fn before(self, table: &Table, office: Option<&Office>, due_at: Moment) -> Moment {
        match self {
            Self::WorkingDays(n) => table.last(count::day(due_at), n).map(|day| count::moment(day, 0)),
            Self::Hours(n, By::Clock) => due_at.checked_sub_signed(TimeDelta::hours(i64::from(n))),
            Self::Hours(n, By::Office) => office.and_then(|office| {
                let due = count::second(due_at);
                table.office_later(office, due, -i64::from(n) * 3600).map(civil)
            }),
        }
        .unwrap_or(due_at)
    }
}

/// A moment later by the clock; `None` outside the years of the table, where a civil time is not sure to exist.
fn later(table: &Table, moment: Moment, by: TimeDelta) -> Option<Moment> {
    let later = moment.to_utc().checked_add_signed(by)?;
    table
        .knows(count::day(later.fixed_offset()))
        .then(|| later.with_timezone(&shanghai()))
}

/// Pauses in order, cut to what lies after `since`, overlapping ones made one, so that no hour counts twice.
fn merged(pauses: &[(Moment, Option<Moment>)], since: Moment) -> Vec<(Moment, Option<Moment>)> {
    let mut cut: Vec<_> = pauses
        .iter()
        .map(|(from, to)| ((*from).max(since), *to))
        .filter(|(from, to)| to.is_none_or(|to| to > *from))
        .collect();
    cut.sort_by_key(|(from, _)| *from);
    let mut merged: Vec<(Moment, Option<Moment>)> = Vec::with_capacity(cut.len());
    for (from, to) in cut {
        match merged.last_mut() {
            Some((_, last)) if last.is_none_or(|last| from <= last) => {
                *last = last.zip(to).map(|(last, to)| last.max(to));
            }
            _ => merged.push((from, to)),
        }
    }
    merged
}
