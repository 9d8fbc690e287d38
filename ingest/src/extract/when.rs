//! When something was published, as Chinese pages write it.

use super::pattern::constant;
use crate::time::{Moment, at_shanghai, from_millis};
use chrono::{Duration, NaiveDate, NaiveTime};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A time found in text, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) at: Moment,
    /// Whether the text gave hour and minute.
    pub(crate) to_the_minute: bool,
    /// Byte range in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// `14:20`, `14:20:05`, `14时20分`, `下午2:20`, after any white space or comma.
const CLOCK: &str = r"(?:[\sT,，|]*(?:[\(（]?(?:星期|周)[一二三四五六日天][\)）]?)?\s*(?P<half>上午|下午|晚上|凌晨|中午)?\s*(?P<hour>[01]?\d|2[0-4])\s*(?:[:：]|时|点)\s*(?P<minute>[0-5]\d)\s*(?:(?:[:：]|分)\s*(?P<second>[0-5]\d))?)";

static FULL: LazyLock<Regex> = LazyLock::new(|| {
    constant(&format!(
        r"(?P<year>(?:19|20)\d\d)\s*(?:年|[-/.])\s*(?P<month>1[0-2]|0?[1-9])\s*(?:月|[-/.])\s*(?P<day>3[01]|[12]\d|0?[1-9])(?:\s*日)?{CLOCK}?(?P<zone>Z|[+-]\d\d:?\d\d)?"
    ))
});
static WITHOUT_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    constant(&format!(
        r"(?P<month>1[0-2]|0?[1-9])\s*(?:月|[-/])\s*(?P<day>3[01]|[12]\d|0?[1-9])(?:\s*日)?{CLOCK}?"
    ))
});
static NAMED_DAY: LazyLock<Regex> =
    LazyLock::new(|| constant(&format!(r"(?P<named>今天|今日|昨天|昨日|前天){CLOCK}?")));
static AGO: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"(?P<count>\d{1,4}|半|几)\s*(?:个)?(?P<unit>秒钟?|分钟|小时|天|日|周|星期|月|年)(?:之|以)?前|刚刚",
    )
});
static COMPACT: LazyLock<Regex> =
    LazyLock::new(|| constant(r"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"));
static IN_URL: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"[/_\-t](?P<year>20\d\d)[/_\-]?(?P<month>0[1-9]|1[0-2])(?:[/_\-]?(?P<day>0[1-9]|[12]\d|3[01]))(?:[/_\-.]|\d{0,10}\b)",
    )
});
/// `/2016/6/3/`, as many government sites have it.
static IN_PATH: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"/(?P<year>20\d\d)[/-](?P<month>1[0-2]|0?[1-9])[/-](?P<day>3[01]|[12]\d|0?[1-9])(?:[/_.]|$)")
});

/// `2021 09/01 10:10`: a calendar leaf with the year above the day.
static LEAF: LazyLock<Regex> = LazyLock::new(|| {
    constant(&format!(
        r"\b(?P<year>20\d\d)\s+(?P<month>1[0-2]|0?[1-9])\s*[-/]\s*(?P<day>3[01]|[12]\d|0?[1-9]){CLOCK}?"
    ))
});
/// `10/8/2019, 9:18:00 AM`, as scripts in America write it.
static AMERICAN: LazyLock<Regex> = LazyLock::new(|| {
    constant(
        r"^(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])/(?P<year>20\d\d),?\s+(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s*(?P<half>AM|PM)?$",
    )
});
static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    constant(r"(?i)(?:©|\(c\)|copyright|版权所有)\D{0,20}(?:(?:19|20)\d\d\s*[-–—~至]\s*)?(?P<year>20\d\d)\b")
});

/// The last second of the year a copyright notice ends with.
pub(crate) fn copyright_until(text: &str) -> Option<Moment> {
    let found = COPYRIGHT.captures(text)?;
    let last = NaiveDate::from_ymd_opt(number(&found, "year")?, 12, 31)?;
    Some(at_shanghai(last.and_hms_opt(23, 59, 59)?))
}

/// The first time with a year in `text`.
pub(crate) fn full(text: &str) -> Option<Found> {
    fulls(text).next()
}

