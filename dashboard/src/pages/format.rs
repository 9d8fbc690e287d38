//! How numbers, times and names are written on pages.

use analytics::{ledger::TypeIs, metrics::Scope};
use chrono::{Datelike, NaiveDate, Timelike};
use ingest::{
    record::{Card, Event},
    time::{Moment, shanghai},
};

/// `1760` → `1,760`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `2016年6月30日`.
pub(crate) fn day(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2016-06-30 18:05`, in Asia/Shanghai.
pub(crate) fn minute(moment: Moment) -> String {
    moment
        .with_timezone(&shanghai())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// `2016-06-30 18:05`, or `—`.
pub(crate) fn minute_or_dash(moment: Option<Moment>) -> String {
    moment.map_or_else(|| "—".to_owned(), minute)
}

/// `2016年6月30日18时05分`, in Asia/Shanghai.
pub(crate) fn minute_in_words(moment: Moment) -> String {
    let local = moment.with_timezone(&shanghai());
    format!(
        "{}{}时{:02}分",
        day(local.date_naive()),
        local.hour(),
        local.minute()
    )
}

/// How far away a deadline is: `剩余 2 天 3 小时`, `超期 5 小时`.
pub(crate) fn distance(now: Moment, due: Moment) -> String {
    let seconds = (due - now).num_seconds();
    let (word, minutes) = if seconds >= 0 {
        ("剩余", seconds / 60)
    } else {
        ("超期", -seconds / 60)
    };
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => format!("{word} {} 分钟", minutes.max(1)),
        (0, _) => format!("{word} {hours} 小时"),
        (_, 0) => format!("{word} {days} 天"),
        _ => format!("{word} {days} 天 {hours} 小时"),
    }
}

/// `0.8731` → `87 %`.
pub(crate) fn share(part: f32) -> String {
    format!("{:.0} %", part * 100.0)
}

/// A type's Chinese name from its machine name; 待判定 for a ticket without one.
pub(crate) fn type_name(name: &str) -> &str {
    TypeIs::parse(name).map_or(name, |known| known.chinese())
}

/// A sentiment label in Chinese.
pub(crate) fn sentiment_name(label: &str) -> &str {
    match label {
        "negative" => "负面",
        "neutral" => "中性",
        "positive" => "正面",
        other => other,
    }
}

/// A medium in Chinese; a ticket's channel is Chinese already.
pub(crate) fn channel_name(channel: &str) -> &str {
    match channel {
        "news" => "新闻",
        "weibo" => "微博",
        "wechat" => "微信公众号",
        "forum" => "论坛",
        "portal" => "政府门户",
        "video" => "短视频",
        "other" => "其他",
        chinese => chinese,
    }
}

/// What a metric's rule takes as its base, in Chinese beside its short name.
pub(crate) fn rule_name(rule: &str) -> String {
    let chinese = match rule {
        "due" => "应办结口径",
        "closed" => "已办结口径",
        "accepted" => "受理口径",
        "dispatched" => "派单口径",
        "callback" => "回访口径",
        other => return other.to_owned(),
    };
    format!("{chinese}（{rule}）")
}

/// The word for what happened to a ticket.
pub(crate) fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Accepted(_) => "受理",
        Event::Dispatched { .. } => "派单",
        Event::Signed { .. } => "签收",
        Event::Returned { .. } => "退单",
        Event::Extended { .. } => "延期",
        Event::Paused { .. } => "挂起",
        Event::Resumed => "恢复",
        Event::Contacted => "联系诉求人",
        Event::Replied { .. } => "答复",
        Event::Urged { .. } => "催办",
        Event::Supervised { .. } => "督办",
        Event::Carded {
            card: Card::Yellow, ..
        } => "黄牌",
        Event::Carded { card: Card::Red, .. } => "红牌",
        Event::Resolved { withdrawn: true, .. } => "未办结",
        Event::Resolved { .. } => "办结",
        Event::CalledBack(_) => "回访",
        Event::Reopened { .. } => "重办",
        Event::Classified(_) => "分类",
        Event::Amended { .. } => "更正",
        Event::Merged { .. } => "同诉合并",
        Event::Unmerged => "取消合并",
        Event::Split { .. } => "拆分",
        Event::Noted { .. } => "备注",
    }
}

/// Who did it: `feed:hotline` → `数据源 hotline`.
pub(crate) fn actor_name(actor: &str) -> String {
    match actor.split_once(':') {
        Some(("feed", source)) => format!("数据源 {source}"),
        Some(("user", "local")) => "本机操作员".to_owned(),
        Some(("user", name)) => format!("操作员 {name}"),
        Some(("job", "escalation")) => "督办规则（自动）".to_owned(),
        Some(("model", hash)) => format!("分类模型 {hash}"),
        _ => actor.to_owned(),
    }
}

/// What a scope is limited to besides its period: `；限于：求助、城市管理局`, or nothing.
pub(crate) fn narrowed(scope: &Scope) -> String {
    let kinds = [
        scope.r#type.map(TypeIs::chinese),
        scope.unit.as_deref(),
        scope.topic.as_deref(),
        scope.region.as_deref(),
        scope.channel.as_deref(),
        scope.source.as_deref(),
    ];
    let kinds: Vec<&str> = kinds.into_iter().flatten().collect();
    if kinds.is_empty() {
        String::new()
    } else {
        format!("；限于：{}", kinds.join("、"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn distances_name_the_two_largest_units() {
        let at = |text| ingest::time::parse(text).unwrap();
        let due = at("2016-06-03 12:00");
        for (now, text) in [
            ("2016-06-01 09:00", "剩余 2 天 3 小时"),
            ("2016-06-03 11:59", "剩余 1 分钟"),
            ("2016-06-03 12:00", "剩余 1 分钟"),
            ("2016-06-03 17:20", "超期 5 小时"),
            ("2016-06-05 12:00", "超期 2 天"),
        ] {
            assert_eq!(distance(at(now), due), text, "{now}");
        }
    }
}
