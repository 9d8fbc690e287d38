//! The words that decided a type: what each feature added to the winner over the runner-up, laid out over the characters
//! it was read from and gathered into words as written.

use super::correct::Correction;
use super::feature::Field;
use super::score::{Scorer, Scratch, best};
use super::text::{Evidence, Text};
use index::{Word, segment::whole};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Neighbouring words are told as one phrase up to this many bytes.
const PHRASE: usize = 30;
/// A word joins a phrase when it says at least this share of what the phrase's strongest word says.
const JOINS: f32 = 0.35;
/// What says less than this share of all is not told.
const LEAST: f32 = 0.002;

/// The strongest pieces of `text` for and against its type. `scratch` has read the text; `types` are its probabilities
/// after correction.
pub(crate) fn evidence(
    scorer: &Scorer,
    correction: Option<&Correction>,
    text: &Text<'_>,
    mut types: [f32; 5],
    scratch: &Scratch,
    limit: usize,
) -> Vec<Evidence> {
    let winner = best(&types);
    types[winner] = f32::MIN;
    let other = best(&types);

    let (mut title, mut body) = (Shares::new(text.title), Shares::new(text.body));
    let mut add = |logit: f32, field, span: Range<u32>| match field {
        Field::Title => title.add(logit, span),
        Field::Body => body.add(logit, span),
    };
    scorer.contributions(winner, other, scratch, &mut add);
    if let Some(correction) = correction {
        correction.contributions(text, winner, other, &mut add);
    }
    let total = title.add_up() + body.add_up();

    // A phrase said several times is told once, with its sum.
    let mut sums: FxHashMap<&str, f32> = FxHashMap::default();
    let mut gather = |piece, weight: f32| {
        if weight.abs() > LEAST * total {
            *sums.entry(piece).or_default() += weight;
        }
    };
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

/// What is said at each byte of a text.
struct Shares(Vec<f64>);

impl Shares {
    fn new(text: &str) -> Self {
        Self(vec![0.0; text.len() + 1])
    }

    /// Says `logit` over the bytes of `span`, evenly: written where it begins and where it ends.
    fn add(&mut self, logit: f32, span: Range<u32>) {
        let (start, end) = (span.start as usize, span.end as usize);
        if start < end && end < self.0.len() {
            let share = f64::from(logit) / (end - start) as f64;
            self.0[start] += share;
            self.0[end] -= share;
        }
    }

    /// Turns the beginnings and ends into what is said before each byte; gives all that is said for and against.
    fn add_up(&mut self) -> f32 {
        let (mut share, mut before, mut total) = (0.0, 0.0, 0.0f64);
        for place in &mut self.0 {
            share += *place;
            *place = before;
            before += share;
            total += share.abs();
        }
        total as f32
    }

    /// What is said between two bytes, once added up.
    fn between(&self, start: usize, end: usize) -> Option<f32> {
        Some((self.0.get(end)? - self.0.get(start)?) as f32)
    }
}

/// Words with their sums, neighbours of one mind joined.
fn phrases<'a>(text: &'a str, words: &[Word], shares: &Shares, each: &mut impl FnMut(&'a str, f32)) {
    let mut open: Option<(usize, usize, f32, f32)> = None;
    let mut close = |open: Option<(usize, usize, f32, f32)>| {
        if let Some((start, end, weight, _)) = open
            && let Some(piece) = text.get(start..end)
        {
            each(piece, weight);
        }
    };
    for word in whole(words) {
        let (start, end) = (word.start as usize, word.end as usize);
        let Some(weight) = shares.between(start, end) else {
            continue;
        };
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
