//! Finds personal numbers and addresses in a text as written and hides them.
//!
//! Mobile and landline numbers, identity cards, bank cards and e-mail addresses, in plain, spaced, hyphenated,
//! bracketed and full-width spellings. Ordinary numbers stay: digits inside a longer run or glued to letters (`GX2016…`),
//! amounts (`15000000000元`, decimals), dates, service numbers. Where a spelling could be either, it is hidden.
//!
//! Must never change anything else, and masking twice is masking once.

use super::{
    fold::Folded,
    mail::{Mail, mails},
    number::{Found, Groups, Kind, MOST_DIGITS, is_masked_form},
};
use std::{borrow::Cow, ops::Range};

/// Letters that may stand right before a number without making it part of a code.
const CONTACT_WORDS: [&[u8]; 19] = [
    b"tel",
    b"phone",
    b"telephone",
    b"mobile",
    b"mob",
    b"cell",
    b"call",
    b"fax",
    b"wx",
    b"vx",
    b"v",
    b"wechat",
    b"weixin",
    b"qq",
    b"sfz",
    b"card",
    b"sms",
    b"dianhua",
    b"shouji",
];

/// Chinese words that make a number of 7 or 8 digits a landline without area code.
const LANDLINE_WORDS: [&str; 5] = ["电话", "座机", "固话", "电话号码", "座机号"];

/// Units and currency signs that make a number an amount.
const AMOUNT_AFTER: [&str; 7] = ["元", "万", "亿", "%", "％", "美元", "人民币"];
const AMOUNT_BEFORE: [&str; 5] = ["¥", "￥", "$", "€", "人民币"];

/// One thing to hide: where it is written and what is shown instead.
struct Hidden {
    span: Range<usize>,
    masked: String,
}

/// The text with every personal number and e-mail address hidden; borrowed when there is none.
pub fn mask(text: &str) -> Cow<'_, str> {
    hide(text, find(text, true))
}

/// As [`mask`] for a link or an id, where digits that happen to pass for a bank card are none.
pub(crate) fn mask_id(text: &str) -> Cow<'_, str> {
    hide(text, find(text, false))
}

fn hide(text: &str, hidden: Vec<Hidden>) -> Cow<'_, str> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for Hidden { span, masked: form } in hidden {
        masked.push_str(&text[done..span.start]);
        masked.push_str(&form);
        done = span.end;
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// The first phone number in a text: its digits without country code, and its masked form.
pub(crate) fn first_phone(text: &str) -> Option<(String, String)> {
    let scan = Scan {
        text,
        folded: Folded::new(text),
        cards: false,
    };
    let mut at = 0;
    while at < scan.folded.bytes().len() {
        let run = scan.run(at);
        if let Some(run) = run {
            if let Some(found) = run.groups().find()
                && matches!(found.kind, Kind::Mobile | Kind::Landline(_))
            {
                let digits = run.digits[found.prefix..run.ends[found.groups - 1]].to_owned();
                let masked = found.kind.masked(&digits);
                return Some((digits, masked));
            }
            at = run.first_end();
        } else {
            at += 1;
        }
    }
    None
}

fn find(text: &str, cards: bool) -> Vec<Hidden> {
    if !may_hold(text.as_bytes()) {
        return Vec::new();
    }
    let scan = Scan {
        text,
        folded: Folded::new(text),
        cards,
    };
    let mails = mails(scan.folded.bytes());
    let mut hidden = Vec::new();
    let mut coming = mails.iter().peekable();
    let mut at = 0;
    while at < scan.folded.bytes().len() {
        if let Some(mail) = coming.next_if(|mail| mail.local.start <= at) {
            if mail.local.start == at {
                hidden.push(scan.hide_mail(mail));
                at = mail.end;
            }
            continue;
        }
        if !scan.folded.at(at).is_ascii_digit() {
            at += 1;
            continue;
        }
        let limit = coming.peek().map_or(usize::MAX, |mail| mail.local.start);
        at = match scan.number(at, limit) {
            Step::Hide(form, next) => {
                hidden.push(form);
                next
            }
            Step::Skip(next) => next.max(at + 1),
        };
    }
    hidden
}

/// Whether a text can hold anything to hide: a digit or `@`, plain or in a form that folds to one. Most text of most
/// posts ends here, so it looks at bytes.
fn may_hold(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().any(|(index, &byte)| match byte {
        b'0'..=b'9' | b'@' => true,
        // Full-width forms: EF BC 90…99 are digits, EF BC A0 is ＠, EF B9 AB is ﹫.
        0xef => match bytes.get(index + 1..index + 3) {
            Some([0xbc, third]) => (0x90..=0x99).contains(third) || *third == 0xa0,
            Some([0xb9, third]) => *third == 0xab,
            _ => false,
        },
        // Mathematical digits: F0 9D 9F 8E…BF.
        0xf0 => matches!(bytes.get(index + 1..index + 3), Some([0x9d, 0x9f])),
        _ => false,
    })
}

