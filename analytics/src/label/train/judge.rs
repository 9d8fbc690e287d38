//! Learning the judge: what words and acts of a text, read by models that have not seen it, say about its type.

use super::calibrate::{self, Held};
use super::fit::{Recipe, WANTED};
use super::logistic::{Problem, Sparse};
use crate::label::acts::{self, Clause, Judge, READ};
use crate::label::score::softmax;
use std::array::from_fn;

/// Types.
const TYPES: usize = 5;
/// Most rounds over all texts.
const ROUNDS: usize = 60;
/// What the log-probabilities by words are multiplied by to be of the size of the shares.
const SIZE: f32 = 0.3;

/// Texts as read by models that have not seen them, with their clauses, and their weights as examples: 0 is measured on,
/// but not learnt from.
pub(super) struct Read<'a> {
    pub(super) held: &'a [Held],
    pub(super) clauses: &'a [Vec<Clause>],
    pub(super) weights: &'a [f32],
    /// Factor that makes the logits by words probabilities.
    pub(super) temperature: f32,
    /// Which texts calibrate the judge.
    pub(super) calibrates: &'a [bool],
}

/// The judge, calibrated, and the confidence below which its type is not used.
pub(super) fn learn(texts: &Read<'_>, recipe: &Recipe) -> (Judge, f32) {
    let read: Vec<[f32; READ]> = texts
        .held
        .iter()
        .zip(texts.clauses)
        .map(|(held, clauses)| {
            let types = softmax(from_fn(|kind| held.logits[kind] * texts.temperature));
            acts::read(&types, clauses)
        })
        .collect();
    let sizes: [f32; READ] = from_fn(|at| if at < TYPES { SIZE } else { 1.0 });
    let mut rows = Sparse::new(READ);
    for read in &read {
        let values = read.iter().zip(sizes).map(|(value, size)| value * size);
        rows.push((0..).zip(values));
    }
    let targets: Vec<usize> = texts.held.iter().map(|held| held.class).collect();
    let mut mass = [0.0f32; TYPES];
    for (target, weight) in targets.iter().zip(texts.weights) {
        mass[*target] += weight;
    }
    let mean = mass.iter().sum::<f32>() / TYPES as f32;
    let weights: Vec<f32> = targets
        .iter()
        .zip(texts.weights)
        .map(|(target, weight)| weight * (mean / mass[*target].max(1.0)).powf(recipe.judge_balance))
        .collect();
    let model = Problem {
        rows: &rows,
        targets: &targets,
        weights: &weights,
        classes: TYPES,
        freedoms: &vec![vec![1.0; READ]; TYPES],
        cost: recipe.judge_cost,
    }
    .solve(ROUNDS);
    let judge = |factor: f32| Judge {
        weights: (0..TYPES)
            .map(|kind| {
                (0..READ)
                    .map(|at| model.column(at)[kind] * sizes[at] * factor)
                    .collect()
            })
            .collect(),
        bias: model.bias().iter().map(|bias| bias * factor).collect(),
    };
    let plain = judge(1.0);
    let judged: Vec<Held> = texts
        .held
        .iter()
        .zip(&read)
        .zip(texts.calibrates)
        .filter(|(_, calibrates)| **calibrates)
        .map(|((held, read), _)| Held {
            logits: plain.logits(read).to_vec(),
            ..held.clone()
        })
        .collect();
    let temperature = calibrate::temperature(&judged);
    (
        judge(temperature),
        calibrate::threshold(&judged, temperature, WANTED),
    )
}
