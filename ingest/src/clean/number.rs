//! Which runs of digits are personal numbers: check digits, prefixes, dates and the shapes they are written in.
//!
//! Must never depend on the text around a number; that is [`super::mask`]'s matter.

use chrono::{Datelike, NaiveDate};

/// Most digits a personal number can have: `0086` and a 19-digit card stay apart, 19 + a sign of room.
pub(crate) const MOST_DIGITS: usize = 20;

/// A personal number found in the first `groups` groups, its first `prefix` digits being a country or trunk code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) groups: usize,
    pub(crate) prefix: usize,
}

/// What a personal number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mobile,
    /// A landline whose area code has this many digits.
    Landline(usize),
    Identity,
    Bank,
}

impl Kind {
    /// The form people see. What is hidden cannot be computed from what is left: 4 digits of a mobile, all but 2 of a
    /// local number, birth date and serial of an identity card, all but 8 digits of a bank card. Every digit left
    /// touches the stars, by which [`is_masked_form`] knows the form again.
    pub(crate) fn masked(self, digits: &str) -> String {
        let head = |n: usize| digits.get(..n).unwrap_or_default();
        let tail = |n: usize| digits.get(digits.len().saturating_sub(n)..).unwrap_or_default();
        match self {
            Self::Mobile => format!("{}****{}", head(3), tail(4)),
            Self::Landline(area) => format!("{}****{}", head(area), tail(2)),
            Self::Identity => format!("{}{}", head(6), "*".repeat(digits.len().saturating_sub(6))),
            Self::Bank => format!("{}****{}", head(4), tail(4)),
        }
    }
}

/// Whether digits, stars and digits of these lengths are what [`Kind::masked`] writes (a country code may be
/// glued on), or what is left of an e-mail address that began with a digit.
pub(crate) fn is_masked_form(before: usize, stars: usize, after: usize) -> bool {
    match stars {
        4 => (before == 1 && after == 0) || ((3..=7).contains(&before) && (after == 2 || after == 4)),
        9 | 12 => before == 6 && after == 0,
        _ => false,
    }
}

/// The digits that follow each other, separated by a dash, a space or brackets.
pub(crate) struct Groups<'a> {
    /// All digits without separators; an identity card's X is `X`.
    pub(crate) digits: &'a str,
    /// Where each group ends in `digits`.
    pub(crate) ends: &'a [usize],
    /// A `+` stands before them.
    pub(crate) plus: bool,
    /// How many groups stand before the first dot. Past it only `138.0013.8000` counts, for network addresses and
    /// decimals have dots too.
    pub(crate) undotted: usize,
    /// Bank cards count. Not in addresses and ids: one of ten Weibo ids (16 digits from 4…) passes Luhn's check.
    pub(crate) cards: bool,
}

impl Groups<'_> {
    /// The personal number that begins with the first group, the longest first.
    pub(crate) fn find(&self) -> Option<Found> {
        (1..=self.ends.len())
            .rev()
            .find_map(|groups| self.exactly(groups))
    }

    fn exactly(&self, groups: usize) -> Option<Found> {
        let end = *self.ends.get(groups - 1)?;
        // The shortest is a mobile, the longest a card; most groups of digits in a text are dates and amounts.
        if !(11..=19).contains(&end) {
            return None;
        }
        let digits = self.digits.get(..end)?;
        let (prefix, abroad) = country_code(digits, self.plus);
        let rest = &digits[prefix..];
        let sizes = sizes(&self.ends[..groups], prefix);
        let found = |kind, prefix| Some(Found { kind, groups, prefix });
        if groups > self.undotted {
            return (is_mobile(rest) && sizes == [3, 4, 4]).then_some(Found {
                kind: Kind::Mobile,
                groups,
                prefix,
            });
        }
        if is_mobile(rest) && (abroad || mobile_shape(&sizes)) {
            return found(Kind::Mobile, prefix);
        }
        if digits.len() == 12 && groups == 1 && digits.starts_with('0') && is_mobile(&digits[1..]) {
            return found(Kind::Mobile, 1);
        }
        if let Some(area) = area_code(rest, abroad)
            && landline_shape(&sizes, area)
        {
            return found(Kind::Landline(area), prefix);
        }
        let sizes = self::sizes(&self.ends[..groups], 0);
        if is_identity_card(digits) || (is_old_identity_card(digits) && matches!(*sizes, [15] | [6, 6, 3])) {
            return found(Kind::Identity, 0);
        }
        if self.cards && is_bank_card(digits, groups > 1) && bank_shape(&sizes) {
            return found(Kind::Bank, 0);
        }
        None
    }
}

/// Digits of the country code at the front, and whether it is written so that nothing else can be meant.
fn country_code(digits: &str, plus: bool) -> (usize, bool) {
    if digits.starts_with("0086") {
        return (4, true);
    }
    match digits.strip_prefix("86") {
        Some(_) if plus => (2, true),
        // Without a sign only a mobile can follow: a landline after a bare 86 looks like any order number.
        Some(rest) if is_mobile(rest) => (2, false),
        _ => (0, false),
    }
}

/// Sizes of the groups once `prefix` digits are taken from the front.
fn sizes(ends: &[usize], prefix: usize) -> Vec<usize> {
    let mut last = prefix;
    ends.iter()
        .filter(|&&end| end > prefix)
        .map(|&end| end - std::mem::replace(&mut last, end))
        .collect()
}

