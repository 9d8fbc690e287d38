//! What a post says without words: Latin letters, emoticons, runs of punctuation, its length and its ends.
//!
//! Only the sentiment learns from these: in tickets Latin letters and numbers are codes of places.

use index::segment::is_letter_or_digit;
use std::ops::Range;

/// Longest name of an emoticon, `[允悲]`, in characters.
const EMOTICON: usize = 6;
/// Longer runs of a character tell no more.
const RUN: u64 = 4;
/// Buckets of length and of counts end here, about 130 characters: a post is no longer, and a ticket is read as a long one.
const LONGEST: u64 = 14;

/// Kinds of mark; the number keeps equal codes of different kinds apart.
#[derive(Clone, Copy)]
enum Mark {
    Latin = 1,
    Number,
    Emoticon,
    Punctuation,
    Length,
    First,
    Last,
    Pauses,
    Numbers,
    Repost,
}

impl Mark {
    const fn code(self, value: u64) -> u64 {
        (self as u64) << 56 ^ value
    }
}

/// Reports every mark of `text` with the bytes it was read from.
pub(crate) fn marks(text: &str, each: &mut impl FnMut(u64, Range<u32>)) {
    let (Some(first), Some(last)) = (text.chars().next(), text.trim_end().chars().next_back()) else {
        return;
    };
    let whole = 0..text.len() as u32;
    let (mut pauses, mut numbers, mut characters) = (0u64, 0u64, 0u64);
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        characters += 1;
        if is_ideograph(c) && !matches!(c, '哈' | '啊' | '呜' | '嘿' | '嘻') {
            continue;
        }
        let mut end = start + c.len_utf8();
        let same: fn(char, char) -> bool = match c {
            _ if c.is_ascii_alphabetic() => |_, d| d.is_ascii_alphabetic(),
            _ if c.is_ascii_digit() => |_, d| d.is_ascii_digit(),
            _ => |c, d| c == d,
        };
        // A run as a number: a character more than twice in a row is the same excitement as twice.
        let (mut value, mut length, mut before, mut times) = (letter(c), 1u64, letter(c), 1u32);
        while let Some((at, d)) = rest.next_if(|(_, d)| same(c, *d)) {
            characters += 1;
            length += 1;
            end = at + d.len_utf8();
            let d = letter(d);
            times = if d == before { times + 1 } else { 1 };
            before = d;
            if times <= 2 {
                value = (value.wrapping_mul(0x0100_0000_01B3) ^ d) & !(0xFF << 56);
            }
        }
        let span = start as u32..end as u32;
        match c {
            _ if c.is_ascii_alphabetic() => each(Mark::Latin.code(value), span),
            _ if c.is_ascii_digit() => {
                numbers += 1;
                each(Mark::Number.code(if length < 4 { value } else { 0 }), span);
            }
            '[' if length == 1 => {
                if let Some(name) = emoticon(&text[end..]) {
                    let code = name.chars().fold(0u64, |code, c| {
                        (code.wrapping_mul(0x0100_0000_01B3) ^ u64::from(c)) & !(0xFF << 56)
                    });
                    each(
                        Mark::Emoticon.code(code),
                        start as u32..(end + name.len() + 1) as u32,
                    );
                }
            }
            _ if c.is_whitespace() || is_letter_or_digit(c) && !is_ideograph(c) => {}
            _ => {
                if matches!(c, '，' | '。' | ',' | ';' | '；' | '、') {
                    pauses += length;
                }
                each(Mark::Punctuation.code(u64::from(c) << 8 | length.min(RUN)), span);
            }
        }
    }
    let ends = |c: char| if is_ideograph(c) { 0 } else { u64::from(c) };
    let bucket = u64::from((characters + 1).pow(2).ilog2());
    each(Mark::Length.code(bucket.min(LONGEST)), whole.clone());
    each(Mark::First.code(ends(first)), whole.clone());
    each(Mark::Last.code(ends(last)), whole.clone());
    each(Mark::Pauses.code(pauses.min(LONGEST)), whole.clone());
    each(Mark::Numbers.code(numbers.min(RUN)), whole.clone());
    if text.match_indices('@').any(|(at, _)| text[..at].ends_with("//")) {
        each(Mark::Repost.code(0), whole);
    }
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

fn letter(c: char) -> u64 {
    u64::from(c.to_ascii_lowercase())
}

/// The name of an emoticon whose bracket was just opened.
fn emoticon(rest: &str) -> Option<&str> {
    let end = rest
        .char_indices()
        .take(EMOTICON + 1)
        .find(|(_, c)| matches!(c, '[' | ']'))?;
    (end.1 == ']' && end.0 > 0).then(|| &rest[..end.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(u64, &str)> {
        let mut seen = Vec::new();
        marks(text, &mut |code, span| {
            seen.push((code, &text[span.start as usize..span.end as usize]));
        });
        seen
    }

    #[test]
    fn emoticons_letters_and_punctuation_are_marks() {
        let found = seen("今天[泪]OMG！！！[不是表情因为太长了]");
        for piece in ["[泪]", "OMG", "！！！"] {
            assert!(found.iter().any(|(_, text)| *text == piece), "{piece}");
        }
        assert!(
            !found.iter().any(|(_, text)| text.starts_with("[不是")),
            "too long for one"
        );
        assert!(seen("").is_empty());
    }

    #[test]
    fn long_runs_and_case_are_one() {
        let codes = |text: &str| {
            seen(text)
                .iter()
                .map(|(code, _)| *code)
                .take(1)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("hhhh"), codes("HHH"));
        assert_ne!(codes("omg"), codes("ok"));
        assert_eq!(codes("！！！！"), codes("！！！！！！！"));
        assert_ne!(codes("！"), codes("！！"));
    }
}
