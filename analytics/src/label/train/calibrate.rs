//! From scores to probabilities that mean what they say, and the confidence below which a type is not used.

use super::logistic::softmax;

/// Scores of a text by a model that has not seen it, and its true class.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The example.
    pub(crate) of: usize,
    /// The round it was held back in.
    pub(crate) round: usize,
    pub(crate) logits: Vec<f32>,
    pub(crate) class: usize,
}

/// The factor on the logits that makes the held-out texts likeliest, by golden-section search.
pub(crate) fn temperature(held: &[Held]) -> f32 {
    let loss = |factor: f32| -> f64 {
        held.iter()
            .map(|text| {
                let mut logits: Vec<f32> = text.logits.iter().map(|logit| logit * factor).collect();
                softmax(&mut logits, text.class)
            })
            .sum()
    };
    let (mut low, mut high) = (0.2f32, 5.0f32);
    for _ in 0..40 {
        let (a, b) = (high - (high - low) * 0.618, low + (high - low) * 0.618);
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    (low + high) / 2.0
}

/// The lowest confidence above which the held-out texts are right as often as `wanted`.
pub(crate) fn threshold(held: &[Held], factor: f32, wanted: f64) -> f32 {
    let mut sure: Vec<(f32, bool)> = held
        .iter()
        .map(|text| {
            let mut values: Vec<f32> = text.logits.iter().map(|logit| logit * factor).collect();
            softmax(&mut values, text.class);
            let best = crate::label::score::best(&values);
            (values[best], best == text.class)
        })
        .collect();
    sure.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut lowest) = (0usize, 0.99);
    for (seen, (confidence, correct)) in (1usize..).zip(&sure) {
        right += usize::from(*correct);
        if right as f64 >= wanted * seen as f64 {
            lowest = *confidence;
        }
    }
    lowest
}
