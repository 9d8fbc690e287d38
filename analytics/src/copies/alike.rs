//! Whether one text is a copy of another, by their prints.

use super::print::{Print, of_level};

/// Longest stretch in which a copy may say something else: this share of the text, or so many characters.
const INNER: (f32, f32) = (0.15, 12.0);
/// The same at the beginning or the end, where letterheads and editors' lines stand.
const OUTER: (f32, f32) = (0.30, 20.0);
/// Share of the shorter length in the longer one when one of them only adds.
const ADDED: f32 = 0.6;
/// Share of a text that must stand in the other when that one only adds.
const WHOLE: f32 = 0.8;
/// Chance below which differing facts are no edits.
const CHANCE: f64 = 0.01;
/// Features that go with a changed fact.
const AROUND: f32 = 4.0;
/// A matching feature makes up for so many that do not: chance matches do not cut a stretch in two.
const MATCH: i32 = 3;

/// How much of either text stands in the other, in 0..=1; `None` when they are no copies. `least` is what is asked for.
pub(crate) fn likeness(a: &Print, b: &Print, least: f32) -> Option<f32> {
    if a.text == b.text {
        return Some(1.0);
    }
    let lengths = (a.length.min(b.length) as f32, a.length.max(b.length) as f32);
    if a.features.is_empty() || b.features.is_empty() || lengths.0 < 0.5 * lengths.1 {
        return None;
    }
    let level = a.level.max(b.level);
    let of_a = Shared::of(a, &Table::of(b, level), level)?;
    // Two that are alike differ less than twofold in length, so little of one is little of both.
    if of_a.share < least / 2.0 {
        return None;
    }
    let of_b = Shared::of(b, &Table::of(a, level), level)?;
    if of_a.tells_more && of_b.tells_more {
        return None;
    }
    let (less, more) = (of_a.share.min(of_b.share), of_a.share.max(of_b.share));
    let adds = more >= WHOLE.max(least) && lengths.0 >= ADDED * lengths.1;
    ((less >= least || adds) && !other_facts(a, b, less)).then_some((less + more) / 2.0)
}

/// Whether the texts name other numbers and places than edits explain: a form filled in anew. Edits hit facts as often as
/// anything else, so of texts of which `share` is the same as much of the facts should be; `true` when so few are by a
/// chance of less than [`CHANCE`].
fn other_facts(a: &Print, b: &Print, share: f32) -> bool {
    let fewer = a.facts.len().min(b.facts.len());
    let shared = a
        .facts
        .iter()
        .filter(|fact| b.facts.binary_search(fact).is_ok())
        .count();
    // What stands around a changed fact has changed with it: that much is explained already.
    let explained = (fewer - shared) as f32 * AROUND / a.length.min(b.length) as f32;
    // The binomial distribution's tail, term by term.
    let share = f64::from(share + explained).clamp(0.01, 0.99);
    let mut term = (1.0 - share).powi(fewer as i32);
    let mut tail = term;
    for count in 0..shared {
        term *= (fewer - count) as f64 / (count + 1) as f64 * share / (1.0 - share);
        tail += term;
    }
    tail < CHANCE
}

/// What of one text stands in another.
struct Shared {
    /// Share of its features.
    share: f32,
    /// A stretch longer than a copy's edits does not.
    tells_more: bool,
}

impl Shared {
    fn of(a: &Print, others: &Table, level: u32) -> Option<Self> {
        let (mut count, mut shared, mut run, mut begin) = (0, 0, 0, 0);
        let (mut longest, mut from, mut to) = (0, 0, 0);
        for feature in a.features.iter().filter(|hash| of_level(**hash, level)) {
            if others.holds(*feature) {
                shared += 1;
                run -= MATCH;
            } else {
                run += 1;
            }
            if run <= 0 {
                (run, begin) = (0, count + 1);
            } else if run > longest {
                (longest, from, to) = (run, begin, count);
            }
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let edge = count / 20;
        let outer = from <= edge || to + edge + 1 >= count;
        let (share, characters) = if outer { OUTER } else { INNER };
        let unit = a.length as f32 / count as f32;
        Some(Self {
            share: shared as f32 / count as f32,
            tells_more: longest as f32 * unit > (share * a.length as f32).max(characters),
        })
    }
}

/// Words of 64 bits in a [`Table`].
const WORDS: usize = 128;

/// The features of a text, one bit each: of 128 features one in sixty-four that are not there seems to be, which changes no
/// judgement, and asking costs a nanosecond where searching costs ten.
struct Table([u64; WORDS]);

impl Table {
    fn of(print: &Print, level: u32) -> Self {
        let mut table = Self([0; WORDS]);
        for hash in print.features.iter().filter(|hash| of_level(**hash, level)) {
            let (word, bit) = Self::place(*hash);
            table.0[word] |= 1 << bit;
        }
        table
    }

    fn holds(&self, hash: u32) -> bool {
        let (word, bit) = Self::place(hash);
        self.0[word] >> bit & 1 == 1
    }

    /// By the low bits: the high ones are what features are chosen by.
    fn place(hash: u32) -> (usize, u32) {
        (hash as usize >> 6 & (WORDS - 1), hash & 63)
    }
}
