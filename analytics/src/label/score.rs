//! Scores a text against the weights: one pass over its features, integer sums, no allocation per text.

use super::feature::{Field, Kind, extract};
use super::text::{EMOTIONS, Text};
use super::weights::{COLUMNS, Calibration, Head, MODELS, NORM_STEP, SENTIMENT, TOPIC, TYPE, Weights};
use std::ops::Range;

/// Weights ready for look-up.
///
/// Of 2,000 features of a ticket about half are known. A look-up that branches on that waits for memory each time the
/// processor guesses wrong, so features pass without a branch through a bit map that fits the inner caches, then the
/// first slot of the table, then the bit map of rows seen; only those whose first slot another took are searched for.
pub(crate) struct Scorer {
    pub(crate) head: Head,
    /// A bit for the upper [`SIEVE_BITS`] bits of each known hash.
    sieve: Vec<u64>,
    /// Open addressing by the hash's upper bits: hash and row; a hash of 0 is empty.
    table: Vec<(u32, u32)>,
    shift: u32,
    rows: Vec<Row>,
}

const SIEVE_BITS: u32 = 22;

/// A row in one half of a cache line.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
struct Row {
    weights: [i8; COLUMNS],
    norms: [u8; MODELS],
}

/// Working memory of one thread.
pub(crate) struct Scratch {
    /// One bit a row: a feature counts once a text.
    seen: Vec<u64>,
    /// Features, then those whose first slot another took.
    hashes: Vec<u32>,
    /// Rows of the features.
    hits: Vec<u32>,
    /// Occurrences of the known features of the last text that was read.
    read: Vec<Occurrence>,
    /// How often each row occurred in it; zero between texts.
    times: Vec<u16>,
}

/// A feature at its place in the text.
#[derive(Clone, Copy)]
struct Occurrence {
    /// Its hash, then its row.
    feature: u32,
    field: Field,
    start: u32,
    end: u32,
}

/// Probabilities of all classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scores {
    pub(crate) r#type: [f32; 5],
    pub(crate) topic: [f32; 15],
    pub(crate) sentiment: [f32; 3],
}

/// Rows whose byte weights can be added up in 16 bits.
const FITS: usize = 256;

impl Scorer {
    pub(crate) fn new(weights: &Weights) -> Self {
        let bits = (weights.keys.len() * 2)
            .max(16)
            .next_power_of_two()
            .trailing_zeros()
            .min(31);
        let shift = 32 - bits;
        let mut sieve = vec![0u64; 1 << (SIEVE_BITS - 6)];
        let mut table = vec![(0, 0); 1 << bits];
        for (row, &key) in (0u32..).zip(&weights.keys) {
            let bit = key >> (32 - SIEVE_BITS);
            sieve[bit as usize / 64] |= 1 << (bit % 64);
            let mut slot = (key >> shift) as usize;
            while table[slot].0 != 0 {
                slot = (slot + 1) & (table.len() - 1);
            }
            table[slot] = (key, row);
        }
        let rows = weights
            .rows
            .iter()
            .zip(&weights.norms)
            .map(|(&weights, &norms)| Row { weights, norms })
            .collect();
        Self {
            head: weights.head.clone(),
            sieve,
            table,
            shift,
            rows,
        }
    }

    /// Row of a feature, if the models know it.
    #[inline]
    fn row(&self, hash: u32) -> Option<usize> {
        let mut slot = (hash >> self.shift) as usize;
        loop {
            match self.table[slot] {
                (0, _) => return None,
                (key, row) if key == hash => return Some(row as usize),
                _ => slot = (slot + 1) & (self.table.len() - 1),
            }
        }
    }

    pub(crate) fn scratch(&self) -> Scratch {
        let room = || Vec::with_capacity(4096);
        Scratch {
            seen: vec![0; self.rows.len().div_ceil(64)],
            hashes: room(),
            hits: room(),
            read: Vec::new(),
            times: Vec::new(),
        }
    }

    /// Keeps those of `hashes` that may be known.
    fn sift(&self, hashes: &mut Vec<u32>) {
        let mut kept = 0;
        for at in 0..hashes.len() {
            let hash = hashes[at];
            let bit = hash >> (32 - SIEVE_BITS);
            hashes[kept] = hash;
            kept += (self.sieve[bit as usize / 64] >> (bit % 64) & 1) as usize;
        }
        hashes.truncate(kept);
    }

    /// The rows of `hashes`, each time they occur.
    fn look_up(&self, hashes: &mut [u32], hits: &mut Vec<u32>) {
        hits.resize(hashes.len(), 0);
        let (mut found, mut displaced) = (0, 0);
        for at in 0..hashes.len() {
            let hash = hashes[at];
            let (key, row) = self.table[(hash >> self.shift) as usize];
            hits[found] = row;
            found += usize::from(key == hash);
            hashes[displaced] = hash;
            displaced += usize::from(key != hash && key != 0);
        }
        hits.truncate(found);
        hits.extend(
            hashes[..displaced]
                .iter()
                .filter_map(|hash| self.row(*hash))
                .map(|row| row as u32),
        );
    }

    /// Probabilities of every class for `text`.
    pub(crate) fn score(&self, text: &Text<'_>, scratch: &mut Scratch) -> Scores {
        let (sums, norms) = self.sums(text, scratch);
        self.scores(&sums, norms)
    }

