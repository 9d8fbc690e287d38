//! Scores a text against the weights: one pass over its features, integer sums, no allocation per feature.

mod contribution;
mod displaced;
mod known;
mod probability;
mod sentiment;
mod tally;

pub(crate) use probability::{best, softmax};
pub(crate) use sentiment::SentimentScorer;

use super::acts::{self, ACTS, Clause, PerAct};
use super::clause::Clauses;
use super::feature::{Field, Kind, PARTS, Part};
use super::text::Text;
use super::weights::{Acts, COLUMNS, Head, MODELS, SENTIMENT, TOPIC, TYPE, Weights};
use crate::extent::read_part;
use known::{Feature, Known, keep, touch};
use probability::{norm_of, probabilities, sentiments};
use std::ops::Range;
use tally::Tally;

/// Weights ready for look-up.
pub(crate) struct Scorer {
    pub(crate) head: Head,
    known: Known,
    /// The commonest features first: what most texts hold lies close together and stays in the inner caches.
    rows: Vec<Row>,
}

/// A row, so that all a feature says comes with one look into memory.
#[derive(Clone, Copy)]
struct Row {
    /// Weights, then norms less [`NORM_OFFSET`]: one kind of number, added up many at a time.
    weights: [i8; LANES],
    /// What it says about acts.
    acts: PerAct<i8>,
}

/// [`COLUMNS`] and [`MODELS`], filled up to whole registers.
const LANES: usize = 32;
/// Brings a norm's byte into the range of a weight's.
const NORM_OFFSET: i32 = 128;

/// Working memory of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    /// How often each row occurred in the text read last; zero in those that `hits` does not name.
    times: Vec<u16>,
    /// The known features in their rows, then each row once.
    hits: Vec<Placed>,
    /// Features that are looked for.
    sought: Vec<Placed>,
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
    /// Occurrences that are looked for.
    read_sought: Vec<Occurrence>,
}

/// A hash or a row in the lower half; in the upper one its clause, counted from 1, or 0 where no clause counts it,
/// [`IN_TITLE`] and [`OF_TITLE`]. One number, so that all of it passes through the look-up in one move.
type Placed = u64;

/// Marks what stands in the title and counts the same anywhere.
const IN_TITLE: Placed = 1 << 63;
/// Marks what was read in the title.
const OF_TITLE: Placed = 1 << 62;

/// A feature that no clause counts, by its hash or row.
#[inline(always)]
fn unplaced(number: u32, kind: Kind, field: Field) -> Placed {
    let of_title = u64::from(field == Field::Title);
    let in_title = of_title & u64::from(kind.is_anywhere());
    in_title << 63 | of_title << 62 | u64::from(number)
}

/// A place's clause as [`Placed`] counts it.
const fn place_of(placed: Placed) -> usize {
    ((placed & !(IN_TITLE | OF_TITLE)) >> 32) as usize
}

impl Feature for Placed {
    fn number(&self) -> u32 {
        *self as u32
    }

    fn in_row(self, row: u32) -> Self {
        self >> 32 << 32 | Self::from(row)
    }
}

/// A feature at its place in the text.
#[derive(Clone, Copy)]
struct Occurrence {
    /// Its hash, then its row.
    feature: Placed,
    start: u32,
    end: u32,
}

impl Occurrence {
    /// The field its bytes are in.
    const fn field(self) -> Field {
        if self.feature & OF_TITLE != 0 {
            Field::Title
        } else {
            Field::Body
        }
    }
}

impl Feature for Occurrence {
    fn number(&self) -> u32 {
        self.feature.number()
    }

    fn in_row(self, row: u32) -> Self {
        Self {
            feature: self.feature.in_row(row),
            ..self
        }
    }
}

/// Probabilities of all classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scores {
    pub(crate) r#type: [f32; 5],
    pub(crate) topic: [f32; 15],
    pub(crate) sentiment: [f32; 3],
}

/// Rows whose bytes can be added up in 16 bits.
const FITS: usize = 256;

