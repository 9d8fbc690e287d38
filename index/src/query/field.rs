//! The fields of the query language and how their values are read.

use super::{Named, Node};
use crate::layout::Facet;
use chrono::{Days, Months, NaiveDate};
use ingest::{
    record::TicketType,
    time::{self, Moment},
};
use std::ops::Bound;

/// Where words and phrases are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// In title or body.
    Anywhere,
    /// In the title.
    Title,
    /// In the body.
    Body,
}

/// One field of the language.
pub(super) struct Rule {
    pub(super) name: &'static str,
    chinese: &'static str,
    form: Form,
}

enum Form {
    Text(Scope),
    Facet(Facet),
    Flag,
    Author,
    Id,
    Date,
    Sentiment,
}

/// All fields. Error messages list them from here.
const FIELDS: [Rule; 15] = [
    Rule {
        name: "title",
        chinese: "标题",
        form: Form::Text(Scope::Title),
    },
    Rule {
        name: "body",
        chinese: "正文",
        form: Form::Text(Scope::Body),
    },
    Rule {
        name: "kind",
        chinese: "种类",
        form: Form::Facet(Facet::Kind),
    },
    Rule {
        name: "source",
        chinese: "来源",
        form: Form::Facet(Facet::Source),
    },
    Rule {
        name: "channel",
        chinese: "渠道",
        form: Form::Facet(Facet::Channel),
    },
    Rule {
        name: "unit",
        chinese: "单位",
        form: Form::Facet(Facet::Unit),
    },
    Rule {
        name: "type",
        chinese: "类型",
        form: Form::Facet(Facet::Type),
    },
    Rule {
        name: "topic",
        chinese: "领域",
        form: Form::Facet(Facet::Topic),
    },
    Rule {
        name: "region",
        chinese: "地区",
        form: Form::Facet(Facet::Region),
    },
    Rule {
        name: "status",
        chinese: "状态",
        form: Form::Facet(Facet::Status),
    },
    Rule {
        name: "flag",
        chinese: "敏感",
        form: Form::Flag,
    },
    Rule {
        name: "author",
        chinese: "作者",
        form: Form::Author,
    },
    Rule {
        name: "id",
        chinese: "编号",
        form: Form::Id,
    },
    Rule {
        name: "date",
        chinese: "日期",
        form: Form::Date,
    },
    Rule {
        name: "sentiment",
        chinese: "情感",
        form: Form::Sentiment,
    },
];

/// Names under which a stored value is also known; the first is the stored one.
type Names = &'static [&'static str];

const KINDS: [Names; 2] = [&["post", "帖文", "帖子", "舆情"], &["ticket", "工单"]];

const SENTIMENTS: [Names; 3] = [&["negative", "负面"], &["neutral", "中性"], &["positive", "正面"]];

const CHANNELS: [Names; 7] = [
    &["news", "新闻"],
    &["weibo", "微博"],
    &["wechat", "微信", "微信公众号"],
    &["forum", "论坛"],
    &["portal", "门户", "政府门户"],
    &["video", "短视频", "视频"],
    &["other", "其他"],
];

const STATUSES: [Names; 8] = [
    &["accepted", "待派单", "受理"],
    &["dispatched", "待签收", "派单"],
    &["signed", "办理中", "签收"],
    &["returned", "已退单", "退单"],
    &["paused", "挂起"],
    &["resolved", "已办结", "办结"],
    &["reopened", "重办中", "重办"],
    &["merged", "已合并", "合并"],
];

/// The field of this name, in either language.
pub(super) fn find(name: &str) -> Option<&'static Rule> {
    FIELDS
        .iter()
        .find(|rule| rule.name.eq_ignore_ascii_case(name) || rule.chinese == name)
}

/// All names, for error messages.
pub(super) fn names() -> String {
    FIELDS.map(|rule| rule.name).join("、")
}

impl Rule {
    /// What this field with this value asks for, or why it asks for nothing.
    pub(super) fn node(&self, text: String, quoted: bool, flags: &[Named]) -> Result<Node, String> {
        Ok(match self.form {
            Form::Text(scope) if quoted => Node::Phrase(scope, text),
            Form::Text(scope) => Node::Words(scope, text),
            Form::Facet(facet) => Node::Value(facet, values(facet, text)?),
            Form::Flag => flag(flags, &text)?,
            Form::Author => Node::Author(text),
            Form::Id => Node::Id(text),
            Form::Date => dates(&text)?,
            Form::Sentiment => sentiment(&text)?,
        })
    }
}

