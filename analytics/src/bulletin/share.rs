//! Which k ÷ n give a published percentage at its precision, in whole numbers only.

use super::number::Decimal;
use std::ops::RangeInclusive;

/// A percentage as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Percent {
    pub(super) decimal: Decimal,
    /// 100 for %, 1,000 for ‰.
    pub(super) base: u128,
}

/// How a fraction becomes the published digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) half_up: bool,
    pub(super) cut: bool,
}

impl Fit {
    pub(super) fn any(self) -> bool {
        self.half_up || self.cut
    }

    /// By which rounding, in words.
    pub(super) fn words(self) -> &'static str {
        match (self.half_up, self.cut) {
            (true, true) => "四舍五入与直接截尾均得此数",
            (true, false) => "按四舍五入",
            (false, true) => "仅在直接截尾（不进位）时成立，按四舍五入不成立",
            (false, false) => "四舍五入、直接截尾均不成立",
        }
    }
}

impl Percent {
    /// What the whole is in units of the last digit: 10,000 for a percentage with two places.
    fn whole(self) -> u128 {
        self.base * 10u128.pow(self.decimal.places.min(9))
    }

    /// Whether it says more than all.
    pub(super) fn exceeds_all(self) -> bool {
        self.decimal.digits > self.whole()
    }

    /// Whether `n ÷ d` is published so.
    pub(super) fn fits(self, n: u128, d: u128) -> Fit {
        if d == 0 {
            return Fit {
                half_up: false,
                cut: false,
            };
        }
        let scaled = n * self.whole();
        Fit {
            half_up: (2 * scaled + d) / (2 * d) == self.decimal.digits,
            cut: scaled / d == self.decimal.digits,
        }
    }

    /// Whether some n in `low..=high` over some d in `least..=most` (both rounded counts) can be published so.
    pub(super) fn fits_between(self, (low, high): (u128, u128), (least, most): (u128, u128)) -> bool {
        let whole = self.whole();
        // Half a digit below to one digit above covers both roundings.
        let reaches = 2 * high * whole >= (2 * self.decimal.digits).saturating_sub(1) * least;
        reaches && low * whole < (self.decimal.digits + 1) * most.max(1) && most > 0
    }

    /// The numerators over `d` that are published so by either rounding; empty when there is none.
    pub(super) fn numerators(self, d: u128) -> RangeInclusive<u128> {
        let whole = self.whole();
        let first = ((2 * self.decimal.digits).saturating_sub(1) * d).div_ceil(2 * whole);
        let last = ((self.decimal.digits + 1) * d).div_ceil(whole);
        #[allow(clippy::reversed_empty_ranges)]
        if d == 0 || last == 0 {
            return 1..=0;
        }
        let first = (first..last).find(|&n| self.fits(n, d).any());
        let Some(first) = first else {
            #[allow(clippy::reversed_empty_ranges)]
            return 1..=0;
        };
        first..=last - 1
    }

    /// The numerator whose share comes nearest.
    pub(super) fn nearest(self, d: u128) -> u128 {
        (2 * self.decimal.digits * d + self.whole()) / (2 * self.whole())
    }

    /// The best numerator over `d`: one rounded half up before one cut off.
    pub(super) fn numerator(self, d: u128) -> Option<u128> {
        let all = self.numerators(d);
        let nearest = self.nearest(d);
        if all.contains(&nearest) && self.fits(nearest, d).any() {
            return Some(nearest);
        }
        let by = |half_up: bool| {
            all.clone()
                .take(1000)
                .find(|&n| self.fits(n, d).half_up == half_up && self.fits(n, d).any())
        };
        by(true).or_else(|| by(false))
    }

    /// The numerator over `d` that is rounded half up to this percentage: what to name where the text names none.
    pub(super) fn rounded(self, d: u128) -> Option<u128> {
        self.numerator(d).filter(|&n| n <= d && self.fits(n, d).half_up)
    }

    /// The denominators nearest to `d` (itself left out) over which some numerator is published so.
    pub(super) fn denominators_near(self, d: u128, count: usize) -> Vec<u128> {
        let near = (1..=1000u128).flat_map(|away| [d.checked_sub(away), Some(d + away)]);
        near.flatten()
            .filter(|&d| d > 0 && self.rounded(d).is_some())
            .take(count)
            .collect()
    }

    /// The smallest denominator over which it is possible.
    pub(super) fn least_denominator(self) -> Option<u128> {
        (1..=100_000).find(|&d| self.rounded(d).is_some())
    }

    /// `n ÷ d` at the precision of this percentage, rounded half up: `98.81 %`.
    pub(super) fn of(self, n: u128, d: u128) -> String {
        if d == 0 {
            return "N/A".into();
        }
        let digits = (2 * n * self.whole() + d) / (2 * d);
        Self {
            decimal: Decimal {
                digits,
                places: self.decimal.places,
            },
            base: self.base,
        }
        .written()
    }

    /// As published: `98.75 %`.
    pub(super) fn written(self) -> String {
        let scale = 10u128.pow(self.decimal.places.min(9));
        let (whole, part) = (self.decimal.digits / scale, self.decimal.digits % scale);
        let sign = if self.base == 1000 { '‰' } else { '%' };
        if self.decimal.places == 0 {
            format!("{whole} {sign}")
        } else {
            format!(
                "{whole}.{part:0width$} {sign}",
                width = self.decimal.places as usize
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(digits: u128, places: u32) -> Percent {
        Percent {
            decimal: Decimal { digits, places },
            base: 100,
        }
    }

    #[test]
    fn numerators_are_exactly_those_a_search_finds() {
        for places in 0..=2 {
            for d in [1u128, 2, 3, 7, 16, 33, 97, 160, 601] {
                for digits in (0..=100 * 10u128.pow(places)).step_by(7) {
                    let percent = percent(digits, places);
                    let searched: Vec<u128> = (0..=2 * d).filter(|&n| percent.fits(n, d).any()).collect();
                    let found: Vec<u128> = percent.numerators(d).collect();
                    assert_eq!(found, searched, "{digits} with {places} places over {d}");
                    if let Some(n) = percent.numerator(d) {
                        assert!(percent.fits(n, d).any());
                        assert!(
                            percent.fits(n, d).half_up
                                || searched.iter().all(|&n| !percent.fits(n, d).half_up)
                        );
                    } else {
                        assert!(searched.is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn the_published_sample() {
        assert_eq!(percent(9875, 2).numerators(1760), 1738..=1738);
        assert_eq!(percent(9882, 2).numerator(1760), None);
        assert_eq!(percent(9882, 2).of(1739, 1760), "98.81 %");
        assert_eq!(percent(9882, 2).of(1740, 1760), "98.86 %");
        assert_eq!(
            percent(6666, 2).fits(2, 3),
            Fit {
                half_up: false,
                cut: true
            }
        );
        assert_eq!(
            percent(6667, 2).fits(2, 3),
            Fit {
                half_up: true,
                cut: false
            }
        );
        assert!(percent(7497, 2).fits_between((72_450, 72_599), (96_650, 96_799)));
    }
}
