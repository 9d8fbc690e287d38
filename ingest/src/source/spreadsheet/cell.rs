//! One cell: text, number or time, and what can be read from it.

use crate::time::{self, Moment, at_shanghai};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// A cell as the file holds it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Time(NaiveDateTime),
}

/// From here on a spreadsheet's number has lost digits (it keeps 15).
const LOSSY: f64 = 1e15;

impl Cell {
    /// The cell as text: whole numbers without `.0` or exponent.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => unquoted(text).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Time(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }

    /// Whether the cell is a number that lost digits: a ticket number typed as a number, or `2.01601E+17` in CSV.
    pub(super) fn is_lossy_number(&self) -> bool {
        match self {
            Self::Number(number) => number.abs() >= LOSSY || number.fract() != 0.0,
            Self::Text(text) => {
                let text = unquoted(text);
                let exponent = text
                    .to_ascii_uppercase()
                    .split_once("E+")
                    .is_some_and(|(mantissa, power)| {
                        mantissa.contains('.') && power.bytes().all(|digit| digit.is_ascii_digit())
                    });
                exponent && text.parse::<f64>().is_ok()
            }
            Self::Empty | Self::Time(_) => false,
        }
    }

    /// Whether nothing is in the cell.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => unquoted(text).is_empty(),
            Self::Number(_) | Self::Time(_) => false,
        }
    }

    /// The time in the cell: a date cell, a serial day number, or any text [`time::parse`] reads. `None` for anything
    /// else and for years no hotline has (before 1990, after 2100: a misread number).
    pub(super) fn moment(&self) -> Option<Moment> {
        let moment = match self {
            Self::Empty => None,
            Self::Time(time) => Some(at_shanghai(*time)),
            Self::Number(serial) => from_serial(*serial).map(at_shanghai),
            Self::Text(text) => {
                let text = unquoted(text);
                time::parse(text)
                    .or_else(|| compact(text))
                    .or_else(|| text.parse().ok().and_then(from_serial).map(at_shanghai))
            }
        };
        moment.filter(|moment| (1990..=2100).contains(&moment.year()))
    }

    /// As [`Self::moment`] for a deadline: a bare day means its end, 23:59:59.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let moment = self.moment()?;
        let bare = moment.time() == NaiveTime::MIN
            && match self {
                Self::Text(text) => !text.contains([':', '：', '时']),
                _ => true,
            };
        Some(if bare {
            moment + TimeDelta::seconds(24 * 3600 - 1)
        } else {
            moment
        })
    }
}

/// A cell's text without the blanks, the apostrophe or the `="…"` that keep spreadsheets from reading it as a number.
fn unquoted(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    text.strip_prefix('\'').unwrap_or(text).trim()
}

/// `20160103`, `201601031020` or `20160103102030`.
fn compact(text: &str) -> Option<Moment> {
    if !matches!(text.len(), 8 | 12 | 14) || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{text:0<14}");
    NaiveDateTime::parse_from_str(&padded, "%Y%m%d%H%M%S")
        .ok()
        .map(at_shanghai)
}

/// Days since 1899-12-30, to the nearest second. Only days from 1990 to 2100 count.
fn from_serial(serial: f64) -> Option<NaiveDateTime> {
    if !(32_874.0..73_415.0).contains(&serial) {
        return None;
    }
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    epoch.checked_add_signed(TimeDelta::seconds((serial * 86_400.0).round() as i64))
}

/// The same time to the nearest second: a serial day number is off by up to a few milliseconds.
pub(super) fn to_second(time: NaiveDateTime) -> NaiveDateTime {
    let rounded = time + TimeDelta::milliseconds(500);
    rounded.with_nanosecond(0).unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn ticket_numbers_keep_their_digits() {
        assert_eq!(Cell::Number(20_160_103_123_456.0).text(), "20160103123456");
        assert_eq!(text("=\"20160103123456\"").text(), "20160103123456");
        assert_eq!(text("'0012\t").text(), "0012");
        assert!(Cell::Number(201_601_031_234_567_890.0).is_lossy_number());
        assert!(text("2.01601E+17").is_lossy_number());
        assert!(!text("GX2016E+01").is_lossy_number());
    }

    #[test]
    fn times_are_read_in_every_form() {
        for cell in [
            Cell::Number(42_372.430_902_777_78),
            text("42372.43090277778"),
            text("2016/1/3 10:20:30"),
            text("20160103102030"),
        ] {
            assert_eq!(
                cell.moment().map(|m| m.to_rfc3339()).as_deref(),
                Some("2016-01-03T10:20:30+08:00"),
                "{cell:?}"
            );
        }
        for cell in [
            text("昨天"),
            Cell::Number(12.0),
            Cell::Number(f64::NAN),
            text("0016/1/3"),
            Cell::Empty,
        ] {
            assert_eq!(cell.moment(), None, "{cell:?}");
        }
    }

    #[test]
    fn a_bare_day_is_a_deadline_until_its_end() {
        assert_eq!(
            text("2016-01-08").deadline().map(|m| m.to_rfc3339()).as_deref(),
            Some("2016-01-08T23:59:59+08:00")
        );
        assert_eq!(text("2016-01-08 00:00").deadline(), text("2016-01-08").moment());
    }
}
