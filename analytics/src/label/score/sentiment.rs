//! The sentiment by itself, for streams of posts of which nothing else is asked: short rows of its own.

use super::known::{Feature, Known, keep, touch};
use super::probability::{norm_of, probabilities, sentiments};
use crate::label::feature::{Field, Kind, Part};
use crate::label::text::{EMOTIONS, Text};
use crate::label::weights::{Calibration, SENTIMENT, Weights};
use std::ops::Range;

/// Weights of the sentiment ready for look-up.
pub(crate) struct SentimentScorer {
    calibration: Calibration,
    known: Known,
    rows: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Row {
    weights: [i8; EMOTIONS.len()],
    norm: u8,
}

/// Working memory of one thread.
pub(crate) struct SentimentScratch {
    /// One bit a row: a feature counts once a text.
    seen: Vec<u64>,
    /// The rows of the known features, then each once.
    hits: Vec<u32>,
    /// Features that are looked for.
    sought: Vec<u32>,
}

impl Feature for u32 {
    fn number(&self) -> u32 {
        *self
    }

    fn in_row(self, row: u32) -> Self {
        row
    }
}

impl SentimentScorer {
    pub(crate) fn new(weights: &Weights) -> Self {
        let row = |id: usize| {
            let weights_of = &weights.rows[id][SENTIMENT];
            Row {
                weights: std::array::from_fn(|emotion| weights_of[emotion]),
                norm: weights.norms[id][2],
            }
        };
        let says = |row: &Row| row.norm > 0 || row.weights.iter().any(|weight| *weight != 0);
        let mut rows: Vec<(u32, Row)> = (0..weights.keys.len())
            .map(|id| (weights.keys[id], row(id)))
            .filter(|(_, row)| says(row))
            .collect();
        // The commonest first: a norm is the rarity squared.
        rows.sort_by_key(|(_, row)| row.norm);
        Self {
            calibration: weights.head.sentiment.clone(),
            known: Known::new(rows.iter().map(|(key, _)| *key)),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }

    pub(crate) fn scratch(&self) -> SentimentScratch {
        SentimentScratch {
            seen: vec![0; self.rows.len().div_ceil(64)],
            hits: Vec::new(),
            sought: Vec::new(),
        }
    }

    /// Probabilities of the sentiments, the same as [`super::Scorer::score`] gives.
    pub(crate) fn score(&self, text: &Text<'_>, scratch: &mut SentimentScratch) -> [f32; 3] {
        let SentimentScratch { seen, hits, sought } = scratch;
        let number = |number, _: Kind, _: Field, _: Range<u32>| number;
        self.known.read(text, &[Part::Anywhere], number, hits, sought);
        keep(hits, |hit| {
            let (word, bit) = (&mut seen[*hit as usize / 64], *hit % 64);
            let is_new = *word >> bit & 1 == 0;
            *word |= 1 << bit;
            is_new
        });
        touch(hits, |hit| u64::from(self.rows[*hit as usize].norm));
        let (mut sums, mut norm) = ([0i32; EMOTIONS.len()], 0u32);
        for hit in hits.drain(..) {
            let row = self.rows[hit as usize];
            for (sum, weight) in sums.iter_mut().zip(row.weights) {
                *sum += i32::from(weight);
            }
            norm += u32::from(row.norm);
            seen[hit as usize / 64] = 0;
        }
        sentiments(probabilities(&self.calibration, &sums, norm_of(norm)))
    }
}
