//! Percentages with what they are shares of: which counts a text names for them, and whether k ÷ n can give them.

use super::{
    Finding,
    judge::judge,
    reading::{Fact, Reading, Role, Share},
};

/// Words of a rate's name that say "in time".
pub(super) const IN_TIME: &[&str] = &["按时", "限时", "按期", "及时", "如期", "时限内", "期限内"];
/// What a rate counts, the words its count is known by, and the words of what it is counted over, the nearest first.
pub(super) const RATES: &[(&str, &[&str], &[&str])] = &[
    (
        "直接答复",
        &["直接答复", "直接解答", "直接办结"],
        &["受理", "接听", "来电"],
    ),
    (
        "直接解答",
        &["直接答复", "直接解答", "直接办结"],
        &["受理", "接听", "来电"],
    ),
    ("回访", &["回访"], &["应回访", "办结"]),
    (
        "满意",
        &["满意"],
        &[
            "有效回访",
            "有效评价",
            "接通",
            "成功回访",
            "评价",
            "测评",
            "回访",
            "办结",
        ],
    ),
    (
        "解决",
        &["解决"],
        &[
            "有效回访",
            "有效评价",
            "接通",
            "成功回访",
            "评价",
            "测评",
            "回访",
            "办结",
        ],
    ),
    (
        "签收",
        &["签收"],
        &["应签收", "派单", "派发", "转办", "交办", "转派"],
    ),
    ("退单", &["退单", "退回"], &["派单", "派发", "转办", "交办"]),
    ("延期", &["延期"], &["派单", "派发", "转办", "交办"]),
    (
        "重办",
        &["重办", "重新办理"],
        &["派单", "派发", "转办", "交办", "办结"],
    ),
    ("响应", &["响应", "联系"], &["派单", "派发", "转办", "交办"]),
    (
        "接通",
        &["接通", "接听", "接起"],
        &["呼入", "来电", "话务", "呼叫"],
    ),
    ("答复", &["答复"], &["应答复", "受理", "交办", "转办"]),
    ("回复", &["回复"], &["应回复", "受理", "交办", "转办"]),
    (
        "办结",
        &["办结", "办理完"],
        &["应办结", "受理", "派单", "派发", "转办", "交办", "承办", "接收"],
    ),
    ("化解", &["化解"], &["受理", "排查"]),
    ("完成", &["完成"], &["应完成", "任务"]),
];

/// What a percentage is said to be a share of.
pub(super) struct Base {
    pub(super) numerator: Option<usize>,
    pub(super) denominators: Vec<usize>,
    /// The numerator was said to be this share, so no other will do.
    pub(super) bound: bool,
    pub(super) explicit: Option<(u128, u128)>,
}

/// Judges every percentage that is a share.
pub(super) fn audit(reading: &Reading<'_>, changes: &[usize]) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    for (place, share) in reading.shares.iter().enumerate() {
        if share.stated.bound || changes.contains(&place) || is_earlier(reading, place) {
            continue;
        }
        let base = base(reading, place);
        findings.push((share.start, judge(reading, place, &base)));
    }
    findings
}

/// A rate of an earlier period has no counts here.
fn is_earlier(reading: &Reading<'_>, place: usize) -> bool {
    let before = &reading.shares[place].stated.before;
    if before.ends_with(['由', '从']) {
        return true;
    }
    ["去年", "上年", "上月", "上期", "上季", "同期"]
        .iter()
        .any(|word| before.contains(word))
}

/// What the text calls the percentage: `限时办结率`.
pub(super) fn name(reading: &Reading<'_>, place: usize) -> String {
    let share = &reading.shares[place];
    let (from, _) = reading.span(share.sentence);
    let own = &share.stated.before;
    if let Some(name) = respectively(reading, place) {
        return name;
    }
    if own.contains(['率', '占', '比']) {
        return trimmed(own);
    }
    // 满意率较好，达98%: the last rate named in the sentence, unless a count came between.
    let barrier = reading
        .facts
        .iter()
        .filter(|fact| fact.start < share.start)
        .map(|fact| fact.end)
        .max();
    let since = reading
        .text
        .folded(from.max(barrier.unwrap_or(from)), share.start);
    if (own.is_empty() || own.ends_with(['到', '至', '为', '达']))
        && let Some(end) = since.rfind('率')
    {
        let head = &since[..end + '率'.len_utf8()];
        return trimmed(
            head.rsplit(['，', ',', '、', '；', ':', '。', '\n'])
                .next()
                .unwrap_or(head),
        );
    }
    trimmed(own)
}

