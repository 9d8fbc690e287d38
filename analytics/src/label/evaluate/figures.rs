//! The figures of one model: per class, as a whole, and whether its confidence can be believed.

use crate::label::score::best;
use serde::Serialize;
use std::fmt;

/// One measured text.
pub(crate) struct Guess {
    truth: usize,
    guess: usize,
    confidence: f32,
}

impl Guess {
    pub(crate) fn new(truth: usize, probabilities: &[f32]) -> Self {
        let guess = best(probabilities);
        Self {
            truth,
            guess,
            confidence: probabilities[guess],
        }
    }
}

/// Figures of one model. A rate without texts is `None`, never 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Texts measured.
    pub texts: usize,
    /// Share guessed right.
    pub accuracy: Option<f64>,
    /// Mean F1 of the classes that have texts.
    pub macro_f1: Option<f64>,
    /// Expected calibration error: mean distance of confidence and accuracy over the bins, weighed by their texts.
    pub calibration_error: Option<f64>,
    /// Confidence below which a guess is not used.
    pub threshold: f32,
    /// Share of texts at or above the threshold.
    pub kept: Option<f64>,
    /// Share of those guessed right.
    pub kept_accuracy: Option<f64>,
    /// Class by class.
    pub classes: Vec<Class>,
    /// Row: true class; column: guessed class.
    pub confusion: Vec<Vec<usize>>,
    /// Ten bins of confidence.
    pub reliability: Vec<Bin>,
}

/// Figures of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Texts of it.
    pub texts: usize,
    /// Right among those guessed to be of it.
    pub precision: Option<f64>,
    /// Found among those that are of it.
    pub recall: Option<f64>,
    /// Harmonic mean of the two.
    pub f1: Option<f64>,
}

/// Texts whose confidence lies in a tenth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end.
    pub from: f64,
    /// Texts in it.
    pub texts: usize,
    /// Mean confidence.
    pub confidence: Option<f64>,
    /// Share guessed right.
    pub accuracy: Option<f64>,
}

impl Figures {
    /// Figures of true classes with the probabilities given.
    pub(crate) fn of(names: &[&str], said: &[(usize, Vec<f32>)], threshold: f32) -> Self {
        let guesses: Vec<Guess> = said
            .iter()
            .map(|(truth, probabilities)| Guess::new(*truth, probabilities))
            .collect();
        Self::new(names, &guesses, threshold)
    }

    pub(crate) fn new(names: &[&str], guesses: &[Guess], threshold: f32) -> Self {
        let mut confusion = vec![vec![0; names.len()]; names.len()];
        for guess in guesses {
            confusion[guess.truth][guess.guess] += 1;
        }
        let classes: Vec<Class> = names
            .iter()
            .enumerate()
            .map(|(k, name)| class(k, name, &confusion))
            .collect();
        let f1: Vec<f64> = classes
            .iter()
            .filter(|class| class.texts > 0)
            .map(|class| class.f1.unwrap_or(0.0))
            .collect();
        let reliability = bins(guesses);
        let off = |bin: &Bin| {
            bin.texts as f64 * (bin.confidence.unwrap_or(0.0) - bin.accuracy.unwrap_or(0.0)).abs()
        };
        let kept: Vec<&Guess> = guesses
            .iter()
            .filter(|guess| guess.confidence >= threshold)
            .collect();
        Self {
            texts: guesses.len(),
            accuracy: share(
                guesses.iter().filter(|g| g.truth == g.guess).count() as f64,
                guesses.len(),
            ),
            macro_f1: share(f1.iter().sum(), f1.len()),
            calibration_error: share(reliability.iter().map(off).sum(), guesses.len()),
            threshold,
            kept: share(kept.len() as f64, guesses.len()),
            kept_accuracy: share(
                kept.iter().filter(|g| g.truth == g.guess).count() as f64,
                kept.len(),
            ),
            classes,
            confusion,
            reliability,
        }
    }
}

