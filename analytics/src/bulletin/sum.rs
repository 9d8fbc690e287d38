//! Totals with their parts: which counts a text gives as the parts of which, and whether they add up.

use super::{
    Candidate, Finding, Kind,
    reading::{DONE, Reading},
    text::grouped,
};
use crate::ledger::TypeIs;

/// What begins a list of parts.
const OPENERS: &[&str] = &[
    "其中",
    "包括",
    "包含",
    "涵盖",
    "分别为",
    "分别是",
    "分为",
    "具体为",
    "具体是",
    "构成",
    "看,",
    "看，",
    "看:",
    "来看",
    "类型分",
    "渠道分",
    "领域分",
    "区域分",
    "划分",
    "分类",
];
/// What says that a list of parts is not all of them.
const SOME: &[&str] = &[
    "主要", "等", "居前", "前三", "前五", "前十", "较多", "突出", "集中", "例如", "另有", "除",
];
/// What names the rest of a total.
const REST: &[&str] = &["未", "在办", "不", "超期", "逾期", "正在", "其他", "其余"];
/// Below this share of the total a list that says nothing of it is taken as a choice, not as all parts.
const MOST: (u128, u128) = (6, 10);

/// A total and its parts, by places in the reading's facts.
struct Claim {
    total: usize,
    parts: Vec<usize>,
    some: bool,
}

/// Finds sums, notes on each part whose part it is, and says what adds up.
pub(super) fn audit(reading: &mut Reading<'_>) -> Vec<(usize, Finding)> {
    let mut claims: Vec<Claim> = Vec::new();
    for sentence in 0..reading.sentences() {
        for of in [equations, brackets, lists] {
            let found = of(reading, sentence);
            for claim in &found {
                for &part in &claim.parts {
                    reading.facts[part].parent.get_or_insert(claim.total);
                }
            }
            claims.extend(found);
        }
    }
    claims
        .iter()
        .map(|claim| (reading.facts[claim.total].start, judge(reading, claim)))
        .collect()
}

/// `1,760 = 求助 1,285 + 投诉 197`, `1285+197=1482`.
fn equations(reading: &Reading<'_>, sentence: usize) -> Vec<Claim> {
    let facts: Vec<usize> = (0..reading.facts.len())
        .filter(|&place| reading.facts[place].sentence == sentence)
        .collect();
    let sign = |a: usize, b: usize| {
        let between = reading.text.folded(reading.facts[a].end, reading.facts[b].start);
        between.chars().find(|c| matches!(c, '+' | '=' | ';' | '；'))
    };
    let mut claims = Vec::new();
    let mut at = 0;
    while at + 1 < facts.len() {
        let mut last = at;
        while last + 1 < facts.len() && sign(facts[last], facts[last + 1]) == Some('+') {
            last += 1;
        }
        let equals =
            |a: Option<&usize>, b: Option<&usize>| a.zip(b).is_some_and(|(&a, &b)| sign(a, b) == Some('='));
        if last > at {
            let parts = facts[at..=last].to_vec();
            let before = at.checked_sub(1).and_then(|place| facts.get(place));
            let total = if equals(before, facts.get(at)) {
                before
            } else {
                facts
                    .get(last + 1)
                    .filter(|_| equals(facts.get(last), facts.get(last + 1)))
            };
            if let Some(&total) = total {
                claims.push(Claim {
                    total,
                    parts,
                    some: false,
                });
            }
        }
        at = last + 1;
    }
    claims
}

/// `求助类1285件（供水500件、供电785件）`.
fn brackets(reading: &Reading<'_>, sentence: usize) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for (place, fact) in reading.facts.iter().enumerate() {
        if fact.sentence != sentence || fact.depth == 0 {
            continue;
        }
        let parent = (0..place)
            .rev()
            .find(|&before| reading.facts[before].depth < fact.depth);
        let Some(parent) = parent.filter(|&parent| {
            let between = reading.text.folded(reading.facts[parent].end, fact.start);
            reading.facts[parent].sentence == sentence
                && between.matches('(').count() > between.matches(')').count()
        }) else {
            continue;
        };
        match claims.last_mut() {
            Some(claim) if claim.total == parent => claim.parts.push(place),
            _ => claims.push(Claim {
                total: parent,
                parts: vec![place],
                some: false,
            }),
        }
    }
    claims.retain(|claim| claim.parts.len() > 1 && alike(reading, claim));
    for claim in &mut claims {
        claim.some = says_some(reading, claim);
    }
    claims
}

