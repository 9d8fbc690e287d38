//! From text to figures: the counts, percentages and fractions it states, with the words around each.

use super::{number, share::Percent, text::Text};

/// What things are counted in; the longest first, so that 人次 is not read as 人.
const UNITS: &[&str] = &[
    "tickets", "cases", "人次", "件次", "车次", "通次", "件", "条", "起", "宗", "例", "项", "通", "封", "份",
    "张", "单", "户", "家", "名", "位", "笔", "篇", "批", "次", "个", "人", "处", "部", "场", "台", "辆",
    "票", "则", "桩",
];
/// What follows 个 where it counts time or points, not things.
const NOT_THINGS: [&str; 9] = [
    "工作日",
    "自然日",
    "月",
    "小时",
    "百分点",
    "星期",
    "季度",
    "点",
    "周",
];
/// What follows a number of rounds or ranks.
const BEFORE_ORDINAL: [&str; 5] = ["第", "前", "每", "排", "近期"];
/// Written before a count that is only about right.
const ABOUT: [&str; 8] = ["大约", "将近", "超过", "突破", "接近", "约", "近", "逾"];
/// Written before or after a percentage that is a bound, not a share.
const BOUND_BEFORE: [&str; 12] = [
    "不低于",
    "不少于",
    "不得低于",
    "超过",
    "高于",
    "低于",
    "大于",
    "不足",
    "力争",
    "确保",
    "目标",
    "突破",
];
const BOUND_AFTER: [&str; 4] = ["以上", "以下", "以内", "左右"];

/// A figure of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Its first character.
    pub(super) start: usize,
    /// The first character after it.
    pub(super) end: usize,
    /// How many brackets it stands in.
    pub(super) depth: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Count(Count),
    Percent(Stated),
    /// `1738/1760`.
    Fraction(u128, u128),
    /// `1.2个百分点`.
    Points,
}

/// A count as published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) value: u128,
    /// What it may have been before it was rounded, both inclusive; equal for an exact count.
    pub(super) range: (u128, u128),
    /// 件, 条 …; empty where the text leaves it out.
    pub(super) unit: &'static str,
    /// Words before it, up to the last mark or figure.
    pub(super) before: String,
    /// Words after it, up to the next mark or figure.
    pub(super) after: String,
}

impl Count {
    pub(super) fn is_exact(&self) -> bool {
        self.range.0 == self.range.1
    }

    /// Whether its words hold `word`.
    pub(super) fn says(&self, word: &str) -> bool {
        self.before.contains(word) || self.after.contains(word)
    }

    pub(super) fn says_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.says(word))
    }

    /// What it is a count of, in the text's words.
    pub(super) fn label(&self) -> &str {
        let before = self.before.trim();
        if before.is_empty() {
            self.after.trim()
        } else {
            before
        }
    }
}

/// A percentage as published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) percent: Percent,
    /// `以上`, `约` and the like: it bounds a share, or is one only about.
    pub(super) bound: bool,
    pub(super) before: String,
    pub(super) after: String,
}

