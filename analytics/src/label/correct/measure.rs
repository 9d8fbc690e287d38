//! Whether a correction is better than what is in use: measured on labels it has not seen.
//!
//! Every judged ticket is left out once, together with its near-duplicates, and labelled by a correction learnt from the
//! others by the same recipe. The model in use is measured on the same tickets, those it learnt from left out: there it
//! would only show its memory.

use super::{Correction, Material, learn, tilt};
use crate::label::error::LabelError;
use crate::label::evaluate::Figures;
use crate::label::score::{Scores, best};
use crate::label::text::TOPICS;
use ingest::record::TicketType;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt;

/// Fewer new labels than this do not say whether the correction in use is worse.
const FEW: usize = 20;
/// A correction may give so many of the labels people let stand another type, not more.
const MOVED: f64 = 0.05;

/// Figures of one model on judged tickets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// 诉求类型
    pub r#type: Figures,
    /// 诉求领域
    pub topic: Figures,
}

/// A correction against what is in use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Tickets people classified.
    pub judged: usize,
    /// The weights without correction, on all of them.
    pub base: Measured,
    /// The correction, on all of them.
    pub correction: Measured,
    /// The model in use and the correction, on the tickets the model in use has not learnt from; absent where no
    /// correction is in use or too few labels are new.
    pub in_use: Option<(Measured, Measured)>,
    /// Tickets whose type a feed gave or people let stand.
    pub let_stand: usize,
    /// Those whose type the model tells rightly now and would not with the correction.
    pub moved: usize,
    /// Why it should not be installed; empty when it should.
    pub worse: Vec<String>,
}

/// Measures the recipe on `material`; `in_use` is the correction installed now.
///
/// # Errors
/// When there is too little to measure.
pub fn measure(material: &Material<'_>, in_use: Option<&Correction>) -> Result<Report, LabelError> {
    let examples = learn::examples(material)?;
    let cost = learn::best_cost(&examples, material);
    let base = material.base.base_hash();
    let folds: Vec<Correction> = (0..learn::FOLDS)
        .into_par_iter()
        .map(|fold| learn::fit(&examples, |one| one.group % learn::FOLDS != fold, cost, base))
        .collect();
    let corrected = |one: &learn::Example| with(one, &folds[one.group % learn::FOLDS]);
    let threshold = material.base.threshold();
    let figures = |of: &[&learn::Example], scores: &dyn Fn(&learn::Example) -> Scores| {
        let said = |truth: fn(&learn::Example) -> Option<usize>, probabilities: fn(&Scores) -> &[f32]| {
            of.iter()
                .filter_map(|one| Some((truth(one)?, probabilities(&scores(one)).to_vec())))
                .collect::<Vec<_>>()
        };
        let types = said(|one| one.r#type, |scores| &scores.r#type);
        let topics = said(|one| one.topic, |scores| &scores.topic);
        Measured {
            r#type: Figures::of(&TicketType::ALL.map(TicketType::name), &types, threshold),
            topic: Figures::of(&TOPICS, &topics, 0.0),
        }
    };
    let judged: Vec<&learn::Example> = examples.iter().filter(|one| one.judged).collect();
    let let_stand: Vec<&learn::Example> = examples.iter().filter(|one| !one.judged).collect();
    // The model tells rightly what stands, without the correction or with the one in use, and would no longer.
    let moves = |one: &&&learn::Example| {
        let base = best(&one.base.r#type);
        let stands = one.r#type.unwrap_or(base);
        let told = base == stands || in_use.is_some_and(|in_use| best(&with(one, in_use).r#type) == stands);
        told && best(&corrected(one).r#type) != stands
    };
    let moved = let_stand.iter().filter(moves).count();
    let in_use = in_use.and_then(|in_use| {
        let new: Vec<&learn::Example> = judged
            .iter()
            .copied()
            .filter(|one| !in_use.head.learnt.contains(&one.fingerprint))
            .collect();
        (new.len() >= FEW).then(|| (figures(&new, &|one| with(one, in_use)), figures(&new, &corrected)))
    });
    let mut report = Report {
        judged: judged.len(),
        base: figures(&judged, &|one| one.base),
        correction: figures(&judged, &corrected),
        in_use,
        let_stand: let_stand.len(),
        moved,
        worse: Vec::new(),
    };
    report.worse = report.reasons();
    Ok(report)
}

fn with(one: &learn::Example, correction: &Correction) -> Scores {
    let mut scores = one.base;
    let delta = correction.delta(&one.features);
    tilt(&mut scores.r#type, &delta[super::TYPE]);
    tilt(&mut scores.topic, &delta[super::TOPIC]);
    scores
}

impl Report {
    fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let mut compare = |than: &str, old: &Measured, new: &Measured| {
            for (what, old, new) in [
                ("type", &old.r#type, &new.r#type),
                ("topic", &old.topic, &new.topic),
            ] {
                let (Some(was), Some(is)) = (old.accuracy, new.accuracy) else {
                    continue;
                };
                if is < was {
                    reasons.push(format!("{what}: accuracy {is:.3}, {than} {was:.3}"));
                }
            }
        };
        compare("without correction", &self.base, &self.correction);
        if let Some((old, new)) = &self.in_use {
            compare("the correction in use", old, new);
        }
        if self.let_stand < FEW {
            reasons.push(format!(
                "only {} dispatched tickets show what must not change, of {FEW} needed",
                self.let_stand
            ));
        }
        if self.moved as f64 > MOVED * self.let_stand as f64 {
            reasons.push(format!(
                "{} of {} types that feeds gave or people let stand would change",
                self.moved, self.let_stand
            ));
        }
        reasons
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut side = |name: &str, measured: &Measured| {
            writeln!(f, "{name}, type\n{}", measured.r#type)?;
            writeln!(f, "{name}, topic\n{}", measured.topic)
        };
        side("without correction", &self.base)?;
        side("with correction (each ticket held out)", &self.correction)?;
        if let Some((old, new)) = &self.in_use {
            side("correction in use, on labels it has not seen", old)?;
            side("new correction, on the same labels", new)?;
        }
        writeln!(
            f,
            "types feeds gave or people let stand that would change: {} of {}",
            self.moved, self.let_stand
        )?;
        match self.worse.as_slice() {
            [] => write!(f, "not worse than without it or than the correction in use"),
            reasons => write!(f, "not to be installed: {}", reasons.join("; ")),
        }
    }
}
