//! The few features that a table with one place for each cannot hold.

/// The features whose slot another one took, with their rows: each in the first free place from the one its hash names on. Where a
/// search begins can be read ahead for many features at once, which a map of the library does not allow.
pub(super) struct Displaced {
    /// Hash and row, neighbours in memory; a hash is never 0.
    places: Vec<(u32, u32)>,
    shift: u32,
}

impl Displaced {
    pub(super) fn new(features: &[(u32, u32)]) -> Self {
        // Half of the places stay free, so that nearly all searches end where they begin.
        let bits = (features.len() * 2 + 2).next_power_of_two().trailing_zeros();
        let mut displaced = Self {
            places: vec![(0, 0); 1 << bits],
            shift: 32 - bits,
        };
        for (hash, row) in features {
            let place = displaced.place(*hash);
            displaced.places[place] = (*hash, *row);
        }
        displaced
    }

    /// Where the search for a hash begins.
    #[inline(always)]
    fn begin(&self, hash: u32) -> usize {
        // Displaced features share their upper bits with others, so all bits take part.
        (hash.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    /// What is read first to find a hash.
    #[inline(always)]
    pub(super) fn first(&self, hash: u32) -> u64 {
        u64::from(self.places[self.begin(hash)].0)
    }

    /// Where a hash is, or the free place where it would be.
    #[inline(always)]
    fn place(&self, hash: u32) -> usize {
        let mut place = self.begin(hash);
        while self.places[place].0 != hash && self.places[place].0 != 0 {
            place = (place + 1) & (self.places.len() - 1);
        }
        place
    }

    /// The row of a feature that is here.
    #[inline(always)]
    pub(super) fn row(&self, hash: u32) -> Option<u32> {
        let (found, row) = self.places[self.place(hash)];
        (found != 0).then_some(row)
    }
}