/// The figures of `from..to`, in order.
pub(super) fn items(text: &Text, from: usize, to: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let (mut at, mut depth) = (from, 0usize);
    while at < to {
        match text.at(at) {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match item(text, at) {
            Some((end, what)) if end <= to => {
                items.push(Item {
                    start: at,
                    end,
                    depth,
                    what,
                });
                at = end;
            }
            // A run of digits is read whole or not at all.
            _ if text.at(at).is_ascii_digit() => {
                while at < to && (text.at(at).is_ascii_digit() || matches!(text.at(at), '.' | ',')) {
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
    settle(text, &mut items, from, to);
    items
}

fn item(text: &Text, at: usize) -> Option<(usize, What)> {
    for (word, base) in [("百分之", 100), ("千分之", 1000)] {
        if text.has(at, word) {
            let from = text.past_blanks(at + word.chars().count());
            let (decimal, end) = number::arabic(text, from).or_else(|| number::chinese(text, from))?;
            return Some((end, percent(Percent { decimal, base })?));
        }
    }
    let c = text.at(at);
    let before = if at == 0 { '\n' } else { text.at(at - 1) };
    if c.is_ascii_digit() && (before.is_ascii_alphanumeric() || matches!(before, '.' | '_')) {
        return None;
    }
    let number = number::read(text, at)?;
    let next = text.past_blanks(number.end);
    if matches!(text.at(next), '%' | '‰') && number.times == 1 {
        let base = if text.at(next) == '%' { 100 } else { 1000 };
        let decimal = number.decimal;
        return Some((next + 1, percent(Percent { decimal, base })?));
    }
    if text.has(next, "个百分点") || text.has(next, "百分点") {
        return Some((next + 1, What::Points));
    }
    if BEFORE_ORDINAL
        .iter()
        .any(|word| at >= word.chars().count() && text.has(at - word.chars().count(), word))
    {
        return None;
    }
    count(text, at, number, next)
}

fn percent(percent: Percent) -> Option<What> {
    // More places or digits than anyone publishes are no percentage.
    (percent.decimal.places <= 6 && percent.decimal.digits < 1_000_000_000).then_some(What::Percent(Stated {
        percent,
        bound: false,
        before: String::new(),
        after: String::new(),
    }))
}

fn count(text: &Text, at: usize, number: number::Number, mut next: usize) -> Option<(usize, What)> {
    let value = number.value()?;
    let mut end = number.end;
    let mut over = false;
    if matches!(text.at(next), '余' | '多') {
        over = true;
        end = next + 1;
        next = text.past_blanks(end);
        if text.at(next) == '万' {
            return None;
        }
    }
    let unit = text.one_of(next, UNITS).unwrap_or("");
    if !unit.is_empty() {
        let after = next + unit.chars().count();
        let time = unit == "个" && text.one_of(after, &NOT_THINGS).is_some();
        // 1起 is a case, 1起来 is not; 一次, 一个 and 一件 are words before they are counts.
        if time || (number.chinese && value < 10) {
            return None;
        }
        end = after;
    } else if number.chinese || (number.times > 1 && text.at(next) == '元') || is_date_or_name(text, at, next)
    {
        return None;
    }
    if let Some(found) = fraction(text, value, end) {
        return Some(found);
    }
    let about = ABOUT
        .iter()
        .any(|word| at >= word.chars().count() && text.has(at - word.chars().count(), word));
    let zeros = |value: u128| {
        let mut step = 1;
        while value > 0 && value.is_multiple_of(step * 10) {
            step *= 10;
        }
        step
    };
    let step = number.step();
    let range = if over {
        (value, value + step.max(zeros(value)) - 1)
    } else if about {
        let step = step.max(zeros(value)).max(2);
        (value.saturating_sub(step - 1), value + step - 1)
    } else if step > 1 {
        (value.saturating_sub(step / 2), value + step - 1)
    } else {
        (value, value)
    };
    Some((
        end,
        What::Count(Count {
            value,
            range,
            unit,
            before: String::new(),
            after: String::new(),
        }),
    ))
}

/// `1738/1760`, `1738件÷1760件`.
fn fraction(text: &Text, numerator: u128, end: usize) -> Option<(usize, What)> {
    let sign = text.past_blanks(end);
    if !matches!(text.at(sign), '/' | '÷') {
        return None;
    }
    let number = number::read(text, text.past_blanks(sign + 1)).filter(|number| !number.chinese)?;
    // 2016/5/31 is a date.
    if text.at(number.end) == '/' || number.decimal.places > 0 {
        return None;
    }
    let unit = text.one_of(text.past_blanks(number.end), UNITS).unwrap_or("");
    let end = if unit.is_empty() {
        number.end
    } else {
        text.past_blanks(number.end) + unit.chars().count()
    };
    Some((end, What::Fraction(numerator, number.value()?)))
}

/// A bare number that is a date, a document number, a telephone number or part of a name.
fn is_date_or_name(text: &Text, at: usize, next: usize) -> bool {
    let before = if at == 0 { '\n' } else { text.at(at - 1) };
    let after = text.at(next);
    let date = matches!(
        after,
        '年' | '月'
            | '日'
            | '号'
            | '时'
            | '分'
            | '点'
            | '期'
            | '届'
            | '元'
            | '岁'
            | '天'
            | '周'
            | '米'
            | '里'
            | '度'
    );
    let span = matches!(after, '-' | '至') || before == '-' || before == '至';
    let name =
        after.is_ascii_alphabetic() || (after == '热' && text.at(next + 1) == '线') || text.has(next, "小时");
    date || span || name
}

/// Gives every figure its words, and a bare number its place: one that stands in a row with counted ones is a count,
/// any other is left out.
fn settle(text: &Text, items: &mut Vec<Item>, from: usize, to: usize) {
    let bounds: Vec<(usize, usize)> = items.iter().map(|item| (item.start, item.end)).collect();
    for (place, item) in items.iter_mut().enumerate() {
        let least = if place == 0 { from } else { bounds[place - 1].1 };
        let most = bounds.get(place + 1).map_or(to, |next| next.0);
        let words_before = text.folded(back(text, item.start, least), item.start);
        let words_after = text.folded(item.end, forth(text, item.end, most));
        match &mut item.what {
            What::Count(count) => {
                count.before = words_before.trim().to_owned();
                count.after = words_after.trim().to_owned();
            }
            What::Percent(stated) => {
                stated.bound = BOUND_BEFORE.iter().any(|word| words_before.contains(word))
                    || BOUND_AFTER
                        .iter()
                        .any(|word| words_after.trim_start().starts_with(word))
                    || ["约", "近", "逾"]
                        .iter()
                        .any(|word| words_before.trim_end().ends_with(word))
                    || in_range(text, item.start, item.end);
                stated.before = words_before.trim().to_owned();
                stated.after = words_after.trim().to_owned();
            }
            What::Fraction(..) | What::Points => {}
        }
    }
    let counted: Vec<(usize, &'static str)> = items
        .iter()
        .filter_map(|item| match &item.what {
            What::Count(count) if !count.unit.is_empty() => Some((item.start, count.unit)),
            _ => None,
        })
        .collect();
    items.retain_mut(|item| {
        let What::Count(count) = &mut item.what else {
            return true;
        };
        if !count.unit.is_empty() {
            return true;
        }
        let before = text.folded(item.start.saturating_sub(3).max(from), item.start);
        let equation = matches!(before.trim_end().chars().last(), Some('+' | '='))
            || matches!(text.at(text.past_blanks(item.end)), '+' | '=')
            || (text
                .folded(item.start.saturating_sub(20), item.start)
                .contains(['+', '='])
                && !count.before.is_empty());
        // 求助1285、投诉197、咨询236件: the last one speaks for the row.
        let row = !count.label().is_empty()
            && matches!(
                text.at(item.end),
                '、' | '，' | ',' | '和' | '及' | '与' | ';' | '；' | '\n' | ')' | '。'
            )
            && count.value < 100_000_000;
        match counted
            .iter()
            .find(|(start, _)| *start > item.start)
            .or(counted.last())
        {
            Some((_, unit)) if row && !equation => {
                count.unit = unit;
                true
            }
            _ => equation,
        }
    });
}

/// `95%-98%`, `95%至98%`: neither end is a share.
fn in_range(text: &Text, start: usize, end: usize) -> bool {
    let next = text.past_blanks(end);
    let to =
        matches!(text.at(next), '-' | '至' | '到') && text.at(text.past_blanks(next + 1)).is_ascii_digit();
    let mut at = start;
    while at > 0 && text.at(at - 1) == ' ' {
        at -= 1;
    }
    to || (at >= 2 && matches!(text.at(at - 1), '-' | '至' | '到') && matches!(text.at(at - 2), '%' | '‰'))
}

pub(super) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '，' | ','
            | '。'
            | '；'
            | ';'
            | '、'
            | ':'
            | '('
            | ')'
            | '\n'
            | '！'
            | '？'
            | '!'
            | '?'
            | '"'
            | '“'
            | '”'
            | '+'
            | '='
            | '|'
            | '\t'
    )
}

/// Where the words before `at` begin.
fn back(text: &Text, at: usize, least: usize) -> usize {
    let mut start = at;
    while start > least && !is_mark(text.at(start - 1)) {
        start -= 1;
    }
    start
}

fn forth(text: &Text, at: usize, most: usize) -> usize {
    let mut end = at;
    while end < most && !is_mark(text.at(end)) {
        end += 1;
    }
    end
}
