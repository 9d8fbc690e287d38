//! Which features of a text are known, and in which row.

use super::displaced::Displaced;
use crate::label::feature::{Field, Kind, Part, Sink, Zone, extract_parts, hash_of_letter};
use crate::label::text::Text;
use std::hint::black_box;
use std::ops::Range;

/// Finds the rows of features.
///
/// Of 2,000 features of a ticket about half are known. A look-up that branches on that waits for memory each time the
/// processor guesses wrong, so a feature passes without a branch through a bit map that fits the inner caches, then the one
/// slot of the table where it can be; only where another feature took its slot is it searched for. Single characters, a third
/// of all features, are nearly all known, and few of them make most of a text: they have a table of their own.
pub(super) struct Known {
    /// The row of each single character anywhere in a text, by its code; [`NOWHERE`] where it is not known.
    letters: Vec<u32>,
    /// A bit for the upper [`SIEVE_BITS`] bits of each known hash.
    sieve: Vec<u64>,
    /// By the upper bits of the hash: [`TAKEN`], the row, and the hash's lower bits, which make the match exact.
    slots: Vec<u32>,
    /// How many lower bits a slot holds.
    shift: u32,
    /// Rows of those whose slot an earlier one took.
    displaced: Displaced,
}

const SIEVE_BITS: u32 = 21;
const TAKEN: u32 = 1 << 31;
const NOWHERE: u32 = u32::MAX;

/// What is kept of a feature: a number, its hash and then its row, and whatever else its reader needs of it.
pub(super) trait Feature: Copy {
    fn number(&self) -> u32;
    /// The same feature with its row for a number.
    fn in_row(self, row: u32) -> Self;
}

impl Known {
    /// Features in the order of their rows; earlier ones are found faster.
    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u32>) -> Self {
        // Twice as many slots as rows: row, lower bits and mark are then 32 bits together, however many rows there are.
        let bits = (hashes.len() * 2)
            .max(16)
            .next_power_of_two()
            .trailing_zeros()
            .min(31);
        let shift = 32 - bits;
        let mut known = Self {
            letters: Vec::new(),
            sieve: vec![0; 1 << (SIEVE_BITS - 6)],
            slots: vec![0; 1 << bits],
            shift,
            displaced: Displaced::new(&[]),
        };
        let mut displaced = Vec::new();
        for (row, hash) in (0u32..).zip(hashes) {
            let bit = hash >> (32 - SIEVE_BITS);
            known.sieve[bit as usize / 64] |= 1 << (bit % 64);
            let slot = &mut known.slots[(hash >> shift) as usize];
            if *slot == 0 {
                *slot = TAKEN | row << shift | hash & ((1 << shift) - 1);
            } else {
                displaced.push((hash, row));
            }
        }
        known.displaced = Displaced::new(&displaced);
        let row_of = |code| known.row(hash_of_letter(code, Zone::Anywhere)).unwrap_or(NOWHERE);
        known.letters = (0..=u16::MAX).map(row_of).collect();
        known
    }

    /// The known features of `parts` of `text` with their rows, in no order but this: of the same feature the first comes first.
    /// `found` takes them; `sought` is working memory.
    #[inline(always)]
    pub(super) fn read<T: Feature>(
        &self,
        text: &Text<'_>,
        parts: &[Part],
        place: impl FnMut(u32, Kind, Field, Range<u32>) -> T,
        found: &mut Vec<T>,
        sought: &mut Vec<T>,
    ) {
        found.clear();
        sought.clear();
        let mut reading = Reading {
            letters: &self.letters,
            place,
            found,
            sought,
        };
        extract_parts(text, parts, &mut reading);
        self.find(sought, found);
    }

    /// Adds those of `sought` that are known to `found`, with their rows in place of their hashes; `sought` is used up.
    #[inline(always)]
    fn find<T: Feature>(&self, sought: &mut Vec<T>, found: &mut Vec<T>) {
        touch(sought, |feature| {
            self.sieve[(feature.number() >> (32 - SIEVE_BITS)) as usize / 64]
        });
        keep(sought, |feature| self.may_hold(feature.number()));
        touch(sought, |feature| {
            u64::from(self.slots[(feature.number() >> self.shift) as usize])
        });
        found.reserve(sought.len());
        let mut displaced = 0;
        for at in 0..sought.len() {
            let feature = sought[at];
            match self.slot(feature.number()) {
                Slot::Its(row) => found.push(feature.in_row(row)),
                Slot::Free => {}
                Slot::Other => {
                    sought[displaced] = feature;
                    displaced += 1;
                }
            }
        }
        sought.truncate(displaced);
        touch(sought, |feature| self.displaced.first(feature.number()));
        keep(sought, |feature| {
            let row = self.displaced.row(feature.number());
            *feature = feature.in_row(row.unwrap_or(NOWHERE));
            row.is_some()
        });
        found.extend_from_slice(sought);
    }

    /// Whether a feature may be known; `false` is sure.
    #[inline(always)]
    fn may_hold(&self, hash: u32) -> bool {
        let bit = hash >> (32 - SIEVE_BITS);
        self.sieve[bit as usize / 64] >> (bit % 64) & 1 != 0
    }

    /// What the slot of a feature holds.
    #[inline(always)]
    fn slot(&self, hash: u32) -> Slot {
        let slot = self.slots[(hash >> self.shift) as usize];
        if slot == 0 {
            Slot::Free
        } else if (slot ^ hash) & ((1 << self.shift) - 1) == 0 {
            Slot::Its((slot & !TAKEN) >> self.shift)
        } else {
            Slot::Other
        }
    }

    /// The row of a feature.
    fn row(&self, hash: u32) -> Option<u32> {
        match self.slot(hash) {
            Slot::Its(row) => Some(row),
            Slot::Free => None,
            Slot::Other => self.displaced.row(hash),
        }
    }
}

