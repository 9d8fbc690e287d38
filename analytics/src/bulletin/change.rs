//! Growth against an earlier period: a change of a count, not a share of one.

use super::{
    Candidate, Finding,
    reading::{Reading, Role},
    text::grouped,
};

/// Words of a change.
const UP: &[&str] = &["增长", "上升", "增加", "提高", "提升", "增幅", "上涨", "多", "增"];
const DOWN: &[&str] = &["下降", "减少", "降低", "回落", "降幅", "下滑", "少", "降"];

/// The percentages that are changes, and what can be said of those whose counts are known.
pub(super) fn audit(reading: &Reading<'_>) -> (Vec<usize>, Vec<(usize, Finding)>) {
    let (mut changes, mut findings) = (Vec::new(), Vec::new());
    for place in 0..reading.shares.len() {
        let Some(up) = direction(reading, place) else {
            continue;
        };
        changes.push(place);
        if let Some(finding) = judge(reading, place, up) {
            findings.push((reading.shares[place].start, finding));
        }
    }
    (changes, findings)
}

/// `Some(true)` for a rise, `Some(false)` for a fall; `None` for a level (`提高到98%`) or a share.
fn direction(reading: &Reading<'_>, place: usize) -> Option<bool> {
    let before = reading.shares[place].stated.before.as_str();
    let tail = before.trim_end_matches(['为', '了', '约', '近', '率', '达', ' ']);
    if before.ends_with(['到', '至']) {
        return None;
    }
    let ends = |words: &[&str]| words.iter().any(|word| tail.ends_with(word));
    if ends(UP) {
        Some(true)
    } else if ends(DOWN) {
        Some(false)
    } else if before.ends_with("同比") || before.ends_with("环比") {
        Some(true)
    } else {
        None
    }
}

fn judge(reading: &Reading<'_>, place: usize, up: bool) -> Option<Finding> {
    let share = &reading.shares[place];
    if share.stated.bound {
        return None;
    }
    // What changed is the last figure before; a change of a rate has no counts.
    let last_share = reading
        .shares
        .iter()
        .enumerate()
        .filter(|(other, it)| *other != place && it.end <= share.start && it.sentence == share.sentence)
        .map(|(other, it)| (it.end, direction(reading, other).is_some()))
        .next_back();
    let inside = || {
        reading
            .facts
            .iter()
            .filter(|fact| fact.sentence == share.sentence && fact.start < share.start)
    };
    let current = inside().rfind(|fact| fact.role == Role::Plain && !is_origin(reading, fact.start))?;
    if last_share.is_some_and(|(end, change)| !change && end > current.end) {
        return None;
    }
    let now = current.count.value;
    let origin = inside()
        .rfind(|fact| fact.role == Role::Earlier || is_origin(reading, fact.start))
        .or_else(|| {
            // 同比增长12.5%（去年同期1564件）.
            reading.facts.iter().find(|fact| {
                fact.sentence == share.sentence && fact.role == Role::Earlier && fact.start >= share.end
            })
        });
    let difference = inside().rfind(|fact| fact.role == Role::Difference && fact.start > current.start);
    let between = reading.text.folded(current.end, share.start);
    let rate = between.contains('率') && !between.contains("增长率");
    if rate || (between.contains(['；', ';']) && difference.is_none()) {
        return None;
    }
    let earlier = match (origin, difference) {
        (Some(origin), _) => Some(origin.count.value),
        (None, Some(difference)) if up => now.checked_sub(difference.count.value),
        (None, Some(difference)) => Some(now + difference.count.value),
        (None, None) => None,
    };
    let percent = share.stated.percent;
    let shown = if up { "增长" } else { "下降" };
    let from = share.start - share.stated.before.chars().count().min(share.start);
    let mut finding = Finding::rate(reading.text.written(from, share.end));
    if let Some(earlier) = earlier {
        let change = if up {
            now.checked_sub(earlier)
        } else {
            earlier.checked_sub(now)
        };
        let fit = change.map(|change| percent.fits(change, earlier));
        finding.possible = fit.is_some_and(super::share::Fit::any);
        finding.set(change.unwrap_or(now.abs_diff(earlier)), earlier);
        finding.explanation = match (change, fit) {
            (Some(change), Some(fit)) => format!(
                "由 {} 到 {}，{shown} {} ÷ {} = {}，与所写 {} {}（{}）",
                grouped(earlier),
                grouped(now),
                grouped(change),
                grouped(earlier),
                percent.of(change, earlier),
                percent.written(),
                if fit.any() { "相符" } else { "不符" },
                fit.words()
            ),
            _ => format!("由 {} 到 {} 并非{shown}", grouped(earlier), grouped(now)),
        };
        return Some(finding);
    }
    // Only the present count is known: an earlier one must exist.
    let whole = percent.base * 10u128.pow(percent.decimal.places);
    let digits = percent.decimal.digits;
    let scale = if up {
        whole + digits
    } else {
        whole.checked_sub(digits).filter(|scale| *scale > 0)?
    };
    let near = (2 * now * whole + scale) / (2 * scale);
    let fits = |earlier: &u128| {
        let change = if up {
            now.checked_sub(*earlier)
        } else {
            earlier.checked_sub(now)
        };
        change.is_some_and(|change| percent.fits(change, *earlier).half_up)
    };
    // Wider than any rounding of a count people publish; bounded, because a text may state any number.
    let reach = (near / 100 + 2).min(2_000);
    let possible: Vec<u128> = (near.saturating_sub(reach)..=near + reach).filter(fits).collect();
    finding.possible = !possible.is_empty() || !current.count.is_exact();
    finding.candidates = possible
        .iter()
        .take(5)
        .map(|&earlier| {
            Candidate::rate(
                percent,
                now.abs_diff(earlier),
                earlier,
                format!("上期为 {} 时", grouped(earlier)),
            )
        })
        .collect();
    let best = possible
        .iter()
        .min_by_key(|earlier| earlier.abs_diff(near))
        .copied();
    if let Some(earlier) = best {
        finding.set(now.abs_diff(earlier), earlier);
    }
    finding.explanation = match best {
        Some(earlier) => format!(
            "{shown} {} 是变化幅度而非占比；本期 {}，上期应约为 {}，文中未给出上期数",
            percent.written(),
            grouped(now),
            grouped(earlier)
        ),
        None => format!(
            "{shown} {} 不可能：没有整数的上期数能变到本期 {}",
            percent.written(),
            grouped(now)
        ),
    };
    Some(finding)
}

/// 由1564件增至1760件: the first is where it came from.
fn is_origin(reading: &Reading<'_>, start: usize) -> bool {
    let words = reading.text.folded(start.saturating_sub(10), start);
    let clause = words.rsplit(['，', '。', '；', '\n']).next().unwrap_or_default();
    ["由", "从"].iter().any(|word| clause.contains(word))
        && ["增", "升", "降", "减"].iter().any(|word| {
            let after = reading.text.folded(start, start + 16);
            after.contains(&format!("{word}至"))
                || after.contains(&format!("{word}到"))
                || after.contains(&format!("{word}加到"))
                || after.contains("下降到")
                || after.contains("上升到")
        })
}
