//! What each clause of a text does (blames, demands, tells a problem, asks …), and the judge: the type from what all clauses
//! do together with what the words of the whole text say.
//!
//! A word model counts words wherever they stand; who tells a fault at length and asks a question at the end is decided
//! by what takes the most of the text. A clause is short enough for its words to say what it does, and that holds from
//! city to city.

use super::clause::TITLE;
use serde::{Deserialize, Serialize};

/// What a clause can do; the last stands for none of the others.
pub(crate) const ACTS: [&str; 8] = [
    "blame",
    "demand",
    "problem",
    "request",
    "question",
    "suggestion",
    "thanks",
    "none",
];
/// One number an act.
pub(crate) type PerAct<T> = [T; ACTS.len()];

/// Bytes above which a clause weighs no more.
const LONGEST: f32 = 240.0;
/// Types.
const TYPES: usize = 5;
/// Numbers of a text: the log-probabilities of the types by words, then for each act its share of the text, its probability in
/// the surest clause, in the title and in the last clause.
const PLAIN: usize = TYPES + 4 * ACTS.len();
/// Where the acts' probabilities in the surest clause begin among them.
const SUREST: usize = TYPES + ACTS.len();
/// Where those in the title begin.
const IN_TITLE: usize = TYPES + 2 * ACTS.len();
/// Products: each act in the title with each in the surest clause, and each two in the surest clauses.
const PRODUCTS: usize = ACTS.len() * ACTS.len() + ACTS.len() * (ACTS.len() + 1) / 2;
/// Numbers whose products are read, too: whether a text both blames and asks for help, in whatever clauses, or tells a problem
/// in its title and blames below it, is more than the sum of both.
static PAIRS: [(usize, usize); PRODUCTS] = {
    let mut pairs = [(0, 0); PRODUCTS];
    let (mut at, mut act) = (0, 0);
    while act < ACTS.len() {
        let mut other = 0;
        while other < ACTS.len() {
            pairs[at] = (IN_TITLE + act, SUREST + other);
            at += 1;
            if act <= other {
                pairs[at] = (SUREST + act, SUREST + other);
                at += 1;
            }
            other += 1;
        }
        act += 1;
    }
    pairs
};
/// Numbers the judge reads: those of a text, then the products of [`PAIRS`].
pub(crate) const READ: usize = PLAIN + PRODUCTS;
/// Probabilities below this are the same to the judge.
const LEAST: f32 = 1e-5;

/// A clause read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clause {
    /// Probability of each act.
    pub(crate) acts: PerAct<f32>,
    /// Length in bytes; 0 for a title that is missing.
    pub(crate) bytes: f32,
}

/// Weighs types by words and acts by clauses: a row of weights a type, then a bias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Judge {
    pub(crate) weights: Vec<Vec<f32>>,
    pub(crate) bias: Vec<f32>,
}

/// The acts of a whole text: what the judge reads of them, and from which clause.
struct Summary {
    share: PerAct<f32>,
    /// Probability in the surest clause, and which that is.
    surest: PerAct<(f32, usize)>,
    /// `None` where there is none, as of the next: the shares stand in for it.
    title: Option<PerAct<f32>>,
    /// The last clause of the body.
    last: Option<PerAct<f32>>,
    last_at: usize,
    /// Bytes that all shares are of.
    total: f32,
}

fn weight(clause: &Clause) -> f32 {
    clause.bytes.min(LONGEST)
}

fn summary(clauses: &[Clause]) -> Summary {
    let mut summary = Summary {
        share: Default::default(),
        surest: Default::default(),
        title: None,
        last: None,
        last_at: clauses.len().saturating_sub(1),
        total: clauses.iter().map(weight).sum::<f32>().max(1.0),
    };
    for (at, clause) in clauses.iter().enumerate().filter(|(_, c)| c.bytes > 0.0) {
        for (act, probability) in clause.acts.into_iter().enumerate() {
            summary.share[act] += probability * weight(clause) / summary.total;
            if probability > summary.surest[act].0 {
                summary.surest[act] = (probability, at);
            }
        }
        if at == TITLE {
            summary.title = Some(clause.acts);
        } else if at == summary.last_at {
            summary.last = Some(clause.acts);
        }
    }
    summary
}

/// What the judge reads of a text, the title's clause first among `clauses`.
pub(crate) fn read(types: &[f32; TYPES], clauses: &[Clause]) -> [f32; READ] {
    numbers(types, &summary(clauses))
}

fn numbers(types: &[f32; TYPES], summary: &Summary) -> [f32; READ] {
    let mut out = [0.0; READ];
    let acts = summary.share.into_iter();
    let acts = acts.chain(summary.surest.map(|(probability, _)| probability));
    let acts = acts.chain(summary.title.unwrap_or(summary.share));
    let acts = acts.chain(summary.last.unwrap_or(summary.share));
    let words = types.iter().map(|probability| (probability + LEAST).ln());
    for (place, value) in out.iter_mut().zip(words.chain(acts)) {
        *place = value;
    }
    let (plain, products) = out.split_at_mut(PLAIN);
    for (product, (one, other)) in products.iter_mut().zip(&PAIRS) {
        *product = plain[*one] * plain[*other];
    }
    out
}

