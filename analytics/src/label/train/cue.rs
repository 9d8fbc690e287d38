//! Words that speak alike. What is learnt about one word of a group holds for the others, also for those no training
//! text holds: other cities use other words for the same wish.

use super::matrix::Factors;
use crate::label::feature::{Part, hash_of};

/// One group a line; a comment above says what the group tells. A word longer than two characters is found where the
/// segmenter makes one word or two of it.
const GROUPS: &str = include_str!("cues.txt");

/// How much one word adds to its group's column, in units of inverse document frequency.
const GAIN: f32 = 4.0;

/// The factors of the groups: one column a group and part.
pub(crate) fn factors(parts: &[Part]) -> Factors {
    let groups: Vec<&str> = GROUPS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .collect();
    let mut factors = Factors {
        columns: groups.len() * parts.len(),
        ..Factors::default()
    };
    for (group, words) in (0u32..).zip(groups) {
        for (at, part) in (0u32..).zip(parts) {
            let zone = part.characters();
            let column = group * parts.len() as u32 + at;
            for hash in words.split_whitespace().filter_map(|word| hash_of(word, zone)) {
                let columns = factors.of.entry(hash).or_default();
                if !columns.iter().any(|(known, _)| *known == column) {
                    columns.push((column, GAIN));
                }
            }
        }
    }
    factors
}
