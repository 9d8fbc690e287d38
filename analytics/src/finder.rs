//! Finding the words of a list in texts that hold few of them.
//!
//! An automaton takes a step for each byte of a text. Nearly nowhere in a text can a word of the list begin, and two
//! characters tell: they are looked up in a small bit map, and the automaton reads only what follows where the bit is set.

use aho_corasick::{AhoCorasick, BuildError, Input, Match, MatchKind};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A list of words, none empty, ready to be found; the same matches as by its automaton alone.
pub(crate) struct Finder {
    automaton: AhoCorasick,
    /// A bit for each beginning of a word.
    sieve: Vec<u64>,
    /// Brings a hash into the sieve.
    shift: u32,
    /// By the beginning of a word, how many bytes the longest such word has.
    reach: FxHashMap<u64, usize>,
    /// Whether some words are shorter than [`LONG`].
    has_short: bool,
    /// How many bytes the longest of the words shorter than [`SHORT`] has, 0 where there is none; these may begin anywhere.
    anywhere: usize,
}

/// Bytes that a word is known by: two ideographs, or one for a shorter word.
const LONG: usize = 6;
const SHORT: usize = 3;
/// Bits of the sieve for each word, so that few places look like the beginning of a word and are none.
const BITS: usize = 64;

impl Finder {
    /// Numbers the `words` in their order; `kind` says which of several that overlap is found.
    pub(crate) fn new<'a>(
        kind: MatchKind,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, BuildError> {
        let words: Vec<&str> = words.into_iter().collect();
        let mut builder = AhoCorasick::builder();
        // A prefilter takes long to make and passes over long texts, not over the few bytes read here.
        builder.match_kind(kind).prefilter(false);
        let bits = (words.len() * BITS).next_power_of_two().max(64);
        let mut finder = Self {
            automaton: builder.build(&words)?,
            sieve: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
            reach: FxHashMap::default(),
            has_short: words.iter().any(|word| word.len() < LONG),
            anywhere: 0,
        };
        for word in words {
            if word.len() < SHORT {
                finder.anywhere = finder.anywhere.max(word.len());
                continue;
            }
            let bytes = if word.len() < LONG { SHORT } else { LONG };
            let begins = beginning(eight(word.as_bytes(), 0), bytes);
            let bit = finder.bit(begins);
            finder.sieve[bit / 64] |= 1 << (bit % 64);
            let reach = finder.reach.entry(begins).or_default();
            *reach = word.len().max(*reach);
        }
        Ok(finder)
    }

    /// The words in `text`, none within another.
    pub(crate) fn find_iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Match> + 'a {
        self.stretches(text, 0)
            .flat_map(move |stretch| self.automaton.find_iter(Input::new(text).range(stretch)))
    }

    /// All words in `text`, also those within others, by their ends; for lists of [`MatchKind::Standard`].
    pub(crate) fn find_overlapping_iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Match> + 'a {
        self.stretches(text, 0).flat_map(move |stretch| {
            self.automaton
                .find_overlapping_iter(Input::new(text).range(stretch))
        })
    }

    /// The first word from the byte `from` on, where a character begins.
    pub(crate) fn find(&self, text: &str, from: usize) -> Option<Match> {
        self.stretches(text, from)
            .find_map(|stretch| self.automaton.find(Input::new(text).range(stretch)))
    }

    /// The parts of `text` that words can lie in: no word begins outside them or goes on beyond the end of one.
    fn stretches<'a>(&'a self, text: &'a str, from: usize) -> Stretches<'a> {
        Stretches {
            finder: self,
            text: text.as_bytes(),
            at: from,
        }
    }

    #[inline(always)]
    fn bit(&self, begins: u64) -> usize {
        (begins.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// The first place from `at` on where a word may begin, and how many bytes it has at most.
    fn beginning(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        if self.anywhere > 0 {
            return (at < text.len()).then(|| (at, self.reach(eight(text, at))));
        }
        if self.has_short {
            self.sieved::<true>(text, at)
        } else {
            self.sieved::<false>(text, at)
        }
    }

    /// [`Self::beginning`] of lists with and without short words: nearly all of a text is passed over here.
    fn sieved<const HAS_SHORT: bool>(&self, text: &[u8], mut at: usize) -> Option<(usize, usize)> {
        while at < text.len() {
            let eight = eight(text, at);
            let may_begin = self.may_begin(eight, LONG) | (HAS_SHORT && self.may_begin(eight, SHORT));
            if may_begin {
                let reach = self.reach(eight);
                if reach > 0 {
                    return Some((at, reach));
                }
            }
            at += width(eight as u8);
        }
        None
    }

    /// Whether the bit of a beginning of so many bytes is set.
    #[inline(always)]
    fn may_begin(&self, eight: u64, bytes: usize) -> bool {
        let bit = self.bit(beginning(eight, bytes));
        self.sieve[bit / 64] >> (bit % 64) & 1 != 0
    }

    /// How many bytes a word that begins with these has at most; 0 where no word does.
    fn reach(&self, eight: u64) -> usize {
        let reach = |bytes| match self.may_begin(eight, bytes) {
            true => self
                .reach
                .get(&beginning(eight, bytes))
                .copied()
                .unwrap_or_default(),
            false => 0,
        };
        reach(LONG).max(reach(SHORT)).max(self.anywhere)
    }
}

/// See [`Finder::stretches`].
struct Stretches<'a> {
    finder: &'a Finder,
    text: &'a [u8],
    /// Where the next character begins.
    at: usize,
}

