//! The held-back split: whole sources to the test part, and no near-duplicate of a test text in the train part.

use crate::label::error::LabelError;
use crate::label::train::corpus::{Corpus, Example, MIXED};
use crate::label::train::{TrainInput, matrix};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write;

/// Sources held back, by the prefix of their ids: one of two portals of messages, and the officially labelled topics.
const HELD_BACK: [&str; 2] = ["tt:", "t2:"];
/// Of the posts of mixed topics there is one set only, so two in so many parts of it are held back.
const PARTS: u64 = 5;

/// Makes the split file of the texts `input` names: lines `id<TAB>part`. A text of a source that is learnt from is left out
/// of both parts when it nearly equals one that is held back.
///
/// # Errors
/// When a file cannot be read or is not of its form.
pub fn split(input: &TrainInput<'_>) -> Result<String, LabelError> {
    let corpus = Corpus::read(input)?;
    let mut lines = String::from("id\tpart\n");
    for examples in [&corpus.tickets, &corpus.posts] {
        let groups = matrix::groups(examples, input.segmenter);
        let is_held = |example: &Example| {
            HELD_BACK.iter().any(|prefix| example.id.starts_with(prefix))
                || example.id.starts_with(MIXED) && part_of(&example.id) < 2
        };
        let held: FxHashSet<usize> = examples
            .iter()
            .zip(&groups)
            .filter(|(e, _)| is_held(e))
            .map(|(_, group)| *group)
            .collect();
        for (example, group) in examples.iter().zip(&groups) {
            let part = match (is_held(example), held.contains(group)) {
                (true, _) => "test",
                (false, true) => continue,
                (false, false) => "train",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{}\t{part}", example.id);
        }
    }
    Ok(lines)
}

/// A part of [`PARTS`] that depends on the id only.
fn part_of(id: &str) -> u64 {
    let code = id.bytes().fold(0xCBF2_9CE4_8422_2325, |code: u64, byte| {
        (code ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    (code >> 32) % PARTS
}

/// Parts `corpus` as `split` says; texts it does not name are in neither part, our own material is learnt from.
pub(crate) fn parts(corpus: Corpus, split: &str) -> (Corpus, Corpus) {
    let part: FxHashMap<&str, &str> = split.lines().filter_map(|line| line.split_once('\t')).collect();
    let pick = |examples: &[Example], wanted: &str| -> Vec<Example> {
        examples
            .iter()
            .filter(|e| part.get(e.id.as_str()).is_some_and(|p| p.trim() == wanted))
            .cloned()
            .collect()
    };
    let take = |wanted| Corpus {
        tickets: pick(&corpus.tickets, wanted),
        posts: pick(&corpus.posts, wanted),
        material: Vec::new(),
    };
    let (train, test) = (take("train"), take("test"));
    (
        Corpus {
            material: corpus.material,
            ..train
        },
        test,
    )
}
