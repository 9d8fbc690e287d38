//! Numbers as bulletins write them: `1,760`, `１７６０`, `7.25万`, `一千七百六十`.

use super::text::Text;

/// More digits than any count of tickets has; longer runs are account or document numbers.
const LONGEST: usize = 12;

/// A decimal as written, so that its precision is not lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    /// All digits, without the point.
    pub(super) digits: u128,
    /// How many of them stand after the point.
    pub(super) places: u32,
}

/// A number in a text, with the ten thousands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) decimal: Decimal,
    /// 1, or 10,000 for 万 and so on.
    pub(super) times: u128,
    /// Where it ends.
    pub(super) end: usize,
    /// Written in Chinese numerals.
    pub(super) chinese: bool,
}

impl Number {
    /// The value in whole units; `None` for a fraction of one.
    pub(super) fn value(&self) -> Option<u128> {
        let scale = 10u128.checked_pow(self.decimal.places)?;
        let product = self.decimal.digits.checked_mul(self.times)?;
        product.is_multiple_of(scale).then_some(product / scale)
    }

    /// What the last digit stands for, in whole units: 100 for `7.25万`.
    pub(super) fn step(&self) -> u128 {
        let scale = 10u128.checked_pow(self.decimal.places).unwrap_or(u128::MAX);
        (self.times / scale).max(1)
    }
}

/// Reads the number that begins at `at`.
pub(super) fn read(text: &Text, at: usize) -> Option<Number> {
    let (decimal, end, chinese) = match arabic(text, at) {
        Some((decimal, end)) => (decimal, end, false),
        None => chinese(text, at).map(|(decimal, end)| (decimal, end, true))?,
    };
    let (times, end) = multiplier(text, end);
    Some(Number {
        decimal,
        times,
        end,
        chinese,
    })
}

fn multiplier(text: &Text, end: usize) -> (u128, usize) {
    let at = text.past_blanks(end);
    match text.at(at) {
        '亿' => (100_000_000, at + 1),
        '万' if text.at(at + 1) == '亿' => (1_000_000_000_000, at + 2),
        '万' => (10_000, at + 1),
        '千' => (1_000, at + 1),
        '百' if text.at(at + 1) != '分' => (100, at + 1),
        _ => (1, end),
    }
}

/// Digits with or without thousands grouped, and a decimal part.
pub(super) fn arabic(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let digits = |mut at: usize| {
        while text.at(at).is_ascii_digit() {
            at += 1;
        }
        at
    };
    let mut end = digits(at);
    if end == at {
        return None;
    }
    let mut all = text.folded(at, end);
    if all.len() <= 3 && !all.starts_with('0') {
        while matches!(text.at(end), ',' | '，' | '\'' | '’') && digits(end + 1) == end + 4 {
            all.push_str(&text.folded(end + 1, end + 4));
            end += 4;
        }
    }
    let mut places = 0;
    if text.at(end) == '.' && text.at(end + 1).is_ascii_digit() {
        let last = digits(end + 1);
        places = u32::try_from(last - end - 1).ok()?;
        all.push_str(&text.folded(end + 1, last));
        end = last;
        // A version or an address, no number.
        if text.at(end) == '.' && text.at(end + 1).is_ascii_digit() {
            return None;
        }
    }
    let digits = (all.len() <= LONGEST).then(|| all.parse().ok()).flatten()?;
    Some((Decimal { digits, places }, end))
}

/// The digit a Chinese numeral stands for.
fn digit(c: char) -> Option<u128> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// `一千七百六十`, `一七六〇`, `九十八点七五`. 万 and 亿 behind it are the caller's, but within it (`一万二千`) they are read.
pub(super) fn chinese(text: &Text, at: usize) -> Option<(Decimal, usize)> {
    let (mut whole, mut section, mut held) = (0u128, 0u128, None::<u128>);
    let (mut row, mut units, mut end) = (String::new(), false, at);
    loop {
        let c = text.at(end);
        if let Some(value) = digit(c) {
            row.push_str(&value.to_string());
            held = Some(value);
        } else if let Some(times) = [
            ('十', 10),
            ('拾', 10),
            ('百', 100),
            ('佰', 100),
            ('千', 1000),
            ('仟', 1000),
        ]
        .into_iter()
        .find_map(|(unit, times)| (unit == c).then_some(times))
        {
            if c == '百' && text.at(end + 1) == '分' {
                break;
            }
            section += held.take().unwrap_or(1) * times;
            units = true;
        } else if matches!(c, '万' | '亿') && end > at && next_is_numeral(text, end + 1) {
            section += held.take().unwrap_or(0);
            whole = (whole + section) * if c == '万' { 10_000 } else { 100_000_000 };
            section = 0;
            units = true;
        } else {
            break;
        }
        if row.len() > LONGEST {
            return None;
        }
        end += 1;
    }
    if end == at {
        return None;
    }
    let mut digits = if units {
        whole + section + held.unwrap_or(0)
    } else {
        row.parse().ok()?
    };
    let mut places = 0;
    if text.at(end) == '点' && digit(text.at(end + 1)).is_some() {
        let mut next = end + 1;
        while let Some(value) = digit(text.at(next)).filter(|_| places < 6) {
            digits = digits * 10 + value;
            places += 1;
            next += 1;
        }
        end = next;
    }
    Some((Decimal { digits, places }, end))
}

fn next_is_numeral(text: &Text, at: usize) -> bool {
    let c = text.at(at);
    digit(c).is_some() || matches!(c, '十' | '拾' | '百' | '千')
}
