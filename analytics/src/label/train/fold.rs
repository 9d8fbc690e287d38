//! From learnt models to rows: shared columns are folded back into their features, weights become bytes, and what says
//! next to nothing is left out.

use super::fit::{Family, TASKS};
use super::logistic::Linear;
use super::matrix::Vocabulary;
use crate::label::acts::PerAct;
use crate::label::weights::{COLUMNS, Calibration, MODELS, NORM_STEP};
use rayon::prelude::*;

/// Rows of a weight file.
pub(crate) struct Folded {
    pub(crate) calibrations: [Calibration; 3],
    pub(crate) keys: Vec<u32>,
    pub(crate) norms: Vec<[u8; MODELS]>,
    pub(crate) rows: Vec<[i8; COLUMNS]>,
}

/// Share of the weights of a column that may be clipped at a byte's end: a few outliers must not coarsen all the others.
const CLIPPED: f64 = 0.0004;

/// Folds the models (with their temperatures), each of its family, into at most `most` rows.
pub(crate) fn fold(families: &[Family], models: &[(Linear, f32)], most: usize) -> Folded {
    let mut keys: Vec<u32> = families
        .iter()
        .flat_map(|family| family.vocabulary.keys.iter().copied())
        .collect();
    keys.par_sort_unstable();
    keys.dedup();
    let exact: Vec<[f32; COLUMNS]> = keys.par_iter().map(|key| row(*key, families, models)).collect();

    let (steps, rows) = bytes(&exact);

    // The strongest rows stay, in the order of their keys.
    let strength = |id: &usize| {
        rows[*id]
            .iter()
            .map(|w| u32::from(w.unsigned_abs()).pow(2))
            .sum::<u32>()
    };
    let mut kept: Vec<usize> = (0..keys.len())
        .filter(|id| rows[*id].iter().any(|w| w.unsigned_abs() > 1))
        .collect();
    kept.par_sort_by_key(|id| std::cmp::Reverse(strength(id)));
    kept.truncate(most);
    kept.par_sort_unstable();

    let norm = |family: &Family, key| {
        let idf = family
            .vocabulary
            .column(key)
            .map_or(0.0, |column| family.vocabulary.idf[column as usize]);
        (idf * idf / NORM_STEP).round().min(255.0) as u8
    };
    let norms: Vec<[u8; MODELS]> = kept
        .iter()
        .map(|id| std::array::from_fn(|model| norm(&families[model], keys[*id])))
        .collect();
    let kept_keys: Vec<u32> = kept.iter().map(|id| keys[*id]).collect();
    let calibrations = TASKS.map(|task| {
        let (model, temperature) = &models[task.place];
        let family = &families[task.place];
        let shorter = shrinkage(family, &kept_keys);
        let mut bias = model.bias().to_vec();
        for (at, mean) in family.means.iter().enumerate() {
            let column = model.column(family.vocabulary.keys.len() + family.factors.columns + at);
            for (bias, weight) in bias.iter_mut().zip(column) {
                *bias -= mean * weight;
            }
        }
        Calibration {
            bias: bias.iter().map(|bias| bias * temperature).collect(),
            scale: task
                .columns
                .clone()
                .map(|column| steps[column] * temperature * shorter)
                .collect(),
        }
    });
    Folded {
        calibrations,
        rows: kept.iter().map(|id| rows[*id]).collect(),
        norms,
        keys: kept_keys,
    }
}

/// Weights of each of `keys` for the acts, and what turns their sums into logits. Keys the acts know nothing of get zeros.
pub(crate) fn acts(vocabulary: &Vocabulary, model: &Linear, keys: &[u32]) -> (Calibration, Vec<PerAct<i8>>) {
    let exact: Vec<PerAct<f32>> = keys
        .par_iter()
        .map(|key| {
            vocabulary.column(*key).map_or_else(PerAct::default, |column| {
                let weights = model.column(column as usize);
                std::array::from_fn(|act| weights[act])
            })
        })
        .collect();
    let (steps, rows) = bytes(&exact);
    let calibration = Calibration {
        bias: model.bias().to_vec(),
        scale: steps.to_vec(),
    };
    (calibration, rows)
}

/// Weights as bytes, with the step of each column.
fn bytes<const N: usize>(exact: &[[f32; N]]) -> ([f32; N], Vec<[i8; N]>) {
    let steps: [f32; N] = std::array::from_fn(|column| {
        let mut sizes: Vec<f32> = exact
            .iter()
            .map(|row| row[column].abs())
            .filter(|size| *size > 0.0)
            .collect();
        sizes.par_sort_unstable_by(f32::total_cmp);
        let place = (sizes.len() as f64 * (1.0 - CLIPPED)) as usize;
        sizes
            .get(place.min(sizes.len().saturating_sub(1)))
            .map_or(1.0, |size| size.max(1e-9) / 127.0)
    });
    let rows = exact
        .par_iter()
        .map(|row| std::array::from_fn(|k| (row[k] / steps[k]).round().clamp(-127.0, 127.0) as i8))
        .collect();
    (steps, rows)
}

/// Weights of one feature in all models: its own and those of the shared columns it adds to.
fn row(key: u32, families: &[Family], models: &[(Linear, f32)]) -> [f32; COLUMNS] {
    let mut row = [0.0f32; COLUMNS];
    for task in TASKS {
        let family = &families[task.place];
        let (model, _) = &models[task.place];
        let Some(column) = family.vocabulary.column(key) else {
            continue;
        };
        let mut add = |column: usize, value: f32| {
            for (sum, weight) in row[task.columns.clone()].iter_mut().zip(model.column(column)) {
                *sum += value * weight;
            }
        };
        let idf = family.vocabulary.idf[column as usize];
        add(column as usize, idf);
        for &(shared, value) in family.factors.of.get(&key).into_iter().flatten() {
            add(family.vocabulary.keys.len() + shared as usize, value);
        }
        let first = family.vocabulary.keys.len() + family.factors.columns;
        for (at, value) in family.factors.vectors.vector(key).iter().enumerate() {
            add(first + at, idf * value);
        }
    }
    row
}

/// By how much texts get shorter, in the mean, when only `kept` features are counted: the norm at run time sees no others.
fn shrinkage(family: &Family, kept: &[u32]) -> f32 {
    let is_kept: Vec<bool> = family
        .vocabulary
        .keys
        .par_iter()
        .map(|key| kept.binary_search(key).is_ok())
        .collect();
    let ratios: Vec<f64> = (0..family.rows.len())
        .into_par_iter()
        .map(|i| {
            let length = |only: bool| {
                let columns =
                    family.rows.row(i).iter().filter(|(column, _)| {
                        is_kept.get(*column as usize).is_some_and(|kept| *kept || !only)
                    });
                columns.map(|(_, value)| f64::from(value * value)).sum::<f64>()
            };
            (length(true) / length(false).max(1e-9)).sqrt()
        })
        .collect();
    if ratios.is_empty() {
        1.0
    } else {
        (ratios.iter().sum::<f64>() / ratios.len() as f64) as f32
    }
}
