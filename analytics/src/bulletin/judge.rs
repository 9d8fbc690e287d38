//! Whether a percentage can be the share it says it is, and what would make it so.

use super::{
    Candidate, Finding,
    rate::{Base, name},
    reading::{Fact, Reading, Role},
    share::Percent,
    text::grouped,
};

/// Candidates named beside the verdict.
const NAMED: usize = 5;

/// Judges the percentage at `place` over what the text names for it.
pub(super) fn judge(reading: &Reading<'_>, place: usize, base: &Base) -> Finding {
    let share = &reading.shares[place];
    let percent = share.stated.percent;
    let name = name(reading, place);
    let shown = if name.is_empty() {
        "该比率".to_owned()
    } else {
        format!("“{name}”")
    };
    let from = share.start - share.stated.before.chars().count().min(share.start);
    let mut finding = Finding::rate(reading.text.written(from, share.end));
    if let Some((n, d)) = base.explicit {
        let stated = format!("{shown}写明 {} ÷ {}", grouped(n), grouped(d));
        divided(&mut finding, percent, &stated, n, d);
    } else if let Some(&first) = base.denominators.first() {
        let decided = base
            .numerator
            .is_some_and(|part| of_counts(&mut finding, reading, percent, base, part, &shown));
        if !decided {
            let whole = &reading.facts[first].count;
            over_whole(&mut finding, percent, &shown, whole.value, whole.range);
            finding.candidates.extend(others(reading, percent, whole.value));
        }
    } else {
        let least = percent.least_denominator();
        let smallest = least.and_then(|d| Some((percent.rounded(d)?, d)));
        finding.candidates = smallest
            .map(|(n, d)| Candidate::rate(percent, n, d, "最小的可能分母".to_owned()))
            .into_iter()
            .collect();
        finding.explanation = format!("文中没有给出{shown}的总数，无从核对");
    }
    finding
}

/// Judges a share whose numerator and denominator are both given; `stated` says how.
pub(super) fn divided(finding: &mut Finding, percent: Percent, stated: &str, n: u128, d: u128) {
    let fit = percent.fits(n, d);
    finding.set(n, d);
    finding.possible = fit.any();
    finding.explanation = format!(
        "{stated} = {}，与所写 {} {}（{}）",
        percent.of(n, d),
        percent.written(),
        if fit.any() { "相符" } else { "不符" },
        fit.words()
    );
    if !fit.any() {
        finding.candidates = over(percent, d);
    }
}

/// Judges a share whose numerator the text names at `part`. Whether that decides: a numerator that is only guessed and
/// fits nothing says nothing.
fn of_counts(
    finding: &mut Finding,
    reading: &Reading<'_>,
    percent: Percent,
    base: &Base,
    part: usize,
    shown: &str,
) -> bool {
    let of = |place: usize| &reading.facts[place].count;
    let n = of(part);
    let Some(&first) = base.denominators.first() else {
        return false;
    };
    let fitting = base.denominators.iter().copied().find(|&d| {
        percent.fits(n.value, of(d).value).any()
            || (!(n.is_exact() && of(d).is_exact()) && percent.fits_between(n.range, of(d).range))
    });
    let elsewhere = || {
        let facts = reading.facts.iter().enumerate();
        facts
            .filter(|(place, fact)| *place != part && fact.role == Role::Plain && fact.count.is_exact())
            .find(|(_, fact)| fact.count.value >= n.value && percent.fits(n.value, fact.count.value).any())
            .map(|(place, _)| place)
    };
    if let Some(d) = fitting.or_else(elsewhere) {
        let whole = of(d);
        let fit = percent.fits(n.value, whole.value);
        finding.set(n.value, whole.value);
        let rounding = if fit.any() {
            fit.words()
        } else {
            "在所写数字的精度之内"
        };
        finding.explanation = format!(
            "{shown}{} 可能：{} ÷ {} = {}（{rounding}）{}",
            percent.written(),
            grouped(n.value),
            grouped(whole.value),
            percent.of(n.value, whole.value),
            if d == first {
                String::new()
            } else {
                format!("，分母须取“{}”", whole.label())
            }
        );
        finding.candidates = others(reading, percent, whole.value);
        return true;
    }
    if base.bound {
        let whole = of(first);
        finding.set(n.value, whole.value);
        finding.possible = false;
        finding.explanation = format!(
            "{shown}{} 与文中所列不符：{} ÷ {} = {}",
            percent.written(),
            grouped(n.value),
            grouped(whole.value),
            percent.of(n.value, whole.value)
        );
        finding.candidates = over(percent, whole.value);
        finding.candidates.extend(others(reading, percent, whole.value));
    }
    base.bound
}