fn known(names: &'static [Names], text: &str) -> Option<&'static str> {
    names
        .iter()
        .find(|names| names.iter().any(|name| name.eq_ignore_ascii_case(text)))
        .map(|names| names[0])
}

/// The stored values that `text` means.
fn values(facet: Facet, text: String) -> Result<Vec<String>, String> {
    let found = match facet {
        Facet::Kind => known(&KINDS, &text).ok_or("种类只能是 post（帖文）或 ticket（工单）")?,
        Facet::Type => match TicketType::parse(&text.to_lowercase()) {
            Some(found) => found.name(),
            None if matches!(text.as_str(), "unknown" | "待判定") => "unknown",
            None => return Err("类型只能是求助、投诉、咨询、建议、表扬或待判定".to_owned()),
        },
        Facet::Channel => match known(&CHANNELS, &text) {
            // A ticket's 来源渠道 is stored as its feed writes it.
            Some(found) if found != text => return Ok(vec![found.to_owned(), text]),
            _ => return Ok(vec![text]),
        },
        Facet::Status => known(&STATUSES, &text).unwrap_or(&text),
        Facet::Sentiment => known(&SENTIMENTS, &text).unwrap_or(&text),
        Facet::Source | Facet::Topic | Facet::Flag | Facet::Unit | Facet::Region => &text,
    };
    Ok(vec![found.to_owned()])
}

/// The kind of sensitive content of that name or title. Lists are configuration, so only they can say what there is.
fn flag(flags: &[Named], text: &str) -> Result<Node, String> {
    match flags
        .iter()
        .find(|flag| flag.name.eq_ignore_ascii_case(text) || flag.title == text)
    {
        Some(flag) => Ok(Node::Value(Facet::Flag, vec![flag.name.clone()])),
        None if flags.is_empty() => Err("没有配置敏感内容词表，不能按敏感内容检索".to_owned()),
        None => {
            let known: Vec<String> = flags
                .iter()
                .map(|flag| format!("{}（{}）", flag.title, flag.name))
                .collect();
            Err(format!("没有敏感内容“{text}”；可用 {}", known.join("、")))
        }
    }
}

/// A range as the language writes it.
enum Range<'a> {
    Is(&'a str),
    Between(&'a str, &'a str),
    Less(&'a str),
    LessOrEqual(&'a str),
    Greater(&'a str),
    GreaterOrEqual(&'a str),
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Self {
        if let Some(rest) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
            Self::GreaterOrEqual(rest)
        } else if let Some(rest) = text.strip_prefix("<=").or_else(|| text.strip_prefix('≤')) {
            Self::LessOrEqual(rest)
        } else if let Some(rest) = text.strip_prefix(['>', '＞']) {
            Self::Greater(rest)
        } else if let Some(rest) = text.strip_prefix(['<', '＜']) {
            Self::Less(rest)
        } else if let Some((from, to)) = text.split_once("..") {
            Self::Between(from, to)
        } else {
            Self::Is(text)
        }
    }
}

fn dates(text: &str) -> Result<Node, String> {
    use Bound::{Excluded, Included, Unbounded};
    let (from, to) = match Range::read(text) {
        Range::Is(day) => {
            let (start, end) = span(day)?;
            (Included(start), Excluded(end))
        }
        // An open end (`2016-05-01..`) is allowed.
        Range::Between(from, to) => {
            let from = if from.is_empty() {
                Unbounded
            } else {
                Included(span(from)?.0)
            };
            let to = if to.is_empty() {
                Unbounded
            } else {
                Excluded(span(to)?.1)
            };
            (from, to)
        }
        Range::Less(day) => (Unbounded, Excluded(span(day)?.0)),
        Range::LessOrEqual(day) => (Unbounded, Excluded(span(day)?.1)),
        Range::Greater(day) => (Included(span(day)?.1), Unbounded),
        Range::GreaterOrEqual(day) => (Included(span(day)?.0), Unbounded),
    };
    Ok(Node::Date(from, to))
}

/// First millisecond of a day, month or year in Asia/Shanghai, and the first one after it.
fn span(text: &str) -> Result<(i64, i64), String> {
    let wrong = || {
        "日期要写成 2016-05-01、2016-05 或 2016；范围写成 2016-05-01..2016-05-31 或 >=2016-05-01".to_owned()
    };
    let text = text.trim().replace(['/', '年', '月', '.'], "-").replace('日', "");
    let parts: Vec<u32> = text
        .trim_end_matches('-')
        .split('-')
        .map(|part| if part.len() <= 4 { part.parse().ok() } else { None })
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    let (year, month, day) = match parts[..] {
        [year] => (year, None, None),
        [year, month] => (year, Some(month), None),
        [year, month, day] => (year, Some(month), Some(day)),
        _ => return Err(wrong()),
    };
    let first = i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)))
        .ok_or_else(wrong)?;
    let next = match (month, day) {
        (None, _) => first.checked_add_months(Months::new(12)),
        (_, None) => first.checked_add_months(Months::new(1)),
        _ => first.checked_add_days(Days::new(1)),
    };
    let millis = |day| Moment::timestamp_millis(&time::start_of_day(day));
    Ok((millis(first), millis(next.ok_or_else(wrong)?)))
}

fn sentiment(text: &str) -> Result<Node, String> {
    use Bound::{Excluded, Included, Unbounded};
    if let Some(label) = known(&SENTIMENTS, text) {
        return Ok(Node::Value(Facet::Sentiment, vec![label.to_owned()]));
    }
    let (from, to) = match Range::read(text) {
        Range::Is(at) => (Included(number(at)?), Included(number(at)?)),
        Range::Between(from, to) => (Included(number(from)?), Included(number(to)?)),
        Range::Less(to) => (Unbounded, Excluded(number(to)?)),
        Range::LessOrEqual(to) => (Unbounded, Included(number(to)?)),
        Range::Greater(from) => (Excluded(number(from)?), Unbounded),
        Range::GreaterOrEqual(from) => (Included(number(from)?), Unbounded),
    };
    Ok(Node::Sentiment(from, to))
}

/// Read at the precision sentiments are stored with, so that `<=-0.3` finds a stored -0.3.
fn number(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f32>() {
        Ok(number) if number.is_finite() => Ok(number.into()),
        _ => Err("情感要写成 negative（负面）、neutral（中性）、positive（正面），或 <-0.3、-0.5..0.2 这样的数值范围".to_owned()),
    }
}
