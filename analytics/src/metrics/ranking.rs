//! Units ranked by a rate, fairly: by the bounds of its confidence interval, among those with enough tickets.
//!
//! ```text
//! p = k ÷ n, z = 1.96:  (p + z² ÷ 2n ± z × √(p(1 − p) ÷ n + z² ÷ 4n²)) ÷ (1 + z² ÷ n)      Wilson, 95 %
//! ```
//!
//! Two of two is 34 % to 100 %: neither the best nor the worst of anything.

use super::{Cut, Metric, Rate, Result, Scope, rate_by};
use crate::frame::Snapshot;
use serde::{Deserialize, Serialize};

/// The standard normal quantile of a two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// How units are ranked (`[ranking]` of the configuration).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RankingRules {
    /// Tickets in the denominator from which a unit is ranked.
    pub least_volume: u64,
    /// Units on each of the two lists.
    pub listed: usize,
}

impl Default for RankingRules {
    fn default() -> Self {
        Self {
            least_volume: 10,
            listed: 5,
        }
    }
}

/// A unit with its rate and what the rate says at 95 % confidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// 承办单位
    pub unit: String,
    /// The rate.
    pub rate: Rate,
    /// Lower bound in 0..=1.
    pub lower: f64,
    /// Upper bound in 0..=1.
    pub upper: f64,
}

/// Units ranked by one rate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// All units with enough tickets, the greatest lower bound first.
    pub ranked: Vec<Ranked>,
    /// 红榜: the first of them.
    pub red: Vec<Ranked>,
    /// 黑榜: those with the least upper bound, the least first; none that is on the other list.
    pub black: Vec<Ranked>,
    /// Units with fewer tickets, not ranked; the most tickets first.
    pub few: Vec<Ranked>,
}

/// Ranks the units of a scope by a metric of which more is better. Tickets without unit are no unit's.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn ranking(snapshot: &Snapshot, scope: &Scope, metric: &Metric, rules: &RankingRules) -> Result<Ranking> {
    let units = rate_by(snapshot, scope, metric, Cut::Unit)?;
    let named = units.into_iter().filter(|(unit, _)| !unit.is_empty());
    Ok(rank(named.filter_map(|(unit, rate)| judged(unit, rate)), rules))
}

/// A unit with the bounds of its rate; `None` over nothing.
fn judged(unit: String, rate: Rate) -> Option<Ranked> {
    let (lower, upper) = wilson(rate.numerator, rate.denominator)?;
    Some(Ranked {
        unit,
        rate,
        lower,
        upper,
    })
}

fn rank(units: impl Iterator<Item = Ranked>, rules: &RankingRules) -> Ranking {
    let (mut ranked, mut few): (Vec<_>, Vec<_>) =
        units.partition(|unit| unit.rate.denominator >= rules.least_volume.max(1));
    ranked.sort_by(|a, b| b.lower.total_cmp(&a.lower).then_with(|| a.unit.cmp(&b.unit)));
    few.sort_by(|a, b| {
        let by_volume = b.rate.denominator.cmp(&a.rate.denominator);
        by_volume.then_with(|| a.unit.cmp(&b.unit))
    });
    // A list as long as half of the units at most: nobody is among the best and the worst.
    let listed = rules.listed.min(ranked.len() / 2);
    let red: Vec<Ranked> = ranked.iter().take(listed).cloned().collect();
    let mut black: Vec<Ranked> = ranked.iter().skip(listed).cloned().collect();
    black.sort_by(|a, b| a.upper.total_cmp(&b.upper).then_with(|| a.unit.cmp(&b.unit)));
    black.truncate(listed);
    Ranking {
        ranked,
        red,
        black,
        few,
    }
}

/// Wilson's interval of `part` of `whole` at 95 %, both bounds in 0..=1; `None` over nothing.
pub fn wilson(part: u64, whole: u64) -> Option<(f64, f64)> {
    if whole == 0 || part > whole {
        return None;
    }
    let n = whole as f64;
    let p = part as f64 / n;
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((
        ((centre - spread) / scale).clamp(0.0, 1.0),
        ((centre + spread) / scale).clamp(0.0, 1.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ingest::time::parse;

    fn unit(name: &str, numerator: u64, denominator: u64) -> Ranked {
        let rate = Rate {
            metric: "on_time_due",
            chinese: "",
            rule: "due",
            formula: "",
            numerator,
            denominator,
            exclusions: Vec::new(),
            as_of: parse("2016-06-30").unwrap(),
        };
        judged(name.to_owned(), rate).unwrap()
    }

    fn names(units: &[Ranked]) -> Vec<&str> {
        units.iter().map(|ranked| ranked.unit.as_str()).collect()
    }

    #[test]
    fn intervals_are_wilsons() {
        // z² = 3.8415. 2/2: 1 ÷ (1 + 1.9207) = 0.3424 to 1. 0/2: the mirror. 95/100: (0.95 + 0.0192 ± 1.96 ×
        // √(0.000475 + 0.000096)) ÷ 1.0384 = (0.9692 ± 0.0468) ÷ 1.0384.
        for (part, whole, lower, upper) in [
            (2, 2, 0.3424, 1.0),
            (0, 2, 0.0, 0.6576),
            (95, 100, 0.8882, 0.9785),
        ] {
            let (found_lower, found_upper) = wilson(part, whole).unwrap();
            assert!(
                (found_lower - lower).abs() < 1e-4,
                "{part}/{whole}: {found_lower}"
            );
            assert!(
                (found_upper - upper).abs() < 1e-4,
                "{part}/{whole}: {found_upper}"
            );
        }
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn few_tickets_make_neither_the_best_nor_the_worst() {
        let rules = RankingRules {
            least_volume: 3,
            listed: 1,
        };
        let units = || {
            vec![
                unit("two of two", 2, 2),
                unit("none of two", 0, 2),
                // All of five, yet 57 % at least: less sure than 97 of 100.
                unit("all of five", 5, 5),
                unit("97 of 100", 97, 100),
                // 1 of 3 may be 79 %: surely bad is only 60 of 100.
                unit("1 of 3", 1, 3),
                unit("60 of 100", 60, 100),
            ]
        };
        let found = rank(units().into_iter(), &rules);
        assert_eq!(names(&found.red), ["97 of 100"]);
        assert_eq!(names(&found.black), ["60 of 100"]);
        assert_eq!(
            names(&found.ranked),
            ["97 of 100", "all of five", "60 of 100", "1 of 3"]
        );
        assert_eq!(names(&found.few), ["none of two", "two of two"]);
        let one = rank(units().into_iter().take(3), &rules);
        assert!(
            one.red.is_empty() && one.black.is_empty(),
            "a single unit is first and last"
        );
    }
}