/// All times with a year in `text`.
pub(crate) fn fulls(text: &str) -> impl Iterator<Item = Found> + '_ {
    FULL.captures_iter(text).filter_map(|found| {
        let year = number(&found, "year")?;
        let before = text.get(..found.get(0)?.start())?.chars().next_back();
        // `12016-06-03` is a number, not a date.
        if before.is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        let mut at = civil(&found, year)?;
        if let Some(zone) = found.name("zone") {
            at = zoned(at, zone.as_str()).unwrap_or(at);
        }
        Some(place(&found, at))
    })
}

/// The first time in `text`: with a year, without one (the latest year that is not after `now`), or relative to `now`.
pub(crate) fn any(text: &str, now: Moment) -> Option<Found> {
    full(text)
        .or_else(|| leaf(text))
        .or_else(|| named(text, now))
        .or_else(|| ago(text, now))
        .or_else(|| without_year(text, now))
}

/// The whole of a machine-readable value: RFC 3339 and its relatives, RFC 2822, seconds or milliseconds since 1970,
/// `20160603`.
pub(crate) fn machine(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            10 => Some(from_millis(number * 1000)),
            13 => Some(from_millis(number)),
            _ => compact(text),
        };
    }
    let rfc = || chrono::DateTime::parse_from_rfc2822(text).ok();
    let american = || {
        let found = AMERICAN.captures(text)?;
        civil(&found, number(&found, "year")?)
    };
    let at = american()
        .or_else(|| crate::time::parse(text))
        .or_else(|| full(text).map(|found| found.at))
        .or_else(rfc)?;
    Some(at.with_timezone(&crate::time::shanghai()))
}

/// The date in a URL's path: `/2016/06/03/`, `/2016-06/03/`, `t20160603_1.html`. A month alone is no date.
pub(crate) fn in_url(url: &str) -> Option<Moment> {
    let found = IN_PATH.captures(url).or_else(|| IN_URL.captures(url))?;
    civil(&found, number(&found, "year")?)
}

fn compact(text: &str) -> Option<Moment> {
    let found = COMPACT.captures(text.get(..8)?)?;
    civil(&found, number(&found, "year")?)
}

fn leaf(text: &str) -> Option<Found> {
    let found = LEAF.captures(text)?;
    let at = civil(&found, number(&found, "year")?)?;
    Some(place(&found, at))
}

