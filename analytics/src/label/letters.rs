//! A text folded once for all that is read from it: one number a character, with the bytes it stands for.
//!
//! Width, case, runs of digits and of Latin letters are folded away, white space is left out. Sums along the text give the
//! hash of any stretch in one step.

use std::ops::Range;

/// A folded character, or one mark for a run of digits and Latin letters.
#[derive(Clone, Copy)]
pub(super) struct Letter {
    pub(super) code: u16,
    /// First byte in the text.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
}

/// A run of letters as a number: that of two runs together follows from those of each.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) code: u64,
    pub(super) length: u32,
}

const BASE: u64 = 0x9E6C_63D0_876A_68E5;

/// Powers of [`BASE`] for the lengths words have.
const POWERS: [u64; 32] = {
    let mut powers = [1; 32];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = BASE.wrapping_mul(powers[at - 1]);
        at += 1;
    }
    powers
};

fn power(length: u32) -> u64 {
    match POWERS.get(length as usize) {
        Some(power) => *power,
        None => BASE.wrapping_pow(length),
    }
}

impl Run {
    /// The code of both runs as one.
    pub(super) fn then(self, next: Self) -> u64 {
        self.code.wrapping_mul(power(next.length)).wrapping_add(next.code)
    }
}

/// A folded text.
pub(super) struct Letters {
    letters: Vec<Letter>,
    /// The code of the first n letters, for each n.
    sums: Vec<u64>,
}

impl Letters {
    /// Folds a text.
    pub(super) fn of(text: &str) -> Self {
        Self::of_part(text, 0..text.len())
    }

    /// Folds a part of a text by itself; the letters' bytes are those of the whole text.
    pub(super) fn of_part(text: &str, part: Range<usize>) -> Self {
        let slice = text.get(part.clone()).unwrap_or_default();
        let mut letters = Vec::with_capacity(slice.len() / 3 + 1);
        let mut sums = Vec::with_capacity(letters.capacity() + 1);
        let mut sum = 0u64;
        sums.push(sum);
        let mut rest = slice.char_indices().peekable();
        while let Some((at, character)) = rest.next() {
            let mut code = fold(character);
            if code == SKIP {
                continue;
            }
            let mut end = at + character.len_utf8();
            if code == DIGITS || code == LETTERS {
                // One mark for a whole run: `A3`, `2019`, `138****5678` say nothing that holds in another city.
                while let Some((next, following)) =
                    rest.next_if(|(_, c)| matches!(fold(*c), DIGITS | LETTERS))
                {
                    code = code.max(fold(following));
                    end = next + following.len_utf8();
                }
            }
            letters.push(Letter {
                code,
                start: (part.start + at) as u32,
                end: (part.start + end) as u32,
            });
            sum = sum.wrapping_mul(BASE).wrapping_add(u64::from(code));
            sums.push(sum);
        }
        Self { letters, sums }
    }

    /// All letters.
    pub(super) fn all(&self) -> &[Letter] {
        &self.letters
    }

    /// The letters of some bytes of the text; `None` when a letter lies across their border.
    pub(super) fn within(&self, bytes: &Range<usize>) -> Option<&[Letter]> {
        let from = self
            .letters
            .partition_point(|letter| letter.end as usize <= bytes.start);
        let to = self
            .letters
            .partition_point(|letter| (letter.start as usize) < bytes.end);
        let part = self.letters.get(from..to)?;
        let inside = part
            .first()
            .is_none_or(|first| first.start as usize >= bytes.start)
            && part.last().is_none_or(|last| last.end as usize <= bytes.end);
        inside.then_some(part)
    }

    /// The whole text as one run.
    pub(super) fn run(&self) -> Run {
        self.between(0, self.letters.len())
    }

    fn between(&self, from: usize, to: usize) -> Run {
        let length = (to - from) as u32;
        let before = self.sums[from].wrapping_mul(power(length));
        Run {
            code: self.sums[to].wrapping_sub(before),
            length,
        }
    }

    /// Reads words nearly from left to right.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { letters: self, at: 0 }
    }
}

/// Reads words nearly from left to right: the short words inside a long one may come before it.
pub(super) struct Reader<'a> {
    letters: &'a Letters,
    /// The first letter that does not end before the word read last.
    at: usize,
}

impl Reader<'_> {
    /// The run of the word at some bytes; `None` when a letter lies across their border.
    #[inline]
    pub(super) fn run(&mut self, bytes: &Range<u32>) -> Option<Run> {
        let letters = &self.letters.letters;
        while self.at > 0 && letters[self.at - 1].end > bytes.start {
            self.at -= 1;
        }
        while letters
            .get(self.at)
            .is_some_and(|letter| letter.end <= bytes.start)
        {
            self.at += 1;
        }
        let mut to = self.at;
        while letters.get(to).is_some_and(|letter| letter.start < bytes.end) {
            to += 1;
        }
        let part = letters.get(self.at..to)?;
        let inside = part.first().is_none_or(|first| first.start >= bytes.start)
            && part.last().is_none_or(|last| last.end <= bytes.end);
        inside.then(|| self.letters.between(self.at, to))
    }
}

const SKIP: u16 = 0;
const DIGITS: u16 = b'0' as u16;
const LETTERS: u16 = b'a' as u16;

fn fold(character: char) -> u16 {
    match character {
        // Almost every character of a ticket.
        '\u{4E00}'..='\u{9FFF}' => character as u16,
        '0'..='9' | '０'..='９' => DIGITS,
        // `_` holds together what Excel leaves of a carriage return, `_x000D_`.
        'a'..='z' | 'A'..='Z' | '_' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => LETTERS,
        '*' | '＊' => DIGITS,
        // Other full-width forms of ASCII.
        '！'..='～' => (character as u32 - 0xFEE0) as u16,
        '。' => b'.' as u16,
        '、' => b',' as u16,
        _ if character.is_whitespace() || character.is_control() => SKIP,
        // Beyond the basic plane (emoji, rare ideographs): into the private area, so that a code stays 16 bits wide.
        _ => u16::try_from(character as u32).unwrap_or(0xE000 | (character as u32 & 0x0FFF) as u16),
    }
}