impl Judge {
    /// Whether the numbers fit what is read.
    pub(crate) fn fits(&self) -> bool {
        self.bias.len() == TYPES
            && self.weights.len() == TYPES
            && self.weights.iter().all(|row| row.len() == READ)
    }

    /// Logits of the types.
    pub(crate) fn logits(&self, read: &[f32; READ]) -> [f32; TYPES] {
        std::array::from_fn(|kind| {
            let products = self.weights[kind]
                .iter()
                .zip(read)
                .map(|(weight, value)| weight * value);
            self.bias[kind] + products.sum::<f32>()
        })
    }

    /// By how much the logit of type `winner` over that of `other` grows with each logit of the types by words, and with
    /// each logit of the acts of each clause.
    pub(crate) fn slopes(
        &self,
        winner: usize,
        other: usize,
        types: &[f32; TYPES],
        clauses: &[Clause],
    ) -> ([f32; TYPES], Vec<PerAct<f32>>) {
        let mut by: [f32; READ] =
            std::array::from_fn(|at| self.weights[winner][at] - self.weights[other][at]);
        let summary = summary(clauses);
        let values = numbers(types, &summary);
        let (plain, products) = by.split_at_mut(PLAIN);
        // A product grows with each of the two as much as the other is.
        for (product, (one, other)) in products.iter().zip(&PAIRS) {
            plain[*one] += product * values[*other];
            plain[*other] += product * values[*one];
        }
        let (words, acts) = plain.split_at(TYPES);
        let all: f32 = words.iter().sum();
        let words = std::array::from_fn(|kind| words[kind] - types[kind] * all);

        let of = |part: usize, act: usize| acts[part * ACTS.len() + act];
        let slopes = clauses.iter().enumerate().map(|(at, clause)| {
            if clause.bytes == 0.0 {
                return PerAct::default();
            }
            let by: PerAct<f32> = std::array::from_fn(|act| {
                let stand_in = |missing: bool, part| if missing { of(part, act) } else { 0.0 };
                let share =
                    of(0, act) + stand_in(summary.title.is_none(), 2) + stand_in(summary.last.is_none(), 3);
                let mut by = share * weight(clause) / summary.total;
                if summary.surest[act].1 == at {
                    by += of(1, act);
                }
                if at == TITLE {
                    by += of(2, act);
                } else if at == summary.last_at {
                    by += of(3, act);
                }
                by
            });
            let mean: f32 = by.iter().zip(clause.acts).map(|(by, p)| by * p).sum();
            std::array::from_fn(|act| clause.acts[act] * (by[act] - mean))
        });
        (words, slopes.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::softmax;
    use super::*;

    fn judge() -> Judge {
        let number = |kind: usize, at: usize| ((kind * 7 + at * 3) % 11) as f32 / 11.0 - 0.4;
        Judge {
            weights: (0..TYPES)
                .map(|kind| (0..READ).map(|at| number(kind, at)).collect())
                .collect(),
            bias: vec![0.0; TYPES],
        }
    }

    #[test]
    fn slopes_are_what_small_changes_make() {
        let judge = judge();
        let types = [0.3f32, -0.2, 0.9, 0.0, -1.0];
        let logits: Vec<PerAct<f32>> = (0..3usize)
            .map(|clause| std::array::from_fn(|act| ((clause * 5 + act * 3) % 7) as f32 * 0.3))
            .collect();
        let over = |types: &[f32; TYPES], logits: &[PerAct<f32>]| {
            let clauses: Vec<Clause> = logits
                .iter()
                .zip([30.0, 90.0, 500.0])
                .map(|(logits, bytes)| Clause {
                    acts: softmax(*logits),
                    bytes,
                })
                .collect();
            let types = softmax(*types);
            let out = judge.logits(&read(&types, &clauses));
            (out[2] - out[0], judge.slopes(2, 0, &types, &clauses))
        };
        let (before, (words, acts)) = over(&types, &logits);
        let near = |slope: f32, after: f32| (after - before - slope * 0.01).abs() < 3e-4;
        for kind in 0..TYPES {
            let mut moved = types;
            moved[kind] += 0.01;
            assert!(near(words[kind], over(&moved, &logits).0), "type {kind}");
        }
        for (clause, act) in (0..3).flat_map(|clause| (0..ACTS.len()).map(move |act| (clause, act))) {
            let mut moved = logits.clone();
            moved[clause][act] += 0.01;
            assert!(
                near(acts[clause][act], over(&types, &moved).0),
                "clause {clause}, act {act}"
            );
        }
    }

    #[test]
    fn an_empty_text_says_nothing_and_a_missing_title_as_much_as_the_rest() {
        let blames = |bytes| Clause {
            acts: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            bytes,
        };
        let acts = |clauses: &[Clause]| read(&[0.2; 5], clauses)[TYPES..].to_vec();
        assert!(acts(&[blames(0.0)]).iter().all(|value| *value == 0.0));
        let said = acts(&[blames(0.0), blames(30.0)]);
        let told: Vec<usize> = (0..said.len()).filter(|at| said[*at] > 0.0).collect();
        let products = [(IN_TITLE, SUREST), (SUREST, SUREST)]
            .map(|pair| PLAIN - TYPES + PAIRS.iter().position(|of| *of == pair).unwrap());
        assert_eq!(told, [0, 8, 16, 24, products[0], products[1]]);
    }
}