/// `1[3-9]` and nine more digits.
pub(crate) fn is_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && !digits.ends_with('X'))
}

/// Shapes people write mobiles in; `13 800 138 000` is an amount, and a group of two before long ones a house number.
fn mobile_shape(sizes: &[usize]) -> bool {
    match *sizes {
        [11] => true,
        [1, second, ..] if second > 2 => true,
        [first, ..] if first >= 3 => true,
        _ => sizes.iter().rev().skip(1).all(|&size| size <= 2) && sizes.last().is_some_and(|&size| size <= 3),
    }
}

/// Digits of the area code of a landline: `010`, `02x`, `0[3-9]xx`, and a local number of 7 or 8 digits that begins
/// with 2–8. Short public numbers (12345, 110) and 400/800 numbers have no area code and are nobody's.
fn area_code(digits: &str, abroad: bool) -> Option<usize> {
    let national = digits.strip_prefix('0');
    if national.is_none() && !abroad {
        return None;
    }
    let trunk = usize::from(national.is_some());
    let bytes = national.unwrap_or(digits).as_bytes();
    let (area, locals) = match bytes {
        [b'1', b'0', ..] | [b'2', ..] => (2, 8..=8),
        [b'4' | b'8', b'0', b'0', ..] if trunk == 0 => return None,
        [b'3'..=b'9', ..] => (3, 7..=8),
        _ => return None,
    };
    let local = bytes.get(area..)?;
    let fits = locals.contains(&local.len())
        && matches!(local.first(), Some(b'2'..=b'8'))
        && local.iter().all(u8::is_ascii_digit);
    fits.then_some(area + trunk)
}

/// The area code is a group of its own or all is one run; the local number has at most two groups of three or more.
fn landline_shape(sizes: &[usize], area: usize) -> bool {
    match *sizes {
        [_] => true,
        [first, ref local @ ..] if first == area => {
            matches!(local, [_] | [3 | 4, 4] | [4, 3]) || local.iter().all(|&size| size == 1)
        }
        _ => sizes.iter().all(|&size| size == 1),
    }
}

/// GB 11643: a province, a birth date, and the check digit of ISO 7064 MOD 11-2.
pub(super) fn is_identity_card(digits: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if digits.len() != 18 || !is_province(digits) || !is_birth_date(&digits[6..14]) {
        return false;
    }
    let values = digits
        .bytes()
        .take(17)
        .map(|digit| u32::from(digit.wrapping_sub(b'0')));
    let sum: u32 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    digits.as_bytes()[17] == b"10X98765432"[(sum % 11) as usize]
}

/// The 15-digit cards issued until 1999 have no check digit: a province and a birth date in the 20th century.
fn is_old_identity_card(digits: &str) -> bool {
    digits.len() == 15 && is_province(digits) && is_birth_date(&format!("19{}", &digits[6..12]))
}

fn is_province(digits: &str) -> bool {
    matches!(
        digits.get(..2).and_then(|code| code.parse().ok()),
        Some(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83u32)
    )
}

fn is_birth_date(digits: &str) -> bool {
    NaiveDate::parse_from_str(digits, "%Y%m%d").is_ok_and(|date| (1900..=2099).contains(&date.year()))
}

/// Whether the first six digits of an 11-digit number are a date: hotlines number tickets `YYMMDD` + serial, which
/// in the years 2013–2019 look like mobiles.
pub(crate) fn is_dated(digits: &str) -> bool {
    let date = digits.get(..6).map(|date| format!("20{date}"));
    date.is_some_and(|date| NaiveDate::parse_from_str(&date, "%Y%m%d").is_ok())
}

/// An issuer's prefix with the length its cards have, and Luhn's check digit. The 2221–2720 range of Mastercard
/// counts only when written in groups: hotline numbers of the years 2023–2026 begin so too (`YYMMDD`).
fn is_bank_card(digits: &str, grouped: bool) -> bool {
    let head = |n: usize| {
        digits
            .get(..n)
            .and_then(|head| head.parse::<u32>().ok())
            .unwrap_or(0)
    };
    let issued = match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(2), 30 | 36 | 38),
        15 => matches!(head(2), 34 | 37),
        16 => {
            matches!((head(1), head(2)), (4, _) | (_, 35 | 51..=55 | 60 | 62 | 65))
                || (grouped && (2221..=2720).contains(&head(4)))
        }
        17 | 18 => head(2) == 62,
        19 => matches!(
            (head(1), head(2), head(4)),
            (4, ..) | (_, 60 | 62 | 65, _) | (_, _, 9558 | 9559)
        ),
        _ => false,
    };
    issued && luhn(digits)
}

fn bank_shape(sizes: &[usize]) -> bool {
    match *sizes {
        [_] | [6, _] | [4, 6, 4 | 5] => true,
        [ref fours @ .., last] if fours.iter().all(|&size| size == 4) => last <= 4,
        _ => sizes.iter().all(|&size| size == 1),
    }
}

pub(super) fn luhn(digits: &str) -> bool {
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|digit| u32::from(digit - b'0'))
        .enumerate()
        .map(|(index, digit)| {
            if index % 2 == 0 {
                digit
            } else {
                digit * 2 / 10 + digit * 2 % 10
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