impl Iterator for Stretches<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let (finder, text) = (self.finder, self.text);
        let (start, mut reach) = finder.beginning(text, self.at)?;
        let mut end = text.len().min(start + reach);
        self.at = start + width(text[start]);
        // Words may begin within it and go on beyond it.
        while self.at < end {
            reach = finder.reach(eight(text, self.at));
            end = text.len().min(self.at + reach).max(end);
            self.at += width(text[self.at]);
        }
        Some(start..end)
    }
}

/// Eight bytes from `at` on, zeros where the text ends.
#[inline(always)]
fn eight(text: &[u8], at: usize) -> u64 {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => (0..8).fold(0, |eight, place| {
            eight | u64::from(text.get(at + place).copied().unwrap_or(0)) << (8 * place)
        }),
    }
}

/// The first of eight bytes alone, as the upper ones of a little-endian number: how many they are is told by the zeros.
#[inline(always)]
const fn beginning(eight: u64, bytes: usize) -> u64 {
    eight << (64 - 8 * bytes)
}

/// Bytes of the character that begins with `first`.
#[inline(always)]
fn width(first: u8) -> usize {
    // A branch that is nearly always guessed right does not wait for the byte.
    if first & 0xF0 == 0xE0 {
        3
    } else {
        rarer_width(first)
    }
}

#[cold]
#[inline(never)]
fn rarer_width(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xC0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_the_automaton_alone_finds(
            words in prop::collection::vec("[ab路灯坏é😀]{1,5}", 0..8),
            text in "[abc路灯坏了修é😀]{0,60}",
            longest in any::<bool>(),
        ) {
            let kind = if longest { MatchKind::LeftmostLongest } else { MatchKind::Standard };
            let finder = Finder::new(kind, words.iter().map(String::as_str)).unwrap();
            let plain = AhoCorasick::builder().match_kind(kind).build(&words).unwrap();
            prop_assert!(finder.find_iter(&text).eq(plain.find_iter(&text)));
            for (from, _) in text.char_indices() {
                let first = plain.find(Input::new(&text).range(from..));
                prop_assert_eq!(finder.find(&text, from), first);
            }
            if !longest {
                prop_assert!(finder.find_overlapping_iter(&text).eq(plain.find_overlapping_iter(&text)));
            }
        }
    }

    #[test]
    fn reads_only_where_a_word_may_begin() {
        let finder = Finder::new(MatchKind::Standard, ["有限公司", "厂"]).unwrap();
        let text = "路灯坏了，有限公司没人修，工厂";
        let stretches: Vec<&str> = finder.stretches(text, 0).map(|stretch| &text[stretch]).collect();
        assert_eq!(stretches, ["有限公司", "厂"]);
    }
}
