//! Scores a text against the weights: one pass over its features, integer sums, no allocation per text.

mod contribution;
mod probability;

pub(crate) use probability::{best, softmax};

use super::acts::{self, Clause, PerAct};
use super::clause::Clauses;
use super::feature::{Field, Kind, extract, read_part};
use super::text::Text;
use super::weights::{Acts, COLUMNS, Head, MODELS, SENTIMENT, TOPIC, TYPE, Weights};
use probability::{norm_of, probabilities, sentiments};
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
    /// What each row says about acts; empty where the weights tell none.
    acts: Vec<PerAct<i8>>,
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
    features: Vec<Placed>,
    /// Rows of the features.
    hits: Vec<Placed>,
    /// Where the clauses of the text are.
    clauses: Clauses,
    /// What was said in each place of [`Placed`].
    tallies: Vec<Tally>,
    /// The clauses of the text that was read last.
    told: Vec<Clause>,
    /// Its types by words alone.
    types: [f32; 5],
    /// Norm of its type.
    norm: f32,
    /// Occurrences of the known features of the last text that was read.
    read: Vec<Occurrence>,
    /// How often each row occurred in it; zero between texts.
    times: Vec<u16>,
}

/// A hash or a row in the lower half; in the upper one its clause, counted from 1, or 0 where no clause counts it, and
/// [`IN_TITLE`]. One number, so that all of it passes through the look-up in one move.
type Placed = u64;

/// Marks what stands in the title and counts the same anywhere.
const IN_TITLE: Placed = 1 << 63;

/// A place's clause as [`Placed`] counts it.
const fn place_of(placed: Placed) -> usize {
    ((placed & !IN_TITLE) >> 32) as usize
}

/// The same place with another hash or row.
const fn moved(placed: Placed, to: u32) -> Placed {
    placed >> 32 << 32 | to as u64
}

/// What the features of a clause say about its acts.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// Sums that stay at the bounds of 16 bits: only a clause of hundreds of characters all for one act gets there.
    sums: PerAct<i16>,
    /// How many say anything.
    known: u32,
}

