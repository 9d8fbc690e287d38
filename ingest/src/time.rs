//! Times as Chinese sources write them; everything without a zone is read as Asia/Shanghai.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

/// A moment with its UTC offset, as it travels in records.
pub type Moment = DateTime<FixedOffset>;

/// UTC+08:00. China has kept one offset without daylight saving since 1991, so no zone database is needed.
pub fn shanghai() -> FixedOffset {
    // 8 h is inside the ±24 h that `east_opt` accepts, so the fallback is never taken.
    FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

/// The present moment in Asia/Shanghai, cut to milliseconds: the precision that survives the log and the ledger.
pub fn now() -> Moment {
    from_millis(Utc::now().timestamp_millis())
}

/// Milliseconds since 1970-01-01T00:00Z as a moment in Asia/Shanghai (an out-of-range value gives the epoch).
pub fn from_millis(millis: i64) -> Moment {
    DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .with_timezone(&shanghai())
}

/// A civil date and time in Asia/Shanghai as a moment.
pub fn at_shanghai(civil: NaiveDateTime) -> Moment {
    // A fixed offset maps every civil time to exactly one moment.
    shanghai()
        .from_local_datetime(&civil)
        .single()
        .unwrap_or_else(|| civil.and_utc().with_timezone(&shanghai()))
}

/// Midnight (00:00) of a civil date in Asia/Shanghai.
pub fn start_of_day(date: NaiveDate) -> Moment {
    at_shanghai(date.and_time(NaiveTime::MIN))
}

/// Reads RFC 3339 (`2024-09-30T10:00:00+08:00`, seconds optional), or a civil time in Asia/Shanghai:
/// `2019/2/28 11:25:05`, `2019-02-28 11:25`, `2019年2月28日 11时25分`, a bare date (midnight).
///
/// Returns `None` for anything else; a spreadsheet's serial day numbers are the spreadsheet reader's matter.
pub fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment);
    }
    if let Ok(moment) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z") {
        return Some(moment);
    }
    let civil: String = text
        .replace(['年', '月', '/', '.'], "-")
        .replace('日', " ")
        .replace(['时', '分'], ":")
        .replace(['秒', 'T'], " ");
    let civil = civil.split_whitespace().collect::<Vec<_>>().join(" ");
    let civil = civil.trim_end_matches([':', '-']);
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(civil, format) {
            return Some(at_shanghai(moment));
        }
    }
    NaiveDate::parse_from_str(civil, "%Y-%m-%d")
        .ok()
        .map(start_of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_spellings_of_exports() {
        for text in [
            "2019/2/28 11:25:05",
            "2019-02-28 11:25:05",
            "2019年2月28日 11时25分05秒",
            "2019-02-28T11:25:05+08:00",
            "2019-02-28T03:25:05Z",
            " 2019.2.28 11:25:05 ",
        ] {
            assert_eq!(parse(text).map(|m| m.timestamp()), Some(1_551_324_305), "{text}");
        }
        assert_eq!(
            parse("2024-09-30T10:00+08:00").map(|m| m.to_rfc3339()),
            Some("2024-09-30T10:00:00+08:00".into())
        );
        assert_eq!(
            parse("2016年6月3日").map(|m| m.to_rfc3339()),
            Some("2016-06-03T00:00:00+08:00".into())
        );
        assert_eq!(
            parse("2016年6月3日 14时20分").map(|m| m.to_rfc3339()),
            Some("2016-06-03T14:20:00+08:00".into())
        );
        for text in ["", "昨天", "2016-13-01", "2016-02-30 10:00", "10:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