fn trimmed(name: &str) -> String {
    let name = name.trim();
    let cut = name
        .rfind('率')
        .map_or(name, |end| &name[..end + '率'.len_utf8()]);
    cut.trim_start_matches(['和', '及', '与', '其', '中']).to_owned()
}

/// `限时办结率、总办结率分别为98.75%、98.82%`.
fn respectively(reading: &Reading<'_>, place: usize) -> Option<String> {
    let share = &reading.shares[place];
    let own = share.stated.before.as_str();
    if !own.contains("分别") && !own.trim_matches(['和', '及', '与', ' ']).is_empty() {
        return None;
    }
    let (from, _) = reading.span(share.sentence);
    let before = reading.text.folded(from, share.start);
    let (names, after) = before.split_once("分别")?;
    let order = after.matches(['%', '‰']).count();
    let all = reading
        .shares
        .iter()
        .filter(|other| other.sentence == share.sentence && other.start >= from + names.chars().count())
        .count();
    let clause = names.rsplit(['，', '；', ':', '。']).next().unwrap_or(names);
    let names: Vec<&str> = clause
        .split(['、', '和', '及', '与'])
        .filter(|name| !name.trim().is_empty())
        .collect();
    let first = names.len().checked_sub(all)?;
    names.get(first + order).map(|name| trimmed(name))
}

fn base(reading: &Reading<'_>, place: usize) -> Base {
    let share = &reading.shares[place];
    let explicit = explicit(reading, share);
    let name = name(reading, place);
    if let Some((n, d)) = explicit {
        let held = |value: u128| reading.facts.iter().position(|fact| fact.count.value == value);
        return Base {
            numerator: held(n),
            denominators: held(d).into_iter().collect(),
            bound: true,
            explicit: Some((n, d)),
        };
    }
    let rate = RATES
        .iter()
        .find(|(key, ..)| name.contains(key) && name.contains('率'));
    if let Some((key, counted, over)) = rate {
        return named(reading, share, &name, key, counted, over);
    }
    let is_share = name.contains('占') || name.contains("比例") || name.contains("比重");
    let numerator = beside(reading, share).filter(|_| is_share || name.is_empty() || share.depth > 0);
    let after = share.stated.after.as_str();
    // 98.75%的工单按时办结: the name follows.
    if numerator.is_none()
        && let Some((key, counted, over)) = RATES
            .iter()
            .find(|(key, ..)| after.starts_with('的') && after.contains(key))
    {
        return named(reading, share, after, key, counted, over);
    }
    let denominators = match numerator {
        Some(part) => over_part(reading, share, part),
        None => reading.total_before(share.start).into_iter().collect(),
    };
    Base {
        bound: numerator.is_some() && !denominators.is_empty(),
        numerator,
        denominators,
        explicit: None,
    }
}

/// The total a part's share is of.
fn over_part(reading: &Reading<'_>, share: &Share, part: usize) -> Vec<usize> {
    let fact = &reading.facts[part];
    if let Some(parent) = fact.parent {
        return vec![parent];
    }
    // 占投诉总数的 names its base.
    let named = share.stated.before.split_once('占').map(|(_, base)| {
        base.trim_end_matches(['的', '总', '量', '数', '比', '为'])
            .trim_end_matches("总数")
            .trim()
            .to_owned()
    });
    let named = named.filter(|base| {
        base.chars().count() > 1 && !["全部", "总量", "总数", "工单"].contains(&base.as_str())
    });
    let by_name = named.and_then(|base| {
        (0..part)
            .rev()
            .find(|&place| reading.facts[place].count.before.contains(&base))
    });
    let total = (0..part).rev().find(|&place| {
        reading.facts[place].is_whole() && reading.facts[place].count.value >= fact.count.value
    });
    let larger = (0..part).rev().find(|&place| {
        reading.facts[place].role == Role::Plain && reading.facts[place].count.value >= fact.count.value
    });
    let later = || {
        reading
            .total_before(share.start)
            .into_iter()
            .chain((part + 1)..reading.facts.len())
            .find(|&place| {
                let other = &reading.facts[place];
                place != part
                    && other.sentence == share.sentence
                    && other.role == Role::Plain
                    && other.count.value >= fact.count.value
                    && other.count.says_any(&["总", "共", "合计"])
            })
    };
    by_name.or(total).or(larger).or_else(later).into_iter().collect()
}