    fn scores(&self, sums: &[i32; COLUMNS], norms: [f32; MODELS]) -> Scores {
        Scores {
            r#type: probabilities(&self.head.r#type, &sums[TYPE], norms[0]),
            topic: probabilities(&self.head.topic, &sums[TOPIC], norms[1]),
            sentiment: sentiments(probabilities(&self.head.sentiment, &sums[SENTIMENT], norms[2])),
        }
    }

    fn sums(&self, text: &Text<'_>, scratch: &mut Scratch) -> ([i32; COLUMNS], [f32; MODELS]) {
        let Scratch {
            seen, hashes, hits, ..
        } = scratch;
        hashes.clear();
        extract(text, &mut |hash, _: Kind, _: Field, _: Range<u32>| {
            hashes.push(hash)
        });
        self.sift(hashes);
        self.look_up(hashes, hits);
        self.add_up(seen, hits)
    }

    /// Sums of the weights of `hits`, each row once, and the norms.
    fn add_up(&self, seen: &mut [u64], hits: &mut Vec<u32>) -> ([i32; COLUMNS], [f32; MODELS]) {
        let mut kept = 0;
        for at in 0..hits.len() {
            let row = hits[at];
            let (word, bit) = (&mut seen[row as usize / 64], row % 64);
            hits[kept] = row;
            kept += usize::from(*word >> bit & 1 == 0);
            *word |= 1 << bit;
        }
        hits.truncate(kept);
        let mut sums = [0i32; COLUMNS];
        let mut norms = [0u32; MODELS];
        for run in hits.chunks(FITS) {
            let mut short = [0i16; COLUMNS];
            for &row in run {
                let row = &self.rows[row as usize];
                for (sum, weight) in short.iter_mut().zip(row.weights) {
                    *sum += i16::from(weight);
                }
                for (sum, norm) in norms.iter_mut().zip(row.norms) {
                    *sum += u32::from(norm);
                }
            }
            for (sum, part) in sums.iter_mut().zip(short) {
                *sum += i32::from(part);
            }
        }
        for row in hits.drain(..) {
            seen[row as usize / 64] = 0;
        }
        (sums, norms.map(norm_of))
    }

    /// As [`Self::score`], with the places of the features kept for [`Self::contributions`].
    pub(crate) fn read(&self, text: &Text<'_>, scratch: &mut Scratch) -> Scores {
        let Scratch { seen, hits, read, .. } = scratch;
        read.clear();
        extract(text, &mut |feature, _: Kind, field: Field, span: Range<u32>| {
            read.push(Occurrence {
                feature,
                field,
                start: span.start,
                end: span.end,
            });
        });
        let mut kept = 0;
        for at in 0..read.len() {
            let occurrence = read[at];
            let bit = occurrence.feature >> (32 - SIEVE_BITS);
            read[kept] = occurrence;
            kept += (self.sieve[bit as usize / 64] >> (bit % 64) & 1) as usize;
        }
        read.truncate(kept);
        read.retain_mut(|occurrence| {
            let row = self.row(occurrence.feature);
            occurrence.feature = row.unwrap_or_default() as u32;
            row.is_some()
        });
        hits.extend(read.iter().map(|occurrence| occurrence.feature));
        let (sums, norms) = self.add_up(seen, hits);
        self.scores(&sums, norms)
    }

    /// What each occurrence of a known feature of the text read last adds to the logit of type `winner` over that of
    /// `other`.
    pub(crate) fn contributions(
        &self,
        winner: usize,
        other: usize,
        scratch: &mut Scratch,
        mut each: impl FnMut(f32, Field, Range<u32>),
    ) {
        let Scratch { read, times, .. } = scratch;
        times.resize(self.rows.len(), 0);
        let mut norm = 0;
        for occurrence in read.iter() {
            let row = occurrence.feature as usize;
            if times[row] == 0 {
                norm += u32::from(self.rows[row].norms[0]);
            }
            times[row] = times[row].saturating_add(1);
        }
        let norm = norm_of(norm);
        let scale = &self.head.r#type.scale;
        for occurrence in read.iter() {
            let row = occurrence.feature as usize;
            let weights = &self.rows[row].weights[TYPE];
            let logit = f32::from(weights[winner]) * scale[winner] - f32::from(weights[other]) * scale[other];
            let share = logit / norm / f32::from(times[row]);
            each(share, occurrence.field, occurrence.start..occurrence.end);
        }
        for occurrence in read.iter() {
            times[occurrence.feature as usize] = 0;
        }
    }
}

/// A norm from its sum of bytes.
fn norm_of(sum: u32) -> f32 {
    (sum as f32 * NORM_STEP).sqrt().max(1.0)
}

fn probabilities<const N: usize>(model: &Calibration, sums: &[i32], norm: f32) -> [f32; N] {
    let mut out: [f32; N] = std::array::from_fn(|k| model.bias[k] + model.scale[k] * sums[k] as f32 / norm);
    let top = out.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for value in &mut out {
        *value = (*value - top).exp();
        total += *value;
    }
    out.map(|value| value / total)
}

/// Probabilities of the sentiments from those of the emotions.
fn sentiments(emotions: [f32; EMOTIONS.len()]) -> [f32; 3] {
    let mut out = [0.0; 3];
    for (probability, (_, sentiment)) in emotions.into_iter().zip(EMOTIONS) {
        out[sentiment] += probability;
    }
    out
}

/// Index of the largest value, the first of equals.
pub(crate) fn best(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    best
}
