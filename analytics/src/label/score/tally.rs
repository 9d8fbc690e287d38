//! What the features of a clause say of its acts, added up.

use crate::label::acts::PerAct;

/// Sums of the acts of a clause. A feature takes a handful of instructions, so that the processor can wait for the memory of
/// many at once: its eight bytes are added as two numbers of four 16-bit parts.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    sums: PerAct<i32>,
    /// Bytes not yet in `sums`, each raised by [`RAISED`]: those of even and of odd places.
    even: u64,
    odd: u64,
    waiting: u32,
    known: u32,
}

/// Makes a byte's weight a number from 0 on.
const RAISED: i32 = 128;
/// [`RAISED`] in every byte.
const RAISE: u64 = 0x8080_8080_8080_8080;
/// The lower byte of every 16 bits.
const EVEN: u64 = 0x00FF_00FF_00FF_00FF;
/// As many bytes as 16 bits can add up.
const FITS: u32 = 257;

impl Tally {
    #[inline(always)]
    pub(super) fn add(&mut self, acts: PerAct<i8>) {
        let bytes = u64::from_le_bytes(acts.map(i8::cast_unsigned));
        self.known += u32::from(bytes != 0);
        let raised = bytes ^ RAISE;
        self.even += raised & EVEN;
        self.odd += raised >> 8 & EVEN;
        self.waiting += 1;
        if self.waiting == FITS {
            *self = Self {
                sums: self.sums(),
                known: self.known,
                ..Self::default()
            };
        }
    }

    pub(super) fn sums(&self) -> PerAct<i32> {
        std::array::from_fn(|act| {
            let waiting = if act % 2 == 0 { self.even } else { self.odd };
            let part = (waiting >> (act / 2 * 16) & 0xFFFF) as i32;
            self.sums[act] + part - RAISED * self.waiting as i32
        })
    }

    /// A length that the sums are measured by: the root of how many features say anything.
    pub(super) fn norm(&self) -> f32 {
        (self.known as f32).sqrt().max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_plain_numbers_however_many() {
        let mut tally = Tally::default();
        let mut plain = [0i32; 8];
        for n in 0..1000i32 {
            let acts: PerAct<i8> = match n % 4 {
                0 => [i8::MIN; 8],
                1 => [i8::MAX; 8],
                2 => [0; 8],
                _ => std::array::from_fn(|act| (n * 37 + act as i32 * 11) as i8),
            };
            tally.add(acts);
            for (sum, act) in plain.iter_mut().zip(acts) {
                *sum += i32::from(act);
            }
            assert_eq!(tally.sums(), plain, "{n}");
        }
        assert_eq!(tally.norm(), 750f32.sqrt());
        assert_eq!(Tally::default().sums(), [0; 8]);
    }
}
