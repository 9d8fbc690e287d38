//! The turns of phrase a sum of words cannot see: thanks first, then "but to this day nobody cares"; and anger first, then
//! how well it was dealt with ([`praise`]).

mod praise;

use super::text::Text;
use crate::finder::Finder;
use aho_corasick::MatchKind;
use std::sync::LazyLock;

/// Raised whenever a rule changes: what labels otherwise is another model, and `minsheng relabel` applies it to the past.
pub(crate) const RULES: &[u8] = b"tone 2";

const THANKS: [&str; 6] = ["感谢", "谢谢", "感激", "点赞", "表扬", "辛苦"];
const TURNS: [&str; 8] = ["但", "可是", "然而", "不过", "却", "至今", "结果", "如今"];
const IN_VAIN: [&str; 22] = [
    "没人管",
    "无人管",
    "没有人管",
    "没人理",
    "无人理",
    "没人来",
    "无人问津",
    "没有解决",
    "未解决",
    "没解决",
    "未能解决",
    "没有任何",
    "没有回复",
    "没有答复",
    "无果",
    "没有结果",
    "迟迟",
    "推诿",
    "敷衍",
    "石沉大海",
    "依旧如此",
    "不了了之",
];

/// Moves the weight of "positive" and "neutral" to "negative" (`[negative, neutral, positive]`) when thanks are followed by
/// a turn and that by a failure; that of "negative" and "neutral" to "positive" when the handling is praised last.
pub(crate) fn correct(text: &Text<'_>, sentiment: &mut [f32; 3]) {
    let [negative, neutral, positive] = *sentiment;
    if negative < neutral || negative < positive {
        if turned(text.body) || turned(text.title) {
            let moved = (neutral + positive) * 0.8;
            *sentiment = [negative + moved, neutral * 0.2, positive * 0.2];
        }
        return;
    }
    // A title tells the beginning of a matter; only where there is nothing else does it tell the end.
    let last = match text.body.trim() {
        "" => text.title,
        body => body,
    };
    if praise::praised(last) {
        let moved = (negative + neutral) * 0.8;
        *sentiment = [negative * 0.2, neutral * 0.2, positive + moved];
    }
}

fn turned(text: &str) -> bool {
    // Of several words the one that ends first.
    let after = |words: &Finder, from: usize| words.find(text, from).map(|found| found.end());
    let [thanks, turns, in_vain] = &*WORDS;
    after(thanks, 0)
        .and_then(|at| after(turns, at))
        .is_some_and(|at| after(in_vain, at).is_some())
}

#[expect(
    clippy::expect_used,
    reason = "constant lists of short words always make an automaton"
)]
static WORDS: LazyLock<[Finder; 3]> = LazyLock::new(|| {
    let finder = |words: &[&'static str]| {
        Finder::new(MatchKind::Standard, words.iter().copied()).expect("a constant list")
    };
    [&THANKS[..], &TURNS, &IN_VAIN].map(finder)
});

#[cfg(test)]
mod tests;