/// What the one slot where a feature can be holds.
enum Slot {
    /// Its row.
    Its(u32),
    Free,
    /// Another feature.
    Other,
}

/// Parts the features of a text: single characters are found at once, the others have to be looked for.
struct Reading<'a, T, F> {
    letters: &'a [u32],
    place: F,
    found: &'a mut Vec<T>,
    sought: &'a mut Vec<T>,
}

impl<T, F: FnMut(u32, Kind, Field, Range<u32>) -> T> Sink for Reading<'_, T, F> {
    #[inline(always)]
    fn feature(&mut self, hash: u32, kind: Kind, field: Field, span: Range<u32>) {
        self.sought.push((self.place)(hash, kind, field, span));
    }

    #[inline(always)]
    fn letter(&mut self, code: u16, zone: Zone, field: Field, span: Range<u32>) {
        if zone != Zone::Anywhere {
            self.feature(hash_of_letter(code, zone), Kind::Plain(zone), field, span);
            return;
        }
        let row = self.letters[usize::from(code)];
        if row != NOWHERE {
            self.found.push((self.place)(row, Kind::Plain(zone), field, span));
        }
    }
}

/// Reads of each item's memory before it is worked on. So short a loop waits for many reads at once; the work itself is long
/// enough for a few only.
#[inline(always)]
pub(super) fn touch<T>(items: &[T], read: impl Fn(&T) -> u64) {
    let all = items.iter().fold(0, |all, item| all ^ read(item));
    black_box(all);
}

/// Keeps the items that `is_kept` takes, without a branch on it.
#[inline(always)]
pub(super) fn keep<T: Copy>(items: &mut Vec<T>, mut is_kept: impl FnMut(&mut T) -> bool) {
    let mut kept = 0;
    for at in 0..items.len() {
        let mut item = items[at];
        let keeps = is_kept(&mut item);
        items[kept] = item;
        kept += usize::from(keeps);
    }
    items.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::feature::{PARTS, extract};
    use crate::label::text::Words;

    #[test]
    fn every_feature_is_found_in_its_row_and_no_other() {
        // Many of one slot, the ends of the range, and neighbours in the lower bits.
        let mut hashes: Vec<u32> = (0..40).map(|low| 0x7000_0000 | low).collect();
        hashes.extend([1, 2, u32::MAX, u32::MAX - 1, 0x8000_0000]);
        hashes.extend((1..2000u32).map(|n| n.wrapping_mul(0x9E37_79B9)));
        hashes.sort_unstable();
        hashes.dedup();
        let known = Known::new(hashes.iter().copied());
        for (row, hash) in (0u32..).zip(&hashes) {
            assert!(known.may_hold(*hash));
            assert_eq!(known.row(*hash), Some(row));
        }
        for stranger in (0..5000u32).map(|n| n.wrapping_mul(0x85EB_CA6B).wrapping_add(7)) {
            if hashes.binary_search(&stranger).is_err() {
                assert_eq!(known.row(stranger), None, "{stranger}");
            }
        }
        let none = Known::new([].into_iter());
        assert!(!none.may_hold(5) && none.row(5).is_none());
    }

    #[test]
    fn a_text_gives_each_known_feature_in_its_row_as_often_as_it_stands_there() {
        let words = Words::of(
            &index::Segmenter::new("").unwrap(),
            "路灯坏了",
            "路灯不亮，谁来修路灯？A3区",
        );
        let text = words.text("路灯坏了", "路灯不亮，谁来修路灯？A3区");
        let mut hashes = Vec::new();
        extract(&text, &mut |hash, _: Kind, _: Field, _: Range<u32>| {
            hashes.push(hash)
        });
        // Every other feature is known, and so many strangers that some features are displaced.
        let mut known: Vec<u32> = hashes.iter().copied().step_by(2).collect();
        known.extend(known.clone().iter().flat_map(|hash| [hash ^ 8, hash ^ 16]));
        known.sort_unstable();
        known.dedup();
        let known = Known::new(known.into_iter());
        let mut rows: Vec<u32> = hashes.iter().filter_map(|hash| known.row(*hash)).collect();
        let (mut found, mut sought) = (vec![7], vec![7]);
        let number = |number, _: Kind, _: Field, _: Range<u32>| number;
        known.read(&text, &PARTS, number, &mut found, &mut sought);
        rows.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, rows);
        assert!(!found.is_empty() && found.len() < hashes.len());
    }
}
