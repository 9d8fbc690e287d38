//! From sums of weights to probabilities.

use crate::label::text::EMOTIONS;
use crate::label::weights::{Calibration, NORM_STEP};

/// Smallest norm: four characters of a complaint have 15. A text of one known mark says less than its direction makes it seem.
const LEAST: f32 = 10.0;

/// A norm from its sum of bytes.
pub(super) fn norm_of(sum: u32) -> f32 {
    (sum as f32 * NORM_STEP).sqrt().max(LEAST)
}

/// `softmax(bias + scale * sum / norm)`.
pub(super) fn probabilities<const N: usize>(model: &Calibration, sums: &[i32], norm: f32) -> [f32; N] {
    softmax(std::array::from_fn(|k| {
        model.bias[k] + model.scale[k] * sums[k] as f32 / norm
    }))
}

/// Logits as probabilities.
pub(crate) fn softmax<const N: usize>(mut logits: [f32; N]) -> [f32; N] {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for value in &mut logits {
        *value = (*value - top).exp();
        total += *value;
    }
    logits.map(|value| value / total)
}

/// Probabilities of the sentiments from those of the emotions.
pub(super) fn sentiments(emotions: [f32; EMOTIONS.len()]) -> [f32; 3] {
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