/// The count a bare percentage stands beside: just before it, or bracketed just after.
fn beside(reading: &Reading<'_>, share: &Share) -> Option<usize> {
    let plain = |fact: &Fact| {
        fact.sentence == share.sentence && fact.role == Role::Plain && fact.depth <= share.depth
    };
    let earlier_share = reading
        .shares
        .iter()
        .filter(|other| other.end <= share.start)
        .map(|other| other.end)
        .max();
    let before = reading.facts.iter().enumerate().rfind(|(_, fact)| {
        plain(fact) && fact.end <= share.start && earlier_share.is_none_or(|end| fact.start >= end)
    });
    let after = reading.facts.iter().enumerate().find(|(_, fact)| {
        fact.sentence == share.sentence
            && fact.role == Role::Plain
            && fact.start >= share.end
            && reading.text.folded(share.end, fact.start).trim() == "("
    });
    after.map(|(place, _)| place).or(before
        .filter(|(_, fact)| !fact.is_whole() || share.stated.before.contains('占'))
        .map(|(place, _)| place))
}

/// `98.75%（1738/1760）`, `1738/1760，98.75%`, `597/601=99.33%`.
fn explicit(reading: &Reading<'_>, share: &Share) -> Option<(u128, u128)> {
    reading
        .quotients
        .iter()
        .filter(|quotient| quotient.sentence == share.sentence)
        .find(|quotient| {
            let (from, to) = if quotient.start >= share.end {
                (share.end, quotient.start)
            } else {
                (quotient.end, share.start)
            };
            let between = reading.text.folded(from, to);
            from <= to && between.chars().count() <= 12 && !between.contains(['%', ';', '；', '、'])
        })
        .map(|quotient| (quotient.numerator, quotient.denominator))
}

fn named(
    reading: &Reading<'_>,
    share: &Share,
    name: &str,
    key: &str,
    counted: &[&str],
    over: &[&str],
) -> Base {
    let in_time = |text: &str| IN_TIME.iter().any(|word| text.contains(word));
    let negated = |fact: &Fact, word: &str| {
        ["不", "未", "基本", "超期", "逾期", "应", "待"]
            .iter()
            .any(|no| fact.count.says(&format!("{no}{word}")))
    };
    let is_counted = |fact: &Fact| {
        fact.role == Role::Plain
            && counted.iter().any(|word| {
                fact.count.says(word) && (name.contains(&format!("不{word}")) || !negated(fact, word))
            })
            && in_time(&fact.count.before) | in_time(&fact.count.after) == in_time(name)
            && (key != "满意" || !fact.count.says("回访") || fact.count.says("满意"))
    };
    let inside: Vec<usize> = (0..reading.facts.len())
        .filter(|&place| reading.facts[place].sentence == share.sentence)
        .collect();
    let before = inside
        .iter()
        .rev()
        .copied()
        .find(|&place| reading.facts[place].end <= share.start && is_counted(&reading.facts[place]));
    let bracketed = beside(reading, share).filter(|&place| reading.facts[place].start >= share.end);
    let numerator = bracketed.or(before);
    let least = numerator.map_or(0, |place| reading.facts[place].count.range.0);
    let fits = |place: &usize| {
        let fact = &reading.facts[*place];
        Some(*place) != numerator
            && fact.role == Role::Plain
            && fact.count.range.1 >= least
            && fact.start < share.start
            && (fact.parent.is_none() || fact.sentence == share.sentence)
    };
    let mut denominators: Vec<usize> = Vec::new();
    for word in over {
        let known = (0..reading.facts.len())
            .rev()
            .filter(|place| fits(place))
            .find(|&place| {
                let fact = &reading.facts[place];
                fact.count.says(word) && (!fact.count.says("办结") || word.contains("办结"))
            });
        denominators.extend(known.filter(|place| !denominators.contains(place)));
    }
    if let Some(total) = reading.total_before(share.start).filter(|place| fits(place)) {
        // A whole of the present sentence is nearer than a word of an earlier one.
        let near = reading.facts[total].sentence == share.sentence
            && denominators
                .first()
                .is_some_and(|&first| reading.facts[first].sentence != share.sentence);
        denominators.retain(|place| *place != total);
        let at = if near { 0 } else { denominators.len() };
        denominators.insert(at, total);
    }
    if in_time(name) && key == "办结" {
        // Rule A: over what was closed.
        let closed = (0..reading.facts.len())
            .rev()
            .filter(|place| fits(place))
            .find(|&place| {
                let count = &reading.facts[place].count;
                count.says("办结") && !in_time(&count.before) && !in_time(&count.after)
            });
        denominators.extend(closed.filter(|place| !denominators.contains(place)));
    }
    let near = numerator.is_some_and(|place| {
        let fact = &reading.facts[place];
        let between = (fact.end.min(share.start), share.start);
        reading
            .facts
            .iter()
            .all(|other| other.start < between.0 || other.end > between.1 || other.role != Role::Plain)
    });
    Base {
        bound: near && numerator.is_some() && !denominators.is_empty(),
        numerator,
        denominators,
        explicit: None,
    }
}
