//! Near-duplicates: people send the same letter twice, and the copy must not be on the other side of a split.

use rustc_hash::FxHashMap;

/// Minima of this many hash functions stand for a text, in bands of [`BAND`]; texts that share a band are compared.
const MINIMA: usize = 24;
const BAND: usize = 3;
/// Share of equal minima from which two texts count as one.
const ALIKE: f32 = 0.5;

/// Groups texts by their features.
pub(crate) fn group(texts: &[&[u32]]) -> Vec<usize> {
    let minima: Vec<[u32; MINIMA]> = texts.iter().map(|features| sketch(features)).collect();
    let mut leader: Vec<usize> = (0..texts.len()).collect();
    let mut bands: FxHashMap<(usize, &[u32]), usize> = FxHashMap::default();
    for (text, minima_of) in minima.iter().enumerate() {
        for (band, part) in minima_of.chunks(BAND).enumerate() {
            let first = *bands.entry((band, part)).or_insert(text);
            if first != text && alike(&minima[first], minima_of) {
                let (a, b) = (root(&leader, first), root(&leader, text));
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let name = |minima: &[u32; MINIMA]| {
        minima.iter().fold(0u64, |name, part| {
            u64::from(mixed(name << 32 ^ name ^ u64::from(*part)))
        })
    };
    (0..texts.len())
        .map(|text| name(&minima[root(&leader, text)]) as usize)
        .collect()
}

fn root(leader: &[usize], mut text: usize) -> usize {
    while leader[text] != text {
        text = leader[text];
    }
    text
}

fn alike(a: &[u32; MINIMA], b: &[u32; MINIMA]) -> bool {
    a.iter().zip(b).filter(|(a, b)| a == b).count() as f32 >= ALIKE * MINIMA as f32
}

fn sketch(features: &[u32]) -> [u32; MINIMA] {
    std::array::from_fn(|function| {
        let seed = 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(function as u64 + 1);
        features
            .iter()
            .map(|hash| mixed(u64::from(*hash) ^ seed))
            .min()
            .unwrap_or(u32::MAX)
    })
}

/// A full mixing step: with a mere product the same few features would be smallest under every seed.
fn mixed(mut x: u64) -> u32 {
    x = (x ^ (x >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    x = (x ^ (x >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    (x >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_found_and_others_kept_apart() {
        let one: Vec<u32> = (0..400u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let mut copy = one.clone();
        copy.truncate(370);
        let other: Vec<u32> = (1000..1400u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let groups = group(&[&one, &other, &copy, &[]]);
        assert_eq!(groups[0], groups[2]);
        assert_ne!(groups[0], groups[1]);
        assert_ne!(groups[3], groups[0]);
    }
}
