//! The print of a text: what is kept of it to find its copies, a few hundred bytes whatever its length.

use super::{LEAST, SHORT, text::characters};

/// Characters of a feature. Of two texts with one character in twenty changed in each, 3 of 4 still have theirs.
const FEATURE: usize = 3;
/// Characters of a stretch: long enough that two stories share one only by quoting.
const STRETCH: usize = 8;
/// Features kept of a text, at most about so many.
const FEATURES: usize = 128;
/// Stretches a text is looked up by: those of the smallest hashes, so that copies have the same.
const STRETCHES: usize = 12;
/// Facts kept of a text.
const FACTS: usize = 24;
/// An odd number whose bits look random.
const ODD: u64 = 0xD6E8_FEB8_6659_FD93;

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Print {
    /// Hash of all that is compared: equal for texts that differ in punctuation, width and case only.
    pub(crate) text: u64,
    /// Characters compared.
    pub(crate) length: u32,
    /// Hashes of the stretches it is looked up by; none below [`SHORT`] characters.
    pub(crate) stretches: Vec<u32>,
    /// Hashes of numbers with what they count and of names of places, sorted.
    pub(crate) facts: Vec<u32>,
    /// Features are those whose hash begins with so many zero bits.
    pub(crate) level: u32,
    /// Hashes of features in the order of the text.
    pub(crate) features: Vec<u32>,
}

impl Print {
    /// The print of a post: of its body, or of its title where that is all. `None` when it says too little.
    pub(crate) fn of(title: &str, body: &str) -> Option<Self> {
        let mut characters = characters(body);
        if characters.is_empty() {
            characters = super::text::characters(title);
        }
        if characters.len() < LEAST {
            return None;
        }
        let text = characters.iter().fold(0, |hash: u64, c| {
            (hash.rotate_left(5) ^ u64::from(*c as u32)).wrapping_mul(ODD)
        });
        let text = mixed(text);
        let length = u32::try_from(characters.len()).unwrap_or(u32::MAX);
        if characters.len() < SHORT {
            return Some(Self {
                text,
                length,
                stretches: Vec::new(),
                facts: Vec::new(),
                level: 0,
                features: Vec::new(),
            });
        }
        let mut packed = 0;
        let rolled = characters.iter().map(|c| {
            // 21 bits hold any character, and three of them a feature.
            packed = (packed << 21 | u64::from(*c as u32)) & (u64::MAX >> 1);
            (mixed(packed) >> 32) as u32
        });
        let all: Vec<u32> = rolled.skip(FEATURE - 1).collect();
        let level = (all.len() / FEATURES).checked_ilog2().map_or(0, |log| log + 1);
        Some(Self {
            text,
            length,
            stretches: stretches(&all),
            facts: facts(&characters),
            level,
            features: all.into_iter().filter(|hash| of_level(*hash, level)).collect(),
        })
    }

