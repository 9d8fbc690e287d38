//! Logistic regression on sparse rows, each class against all others.
//!
//! Reproducible to the bit whatever the number of threads: a class is learnt by one thread, in a fixed order.

use rayon::prelude::*;

/// Rows of (column, value) pairs.
#[derive(Debug, Default, Clone)]
pub(crate) struct Sparse {
    /// Row `i` is `entries[starts[i]..starts[i + 1]]`.
    pub(crate) starts: Vec<usize>,
    pub(crate) entries: Vec<(u32, f32)>,
    pub(crate) columns: usize,
}

impl Sparse {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            starts: vec![0],
            entries: Vec::new(),
            columns,
        }
    }

    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        self.entries.extend(row);
        self.starts.push(self.entries.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(crate) fn row(&self, i: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[i]..self.starts[i + 1]]
    }
}

/// What is learnt: `classes` weights a column, then one bias a class.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    pub(crate) classes: usize,
    pub(crate) weights: Vec<f32>,
}

impl Linear {
    pub(crate) fn column(&self, column: usize) -> &[f32] {
        &self.weights[column * self.classes..(column + 1) * self.classes]
    }

    pub(crate) fn bias(&self) -> &[f32] {
        &self.weights[self.weights.len() - self.classes..]
    }

    pub(crate) fn logits(&self, row: &[(u32, f32)]) -> Vec<f32> {
        let mut out = self.bias().to_vec();
        for &(column, value) in row {
            for (sum, weight) in out.iter_mut().zip(self.column(column as usize)) {
                *sum += value * weight;
            }
        }
        out
    }
}

/// A learning problem: each row has a class and a weight; a row of weight 0 is not learnt from.
pub(crate) struct Problem<'a> {
    pub(crate) rows: &'a Sparse,
    pub(crate) targets: &'a [usize],
    pub(crate) weights: &'a [f32],
    pub(crate) classes: usize,
    /// By class and column: the penalty of a weight is divided by it.
    pub(crate) freedoms: &'a [Vec<f32>],
    /// Inverse of the L2 penalty, as liblinear counts it.
    pub(crate) cost: f32,
}

impl Problem<'_> {
    /// Learns each class against all others in `rounds` rounds.
    pub(crate) fn solve(&self, rounds: usize) -> Linear {
        let one_by_one: Vec<Vec<f32>> = (0..self.classes)
            .into_par_iter()
            .map(|class| self.against_others(class, rounds))
            .collect();
        let mut weights = Vec::with_capacity((self.rows.columns + 1) * self.classes);
        for column in 0..=self.rows.columns {
            weights.extend(one_by_one.iter().map(|class| class[column]));
        }
        Linear {
            classes: self.classes,
            weights,
        }
    }

    /// Dual coordinate descent for logistic regression (Yu, Huang and Lin 2011): one pair of dual variables a row, each
    /// found by Newton's method while all others stand still. The last weight is the bias.
    fn against_others(&self, class: usize, rounds: usize) -> Vec<f32> {
        let mut model = vec![0.0f32; self.rows.columns + 1];
        let mut order: Vec<usize> = (0..self.rows.len()).filter(|&i| self.weights[i] > 0.0).collect();
        let limit = |i: usize| self.weights[i] * self.cost;
        let mut duals: Vec<[f32; 2]> = (0..self.rows.len())
            .map(|i| {
                let small = (0.001 * limit(i)).min(1e-8);
                [small, limit(i) - small]
            })
            .collect();
        let freedom = &self.freedoms[class];
        let lengths: Vec<f32> = (0..self.rows.len())
            .map(|i| {
                let squares = self.rows.row(i).iter().map(|&(c, v)| freedom[c as usize] * v * v);
                1.0 + squares.sum::<f32>()
            })
            .collect();
        let sign = |i: usize| if self.targets[i] == class { 1.0f32 } else { -1.0 };
        for &i in &order {
            add(&mut model, freedom, self.rows.row(i), sign(i) * duals[i][0]);
        }
        let mut dice = 0x2545_F491_4F6C_DD1Du64 ^ class as u64;
        for _ in 0..rounds {
            shuffle(&mut order, &mut dice);
            let mut moved = 0.0f32;
            for &i in &order {
                let (row, bound, length) = (self.rows.row(i), limit(i), lengths[i]);
                let margin = sign(i) * dot(&model, row);
                let swapped = 0.5 * length * (duals[i][1] - duals[i][0]) + margin < 0.0;
                let (this, slope) = if swapped { (1, -margin) } else { (0, margin) };
                let old = duals[i][this];
                let new = minimum(old, bound, length, slope);
                duals[i][this] = new;
                duals[i][1 - this] = bound - new;
                let step = if swapped { old - new } else { new - old };
                moved = moved.max(step.abs() / bound);
                add(&mut model, freedom, row, sign(i) * step);
            }
            if moved < 1e-3 {
                break;
            }
        }
        model
    }
}

/// Minimum of `z ln z + (c - z) ln (c - z) + a (z - old)² / 2 + b z` over `0 < z < c`.
fn minimum(old: f32, c: f32, a: f32, b: f32) -> f32 {
    let mut z = if c - old < 0.5 * c { 0.1 * old } else { old };
    for _ in 0..30 {
        let slope = a * (z - old) + b + (z / (c - z)).ln();
        if slope.abs() < 1e-3 {
            break;
        }
        let next = z - slope / (a + c / (c - z) / z);
        z = if next <= 0.0 {
            0.1 * z
        } else {
            next.min(c * 0.999_999)
        };
    }
    z.max(1e-30)
}

fn dot(model: &[f32], row: &[(u32, f32)]) -> f32 {
    let bias = model[model.len() - 1];
    bias + row
        .iter()
        .map(|&(column, value)| model[column as usize] * value)
        .sum::<f32>()
}

fn add(model: &mut [f32], freedom: &[f32], row: &[(u32, f32)], times: f32) {
    for &(column, value) in row {
        model[column as usize] += times * value * freedom[column as usize];
    }
    if let Some(bias) = model.last_mut() {
        *bias += times;
    }
}

/// Fisher and Yates with a fixed xorshift: the same order on every machine.
fn shuffle(order: &mut [usize], dice: &mut u64) {
    for i in (1..order.len()).rev() {
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        order.swap(i, (*dice % (i as u64 + 1)) as usize);
    }
}

/// Turns logits into probabilities; gives the loss of `target`.
pub(crate) fn softmax(logits: &mut [f32], target: usize) -> f64 {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0f32;
    for value in logits.iter_mut() {
        *value = (*value - top).exp();
        total += *value;
    }
    logits.iter_mut().for_each(|value| *value /= total);
    -f64::from(logits[target].max(1e-30)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_what_can_be_separated_and_repeats_itself() {
        let mut rows = Sparse::new(3);
        for i in 0..30u32 {
            rows.push([(i % 3, 1.0), ((i + 1) % 3, 0.2)]);
        }
        let targets: Vec<usize> = (0..30).map(|i| i % 3).collect();
        let problem = Problem {
            rows: &rows,
            targets: &targets,
            weights: &[1.0; 30],
            classes: 3,
            freedoms: &vec![vec![1.0; 3]; 3],
            cost: 10.0,
        };
        let model = problem.solve(30);
        for i in 0..30 {
            let logits = model.logits(rows.row(i));
            assert!((0..3).all(|k| k == targets[i] || logits[k] < logits[targets[i]]));
        }
        assert_eq!(model.weights, problem.solve(30).weights);
    }
}