fn lists(reading: &Reading<'_>, sentence: usize) -> Vec<Claim> {
    let (first, _) = reading.span(sentence);
    let plain: Vec<usize> = reading
        .plain(sentence)
        .into_iter()
        .filter(|&place| reading.facts[place].parent.is_none())
        .collect();
    let before = |at: usize| {
        let from = at
            .checked_sub(1)
            .map_or(first, |before| reading.facts[plain[before]].end);
        unbracketed(&reading.text.folded(from, reading.facts[plain[at]].start))
    };
    let opens: Vec<usize> = (0..plain.len())
        .filter(|&at| {
            let words = before(at);
            let topic = [
                "类型", "渠道", "领域", "区域", "来源", "分布", "构成", "方面", "其中", "中:",
            ];
            let colon = words.contains(':')
                && (at > 0
                    || words.trim_end().ends_with(':')
                    || topic.iter().any(|word| words.contains(word)));
            colon || OPENERS.iter().any(|word| words.contains(word))
        })
        .collect();
    let mut claims: Vec<Claim> = Vec::new();
    for (number, &open) in opens.iter().enumerate() {
        let end = opens.get(number + 1).copied().unwrap_or(plain.len());
        let total = match (open, claims.last()) {
            // 按渠道分 …；按类型分 …: both are of the same total.
            (_, Some(earlier)) if before(open).contains(['；', ';', '按', '从']) => Some(earlier.total),
            (0, _) => reading.total_before(reading.facts[plain[0]].start),
            (open, _) => Some(plain[open - 1]),
        };
        let Some(total) = total else { continue };
        if let Some(claim) = run(reading, total, &plain[open..end]) {
            claims.push(claim);
        }
    }
    if opens.is_empty() {
        claims.extend(unopened(reading, &plain));
    }
    claims
}

