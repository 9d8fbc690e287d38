//! Learning a correction: penalised multinomial regression with the base model's log-probabilities as offset.
//!
//! Two kinds of text: those people classified pull towards what people said; those whose label a feed gave or people let
//! stand pull towards what the base model says, or towards that label where it is another, because dispatchers mostly touch
//! what is wrong and a model that saw only mistakes would learn that the base is always mistaken.

use super::{COLUMNS, Correction, Head, LEAST, Material, TOPIC, TYPE, features, fingerprint, tilt};
use crate::label::error::LabelError;
use crate::label::score::{Scores, best};
use crate::label::text::{TOPICS, Words};
use crate::label::train::duplicates;
use crate::ledger::Judged;
use ingest::record::TicketType;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A feature is known when this many different letters hold it.
const LEAST_LETTERS: usize = 2;
/// Rows kept, the most widespread first: 50,000 rows are 4 MB.
const ROWS: usize = 50_000;
/// Weight of a text whose label was let stand against one a person classified.
const LET_STAND: f32 = 0.5;
/// Rounds over all texts; the step is as long as the loss allows, so that this many come close to the minimum.
const ROUNDS: usize = 100;
/// Parts of the cross-validation.
pub(super) const FOLDS: usize = 4;
/// Inverse penalties tried.
const COSTS: [f32; 4] = [0.3, 2.0, 10.0, 50.0];

/// A text ready to learn from.
pub(super) struct Example {
    pub(super) features: Vec<u32>,
    pub(super) base: Scores,
    /// Given by a person, or let stand.
    pub(super) r#type: Option<usize>,
    pub(super) topic: Option<usize>,
    pub(super) fingerprint: u64,
    /// A person classified it.
    pub(super) judged: bool,
    /// Equal for near-duplicates.
    pub(super) group: usize,
}

pub(super) fn learn(material: &Material<'_>) -> Result<Correction, LabelError> {
    let examples = examples(material)?;
    let cost = best_cost(&examples, material);
    Ok(fit(&examples, |_| true, cost, material.base.base_hash()))
}

