//! Learning the judge: what words and acts of a text, read by models that have not seen it, say about its type.

use super::acts::{Annotations, Table};
use super::calibrate::{self, Held};
use super::fit::{FOLDS, Family, Recipe, Task, WANTED};
use super::logistic::{Linear, Problem, Sparse};
use crate::label::acts::{self, Clause, Judge, READ};
use crate::label::error::LabelError;
use crate::label::score::softmax;
use index::Segmenter;
use std::array::from_fn;

/// Types.
const TYPES: usize = 5;
/// Most rounds over all texts.
const ROUNDS: usize = 60;
/// What the log-probabilities by words are multiplied by to be of the size of the shares.
const SIZE: f32 = 0.3;

/// Texts as read, by their words, by models that have not seen them.
pub(super) struct Reading<'a> {
    pub(super) family: &'a Family,
    pub(super) held: &'a [Held],
    /// Which of them calibrate: what the model that read them knows least.
    pub(super) strange: &'a dyn Fn(&Held) -> bool,
    /// Factor that makes their logits probabilities.
    pub(super) temperature: f32,
}

/// What came of it.
pub(super) struct Judged {
    /// What tells the acts of clauses.
    pub(super) acts: Linear,
    /// Calibrated.
    pub(super) judge: Judge,
    /// Confidence below which its type is not used.
    pub(super) threshold: f32,
}

impl Reading<'_> {
    /// Learns the acts from `annotations`, then the judge from what models that have not seen a text tell of its acts.
    pub(super) fn judge(
        &self,
        task: Task,
        annotations: &Annotations,
        recipe: &Recipe,
        groups: &[usize],
        segmenter: &Segmenter,
        tick: &mut dyn FnMut(),
    ) -> Result<Judged, LabelError> {
        let Self { family, held, .. } = self;
        let table = Table::new(&family.examples, segmenter, &family.vocabulary, annotations)?;
        let acts = table.learn(recipe, |_| true);
        tick();
        let mut clauses = Vec::with_capacity(held.len());
        for round in 0..=FOLDS {
            let model = table.learn(recipe, |i| !family.holds(task, groups, round, i));
            let of_round = held.iter().filter(|held| held.round == round);
            clauses.extend(of_round.map(|held| table.told(held.of, &model)));
            tick();
        }
        let read: Vec<[f32; READ]> = held
            .iter()
            .zip(&clauses)
            .map(|(held, clauses)| self.read(held, clauses))
            .collect();
        let plain = self.learn(&read, recipe);
        let judged: Vec<Held> = held
            .iter()
            .zip(&read)
            .filter(|(held, _)| (self.strange)(held))
            .map(|(held, read)| Held {
                logits: plain.logits(read).to_vec(),
                ..held.clone()
            })
            .collect();
        let temperature = calibrate::temperature(&judged);
        let warmed = |values: Vec<f32>| values.into_iter().map(|value| value * temperature).collect();
        Ok(Judged {
            acts,
            threshold: calibrate::threshold(&judged, temperature, WANTED),
            judge: Judge {
                weights: plain.weights.into_iter().map(warmed).collect(),
                bias: warmed(plain.bias),
            },
        })
    }

    fn read(&self, held: &Held, clauses: &[Clause]) -> [f32; READ] {
        let types = softmax(from_fn(|kind| held.logits[kind] * self.temperature));
        acts::read(&types, clauses)
    }

    /// The judge before it is calibrated. It learns from the texts of the folds alone, from borderline cases less.
    fn learn(&self, read: &[[f32; READ]], recipe: &Recipe) -> Judge {
        let sizes: [f32; READ] = from_fn(|at| if at < TYPES { SIZE } else { 1.0 });
        let mut rows = Sparse::new(READ);
        for read in read {
            let values = read.iter().zip(sizes).map(|(value, size)| value * size);
            rows.push((0..).zip(values));
        }
        let counts = |held: &Held| match (held.round == FOLDS, self.family.examples[held.of].sure) {
            (true, _) => 0.0,
            (false, true) => 1.0,
            (false, false) => recipe.unsure,
        };
        let targets: Vec<usize> = self.held.iter().map(|held| held.class).collect();
        let mut mass = [0.0f32; TYPES];
        for held in self.held {
            mass[held.class] += counts(held);
        }
        let mean = mass.iter().sum::<f32>() / TYPES as f32;
        let weights: Vec<f32> = self
            .held
            .iter()
            .map(|held| counts(held) * (mean / mass[held.class].max(1.0)).powf(recipe.judge_balance))
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
        Judge {
            weights: (0..TYPES)
                .map(|kind| (0..READ).map(|at| model.column(at)[kind] * sizes[at]).collect())
                .collect(),
            bias: model.bias().to_vec(),
        }
    }
}