/// Words without what stands in brackets.
fn unbracketed(words: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// A list that nothing announces: parts after their total, or a total after its parts.
fn unopened(reading: &Reading<'_>, plain: &[usize]) -> Option<Claim> {
    let (&first, rest) = plain.split_first()?;
    if rest.len() >= 2 && reading.facts[first].is_whole() {
        let types = rest
            .iter()
            .take_while(|&&place| is_type(reading.facts[place].count.label()))
            .count();
        let claim = run(reading, first, if types >= 2 { &rest[..types] } else { rest })?;
        if types >= 3 || adds_up(reading, &claim) {
            return Some(claim);
        }
    }
    let (&last, parts) = plain.split_last()?;
    let closes = ["合计", "共计", "总计", "总共", "共"]
        .iter()
        .any(|word| reading.facts[last].count.before.contains(word));
    let unit = reading.facts[last].count.unit;
    if !closes || reading.facts[last].count.says_any(DONE) {
        return None;
    }
    let from = (0..parts.len().saturating_sub(1)).find(|&from| {
        let claim = Claim {
            total: last,
            parts: parts[from..].to_vec(),
            some: false,
        };
        adds_up(reading, &claim)
    });
    let found = from.is_some();
    let parts = parts.get(from.unwrap_or(0)..).filter(|parts| parts.len() > 1)?;
    let honest = parts.iter().all(|&place| {
        let count = &reading.facts[place].count;
        count.unit == unit
            && !count.says_any(DONE)
            && !count.before.contains('共')
            && !count.before.contains('总')
    });
    (found || honest).then(|| Claim {
        total: last,
        parts: parts.to_vec(),
        some: false,
    })
}

fn is_type(label: &str) -> bool {
    let bare = label.trim_end_matches(['类', '为', '件']).trim();
    TypeIs::parse(bare).is_some() || bare.ends_with('类') || label.ends_with('类')
}

/// The parts of `total` at the beginning of `places`: the run that adds up where one does, else all that are alike.
fn run(reading: &Reading<'_>, total: usize, places: &[usize]) -> Option<Claim> {
    let of = &reading.facts[total].count;
    let same: Vec<usize> = places
        .iter()
        .copied()
        .take_while(|&place| reading.facts[place].count.unit == of.unit || of.unit.is_empty())
        .collect();
    let claim = |parts: &[usize]| Claim {
        total,
        parts: parts.to_vec(),
        some: false,
    };
    let whole = (2..=same.len())
        .map(|count| claim(&same[..count]))
        .find(|claim| adds_up(reading, claim));
    let mut claim = match whole {
        Some(claim) => claim,
        None => {
            let first = &reading.facts[*same.first()?].count;
            let done = first.says_any(DONE);
            // 办结 and 按时办结 overlap: only a list that names the rest, too, shares the total out.
            let rest = |place: &usize| reading.facts[*place].count.says_any(REST);
            if done && !same.iter().any(rest) {
                return None;
            }
            let alike = same
                .iter()
                .take_while(|&&place| done || !reading.facts[place].count.says_any(DONE))
                .count();
            claim(&same[..alike])
        }
    };
    let impossible = |place: &usize| reading.facts[*place].count.range.0 > of.range.1;
    if claim.parts.len() < 2 && !claim.parts.iter().any(impossible) {
        return None;
    }
    claim.some = says_some(reading, &claim);
    Some(claim)
}

/// Whether all parts are counted in what the total is counted in, and none says what was done.
fn alike(reading: &Reading<'_>, claim: &Claim) -> bool {
    let unit = reading.facts[claim.total].count.unit;
    claim.parts.iter().all(|&place| {
        let count = &reading.facts[place].count;
        count.unit == unit && !count.says_any(DONE)
    })
}

fn says_some(reading: &Reading<'_>, claim: &Claim) -> bool {
    let total = &reading.facts[claim.total];
    let (Some(&first), Some(&last)) = (claim.parts.first(), claim.parts.last()) else {
        return false;
    };
    let between = reading.text.folded(
        total.end.min(reading.facts[first].start),
        reading.facts[first].start,
    );
    let after = &reading.facts[last].count.after;
    SOME.iter().any(|word| between.contains(word)) || after.starts_with('等') || claim.parts.len() == 1
}

fn total_of(reading: &Reading<'_>, claim: &Claim) -> (u128, (u128, u128)) {
    let parts = claim.parts.iter().map(|&place| &reading.facts[place].count);
    parts.fold((0, (0, 0)), |(value, (low, high)), count| {
        (value + count.value, (low + count.range.0, high + count.range.1))
    })
}

fn adds_up(reading: &Reading<'_>, claim: &Claim) -> bool {
    let (_, (low, high)) = total_of(reading, claim);
    let total = &reading.facts[claim.total].count;
    low <= total.range.1 && high >= total.range.0
}

fn judge(reading: &Reading<'_>, claim: &Claim) -> Finding {
    let total = &reading.facts[claim.total];
    let parts: Vec<(&str, u128)> = claim
        .parts
        .iter()
        .map(|&place| {
            (
                reading.facts[place].count.label(),
                reading.facts[place].count.value,
            )
        })
        .collect();
    let spots = claim
        .parts
        .iter()
        .chain([&claim.total])
        .map(|&place| &reading.facts[place]);
    let start = spots
        .clone()
        .map(|fact| fact.start - fact.count.before.chars().count().min(fact.start))
        .min();
    let end = spots.map(|fact| fact.end).max();
    let text = reading
        .text
        .written(start.unwrap_or_default(), end.unwrap_or_default());
    let (sum, _) = total_of(reading, claim);
    let exact = total.count.is_exact()
        && claim
            .parts
            .iter()
            .all(|&place| reading.facts[place].count.is_exact());
    verdict(
        text,
        total.count.value,
        &parts,
        sum,
        adds_up(reading, claim),
        exact,
        claim.some,
    )
}

/// The finding on a total and its parts, of a sentence or a table.
pub(super) fn verdict(
    text: String,
    total: u128,
    parts: &[(&str, u128)],
    sum: u128,
    adds_up: bool,
    exact: bool,
    some: bool,
) -> Finding {
    let terms: Vec<String> = parts.iter().map(|(_, value)| grouped(*value)).collect();
    let sums = format!("{} 项之和 {} = {}", parts.len(), terms.join(" + "), grouped(sum));
    let partial = !adds_up && sum < total && (some || sum * MOST.1 < total * MOST.0);
    let mut candidates = Vec::new();
    let explanation = if adds_up && exact {
        format!("{sums}，与总数 {} 相符", grouped(total))
    } else if adds_up {
        format!(
            "{sums}，在所写数字的精度（约数、以“万”计等）之内与总数 {} 相符",
            grouped(total)
        )
    } else if partial {
        format!(
            "{sums}，未达总数 {}：所列应为其中一部分，不足以判断",
            grouped(total)
        )
    } else {
        let (difference, word) = if sum > total {
            (sum - total, "多")
        } else {
            (total - sum, "少")
        };
        candidates.push(Candidate::sum(sum, sum, "总数按各项之和".to_owned()));
        for (label, value) in parts {
            let right = if sum > total {
                value.checked_sub(difference)
            } else {
                Some(value + difference)
            };
            if let Some(right) = right {
                candidates.push(Candidate::sum(right, total, format!("若只有“{label}”有误")));
            }
        }
        format!(
            "{sums}，比总数 {} {word} {}，不相符",
            grouped(total),
            grouped(difference)
        )
    };
    Finding {
        kind: Kind::Sum,
        text,
        possible: adds_up || partial,
        numerator: u64::try_from(sum).ok(),
        denominator: u64::try_from(total).ok(),
        candidates,
        explanation,
        own: None,
    }
}
