//! The words that decided a type: what each feature added to the winner over the runner-up, laid out over the characters
//! it was read from and gathered into words as written.

use super::correct::Correction;
use super::feature::Field;
use super::score::{Scorer, Scratch, best};
use super::text::{Evidence, Text};
use index::Segmented;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Neighbouring words are told as one phrase up to this many bytes.
const PHRASE: usize = 30;
/// A word joins a phrase when it says at least this share of what the phrase's strongest word says.
const JOINS: f32 = 0.35;

/// The strongest pieces of `text` for and against its type. `scratch` has read the text; `types` are its probabilities
/// after correction.
pub(crate) fn evidence(
    scorer: &Scorer,
    correction: Option<&Correction>,
    text: &Text<'_>,
    mut types: [f32; 5],
    scratch: &mut Scratch,
    limit: usize,
) -> Vec<Evidence> {
    let winner = best(&types);
    types[winner] = f32::MIN;
    let other = best(&types);

    let mut title = vec![0.0f32; text.title.len()];
    let mut body = vec![0.0f32; text.body.len()];
    let mut add = |logit: f32, field, span: Range<u32>| {
        let bytes = match field {
            Field::Title => &mut title,
            Field::Body => &mut body,
        };
        if let Some(bytes) = bytes.get_mut(span.start as usize..span.end as usize) {
            let share = logit / bytes.len().max(1) as f32;
            bytes.iter_mut().for_each(|byte| *byte += share);
        }
    };
    scorer.contributions(winner, other, scratch, &mut add);
    if let Some(correction) = correction {
        correction.contributions(text, winner, other, &mut add);
    }

    let total: f32 = title.iter().chain(&body).map(|share| share.abs()).sum();
    // A phrase said several times is told once, with its sum.
    let mut sums: FxHashMap<&str, f32> = FxHashMap::default();
    let mut gather = |piece, weight| *sums.entry(piece).or_default() += weight;
    phrases(text.title, text.title_words, &title, &mut gather);
    phrases(text.body, text.body_words, &body, &mut gather);
    let mut pieces: Vec<(&str, f32)> = sums.into_iter().collect();
    let stronger = |a: &(&str, f32), b: &(&str, f32)| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(b.0));
    if pieces.len() > limit {
        pieces.select_nth_unstable_by(limit, stronger);
        pieces.truncate(limit);
    }
    pieces.sort_unstable_by(stronger);
    let share = if total > 0.0 { total } else { 1.0 };
    let told = pieces.into_iter().map(|(text, weight)| Evidence {
        text: text.to_owned(),
        weight: weight / share,
    });
    told.collect()
}

/// Words with their sums, neighbours of one mind joined.
fn phrases<'a>(text: &'a str, words: &Segmented, shares: &[f32], each: &mut impl FnMut(&'a str, f32)) {
    let mut open: Option<(usize, usize, f32, f32)> = None;
    let mut close = |open: Option<(usize, usize, f32, f32)>| {
        if let Some((start, end, weight, _)) = open
            && weight != 0.0
            && let Some(piece) = text.get(start..end)
        {
            each(piece, weight);
        }
    };
    let mut next = 0;
    for word in &words.words {
        let (start, end) = ((word.start as usize).max(next), word.end as usize);
        let Some(bytes) = shares.get(start..end).filter(|bytes| !bytes.is_empty()) else {
            continue;
        };
        next = end;
        let weight: f32 = bytes.iter().sum();
        match &mut open {
            Some((first, last, sum, peak))
                if *last == start
                    && end - *first <= PHRASE
                    && sum.signum() == weight.signum()
                    && weight.abs() >= JOINS * *peak
                    && *peak >= JOINS * weight.abs() =>
            {
                *last = end;
                *sum += weight;
                *peak = peak.max(weight.abs());
            }
            _ => close(open.replace((start, end, weight, weight.abs()))),
        }
    }
    close(open);
}
