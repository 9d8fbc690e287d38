//! Which features are known, and in which row.

use rustc_hash::FxHashMap;
use std::hint::black_box;

/// Finds the rows of features.
///
/// Of 2,000 features of a ticket about half are known. A look-up that branches on that waits for memory each time the
/// processor guesses wrong, so a feature passes without a branch through a bit map that fits the inner caches, then the one
/// slot of the table where it can be; only where another feature took its slot is it searched for.
pub(super) struct Known {
    /// A bit for the upper [`SIEVE_BITS`] bits of each known hash.
    sieve: Vec<u64>,
    /// By the upper bits of the hash: [`TAKEN`], the row, and the hash's lower bits, which make the match exact.
    slots: Vec<u32>,
    /// How many lower bits a slot holds.
    shift: u32,
    /// Rows of those whose slot an earlier one took.
    displaced: FxHashMap<u32, u32>,
}

const SIEVE_BITS: u32 = 22;
const TAKEN: u32 = 1 << 31;

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
            sieve: vec![0; 1 << (SIEVE_BITS - 6)],
            slots: vec![0; 1 << bits],
            shift,
            displaced: FxHashMap::default(),
        };
        for (row, hash) in (0u32..).zip(hashes) {
            let bit = hash >> (32 - SIEVE_BITS);
            known.sieve[bit as usize / 64] |= 1 << (bit % 64);
            let slot = &mut known.slots[(hash >> shift) as usize];
            if *slot == 0 {
                *slot = TAKEN | row << shift | hash & ((1 << shift) - 1);
            } else {
                known.displaced.insert(hash, row);
            }
        }
        known
    }

    /// Turns the hash of each item into its row; drops the items that are not known.
    #[inline(always)]
    pub(super) fn find<T: Copy>(
        &self,
        items: &mut Vec<T>,
        hash: impl Fn(&T) -> u32,
        mut become_row: impl FnMut(&mut T, u32),
    ) {
        touch(items, |item| {
            self.sieve[(hash(item) >> (32 - SIEVE_BITS)) as usize / 64]
        });
        keep(items, |item| self.may_hold(hash(item)));
        touch(items, |item| {
            u64::from(self.slots[(hash(item) >> self.shift) as usize])
        });
        keep(items, |item| {
            let (row, is_known) = self.row(hash(item));
            become_row(item, row);
            is_known
        });
    }

    /// Whether a feature may be known; `false` is sure.
    #[inline(always)]
    fn may_hold(&self, hash: u32) -> bool {
        let bit = hash >> (32 - SIEVE_BITS);
        self.sieve[bit as usize / 64] >> (bit % 64) & 1 != 0
    }

    /// The row of a feature, and whether it is known at all.
    #[inline(always)]
    fn row(&self, hash: u32) -> (u32, bool) {
        let slot = self.slots[(hash >> self.shift) as usize];
        let here = (slot ^ hash) & ((1 << self.shift) - 1) == 0;
        if slot != 0 && !here {
            return match self.displaced.get(&hash) {
                Some(row) => (*row, true),
                None => (0, false),
            };
        }
        ((slot & !TAKEN) >> self.shift, slot != 0)
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
            assert_eq!(known.row(*hash), (row, true));
        }
        for stranger in (0..5000u32).map(|n| n.wrapping_mul(0x85EB_CA6B).wrapping_add(7)) {
            if hashes.binary_search(&stranger).is_err() {
                assert!(!known.row(stranger).1, "{stranger}");
            }
        }
        let none = Known::new([].into_iter());
        assert!(!none.may_hold(5) && !none.row(5).1);
    }
}