/// All texts of `material`, the judged ones first.
pub(super) fn examples(material: &Material<'_>) -> Result<Vec<Example>, LabelError> {
    let given = material.judged.iter().filter(|one| one.r#type.is_some()).count();
    if given < LEAST {
        return Err(LabelError::TooFewGiven { given, needed: LEAST });
    }
    let one = |(judged, by_person): (&Judged, bool)| {
        let words = Words::of(material.segmenter, &judged.title, &judged.body);
        let text = words.text(&judged.title, &judged.body);
        let kind = |kind| TicketType::ALL.iter().position(|other| *other == kind);
        let topic = |topic: &String| TOPICS.iter().position(|other| other == topic);
        Example {
            features: features(&text),
            base: material.base.base_scores(&text),
            r#type: judged.r#type.and_then(kind),
            topic: judged.topic.as_ref().and_then(topic),
            fingerprint: fingerprint(judged),
            judged: by_person,
            group: 0,
        }
    };
    let all = material.judged.iter().map(|one| (one, true));
    let all: Vec<_> = all
        .chain(material.let_stand.iter().map(|one| (one, false)))
        .collect();
    let mut examples: Vec<Example> = all.into_par_iter().map(one).collect();
    let groups = duplicates::group(
        &examples
            .iter()
            .map(|one| one.features.as_slice())
            .collect::<Vec<_>>(),
    );
    for (example, group) in examples.iter_mut().zip(groups) {
        example.group = group;
    }
    Ok(examples)
}

/// The inverse penalty under which texts left out are likeliest.
pub(super) fn best_cost(examples: &[Example], material: &Material<'_>) -> f32 {
    let base = material.base.base_hash();
    let losses: Vec<f64> = COSTS
        .par_iter()
        .map(|cost| {
            (0..FOLDS)
                .map(|fold| {
                    let learnt = fit(examples, |one| one.group % FOLDS != fold, *cost, base);
                    let left_out = examples.iter().filter(|one| one.group % FOLDS == fold);
                    left_out.map(|one| loss(one, &learnt)).sum::<f64>()
                })
                .sum()
        })
        .collect();
    // The first of equals: the smaller cost, the stronger prior.
    let mut best = 0;
    for (place, loss) in losses.iter().enumerate() {
        if *loss < losses[best] {
            best = place;
        }
    }
    COSTS[best]
}

/// Log-loss of one text under a correction.
fn loss(one: &Example, correction: &Correction) -> f64 {
    let mut scores = one.base;
    let delta = correction.delta(&one.features);
    tilt(&mut scores.r#type, &delta[TYPE]);
    tilt(&mut scores.topic, &delta[TOPIC]);
    let of = |said: Option<usize>, base: &[f32], now: &[f32]| -> f64 {
        targets(said, one.judged, base)
            .iter()
            .zip(now)
            .map(|(target, now)| -f64::from(*target) * f64::from(now.max(1e-9)).ln())
            .sum()
    };
    let both =
        of(one.r#type, &one.base.r#type, &scores.r#type) + of(one.topic, &one.base.topic, &scores.topic);
    both * f64::from(weight(one))
}

fn weight(one: &Example) -> f32 {
    if one.judged { 1.0 } else { LET_STAND }
}

/// What the probabilities should be; empty where a person said nothing about it. A label let stand says no more than the
/// base does where both agree.
fn targets(said: Option<usize>, judged: bool, base: &[f32]) -> Vec<f32> {
    match said {
        Some(class) if judged || class != best(base) => {
            (0..base.len()).map(|k| f32::from(u8::from(k == class))).collect()
        }
        None if judged => Vec::new(),
        _ => base.to_vec(),
    }
}

/// Learns from the `chosen` examples with accelerated gradient steps over all of them at once.
pub(super) fn fit(
    examples: &[Example],
    chosen: impl Fn(&Example) -> bool,
    cost: f32,
    base: &str,
) -> Correction {
    let chosen: Vec<&Example> = examples.iter().filter(|one| chosen(one)).collect();
    let (keys, rarity, unknown) = vocabulary(&chosen);
    let head = Head {
        base: base.to_owned(),
        judged: chosen.iter().filter(|one| one.judged).count(),
        let_stand: chosen.iter().filter(|one| !one.judged).count(),
        unknown,
        bias: vec![0.0; COLUMNS],
        learnt: chosen
            .iter()
            .filter(|one| one.judged)
            .map(|one| one.fingerprint)
            .collect(),
    };
    let mut correction = Correction::new(head, keys, rarity, Vec::new());
    let rows: Vec<Vec<(u32, f32)>> = chosen
        .iter()
        .map(|one| {
            let norm = correction.norm(&one.features);
            let known = one.features.iter().filter_map(|hash| correction.places.get(hash));
            known
                .map(|place| (*place, correction.rarity[*place as usize] / norm))
                .collect()
        })
        .collect();
    let wanted: Vec<(Vec<f32>, Vec<f32>)> = chosen
        .iter()
        .map(|one| {
            (
                targets(one.r#type, one.judged, &one.base.r#type),
                targets(one.topic, one.judged, &one.base.topic),
            )
        })
        .collect();

    let total: f32 = chosen.iter().map(|one| weight(one)).sum::<f32>().max(1.0);
    let penalty = 1.0 / (cost * total);
    // A row has length 1 at most and the bias adds 1: the loss bends no more than by half of 2, and the penalty.
    let step = 1.0 / (1.0 + penalty);
    let bias = correction.keys.len();
    let mut now = vec![[0.0f32; COLUMNS]; bias + 1];
    let mut ahead = now.clone();
    for round in 0..ROUNDS {
        let mut gradient = vec![[0.0f32; COLUMNS]; bias + 1];
        for ((one, row), (types, topics)) in chosen.iter().zip(&rows).zip(&wanted) {
            let mut delta = ahead[bias];
            for (place, value) in row {
                for (sum, weight) in delta.iter_mut().zip(&ahead[*place as usize]) {
                    *sum += value * weight;
                }
            }
            let mut scores = one.base;
            tilt(&mut scores.r#type, &delta[TYPE]);
            tilt(&mut scores.topic, &delta[TOPIC]);
            let mut off = [0.0f32; COLUMNS];
            let share = weight(one) / total;
            let mut apart = |columns: std::ops::Range<usize>, said: &[f32], wanted: &[f32]| {
                for ((off, said), wanted) in off[columns].iter_mut().zip(said).zip(wanted) {
                    *off = (said - wanted) * share;
                }
            };
            apart(TYPE, &scores.r#type, types);
            apart(TOPIC, &scores.topic, topics);
            for (place, value) in row {
                for (sum, off) in gradient[*place as usize].iter_mut().zip(off) {
                    *sum += value * off;
                }
            }
            for (sum, off) in gradient[bias].iter_mut().zip(off) {
                *sum += off;
            }
        }
        let push = round as f32 / (round as f32 + 3.0);
        for ((now, ahead), gradient) in now.iter_mut().zip(&mut ahead).zip(&gradient) {
            for ((now, ahead), gradient) in now.iter_mut().zip(ahead.iter_mut()).zip(gradient) {
                let next = *ahead - step * (gradient + penalty * *ahead);
                *ahead = next + push * (next - *now);
                *now = next;
            }
        }
    }
    correction.head.bias = now[bias].to_vec();
    now.truncate(bias);
    correction.weights = now;
    correction
}

/// Features of at least [`LEAST_LETTERS`] different letters with their rarity, and the rarity of any other.
fn vocabulary(chosen: &[&Example]) -> (Vec<u32>, Vec<f32>, f32) {
    // Near-duplicates are one letter.
    let mut last: FxHashMap<u32, (usize, usize)> = FxHashMap::default();
    let mut groups: Vec<&&Example> = chosen.iter().collect();
    groups.sort_by_key(|one| (one.group, one.fingerprint));
    let mut letters = 0;
    let mut before = None;
    for one in groups {
        letters += usize::from(before != Some(one.group));
        before = Some(one.group);
        for hash in &one.features {
            let seen = last.entry(*hash).or_insert((0, 0));
            if seen.1 != letters {
                *seen = (seen.0 + 1, letters);
            }
        }
    }
    let mut counted: Vec<(u32, usize)> = last
        .into_iter()
        .map(|(hash, (count, _))| (hash, count))
        .filter(|(_, count)| *count >= LEAST_LETTERS)
        .collect();
    counted.sort_by_key(|(hash, count)| (std::cmp::Reverse(*count), *hash));
    counted.truncate(ROWS);
    counted.sort_unstable();
    let rarity = |count: usize| ((1.0 + letters as f32) / (1.0 + count as f32)).ln() + 1.0;
    let rarities = counted.iter().map(|(_, count)| rarity(*count)).collect();
    (
        counted.into_iter().map(|(hash, _)| hash).collect(),
        rarities,
        rarity(0),
    )
}