    /// As bytes, little endian: text, length, level, number of stretches, number of facts, then all hashes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            Vec::with_capacity(16 + 4 * (self.stretches.len() + self.facts.len() + self.features.len()));
        bytes.extend(self.text.to_le_bytes());
        bytes.extend(self.length.to_le_bytes());
        bytes.extend([
            self.level as u8,
            self.stretches.len() as u8,
            self.facts.len() as u8,
            0,
        ]);
        for hash in self.stretches.iter().chain(&self.facts).chain(&self.features) {
            bytes.extend(hash.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Self::bytes`] wrote; `None` for anything else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (head, hashes) = bytes.split_at_checked(16)?;
        let (hashes, rest) = hashes.as_chunks::<4>();
        let mut hashes = hashes.iter().map(|hash| u32::from_le_bytes(*hash));
        let (stretches, facts) = (usize::from(head[13]), usize::from(head[14]));
        if !rest.is_empty() || hashes.len() < stretches + facts {
            return None;
        }
        Some(Self {
            text: u64::from_le_bytes(head[..8].try_into().ok()?),
            length: u32::from_le_bytes(head[8..12].try_into().ok()?),
            level: u32::from(head[12]),
            stretches: hashes.by_ref().take(stretches).collect(),
            facts: hashes.by_ref().take(facts).collect(),
            features: hashes.collect(),
        })
    }
}

/// Whether a feature of this hash is kept at this level.
pub(super) fn of_level(hash: u32, level: u32) -> bool {
    hash.leading_zeros() >= level
}

/// The smallest distinct hashes of the text's stretches, each made of the features that cover it.
fn stretches(features: &[u32]) -> Vec<u32> {
    let mut least: Vec<u32> = Vec::with_capacity(STRETCHES + 1);
    for part in features.windows(STRETCH - FEATURE + 1) {
        // The features are mixed already; one more product is enough.
        let covering = u64::from(part[0]) << 32 ^ u64::from(part[3]) << 16 ^ u64::from(part[5]);
        let hash = (covering.wrapping_mul(ODD) >> 32) as u32;
        if least.len() == STRETCHES && least.last().is_some_and(|last| hash >= *last) {
            continue;
        }
        if let Err(place) = least.binary_search(&hash) {
            least.insert(place, hash);
            least.truncate(STRETCHES);
        }
    }
    least
}

/// Numbers with the character behind them (12路, 260元, 3日), and what ends like the name of a place with the two
/// characters before.
fn facts(characters: &[char]) -> Vec<u32> {
    let mut facts = Vec::new();
    let mut number: Option<u64> = None;
    for (at, c) in characters.iter().enumerate() {
        if c.is_ascii_digit() {
            number = Some(mixed(number.unwrap_or(1) ^ u64::from(*c as u32)));
            continue;
        }
        if let Some(number) = number.take() {
            facts.push((mixed(number ^ u64::from(*c as u32)) >> 32) as u32);
        }
        if at >= 2 && ends_a_place(*c) {
            let packed = characters[at - 2..=at]
                .iter()
                .fold(0, |packed, c| packed << 21 | u64::from(*c as u32));
            facts.push((mixed(packed) >> 32) as u32);
        }
    }
    facts.sort_unstable();
    facts.dedup();
    facts.truncate(FACTS);
    facts
}

/// What the name of a place ends in.
fn ends_a_place(c: char) -> bool {
    matches!(
        c,
        '路' | '街' | '巷' | '弄' | '桥' | '村' | '苑' | '镇' | '乡' | '站' | '校' | '院' | '园' | '厦'
    )
}

/// A full mixing step. Prints are kept, so it must never change without a new version of the ledger.
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 32)).wrapping_mul(ODD);
    x = (x ^ (x >> 32)).wrapping_mul(ODD);
    x ^ (x >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_are_read_as_written_and_bounded() {
        for length in [11, 12, 39, 40, 200, 5000] {
            let text: String = (0..length)
                .map(|n| char::from_u32(0x4E00 + n * n * 7 % 9000).unwrap())
                .collect();
            let Some(print) = Print::of("标题", &text) else {
                assert_eq!(length, 11);
                continue;
            };
            assert_eq!(Print::read(&print.bytes()).as_ref(), Some(&print));
            assert!(print.features.len() <= 2 * FEATURES && print.bytes().len() < 1300);
            assert_eq!(Print::read(&print.bytes()[..15]), None);
        }
    }

    #[test]
    fn a_print_is_what_it_was() {
        // Prints lie in ledgers: this fails when the hash changes, and the ledger's version has to be raised.
        let print = Print::of("", "东门外大街12路公交站牌被撞倒，希望尽快修复。").unwrap();
        assert_eq!(print.length, 21);
        let long = Print::of("", &"东门外大街12路公交站牌被撞倒，希望尽快修复。".repeat(3)).unwrap();
        assert_eq!(
            (print.text, long.text, long.features.len()),
            (5_080_702_629_680_727_975, 15_976_212_568_095_940_273, 61)
        );
    }
}