/// A feature at its place in the text.
#[derive(Clone, Copy)]
struct Occurrence {
    /// Its hash, then its row.
    feature: Placed,
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
            acts: weights.acts.clone(),
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
            features: room(),
            hits: room(),
            clauses: Clauses::default(),
            tallies: Vec::new(),
            told: Vec::new(),
            types: [0.2; 5],
            norm: 1.0,
            read: Vec::new(),
            times: Vec::new(),
        }
    }

    /// Keeps those of `features` that may be known.
    fn sift(&self, features: &mut Vec<Placed>) {
        let mut kept = 0;
        for at in 0..features.len() {
            let feature = features[at];
            let bit = feature as u32 >> (32 - SIEVE_BITS);
            features[kept] = feature;
            kept += (self.sieve[bit as usize / 64] >> (bit % 64) & 1) as usize;
        }
        features.truncate(kept);
    }

    /// The rows of `features`, each time they occur.
    fn look_up(&self, features: &mut [Placed], hits: &mut Vec<Placed>) {
        hits.resize(features.len(), 0);
        let (mut found, mut displaced) = (0, 0);
        for at in 0..features.len() {
            let feature = features[at];
            let hash = feature as u32;
            let (key, row) = self.table[(hash >> self.shift) as usize];
            hits[found] = moved(feature, row);
            found += usize::from(key == hash);
            features[displaced] = feature;
            displaced += usize::from(key != hash && key != 0);
        }
        hits.truncate(found);
        hits.extend(features[..displaced].iter().filter_map(|feature| {
            let row = self.row(*feature as u32)?;
            Some(moved(*feature, row as u32))
        }));
    }

    /// Probabilities of every class for `text`.
    pub(crate) fn score(&self, text: &Text<'_>, scratch: &mut Scratch) -> Scores {
        let (sums, norms) = self.sums(text, scratch);
        self.scores(&sums, norms, scratch)
    }

    fn scores(&self, sums: &[i32; COLUMNS], norms: [f32; MODELS], scratch: &mut Scratch) -> Scores {
        scratch.types = probabilities(&self.head.r#type, &sums[TYPE], norms[0]);
        scratch.norm = norms[0];
        let r#type = match &self.head.acts {
            None => scratch.types,
            Some(Acts { calibration, judge }) => {
                let Scratch {
                    clauses,
                    tallies,
                    told,
                    types,
                    ..
                } = scratch;
                told.clear();
                told.extend(
                    tallies[1..=clauses.count()]
                        .iter()
                        .enumerate()
                        .map(|(at, tally)| {
                            let norm = (tally.known as f32).sqrt().max(1.0);
                            Clause {
                                acts: probabilities(calibration, &tally.sums.map(i32::from), norm),
                                bytes: clauses.bytes(at) as f32,
                            }
                        }),
                );
                softmax(judge.logits(&acts::read(types, told)))
            }
        };
        Scores {
            r#type,
            topic: probabilities(&self.head.topic, &sums[TOPIC], norms[1]),
            sentiment: sentiments(probabilities(&self.head.sentiment, &sums[SENTIMENT], norms[2])),
        }
    }

    fn sums(&self, text: &Text<'_>, scratch: &mut Scratch) -> ([i32; COLUMNS], [f32; MODELS]) {
        let Scratch {
            features,
            hits,
            clauses,
            ..
        } = &mut *scratch;
        features.clear();
        self.part(text, clauses);
        extract(text, &mut |hash, kind: Kind, field: Field, span: Range<u32>| {
            features.push(self.placed(hash, kind, field, span.start, clauses));
        });
        self.sift(features);
        self.look_up(features, hits);
        self.add_up(scratch)
    }

    fn part(&self, text: &Text<'_>, clauses: &mut Clauses) {
        if !self.acts.is_empty() {
            clauses.part(text.title, read_part(text.body));
        }
    }

    /// A feature with its clause: characters, words and pairs of them count in it, each once where it stands.
    #[inline(always)]
    fn placed(&self, hash: u32, kind: Kind, field: Field, start: u32, clauses: &mut Clauses) -> Placed {
        let in_title = u64::from(field == Field::Title && kind.is_anywhere());
        let place = if kind.is_anywhere() && !self.acts.is_empty() {
            1 + clauses.of(field, start)
        } else {
            0
        };
        in_title << 63 | (place as u64) << 32 | u64::from(hash)
    }

    /// Sums of the weights of the hits, each row once, and the norms; and what each clause's features say of its acts.
    fn add_up(&self, scratch: &mut Scratch) -> ([i32; COLUMNS], [f32; MODELS]) {
        let Scratch {
            seen,
            hits,
            clauses,
            tallies,
            ..
        } = scratch;
        if !self.acts.is_empty() {
            tallies.clear();
            // One for what no clause counts, and one for text that is no clause.
            tallies.resize(clauses.count() + 2, Tally::default());
            for &hit in hits.iter() {
                let acts = self.acts[hit as u32 as usize];
                let tally = &mut tallies[place_of(hit)];
                tally.known += u32::from(acts != PerAct::<i8>::default());
                for (sum, act) in tally.sums.iter_mut().zip(&acts) {
                    *sum = sum.saturating_add(i16::from(*act));
                }
            }
        }
        let mut kept = 0;
        for at in 0..hits.len() {
            let row = hits[at] as u32;
            let (word, bit) = (&mut seen[row as usize / 64], row % 64);
            hits[kept] = hits[at] & IN_TITLE | u64::from(row);
            kept += usize::from(*word >> bit & 1 == 0);
            *word |= 1 << bit;
        }
        hits.truncate(kept);
        let mut sums = [0i32; COLUMNS];
        let mut norms = [0u32; MODELS];
        for run in hits.chunks(FITS) {
            let mut short = [0i16; COLUMNS];
            for &row in run {
                let row = &self.rows[row as u32 as usize];
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
        // A feature's first occurrence is the title's if it has one: titles are read before bodies.
        let mut title = [0i32; TOPIC.end - TOPIC.start];
        for &hit in hits.iter().filter(|hit| *hit & IN_TITLE != 0) {
            let row = &self.rows[hit as u32 as usize].weights[TOPIC];
            for (sum, weight) in title.iter_mut().zip(row) {
                *sum += i32::from(*weight);
            }
        }
        for (sum, title) in sums[TOPIC].iter_mut().zip(title) {
            *sum += (self.head.topic_title * title as f32).round() as i32;
        }
        for row in hits.drain(..) {
            seen[row as u32 as usize / 64] = 0;
        }
        (sums, norms.map(norm_of))
    }

    /// As [`Self::score`], with the places of the features kept for [`Self::contributions`].
    pub(crate) fn read(&self, text: &Text<'_>, scratch: &mut Scratch) -> Scores {
        let Scratch {
            hits, read, clauses, ..
        } = &mut *scratch;
        read.clear();
        self.part(text, clauses);
        extract(text, &mut |hash, kind: Kind, field: Field, span: Range<u32>| {
            read.push(Occurrence {
                feature: self.placed(hash, kind, field, span.start, clauses),
                field,
                start: span.start,
                end: span.end,
            });
        });
        let mut kept = 0;
        for at in 0..read.len() {
            let occurrence = read[at];
            let bit = occurrence.feature as u32 >> (32 - SIEVE_BITS);
            read[kept] = occurrence;
            kept += (self.sieve[bit as usize / 64] >> (bit % 64) & 1) as usize;
        }
        read.truncate(kept);
        let mut kept = 0;
        for at in 0..read.len() {
            let mut occurrence = read[at];
            let hash = occurrence.feature as u32;
            let (key, mut row) = self.table[(hash >> self.shift) as usize];
            let mut known = key == hash;
            if !known && key != 0 {
                let displaced = self.row(hash);
                known = displaced.is_some();
                row = displaced.unwrap_or_default() as u32;
            }
            occurrence.feature = moved(occurrence.feature, row);
            read[kept] = occurrence;
            kept += usize::from(known);
        }
        read.truncate(kept);
        hits.extend(read.iter().map(|occurrence| occurrence.feature));
        let (sums, norms) = self.add_up(scratch);
        self.scores(&sums, norms, scratch)
    }
}
