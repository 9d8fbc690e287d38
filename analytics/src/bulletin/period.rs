//! The period a bulletin is about: `2016年1—5月`, `2016年第一季度`, `5月1日至5月31日`.

use super::{number, text::Text};
use chrono::{Datelike, Days, Months, NaiveDate};

/// First and last day, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The first period a text names. A period without year is the last such one that had begun by `today`.
pub fn period(text: &str, today: NaiveDate) -> Option<Period> {
    let cut = text
        .char_indices()
        .nth(2000)
        .map_or(text, |(end, _)| &text[..end]);
    let text = Text::new(cut);
    let mut year = None;
    for at in 0..text.len() {
        if at > 0 && text.at(at - 1).is_ascii_digit() {
            continue;
        }
        if let Some((value, next)) =
            figure(&text, at, "年").filter(|(value, _)| (1990..=2119).contains(value))
        {
            year = i32::try_from(value).ok();
            let next = text.past_blanks(next);
            if named(&text, next).is_none()
                && figure(&text, next, "月").is_none()
                && span(&text, next).is_none()
            {
                let year = year?;
                return whole(year, 1, 12);
            }
            continue;
        }
        let found = span(&text, at).or_else(|| named(&text, at));
        if let Some(months) = found {
            return in_year(year, today, |year| whole(year, months.0, months.1));
        }
        if let Some((month, next)) = figure(&text, at, "月") {
            return in_year(year, today, |year| {
                days(&text, next, year, month).or_else(|| whole(year, month, month))
            });
        }
    }
    None
}

fn in_year(year: Option<i32>, today: NaiveDate, of: impl Fn(i32) -> Option<Period>) -> Option<Period> {
    match year {
        Some(year) => of(year),
        None => [today.year(), today.year() - 1]
            .into_iter()
            .filter_map(of)
            .find(|period| period.from <= today),
    }
}

/// A number with `unit` behind it.
fn figure(text: &Text, at: usize, unit: &str) -> Option<(u32, usize)> {
    let (decimal, end) = number::arabic(text, at)?;
    let next = text.past_blanks(end);
    let value = u32::try_from(decimal.digits)
        .ok()
        .filter(|_| decimal.places == 0)?;
    text.has(next, unit).then(|| (value, next + unit.chars().count()))
}

/// `1-5月`, `1月至5月`.
fn span(text: &Text, at: usize) -> Option<(u32, u32)> {
    let (decimal, end) = number::arabic(text, at)?;
    let mut next = text.past_blanks(end);
    if text.at(next) == '月' {
        next += 1;
        // 1月1日至5月31日 is a span of days.
    }
    next = text.past_blanks(next);
    if !matches!(text.at(next), '-' | '至' | '到') {
        return None;
    }
    while text.at(next) == '-' || matches!(text.at(next), '至' | '到') {
        next += 1;
    }
    let (last, after) = figure(text, text.past_blanks(next), "月")?;
    let first = u32::try_from(decimal.digits).ok()?;
    let of_days = number::arabic(text, after).is_some_and(|(_, end)| text.at(end) == '日');
    (first < last && last <= 12 && first >= 1 && !of_days).then_some((first, last))
}

/// 上半年, 一季度 and the like, as months.
fn named(text: &Text, at: usize) -> Option<(u32, u32)> {
    const NAMED: [(&str, (u32, u32)); 14] = [
        ("上半年", (1, 6)),
        ("下半年", (7, 12)),
        ("前三季度", (1, 9)),
        ("第一季度", (1, 3)),
        ("第二季度", (4, 6)),
        ("第三季度", (7, 9)),
        ("第四季度", (10, 12)),
        ("一季度", (1, 3)),
        ("二季度", (4, 6)),
        ("三季度", (7, 9)),
        ("四季度", (10, 12)),
        ("全年", (1, 12)),
        ("1季度", (1, 3)),
        ("2季度", (4, 6)),
    ];
    NAMED
        .iter()
        .find(|(name, _)| text.has(at, name))
        .map(|(_, months)| *months)
}

fn whole(year: i32, first: u32, last: u32) -> Option<Period> {
    let from = NaiveDate::from_ymd_opt(year, first, 1)?;
    let to = NaiveDate::from_ymd_opt(year, last, 1)?
        .checked_add_months(Months::new(1))?
        .checked_sub_days(Days::new(1))?;
    Some(Period { from, to })
}

/// `5月1日至5月31日`, `5月1日至31日`, `5月1日`.
fn days(text: &Text, at: usize, year: i32, month: u32) -> Option<Period> {
    let (day, next) = figure(text, text.past_blanks(at), "日")?;
    let from = NaiveDate::from_ymd_opt(year, month, day)?;
    let next = text.past_blanks(next);
    if !matches!(text.at(next), '-' | '至' | '到') {
        return Some(Period { from, to: from });
    }
    let mut next = text.past_blanks(next + 1);
    let (mut last_year, mut last_month) = (year, month);
    if let Some((value, after)) = figure(text, next, "年") {
        last_year = i32::try_from(value).ok()?;
        next = after;
    }
    if let Some((value, after)) = figure(text, next, "月") {
        last_month = value;
        next = after;
    }
    let (day, _) = figure(text, next, "日")?;
    let to = NaiveDate::from_ymd_opt(last_year, last_month, day)?;
    (from <= to).then_some(Period { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_as_bulletins_write_them() {
        let today = "2016-07-01".parse().unwrap();
        for (text, expected) in [
            ("2016年1—5月，共受理", Some("2016-01-01 2016-05-31")),
            ("2016年1月至5月受理", Some("2016-01-01 2016-05-31")),
            ("1-5月，全市受理", Some("2016-01-01 2016-05-31")),
            ("8月份受理", Some("2015-08-01 2015-08-31")),
            ("2016年2月，", Some("2016-02-01 2016-02-29")),
            ("2016年第一季度", Some("2016-01-01 2016-03-31")),
            ("今年上半年", Some("2016-01-01 2016-06-30")),
            ("2015年度全市", Some("2015-01-01 2015-12-31")),
            ("2016年5月1日至31日", Some("2016-05-01 2016-05-31")),
            ("2016年1月1日至2016年5月31日", Some("2016-01-01 2016-05-31")),
            ("受理1760件", None),
            ("12345热线", None),
        ] {
            let found = period(text, today).map(|period| format!("{} {}", period.from, period.to));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
