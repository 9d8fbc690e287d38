//! Learning a rhythm from hours with arrivals, and judging a silence by it.
//!
//! Each hour of the week has a chance of an arrival, drawn towards that of its hour of day on all working days, or on
//! both days of the weekend, because few weeks say little of a single hour. A silence has the probability that every of
//! its whole hours stayed empty. Real sources come in bursts, so that product alone would cry wolf: a silence must also
//! be a quarter more surprising than the usual longest pause of the source's own past.

use super::{FEWEST_HOURS, LONGEST_DAYS, SHORTEST_DAYS, THRESHOLD};
use ingest::time::{Moment, from_millis, shanghai};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24;
const WEEK: usize = 168;
/// How many weeks of one hour weigh as much as what its hour of day is like.
const WEIGHT: f64 = 4.0;
/// No hour is surer than this to bring something: a public holiday is no outage.
const SUREST: f64 = 0.95;
/// The pause no longer than this share of pauses are is the usual longest one: an outage among twenty pauses does not
/// make the next outage normal.
const USUAL: f64 = 0.95;
/// A silence must be this much more surprising than the usual longest pause.
const BEYOND: f64 = 1.25;

/// When something of a source usually arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    /// Surprise (-ln of the chance to stay empty) of each hour of the week, Monday 0 o'clock first.
    surprise: [f64; WEEK],
    /// What a silence must exceed.
    limit: f64,
    /// First and last hour it was learned from, in hours since 1970.
    learned: (i64, i64),
}

/// A silence longer than the rhythm explains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// The hour of the last arrival.
    pub from: Moment,
    /// When something arrived again, or the moment of judging.
    pub to: Moment,
    /// Probability of so long a silence by the rhythm.
    pub probability: f64,
}

impl Rhythm {
    /// Learns from the hours (since 1970, sorted, each once) in which something arrived; `None` while that is too little.
    pub fn learn(hours: &[i64]) -> Option<Self> {
        let last = *hours.last()?;
        let begin = hours.partition_point(|hour| *hour <= last - LONGEST_DAYS * DAY);
        let hours = &hours[begin..];
        let first = *hours.first()?;
        if last - first < SHORTEST_DAYS * DAY || hours.len() < FEWEST_HOURS {
            return None;
        }
        let (mut seen, mut filled) = ([0.0; WEEK], [0.0; WEEK]);
        for hour in first..=last {
            seen[slot(hour)] += 1.0;
        }
        for hour in hours {
            filled[slot(*hour)] += 1.0;
        }
        let mut surprise = [0.0; WEEK];
        for (place, surprise) in surprise.iter_mut().enumerate() {
            let alike = (0..WEEK).filter(|other| is_alike(place, *other));
            let (all, full) = alike.fold((0.0, 0.0), |(all, full), other| {
                (all + seen[other], full + filled[other])
            });
            let usual = (full + 0.5) / (all + 1.0);
            let chance = (filled[place] + WEIGHT * usual) / (seen[place] + WEIGHT);
            *surprise = -(1.0 - chance.min(SUREST)).ln();
        }
        let mut rhythm = Self {
            surprise,
            limit: -THRESHOLD.ln(),
            learned: (first, last),
        };
        let mut pauses: Vec<f64> = hours
            .windows(2)
            .map(|pair| rhythm.surprise_of(pair[0] + 1, pair[1]))
            .filter(|surprise| *surprise > 0.0)
            .collect();
        pauses.sort_by(f64::total_cmp);
        let place = (pauses.len().saturating_sub(1) as f64 * USUAL) as usize;
        if let Some(usual) = pauses.get(place) {
            rhythm.limit = rhythm.limit.max(usual * BEYOND);
        }
        Some(rhythm)
    }

    /// Chance in 0..=1 that something arrives in an hour of the week: `weekday` 0 (Monday) to 6, `hour` 0 to 23.
    pub fn chance(&self, weekday: usize, hour: usize) -> f64 {
        1.0 - (-self.surprise[(weekday * 24 + hour) % WEEK]).exp()
    }

    /// First and last moment it was learned from.
    pub fn learned(&self) -> (Moment, Moment) {
        (moment(self.learned.0), moment(self.learned.1))
    }

    /// The silence since the last arrival, when it is longer than the rhythm explains.
    pub fn silence(&self, now: Moment) -> Option<Silence> {
        self.judge(self.learned.1, hour_of(now), now)
    }

    /// When the source counts as silent if nothing arrives until then; `None` beyond a year.
    pub fn silent_at(&self) -> Option<Moment> {
        let mut sum = 0.0;
        let first = self.learned.1 + 1;
        (first..first + 366 * DAY)
            .find(|hour| {
                sum += self.surprise[slot(*hour)];
                sum > self.limit
            })
            .map(|hour| moment(hour + 1))
    }

    /// The empty hours after `last` and before `end`, when they are a silence.
    fn judge(&self, last: i64, end: i64, to: Moment) -> Option<Silence> {
        let surprise = self.surprise_of(last + 1, end);
        (surprise > self.limit).then(|| Silence {
            from: moment(last),
            to,
            probability: (-surprise).exp(),
        })
    }

    fn surprise_of(&self, first: i64, end: i64) -> f64 {
        // Beyond a year nothing more needs to be added.
        (first..end.min(first + 366 * DAY))
            .map(|hour| self.surprise[slot(hour)])
            .sum()
    }
}

/// The silences that touch `from..to`, past and present, each judged by what was known of the source before it.
pub fn outages(hours: &[i64], from: Moment, to: Moment, now: Moment) -> Vec<Silence> {
    let (begin, end) = (hour_of(from), hour_of(to));
    let mut found = Vec::new();
    for (place, last) in hours.iter().enumerate() {
        let next = hours.get(place + 1).copied();
        let until = next.unwrap_or_else(|| hour_of(now));
        // Even the surest hours take three to become a silence.
        if until - last <= 3 || until < begin || *last >= end {
            continue;
        }
        let to = next.map_or(now, moment);
        let rhythm = Rhythm::learn(&hours[..=place]);
        found.extend(rhythm.and_then(|rhythm| rhythm.judge(*last, until, to)));
    }
    found
}

fn hour_of(at: Moment) -> i64 {
    at.timestamp_millis().div_euclid(HOUR)
}

fn moment(hour: i64) -> Moment {
    from_millis(hour.saturating_mul(HOUR))
}

/// The hour of the week in Asia/Shanghai, Monday 0 o'clock first.
fn slot(hour: i64) -> usize {
    let local = hour + i64::from(shanghai().local_minus_utc()) / 3600;
    // 1970-01-01 was a Thursday.
    (local + 3 * DAY).rem_euclid(WEEK as i64) as usize
}

/// The same hour of day, both on working days or both on the weekend.
fn is_alike(a: usize, b: usize) -> bool {
    a % 24 == b % 24 && (a / 24 < 5) == (b / 24 < 5)
}
