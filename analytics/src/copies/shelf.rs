//! The founders of the windows at work, found by their stretches.
//!
//! Founders are taken in and given back in the order of [`Place`], like a stack: what comes late is put in its place by
//! giving back what stands behind it. A window that is not in memory is read from the ledger when it is asked for.

use super::Print;
use rustc_hash::{FxHashMap, FxHashSet};

/// Windows held in memory; the one asked for longest ago goes first. Three are needed at once.
pub(crate) const SHELVES: usize = 6;
/// Founders of one window that a stretch finds. More than these, judged different stories already, make it boilerplate,
/// and it finds none.
const COMMON: usize = 6;

/// Where a post stands among all: when it was first seen (milliseconds since 1970), then its id's first bytes.
pub(crate) type Place = (i64, i64);

/// A post that is no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Founder {
    /// Where it stands.
    pub(crate) place: Place,
    /// Its row.
    pub(crate) post: i64,
}

/// The windows in memory.
#[derive(Debug, Default)]
pub(crate) struct Shelves {
    shelves: FxHashMap<i64, (u64, Shelf)>,
    asked: u64,
}

#[derive(Debug, Default)]
struct Shelf {
    founders: Vec<Taken>,
    texts: FxHashMap<u64, u32>,
    stretches: FxHashMap<u32, Found>,
}

/// A founder with what it was entered under.
#[derive(Debug)]
struct Taken {
    founder: Founder,
    text: u64,
    stretches: Box<[u32]>,
}

/// The founders with a stretch: how many, and the first of them. Without a heap of its own: there are a dozen a founder.
#[derive(Debug, Default)]
struct Found {
    count: u32,
    first: [u32; COMMON],
}

impl Found {
    /// The founders, unless they are too many.
    fn founders(&self) -> &[u32] {
        self.first.get(..self.count as usize).unwrap_or_default()
    }
}

impl Shelves {
    /// Whether a window is in memory.
    pub(crate) fn holds(&self, window: i64) -> bool {
        self.shelves.contains_key(&window)
    }

    /// Makes room for a window and takes its founders, in order of place.
    pub(crate) fn read(&mut self, window: i64, founders: impl IntoIterator<Item = (Founder, Print)>) {
        while self.shelves.len() >= SHELVES {
            let oldest = self.shelves.iter().min_by_key(|(_, (asked, _))| *asked);
            let Some(oldest) = oldest.map(|(window, _)| *window) else {
                break;
            };
            self.shelves.remove(&oldest);
        }
        self.asked += 1;
        self.shelves.insert(window, (self.asked, Shelf::default()));
        for (founder, print) in founders {
            self.take(window, founder, &print);
        }
    }

    /// Adds a founder that stands behind all others. Its window must be held.
    pub(crate) fn take(&mut self, window: i64, founder: Founder, print: &Print) {
        if let Some((_, shelf)) = self.shelves.get_mut(&window) {
            shelf.take(founder, print);
        }
    }

    /// Gives back all founders from `place` on.
    pub(crate) fn rewind(&mut self, place: Place) {
        for (_, shelf) in self.shelves.values_mut() {
            while shelf
                .founders
                .last()
                .is_some_and(|last| last.founder.place >= place)
            {
                shelf.give_back();
            }
        }
    }

    /// The founders a text may be a copy of, in order of place: one of the very same text alone where there is one.
    pub(crate) fn candidates(&mut self, windows: [i64; 3], print: &Print) -> Vec<Founder> {
        self.asked += 1;
        let mut same: Vec<Founder> = Vec::new();
        let mut found: Vec<Founder> = Vec::new();
        for window in windows {
            let Some((asked, shelf)) = self.shelves.get_mut(&window) else {
                continue;
            };
            *asked = self.asked;
            same.extend(shelf.texts.get(&print.text).map(|place| shelf.founder(*place)));
            let mut places: FxHashSet<u32> = FxHashSet::default();
            for stretch in &print.stretches {
                if let Some(of) = shelf.stretches.get(stretch) {
                    places.extend(of.founders());
                }
            }
            found.extend(places.into_iter().map(|place| shelf.founder(place)));
        }
        let mut founders = if same.is_empty() { found } else { same };
        founders.sort_unstable_by_key(|founder| founder.place);
        founders
    }

    /// How many founders are in memory.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.shelves.values().map(|(_, shelf)| shelf.founders.len()).sum()
    }
}

impl Shelf {
    fn founder(&self, place: u32) -> Founder {
        self.founders[place as usize].founder
    }

    fn take(&mut self, founder: Founder, print: &Print) {
        let place = self.founders.len() as u32;
        // Founders of one text are windows apart, or one would be a copy of the other.
        self.texts.entry(print.text).or_insert(place);
        for stretch in &print.stretches {
            let of = self.stretches.entry(*stretch).or_default();
            if let Some(free) = of.first.get_mut(of.count as usize) {
                *free = place;
            }
            of.count += 1;
        }
        self.founders.push(Taken {
            founder,
            text: print.text,
            stretches: print.stretches.clone().into_boxed_slice(),
        });
    }

    fn give_back(&mut self) {
        let Some(Taken { text, stretches, .. }) = self.founders.pop() else {
            return;
        };
        let place = self.founders.len() as u32;
        if self.texts.get(&text) == Some(&place) {
            self.texts.remove(&text);
        }
        for stretch in &stretches {
            let Some(of) = self.stretches.get_mut(stretch) else {
                continue;
            };
            of.count -= 1;
            if of.count == 0 {
                self.stretches.remove(stretch);
            }
        }
    }
}
