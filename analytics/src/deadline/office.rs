//! Office hours: time that counts only while the offices are open. Constant time, like the working days below it.

use super::count::{DAY, Table};

/// When offices are open on a working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Office {
    /// From and to in seconds of the day, in order, apart from each other.
    sessions: Vec<(i64, i64)>,
    /// Seconds open on one working day.
    per_day: i64,
}

impl Office {
    /// Reads `["09:00-12:00", "13:00-17:00"]`.
    ///
    /// # Errors
    /// What is wrong with which session.
    pub(super) fn parse(texts: &[String]) -> Result<Self, String> {
        let mut sessions: Vec<(i64, i64)> = Vec::with_capacity(texts.len());
        for text in texts {
            let (from, to) = text
                .split_once(['-', '–'])
                .and_then(|(from, to)| Some((minute(from)?, minute(to)?)))
                .ok_or_else(|| format!("`{text}` is no session: write \"09:00-12:00\""))?;
            if from >= to {
                return Err(format!("session `{text}` does not end after it begins"));
            }
            if sessions.last().is_some_and(|(_, before)| from < *before) {
                return Err(format!(
                    "session `{text}` begins before the one above it has ended"
                ));
            }
            sessions.push((from, to));
        }
        if sessions.is_empty() {
            return Err("office hours need at least one session".to_owned());
        }
        let per_day = sessions.iter().map(|(from, to)| to - from).sum();
        Ok(Self { sessions, per_day })
    }

    /// `09:00–12:00、13:00–17:00`
    pub(super) fn chinese(&self) -> String {
        let clock = |second: i64| format!("{:02}:{:02}", second / 3600, second % 3600 / 60);
        let sessions = self.sessions.iter();
        let told: Vec<String> = sessions
            .map(|(from, to)| format!("{}–{}", clock(*from), clock(*to)))
            .collect();
        told.join("、")
    }

    /// Seconds open before this second of a working day.
    fn before(&self, second: i64) -> i64 {
        let open = |&(from, to): &(i64, i64)| second.clamp(from, to) - from;
        self.sessions.iter().map(open).sum()
    }

    /// The second of the day at which `open` seconds, at least 1, have passed.
    fn reached(&self, mut open: i64) -> i64 {
        for (from, to) in &self.sessions {
            if open <= to - from {
                return from + open;
            }
            open -= to - from;
        }
        DAY - 1
    }
}

impl Table {
    /// Office seconds between two civil seconds; `None` outside the table.
    pub(super) fn office_seconds(&self, office: &Office, from: i64, to: i64) -> Option<i64> {
        Some(self.office_before(office, to)? - self.office_before(office, from)?)
    }

    /// The civil second at which `by` office seconds, at least 1, have passed since `from`; a negative `by` goes back.
    /// `None` outside the table.
    pub(super) fn office_later(&self, office: &Office, from: i64, by: i64) -> Option<i64> {
        let total = self.office_before(office, from)?.checked_add(by)?;
        // The last second of a day belongs to that day, not to the opening of the next.
        let rank = u32::try_from((total - 1).div_euclid(office.per_day)).ok()?;
        let day = self.worked(rank)?;
        Some(day * DAY + office.reached((total - 1).rem_euclid(office.per_day) + 1))
    }

    fn office_before(&self, office: &Office, second: i64) -> Option<i64> {
        let day = second.div_euclid(DAY);
        let part = if self.is_working(day)? {
            office.before(second.rem_euclid(DAY))
        } else {
            0
        };
        Some(i64::from(self.before(day)?) * office.per_day + part)
    }
}

/// `09:30` in seconds; 24:00 is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let second = hour * 3600 + minute * 60;
    ((0..60).contains(&minute) && (0..=DAY).contains(&second)).then_some(second)
}