fn without_year(text: &str, now: Moment) -> Option<Found> {
    WITHOUT_YEAR.captures_iter(text).find_map(|found| {
        let whole = found.get(0)?;
        let around = [
            text.get(..whole.start())?.chars().next_back(),
            text.get(whole.end()..)?.chars().next(),
        ];
        // `1-2` inside a telephone number or a score is no date; only one to the minute or with 月 and 日 is.
        let plain = !around
            .into_iter()
            .flatten()
            .any(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.'));
        let sure = found.name("hour").is_some() || whole.as_str().contains('月');
        let year = chrono::Datelike::year(&now);
        let this_year = civil(&found, year).filter(|at| *at <= now + Duration::days(1));
        let at = this_year.or_else(|| civil(&found, year - 1))?;
        (plain && sure).then(|| place(&found, at))
    })
}

fn named(text: &str, now: Moment) -> Option<Found> {
    let found = NAMED_DAY.captures(text)?;
    let back = match found.name("named")?.as_str() {
        "今天" | "今日" => 0,
        "前天" => 2,
        _ => 1,
    };
    let date = now.date_naive().checked_sub_days(chrono::Days::new(back))?;
    // "今天" alone is a word of every other sentence.
    found.name("hour")?;
    Some(place(&found, at_shanghai(date.and_time(clock(&found)?))))
}

fn ago(text: &str, now: Moment) -> Option<Found> {
    let found = AGO.captures(text)?;
    let minutes = match (
        found.name("count").map(|m| m.as_str()),
        found.name("unit").map(|m| m.as_str()),
    ) {
        (Some("半"), Some("小时")) => 30,
        (Some("半" | "几"), _) => return None,
        (Some(count), Some(unit)) => {
            let each: i64 = match unit {
                "秒" | "秒钟" => 0,
                "分钟" => 1,
                "小时" => 60,
                "天" | "日" => 24 * 60,
                "周" | "星期" => 7 * 24 * 60,
                "月" => 30 * 24 * 60,
                _ => 365 * 24 * 60,
            };
            count.parse::<i64>().ok()?.checked_mul(each)?
        }
        _ => 0,
    };
    let at = now.checked_sub_signed(Duration::minutes(minutes))?;
    Some(place(&found, at))
}

fn place(found: &Captures<'_>, at: Moment) -> Found {
    let (start, end) = found.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
    Found {
        at,
        to_the_minute: found.name("hour").is_some(),
        start,
        end,
    }
}

fn number(found: &Captures<'_>, name: &str) -> Option<i32> {
    found.name(name)?.as_str().parse().ok()
}

fn civil(found: &Captures<'_>, year: i32) -> Option<Moment> {
    let month = u32::try_from(number(found, "month")?).ok()?;
    let day = u32::try_from(number(found, "day")?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let time = clock(found).unwrap_or(NaiveTime::MIN);
    Some(at_shanghai(date.and_time(time)))
}

fn clock(found: &Captures<'_>) -> Option<NaiveTime> {
    let part = |name| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let hour = match (part("hour")?, found.name("half").map(|m| m.as_str())) {
        (hour @ 1..=11, Some("下午" | "晚上" | "PM")) => hour + 12,
        (12, Some("AM")) | (24, _) => 0,
        (hour, _) => hour,
    };
    NaiveTime::from_hms_opt(hour, part("minute")?, part("second").unwrap_or(0))
}

fn zoned(civil: Moment, zone: &str) -> Option<Moment> {
    let text = civil.format("%Y-%m-%dT%H:%M:%S").to_string();
    let zone = if zone == "Z" {
        "+0000".to_owned()
    } else {
        zone.replace(':', "")
    };
    let at = chrono::DateTime::parse_from_str(&format!("{text}{zone}"), "%Y-%m-%dT%H:%M:%S%z").ok()?;
    Some(at.with_timezone(&crate::time::shanghai()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Moment {
        crate::time::parse("2016-06-03T14:20:00+08:00").expect("now")
    }

    fn read(text: &str) -> Option<String> {
        any(text, now()).map(|found| found.at.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    #[test]
    fn reads_the_forms_of_chinese_pages() {
        for (text, expected) in [
            ("2016年6月3日 14:20", "2016-06-03 14:20:00"),
            ("发布时间：2016-06-03 14:20:05 来源：某报", "2016-06-03 14:20:05"),
            ("2016年06月03日14时20分", "2016-06-03 14:20:00"),
            ("2016/6/3 下午2:20", "2016-06-03 14:20:00"),
            ("2016-06-03（星期五）08:05", "2016-06-03 08:05:00"),
            ("2016.06.03", "2016-06-03 00:00:00"),
            ("2016-06-03T06:20:00Z", "2016-06-03 14:20:00"),
            ("06-03 08:11", "2016-06-03 08:11:00"),
            ("12月30日 08:11", "2015-12-30 08:11:00"),
            ("今天 08:11", "2016-06-03 08:11:00"),
            ("昨天08:11", "2016-06-02 08:11:00"),
            ("3小时前", "2016-06-03 11:20:00"),
            ("半小时前", "2016-06-03 13:50:00"),
            ("刚刚", "2016-06-03 14:20:00"),
            ("2016 06/03 14:20:05", "2016-06-03 14:20:05"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "今天天气好",
            "2016-13-40",
            "比分 3-2",
            "010-12-3456",
            "120160603",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn reads_urls_and_machine_values() {
        let day = |at: Option<Moment>| at.map(|at| at.format("%Y%m%d").to_string());
        for url in [
            "/2016/06/03/a.html",
            "/c/2016-06-03/doc-1.shtml",
            "/art/2016/6/3/art_1_2.html",
            "/art/t20160603_5.htm",
            "/2016/0603/c1-2.html",
        ] {
            assert_eq!(day(in_url(url)).as_deref(), Some("20160603"), "{url}");
        }
        assert_eq!(day(in_url("/news/12345678.html")), None);
        for value in [
            "1464934800",
            "1464934800000",
            "2016-06-03",
            "20160603",
            "Fri, 03 Jun 2016 14:20:00 +0800",
            "6/3/2016, 9:18:00 AM",
        ] {
            assert_eq!(day(machine(value)).as_deref(), Some("20160603"), "{value}");
        }
        assert_eq!(machine("99999999999999999999"), None);
    }
}
