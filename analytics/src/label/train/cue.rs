//! Words that speak alike. What is learnt about one word of a group holds for the others, also for those no training
//! text holds: other cities use other words for the same wish.

use super::matrix::Factors;
use crate::label::feature::{Zone, hash_of};

/// One group a line; a comment above says what the group tells. A word longer than two characters is found where the
/// segmenter makes one word or two of it.
const GROUPS: &str = include_str!("cues.txt");

/// How much one word adds to its group's column, in units of inverse document frequency.
const GAIN: f32 = 4.0;
/// Where a group is counted; the closing sentence last, because not every model looks there.
const ZONES: [Zone; 3] = [Zone::Anywhere, Zone::Title, Zone::Closing];

/// The factors of the groups: one column a group and zone, that of the closing sentence if `closing` is wanted.
pub(crate) fn factors(closing: bool) -> Factors {
    let zones = if closing { &ZONES[..] } else { &ZONES[..2] };
    let groups: Vec<&str> = GROUPS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .collect();
    let mut factors = Factors {
        columns: groups.len() * zones.len(),
        ..Factors::default()
    };
    for (group, words) in (0u32..).zip(groups) {
        for (at, &zone) in (0u32..).zip(zones) {
            let column = group * zones.len() as u32 + at;
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