enum Step {
    Hide(Hidden, usize),
    Skip(usize),
}

struct Scan<'a> {
    text: &'a str,
    folded: Folded,
    cards: bool,
}

/// Groups of digits from one place on, as far as a number can reach.
struct Run {
    digits: String,
    ends: Vec<usize>,
    /// Where each group stands in the folded text.
    places: Vec<Range<usize>>,
    plus: bool,
    undotted: usize,
    cards: bool,
}

impl Run {
    fn groups(&self) -> Groups<'_> {
        Groups {
            digits: &self.digits,
            ends: &self.ends,
            plus: self.plus,
            undotted: self.undotted,
            cards: self.cards,
        }
    }

    fn first_end(&self) -> usize {
        self.places.first().map_or(0, |place| place.end)
    }

    /// Keeps the first `groups` groups.
    fn cut(&mut self, groups: usize) {
        self.places.truncate(groups);
        self.ends.truncate(groups);
        self.digits.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Folded place of the digit `index`.
    fn place(&self, index: usize) -> usize {
        let group = self.ends.iter().position(|&end| index < end).unwrap_or(0);
        let before = if group == 0 { 0 } else { self.ends[group - 1] };
        self.places[group].start + index - before
    }
}

impl Scan<'_> {
    /// The groups of digits that begin at `at`, if a group begins there.
    fn run(&self, at: usize) -> Option<Run> {
        let folded = &self.folded;
        if !folded.at(at).is_ascii_digit() || (at > 0 && folded.at(at - 1).is_ascii_digit()) {
            return None;
        }
        let plus = self.before(at, |byte| matches!(byte, b'+'));
        let mut run = Run {
            digits: String::new(),
            ends: Vec::new(),
            places: Vec::new(),
            plus,
            undotted: usize::MAX,
            cards: self.cards,
        };
        let mut start = at;
        loop {
            let mut end = start;
            while folded.at(end).is_ascii_digit() {
                // A run longer than any number is measured, not kept.
                if end - start <= MOST_DIGITS {
                    run.digits.push(folded.at(end) as char);
                }
                end += 1;
            }
            // The last sign of an identity card.
            if folded.at(end) == b'x' && run.digits.len() == 17 && !folded.at(end + 1).is_ascii_alphanumeric()
            {
                run.digits.push('X');
                end += 1;
            }
            run.ends.push(run.digits.len());
            run.places.push(start..end);
            if run.digits.len() >= MOST_DIGITS {
                return Some(run);
            }
            let mut next = end;
            while next - end < 4 && matches!(folded.at(next), b' ' | b'-' | b'(' | b')') {
                next += 1;
            }
            if next == end && folded.at(end) == b'.' {
                run.undotted = run.undotted.min(run.ends.len());
                next += 1;
            }
            let lone_x = folded.at(next) == b'x' && next > end && run.digits.len() == 17;
            if next == end || next - end > 3 || !(folded.at(next).is_ascii_digit() || lone_x) {
                return Some(run);
            }
            start = next;
        }
    }

    /// Whether the nearest byte before `at`, brackets and spaces aside, is such a one.
    fn before(&self, at: usize, is: impl Fn(u8) -> bool) -> bool {
        let mut at = at;
        while at > 0 && matches!(self.folded.at(at - 1), b'(' | b' ') {
            at -= 1;
        }
        at > 0 && is(self.folded.at(at - 1))
    }

    /// What stands at the group of digits that begins at `at`.
    fn number(&self, at: usize, limit: usize) -> Step {
        let Some(mut run) = self.run(at) else {
            return Step::Skip(at + 1);
        };
        let first_end = run.first_end();
        if let Some(next) = self.skip_masked(at, first_end) {
            return Step::Skip(next);
        }
        // A group that is part of a masked form or of an e-mail address is no part of a number.
        let keep = run
            .places
            .iter()
            .take_while(|place| place.end <= limit && self.skip_masked(place.start, place.end).is_none())
            .count();
        run.cut(keep);
        if keep == 0 || !self.may_begin(at) {
            return Step::Skip(first_end);
        }
        loop {
            let found = match run.groups().find() {
                Some(found) => found,
                None => match self.bare_landline(&run) {
                    Some(found) => found,
                    None => return Step::Skip(first_end),
                },
            };
            if self.may_end(run.places[found.groups - 1].end) {
                return self.hide(&run, found);
            }
            // `13800138000 2.5`: the longest did not end well, a shorter one may.
            if found.groups == 1 {
                return Step::Skip(first_end);
            }
            run.cut(found.groups - 1);
        }
    }

    fn hide(&self, run: &Run, found: Found) -> Step {
        let end = run.ends[found.groups - 1];
        let mut start = run.place(found.prefix);
        let next = run.places[found.groups - 1].end;
        // `(0531)8234…`: the bracket opened before the number closes inside it.
        let inside = &self.folded.bytes()[start..next];
        if inside.contains(&b')') && !inside.contains(&b'(') && start > 0 && self.folded.at(start - 1) == b'('
        {
            start -= 1;
        }
        let masked = found.kind.masked(&run.digits[found.prefix..end]);
        Step::Hide(
            Hidden {
                span: self.folded.start(start)..self.folded.start(next),
                masked,
            },
            next,
        )
    }

    /// The end of a masked form that begins with the group `start..end`.
    fn skip_masked(&self, start: usize, end: usize) -> Option<usize> {
        let count =
            |from: usize, is: fn(u8) -> bool| (from..).take_while(|&at| is(self.folded.at(at))).count();
        let stars = count(end, |byte| byte == b'*');
        if stars == 0 {
            return None;
        }
        let after = count(end + stars, |byte| byte.is_ascii_digit());
        is_masked_form(end - start, stars, after).then_some(end + stars + after)
    }

    /// Whether a number may begin at `at`: not in a decimal, a code of letters and digits, or an amount.
    fn may_begin(&self, at: usize) -> bool {
        let bytes = &self.folded.bytes()[..at];
        match bytes.last() {
            Some(b'.') if self.in_decimal(bytes) => false,
            Some(b'*') if bytes.ends_with(b"****") && count_digits(&self.folded, at) <= 4 => false,
            Some(b'a'..=b'z') => {
                let letters = bytes
                    .iter()
                    .rev()
                    .take_while(|byte| byte.is_ascii_lowercase())
                    .count();
                let word = &bytes[bytes.len() - letters..];
                let before = bytes
                    .len()
                    .checked_sub(letters + 1)
                    .and_then(|index| bytes.get(index));
                CONTACT_WORDS.contains(&word) && !before.is_some_and(u8::is_ascii_digit)
            }
            _ => {
                let text = self.text[..self.folded.start(at)].trim_end();
                !AMOUNT_BEFORE.iter().any(|sign| text.ends_with(sign))
            }
        }
    }

    /// Whether a text that ends in a dot ends in the whole part of a decimal. `1.` is more often a list's mark.
    fn in_decimal(&self, bytes: &[u8]) -> bool {
        let whole = bytes
            .iter()
            .rev()
            .skip(1)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        whole > 1 || (whole == 1 && bytes[bytes.len() - 2] == b'0')
    }

    /// Whether a number may end before `at`.
    fn may_end(&self, at: usize) -> bool {
        match self.folded.at(at) {
            b'.' => !self.folded.at(at + 1).is_ascii_digit(),
            b'a'..=b'z' => {
                let letters = self.folded.bytes()[at..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_lowercase())
                    .count();
                !self.folded.at(at + letters).is_ascii_digit()
            }
            _ => {
                let text = self.text[self.folded.start(at)..].trim_start();
                !AMOUNT_AFTER.iter().any(|unit| text.starts_with(unit))
            }
        }
    }

    /// A local number after a word that says it is one: `电话：82345678`.
    fn bare_landline(&self, run: &Run) -> Option<Found> {
        let digits = &run.digits[..*run.ends.first()?];
        let dated =
            digits.len() == 8 && super::number::is_dated(digits.get(2..)?) && digits.starts_with("20");
        if !matches!(digits.len(), 7 | 8) || !matches!(digits.as_bytes()[0], b'2'..=b'8') || dated {
            return None;
        }
        let before = self.text[..self.folded.start(run.places[0].start)]
            .trim_end_matches([' ', '\u{3000}', ':', '：', '是', '为', '(', '（']);
        let said = LANDLINE_WORDS.iter().any(|word| before.ends_with(word))
            || before
                .len()
                .checked_sub(3)
                .and_then(|cut| before.get(cut..))
                .is_some_and(|word| word.eq_ignore_ascii_case("tel"));
        said.then_some(Found {
            kind: Kind::Landline(0),
            groups: 1,
            prefix: 0,
        })
    }
}

impl Scan<'_> {
    fn hide_mail(&self, mail: &Mail) -> Hidden {
        let span = self.folded.start(mail.local.start)..self.folded.start(mail.local.end);
        let first = &self.text[span.start..self.folded.start(mail.local.start + 1)];
        Hidden {
            masked: format!("{first}****"),
            span,
        }
    }
}

fn count_digits(folded: &Folded, at: usize) -> usize {
    folded.bytes()[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
