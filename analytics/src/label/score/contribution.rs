//! What each word added to the type.

use super::{Scorer, Scratch, place_of};
use crate::label::acts::ACTS;
use crate::label::feature::Field;
use crate::label::weights::Acts;
use std::ops::Range;

impl Scorer {
    /// What each occurrence of a known feature of the text read last adds to the logit of type `winner` over that of
    /// `other`: by the words, and by what they make of their clause, as far as a small change would go.
    pub(crate) fn contributions(
        &self,
        winner: usize,
        other: usize,
        scratch: &Scratch,
        mut each: impl FnMut(f32, Field, Range<u32>),
    ) {
        let Scratch {
            read,
            times,
            told,
            tallies,
            types,
            norm,
            ..
        } = scratch;
        let (by_type, by_act) = match &self.head.acts {
            Some(Acts { judge, .. }) => judge.slopes(winner, other, types, told),
            None => {
                let mut by_type = [0.0; 5];
                by_type[winner] = 1.0;
                by_type[other] = -1.0;
                (by_type, Vec::new())
            }
        };
        let mut by_weight = [0.0; AT_ONCE];
        for kind in 0..by_type.len() {
            by_weight[kind] = by_type[kind] * self.head.r#type.scale[kind] / *norm;
        }
        let by_weight = Slopes::new(by_weight);
        let by_act: Vec<Slopes> = match &self.head.acts {
            Some(Acts { calibration, .. }) => by_act
                .iter()
                .zip(tallies.iter().skip(1))
                .map(|(slopes, tally)| {
                    let norm = tally.norm();
                    Slopes::new(std::array::from_fn(|act| {
                        slopes[act] * calibration.scale[act] / norm
                    }))
                })
                .collect(),
            None => Vec::new(),
        };
        for occurrence in read.iter() {
            let row = occurrence.feature as u32 as usize;
            let (types, _) = self.rows[row].weights.as_chunks::<AT_ONCE>();
            let mut share = by_weight.product(&types[0]) / f32::from(times[row]);
            let clause = place_of(occurrence.feature).checked_sub(1);
            if let Some(slopes) = clause.and_then(|clause| by_act.get(clause)) {
                share += slopes.product(&self.rows[row].acts);
            }
            each(share, occurrence.field(), occurrence.start..occurrence.end);
        }
    }
}

/// Weights multiplied at once: all acts, or the types and the first of what follows them in a row.
const AT_ONCE: usize = ACTS.len();

/// Slopes as whole numbers of a unit: whole numbers of 16 bits are multiplied and added eight at a time.
struct Slopes {
    steps: [i16; AT_ONCE],
    unit: f32,
}

impl Slopes {
    fn new(slopes: [f32; AT_ONCE]) -> Self {
        let top = slopes.iter().fold(0.0f32, |top, slope| top.max(slope.abs()));
        let unit = (top / f32::from(i16::MAX)).max(f32::MIN_POSITIVE);
        Self {
            steps: slopes.map(|slope| (slope / unit).round() as i16),
            unit,
        }
    }

    fn product(&self, weights: &[i8; AT_ONCE]) -> f32 {
        let mut sum = 0;
        for (step, weight) in self.steps.iter().zip(weights) {
            sum += i32::from(*step) * i32::from(*weight);
        }
        sum as f32 * self.unit
    }
}