impl Scorer {
    pub(crate) fn new(weights: &Weights) -> Self {
        let row = |id: usize| {
            let mut lanes = [0; LANES];
            lanes[..COLUMNS].copy_from_slice(&weights.rows[id]);
            for (lane, norm) in lanes[COLUMNS..].iter_mut().zip(weights.norms[id]) {
                *lane = (i32::from(norm) - NORM_OFFSET) as i8;
            }
            Row {
                weights: lanes,
                acts: weights.acts.get(id).copied().unwrap_or_default(),
            }
        };
        // A norm is the rarity squared; one of 0 belongs to a model that does not know the feature.
        let rarity = |id: &usize| {
            let norms = weights.norms[*id].into_iter().filter(|norm| *norm > 0);
            norms.min().unwrap_or(u8::MAX)
        };
        let mut ids: Vec<usize> = (0..weights.keys.len()).collect();
        ids.sort_by_cached_key(rarity);
        Self {
            head: weights.head.clone(),
            known: Known::new(ids.iter().map(|id| weights.keys[*id])),
            rows: ids.into_iter().map(row).collect(),
        }
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            times: vec![0; self.rows.len()],
            ..Scratch::default()
        }
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
                        .map(|(at, tally)| Clause {
                            acts: probabilities(calibration, &tally.sums(), tally.norm()),
                            bytes: clauses.bytes(at) as f32,
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
        scratch.forget();
        let Scratch {
            hits,
            sought,
            clauses,
            ..
        } = &mut *scratch;
        self.part(text, clauses);
        let place =
            |number, kind, field, span: Range<u32>| self.placed(number, kind, field, span.start, clauses);
        self.known.read(text, &PARTS, place, hits, sought);
        self.tell_acts(scratch);
        self.add_up(scratch)
    }

    /// Probabilities of the topics and of the sentiments alone, the same as [`Self::score`] gives, sooner.
    pub(crate) fn score_subject(&self, text: &Text<'_>, scratch: &mut Scratch) -> ([f32; 15], [f32; 3]) {
        scratch.forget();
        let Scratch { hits, sought, .. } = &mut *scratch;
        let place = |number, kind, field, _: Range<u32>| unplaced(number, kind, field);
        self.known
            .read(text, &[Part::Anywhere, Part::Title], place, hits, sought);
        let (sums, norms) = self.add_up(scratch);
        (
            probabilities(&self.head.topic, &sums[TOPIC], norms[1]),
            sentiments(probabilities(&self.head.sentiment, &sums[SENTIMENT], norms[2])),
        )
    }

    fn part(&self, text: &Text<'_>, clauses: &mut Clauses) {
        if self.head.acts.is_some() {
            clauses.part(text.title, read_part(text.body));
        }
    }

    /// A feature with its clause: characters, words and pairs of them count in it, each once where it stands.
    #[inline(always)]
    fn placed(&self, number: u32, kind: Kind, field: Field, start: u32, clauses: &mut Clauses) -> Placed {
        let place = if kind.is_anywhere() && self.head.acts.is_some() {
            1 + clauses.of(field, start)
        } else {
            0
        };
        unplaced(number, kind, field) | (place as u64) << 32
    }

    /// Adds up what each clause's features say of its acts.
    fn tell_acts(&self, scratch: &mut Scratch) {
        let Scratch {
            hits,
            clauses,
            tallies,
            ..
        } = scratch;
        tallies.clear();
        // One for what no clause counts, and one for text that is no clause.
        tallies.resize(clauses.count() + 2, Tally::default());
        // A row may lie across two lines of memory.
        touch(hits, |hit| {
            let row = &self.rows[*hit as u32 as usize];
            u64::from((row.weights[0] ^ row.acts[ACTS.len() - 1]).cast_unsigned())
        });
        for hit in hits.iter() {
            tallies[place_of(*hit)].add(self.rows[*hit as u32 as usize].acts);
        }
    }

    /// Sums of the weights of the hits, each row once, and the norms.
    fn add_up(&self, scratch: &mut Scratch) -> ([i32; COLUMNS], [f32; MODELS]) {
        let Scratch { times, hits, .. } = scratch;
        touch(hits, |hit| u64::from(times[*hit as u32 as usize]));
        // A feature's first occurrence is the title's if it has one: titles are read before bodies.
        keep(hits, |hit| {
            let row = *hit as u32 as usize;
            times[row] = times[row].saturating_add(1);
            times[row] == 1
        });
        let mut sums = [0i32; LANES];
        for run in hits.chunks(FITS) {
            let mut short = [0i16; LANES];
            for &hit in run {
                let row = &self.rows[hit as u32 as usize];
                for (sum, weight) in short.iter_mut().zip(row.weights) {
                    *sum += i16::from(weight);
                }
            }
            for (sum, part) in sums.iter_mut().zip(short) {
                *sum += i32::from(part);
            }
        }
        let mut title = [0i32; TOPIC.end - TOPIC.start];
        for &hit in hits.iter().filter(|hit| **hit & IN_TITLE != 0) {
            let row = &self.rows[hit as u32 as usize].weights[TOPIC];
            for (sum, weight) in title.iter_mut().zip(row) {
                *sum += i32::from(*weight);
            }
        }
        for (sum, title) in sums[TOPIC].iter_mut().zip(title) {
            *sum += (self.head.topic_title * title as f32).round() as i32;
        }
        let offset = NORM_OFFSET * hits.len() as i32;
        let norms = std::array::from_fn(|model| norm_of((sums[COLUMNS + model] + offset) as u32));
        (std::array::from_fn(|column| sums[column]), norms)
    }

    /// As [`Self::score`], with the places of the features kept for [`Self::contributions`].
    pub(crate) fn read(&self, text: &Text<'_>, scratch: &mut Scratch) -> Scores {
        scratch.forget();
        let Scratch {
            hits,
            read,
            read_sought,
            clauses,
            ..
        } = &mut *scratch;
        self.part(text, clauses);
        let place = |number, kind, field, span: Range<u32>| Occurrence {
            feature: self.placed(number, kind, field, span.start, clauses),
            start: span.start,
            end: span.end,
        };
        self.known.read(text, &PARTS, place, read, read_sought);
        hits.extend(read.iter().map(|occurrence| occurrence.feature));
        self.tell_acts(scratch);
        let (sums, norms) = self.add_up(scratch);
        self.scores(&sums, norms, scratch)
    }
}

impl Scratch {
    /// Ready for the next text.
    fn forget(&mut self) {
        for hit in self.hits.drain(..) {
            self.times[hit as u32 as usize] = 0;
        }
    }
}