/// The other counts of the text that the percentage can be a share of.
fn others(reading: &Reading<'_>, percent: Percent, without: u128) -> Vec<Candidate> {
    let mut seen = vec![without];
    let mut found = Vec::new();
    for fact in &reading.facts {
        let d = fact.count.value;
        if !fact.count.is_exact() || seen.contains(&d) || found.len() >= NAMED {
            continue;
        }
        seen.push(d);
        if let Some(n) = percent.rounded(d) {
            found.push(Candidate::rate(percent, n, d, base_note(fact)));
        }
    }
    found
}

/// How a denominator among the stated numbers is named.
fn base_note(fact: &Fact) -> String {
    match fact.count.label() {
        "" => format!("以文中 {} 为分母", grouped(fact.count.value)),
        label => format!("以文中“{label}”为分母"),
    }
}

/// Judges a share of a total whose numerator the text does not name.
pub(super) fn over_whole(finding: &mut Finding, percent: Percent, shown: &str, d: u128, range: (u128, u128)) {
    finding.denominator = u64::try_from(d).ok();
    let written = percent.written();
    if percent.exceeds_all() {
        finding.possible = shown.contains("完成");
        finding.explanation = format!("{shown}{written} 超过 100 %，不可能是 {} 的一部分", grouped(d));
        return;
    }
    let Some(n) = percent.numerator(d).filter(|&n| n <= d) else {
        if range.0 < range.1 && percent.fits_between((0, range.1), range) {
            finding.explanation = format!("{shown}{written} 在总数 {} 的精度之内可能", grouped(d));
            return;
        }
        finding.possible = false;
        finding.explanation = if d == 0 {
            format!("{shown}{written} 不可能：总数为零，比率应为 N/A")
        } else {
            let (below, above) = around(percent, d);
            let shares: Vec<String> = [below, above]
                .into_iter()
                .flatten()
                .map(|n| format!("{} ÷ {} = {}", grouped(n), grouped(d), percent.of(n, d)))
                .collect();
            format!(
                "{shown}{written} 不可能：没有整数除以 {} 得此数，最接近的是 {}",
                grouped(d),
                shares.join("、")
            )
        };
        finding.candidates = over(percent, d);
        return;
    };
    finding.numerator = u64::try_from(n).ok();
    let all = percent.numerators(d);
    let span = if all.start() < all.end() {
        format!("；分子可为 {} 至 {}", grouped(*all.start()), grouped(*all.end()))
    } else {
        String::new()
    };
    finding.explanation = format!(
        "{shown}{written} 可能：{} ÷ {} = {}（{}）{span}",
        grouped(n),
        grouped(d),
        percent.of(n, d),
        percent.fits(n, d).words()
    );
    let half_up = percent.fits(n, d).half_up;
    finding.candidates = all
        .filter(|&n| percent.fits(n, d).half_up == half_up)
        .take(NAMED)
        .map(|n| Candidate::rate(percent, n, d, "可能的分子".to_owned()))
        .collect();
}

/// What would make a percentage that is impossible over `d`: the nearest shares of `d`, and the nearest denominators.
pub(super) fn over(percent: Percent, d: u128) -> Vec<Candidate> {
    if let Some(n) = percent.numerator(d).filter(|&n| n <= d) {
        return vec![Candidate::rate(percent, n, d, "分子应为此数".to_owned())];
    }
    let (below, above) = around(percent, d);
    let near = [below, above].into_iter().flatten();
    let mut found: Vec<Candidate> = near
        .map(|n| Candidate::rate(percent, n, d, "最接近的比率".to_owned()))
        .collect();
    for d in percent.denominators_near(d, 2) {
        if let Some(n) = percent.rounded(d) {
            found.push(Candidate::rate(percent, n, d, "最接近的可能分母".to_owned()));
        }
    }
    found
}

/// The numerators whose shares stand next below and next above a percentage.
fn around(percent: Percent, d: u128) -> (Option<u128>, Option<u128>) {
    if d == 0 {
        return (None, None);
    }
    let near = percent.nearest(d).min(d);
    let value = percent.decimal.digits * d;
    let scaled = near * percent.base * 10u128.pow(percent.decimal.places);
    if scaled > value {
        (near.checked_sub(1), Some(near))
    } else {
        (Some(near), (near < d).then_some(near + 1))
    }
}
