//! What words speak for: fields of the guideline, feelings, deeds. Words of one sign share a weight, so that what is
//! learnt from one holds for all of them, also for those no training text holds.
//!
//! `analytics/models/lexicon.tsv`: lines `word<TAB>fields<TAB>feelings<TAB>deeds`, each of these signs parted by spaces or
//! `-` for none; a sign is one of [`CODES`] and how strongly the word speaks for it, 1 to 3. `#` begins a comment. A word may
//! be two neighbouring ones run together. What the codes mean is told at the head of that file.

use super::lines::{bad, rows};
use super::matrix::Factors;
use crate::label::error::LabelError;
use crate::label::feature::{Part, hash_of};
use rustc_hash::FxHashSet;
use std::path::Path;

/// Codes of fields (a letter for the field, then the concern within it), of feelings and of deeds (a letter alone as a
/// generous reader gave it, with a figure as a strict one did).
const CODES: [&str; 3] = [
    "A1 A2 A3 A4 A5 A6 A7 A8 A9 Aa Ab Ac Ad Ae Af B1 B2 B3 B4 B5 B6 C1 C2 C3 C4 C5 C6 C7 D1 D2 D3 D4 D5 D6 E1 E2 E3 E4 \
     E5 E6 F1 F2 F3 F4 F5 G1 G2 G3 G4 G5 H1 H2 H3 H4 H5 I1 I2 I3 I4 J1 J2 J3 J4 J5 K1 K2 K3 L1 L2 L3 L4 L5 M1 M2 N1 N2 \
     N3 N4 O1 O2 O3 O4",
    "+ a s f n",
    "W D C F H Q S T V R W1 W2 W3 W4 W5 W6 W7 W8 W9 D1 D2 D3 D4 C1 C2 C3 F1 F2 F3 F4 F5 H1 H2 H3 H4 R1 R2 R3 Q1 Q2 Q3 Q4 \
     Q5 S1 S2 S3 S4 T1 T2 V1 V2 V3 J1 J2",
];
/// Which of them each model learns from: type, topic, sentiment.
const OF_MODEL: [usize; 3] = [2, 0, 1];

/// A word, and by kind of sign: place of the sign and its strength.
#[derive(Debug, Clone)]
struct Entry {
    word: String,
    signs: [Vec<(u32, f32)>; 3],
}

/// Signs of words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    entries: Vec<Entry>,
}

impl Lexicon {
    /// Reads the file.
    ///
    /// # Errors
    /// When the file cannot be read or is not of its form.
    pub(crate) fn read(file: &Path) -> Result<Self, LabelError> {
        let mut known = FxHashSet::default();
        let entries = rows(file)?.into_iter().map(|(line, row)| {
            let read = entry(&row).and_then(|entry| {
                let is_new = known.insert(entry.word.clone());
                is_new.then_some(entry).ok_or("word: a second line of this word")
            });
            read.map_err(|reason| bad(file, line, reason))
        });
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// Adds the columns of the model at `place`, one a sign and part; a sign of strength 1 adds `gain`.
    pub(crate) fn add_to(&self, factors: &mut Factors, place: usize, parts: &[Part], gain: f32) {
        let kind = OF_MODEL[place];
        let signs = CODES[kind].split_ascii_whitespace().count();
        for (at, part) in parts.iter().enumerate() {
            let first = (factors.columns + at * signs) as u32;
            let told = self.entries.iter().filter(|entry| !entry.signs[kind].is_empty());
            for entry in told {
                let Some(hash) = hash_of(&entry.word, part.words()) else {
                    continue;
                };
                let columns = factors.of.entry(hash).or_default();
                let signs = entry.signs[kind].iter();
                columns.extend(signs.map(|(sign, strength)| (first + sign, gain * strength)));
            }
        }
        factors.columns += parts.len() * signs;
    }
}

fn entry(row: &str) -> Result<Entry, &'static str> {
    let columns: Vec<&str> = row.split('\t').collect();
    let [word, told @ ..] = &columns[..] else {
        return Err("no word");
    };
    let told: [&str; 3] = told
        .try_into()
        .map_err(|_| "not `word, fields, feelings, deeds` parted by tabs")?;
    let mut signs: [Vec<(u32, f32)>; 3] = Default::default();
    for ((signs, codes), told) in signs.iter_mut().zip(CODES).zip(told) {
        for sign in told.split(' ').filter(|sign| *sign != "-") {
            let strength = sign.chars().next_back().and_then(|digit| digit.to_digit(10));
            let code = sign.get(..sign.len().saturating_sub(1));
            let place = code.and_then(|code| codes.split_ascii_whitespace().position(|known| known == code));
            match (place, strength) {
                (Some(place), Some(strength @ 1..=3)) => signs.push((place as u32, strength as f32)),
                _ => return Err("not a sign of its column with a strength of 1 to 3"),
            }
        }
    }
    Ok(Entry {
        word: (*word).to_owned(),
        signs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::feature::Zone;

    #[test]
    fn words_share_the_columns_of_their_signs_and_broken_lines_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lexicon.tsv");
        std::fs::write(&file, "# words\n路灯\tA83\t-\tF1 F12\n气死\t-\ta3 n1\t-\n").unwrap();
        let lexicon = Lexicon::read(&file).unwrap();
        let mut factors = Factors {
            columns: 10,
            ..Factors::default()
        };
        lexicon.add_to(&mut factors, 1, &[Part::Anywhere, Part::Title], 2.0);
        assert_eq!(factors.columns, 10 + 2 * 82);
        let of = |factors: &Factors, word, zone| factors.of.get(&hash_of(word, zone).unwrap()).cloned();
        assert_eq!(of(&factors, "路灯", Zone::Words), Some(vec![(17, 6.0)]));
        assert_eq!(of(&factors, "路灯", Zone::TitleWords), Some(vec![(99, 6.0)]));
        assert_eq!(of(&factors, "气死", Zone::Words), None);
        let mut factors = Factors::default();
        lexicon.add_to(&mut factors, 2, &[Part::Anywhere], 1.0);
        assert_eq!(of(&factors, "气死", Zone::Words), Some(vec![(1, 3.0), (4, 1.0)]));
        let mut factors = Factors::default();
        lexicon.add_to(&mut factors, 0, &[Part::Anywhere], 1.0);
        assert_eq!(of(&factors, "路灯", Zone::Words), Some(vec![(3, 1.0), (26, 2.0)]));

        for (broken, reason) in [
            ("路灯\tA83\t-", "parted by tabs"),
            ("路灯\tZ13\t-\t-", "not a sign"),
            ("路灯\tA84\t-\t-", "not a sign"),
            ("路灯\tA8\t-\t-", "not a sign"),
            ("路灯\tA8灯\t-\t-", "not a sign"),
            ("路灯\t\t-\t-", "not a sign"),
            ("气死\tA83\t-\t-", "second line of this word"),
        ] {
            std::fs::write(&file, format!("气死\t-\ta3\t-\n{broken}\n")).unwrap();
            let error = Lexicon::read(&file).unwrap_err().to_string();
            assert!(
                error.contains("lexicon.tsv: line 2") && error.contains(reason),
                "{error}"
            );
        }
    }
}
