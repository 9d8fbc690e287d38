//! How freely a class may use a feature: more freely the more the feature's frequency in the class differs from that in
//! the others, by the log-count ratio of Wang and Manning (2012). What says nothing about a class is held down harder than
//! the same penalty for all would, so that a rare word of one portal explains less of it.
//!
//! Their ratio, to the power of a half, multiplies the values of a feature. Learning from values multiplied by `r` is
//! learning from plain ones with a penalty divided by `r²`, so the rows stay as they are, one copy for all classes.

use super::logistic::Sparse;

/// For each class the freedom of each column (the penalty of its weight is divided by it), from the `texts`, which are
/// rows with their class. The columns from `own` on are shared by many features and keep 1; so does the mean over the
/// others, counted as often as texts have them: the cost means what it did.
pub(crate) fn freedoms(rows: &Sparse, own: usize, texts: &[(usize, usize)], classes: usize) -> Vec<Vec<f32>> {
    let mut counts = vec![vec![0u32; own]; classes];
    let mut seen = vec![0u32; own];
    for &(row, class) in texts {
        for &(column, _) in rows.row(row) {
            if (column as usize) < own {
                counts[class][column as usize] += 1;
                seen[column as usize] += 1;
            }
        }
    }
    let all: f64 = seen.iter().map(|seen| f64::from(*seen)).sum();
    counts
        .iter()
        .map(|counts| {
            // One is added to each count, in the class and outside it, so that no ratio is infinite.
            let inside: f64 = counts.iter().map(|count| f64::from(*count) + 1.0).sum();
            let outside = all - inside + 2.0 * own as f64;
            let ratios: Vec<f64> = counts
                .iter()
                .zip(&seen)
                .map(|(count, seen)| {
                    let odds = (f64::from(*count) + 1.0) / (f64::from(seen - count) + 1.0);
                    (odds * outside / inside).ln().abs()
                })
                .collect();
            let total: f64 = ratios
                .iter()
                .zip(&seen)
                .map(|(ratio, seen)| ratio * f64::from(*seen))
                .sum();
            let mean = (total / all.max(1.0)).max(1e-9);
            let mut freedom: Vec<f32> = ratios.iter().map(|ratio| (ratio / mean) as f32).collect();
            freedom.resize(rows.columns, 1.0);
            freedom
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_a_class_is_freer_and_the_mean_stays_one() {
        // Column 0 is in every text, 1 in those of class 0 only, 2 is shared.
        let mut rows = Sparse::new(3);
        for class in [0, 0, 1, 1] {
            rows.push(
                [(0, 1.0), (1, 1.0), (2, 1.0)]
                    .into_iter()
                    .filter(|(c, _)| *c != 1 || class == 0),
            );
        }
        let texts = [(0, 0), (1, 0), (2, 1), (3, 1)];
        for freedom in freedoms(&rows, 2, &texts, 2) {
            assert!(freedom[1] > freedom[0]);
            assert!((4.0 * freedom[0] + 2.0 * freedom[1] - 6.0).abs() < 1e-5);
            assert_eq!(freedom[2], 1.0);
        }
        assert!(
            freedoms(&rows, 2, &[], 2)[0]
                .iter()
                .all(|freedom| freedom.is_finite())
        );
    }
}
