//! The words that decided a type: what each feature added to the winner over the runner-up, laid out over the characters
//! it was read from and gathered into words as written.

use super::correct::Correction;
use super::feature::Field;
use super::score::{Scorer, Scratch, best};
use super::text::{Evidence, Text};
use index::Segmented;
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
    let mut pieces = phrases(text.title, text.title_words, &title);
    pieces.extend(phrases(text.body, text.body_words, &body));
    gather(&mut pieces);
    pieces.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    pieces.truncate(limit);
    if total > 0.0 {
        pieces.iter_mut().for_each(|piece| piece.weight /= total);
    }
    pieces
}

/// Words with their sums, neighbours of one mind joined.
fn phrases(text: &str, words: &Segmented, shares: &[f32]) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    let mut open: Option<(usize, usize, f32, f32)> = None;
    let mut close = |open: Option<(usize, usize, f32, f32)>| {
        if let Some((start, end, weight, _)) = open
            && weight != 0.0
            && let Some(piece) = text.get(start..end)
        {
            found.push(Evidence {
                text: piece.to_owned(),
                weight,
            });
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
    found
}

/// A phrase said several times is told once, with its sum.
fn gather(pieces: &mut Vec<Evidence>) {
    pieces.sort_by(|a, b| a.text.cmp(&b.text));
    pieces.dedup_by(|later, earlier| {
        let same = later.text == earlier.text;
        if same {
            earlier.weight += later.weight;
        }
        same
    });
}