fn share(part: f64, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part / whole as f64)
}

fn class(k: usize, name: &str, confusion: &[Vec<usize>]) -> Class {
    let right = confusion[k][k] as f64;
    let texts = confusion[k].iter().sum();
    let guessed: usize = confusion.iter().map(|row| row[k]).sum();
    let both = texts + guessed;
    Class {
        name: name.to_owned(),
        texts,
        precision: share(right, guessed),
        recall: share(right, texts),
        f1: share(2.0 * right, both),
    }
}

fn bins(guesses: &[Guess]) -> Vec<Bin> {
    (0..10)
        .map(|tenth| {
            let inside: Vec<&Guess> = guesses
                .iter()
                .filter(|g| ((g.confidence * 10.0) as usize).min(9) == tenth)
                .collect();
            Bin {
                from: tenth as f64 / 10.0,
                texts: inside.len(),
                confidence: share(inside.iter().map(|g| f64::from(g.confidence)).sum(), inside.len()),
                accuracy: share(
                    inside.iter().filter(|g| g.truth == g.guess).count() as f64,
                    inside.len(),
                ),
            }
        })
        .collect()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |rate: Option<f64>| rate.map_or("N/A".to_owned(), |rate| format!("{rate:.3}"));
        writeln!(
            f,
            "  texts {}  accuracy {}  macro-F1 {}  calibration error {}",
            self.texts,
            show(self.accuracy),
            show(self.macro_f1),
            show(self.calibration_error)
        )?;
        if self.threshold > 0.0 {
            let (kept, right) = (show(self.kept), show(self.kept_accuracy));
            writeln!(
                f,
                "  at confidence {:.3} or more: kept {kept}, of these right {right}",
                self.threshold
            )?;
        }
        writeln!(f, "  precision  recall  F1     texts  class; guessed as")?;
        for (class, row) in self.classes.iter().zip(&self.confusion) {
            let (precision, recall, f1) = (show(class.precision), show(class.recall), show(class.f1));
            let row: Vec<String> = row.iter().map(usize::to_string).collect();
            writeln!(
                f,
                "  {precision:<9}  {recall:<6}  {f1:<5}  {:>5}  {}; {}",
                class.texts,
                class.name,
                row.join(" ")
            )?;
        }
        writeln!(f, "  confidence  accuracy  texts")?;
        for bin in self.reliability.iter().filter(|bin| bin.texts > 0) {
            writeln!(
                f,
                "  {:<10}  {:<8}  {:>5}",
                show(bin.confidence),
                show(bin.accuracy),
                bin.texts
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_was_guessed() {
        let guesses: Vec<Guess> = [
            (0, [0.9, 0.1]),
            (0, [0.4, 0.6]),
            (1, [0.2, 0.8]),
            (1, [0.05, 0.95]),
        ]
        .map(|(t, p)| Guess::new(t, &p))
        .into();
        let figures = Figures::new(&["a", "b", "never"], &guesses, 0.75);
        assert_eq!(figures.accuracy, Some(0.75));
        assert_eq!(figures.kept, Some(0.75));
        assert_eq!(figures.kept_accuracy, Some(1.0));
        assert_eq!(figures.confusion[0], [1, 1, 0]);
        assert_eq!(figures.classes[2].f1, None);
        let macro_f1 = (2.0 / 3.0 + 4.0 / 5.0) / 2.0;
        assert!((figures.macro_f1.unwrap() - macro_f1).abs() < 1e-9);
        assert!((figures.calibration_error.unwrap() - (0.1 + 0.6 + 0.2 + 0.05) / 4.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_measured_is_no_figure() {
        let figures = Figures::new(&["a"], &[], 0.5);
        assert_eq!(
            (figures.accuracy, figures.kept, figures.macro_f1),
            (None, None, None)
        );
        assert!(figures.to_string().contains("N/A"));
    }
}
