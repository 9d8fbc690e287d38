//! The turns of phrase a sum of words cannot see: thanks first, then "but to this day nobody cares"; and anger first, then
//! how well it was dealt with ([`praise`]).

mod praise;

use super::score::{Scores, best};
use super::text::Text;
use crate::finder::Finder;
use aho_corasick::MatchKind;
use ingest::record::TicketType;
use std::sync::LazyLock;

/// Raised whenever a rule changes: what labels otherwise is another model, and `minsheng relabel` applies it to the past.
pub(crate) const RULES: &[u8] = b"tone 3";

/// How much of their probability the classes give that a turn speaks against.
const GIVES: f32 = 0.8;
/// How much praise gives to what it may be instead: it stays the likeliest, and a person decides.
const DOUBTED: f32 = 0.4;
/// From here on a text reads as so negative that its praise is doubted.
const NEGATIVE: f32 = 0.9;
/// Places of the types.
const HELP: usize = TicketType::Help as usize;
const COMPLAINT: usize = TicketType::Complaint as usize;
const PRAISE: usize = TicketType::Praise as usize;
/// Probabilities below this are the same.
const LEAST: f32 = 1e-6;

const THANKS: [&str; 6] = ["感谢", "谢谢", "感激", "点赞", "表扬", "辛苦"];
const TURNS: [&str; 12] = [
    "但",
    "可是",
    "然而",
    "不过",
    "却",
    "至今",
    "结果",
    "如今",
    "，可",
    "只是",
    "到现在",
    "还是",
];
const IN_VAIN: [&str; 41] = [
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
    "没到账",
    "没修好",
    "没处理",
    "没回复",
    "没答复",
    "一次没有",
    "没有一次",
    "没有到账",
    "没有修好",
    "没有处理",
    "仍未",
    "尚未解决",
    "答非所问",
    "原封不动",
    "不作为",
    "还是老样子",
    "还是一样",
    "打太极",
    "倒数第一",
];

/// What the turns of phrase change: the sentiment, and a praise that is none.
///
/// Thanks are polite and praise can be mockery. Where something was in vain and the handling is not praised last, praise gives
/// way: nearly by half, so that a person decides, and by more where thanks and a turn stand before the failure; nearly by half
/// also where the text reads as plainly negative. Complaint and help take over what it gives, each by its own probability.
/// Where the handling is praised last, the other types give way to praise.
pub(crate) fn apply(text: &Text<'_>, scores: &mut Scores) {
    if correct(text, &mut scores.sentiment) {
        for (place, probability) in scores.r#type.iter_mut().enumerate() {
            *probability *= 1.0 - GIVES;
            if place == PRAISE {
                *probability += GIVES;
            }
        }
        return;
    }
    if best(&scores.r#type) != PRAISE {
        return;
    }
    let in_vain = WORDS[2].find(text.body, 0).is_some() && !praise::praised(text.body);
    let given = if in_vain && turned(text.body) {
        GIVES
    } else if in_vain || scores.sentiment[0] > NEGATIVE {
        DOUBTED
    } else {
        return;
    };
    let moved = scores.r#type[PRAISE] * given;
    let blamed = scores.r#type[COMPLAINT].max(LEAST);
    let share = blamed / (blamed + scores.r#type[HELP].max(LEAST));
    scores.r#type[PRAISE] -= moved;
    scores.r#type[COMPLAINT] += moved * share;
    scores.r#type[HELP] += moved * (1.0 - share);
}

/// Moves the weight of "positive" and "neutral" to "negative" (`[negative, neutral, positive]`) when thanks are followed by
/// a turn and that by a failure; that of "negative" and "neutral" to "positive" when the handling is praised last, which is answered.
pub(crate) fn correct(text: &Text<'_>, sentiment: &mut [f32; 3]) -> bool {
    let [negative, neutral, positive] = *sentiment;
    if negative < neutral || negative < positive {
        if turned(text.body) || turned(text.title) {
            let moved = (neutral + positive) * GIVES;
            *sentiment = [
                negative + moved,
                neutral * (1.0 - GIVES),
                positive * (1.0 - GIVES),
            ];
        }
        return false;
    }
    // A title tells the beginning of a matter; only where there is nothing else does it tell the end.
    let last = match text.body.trim() {
        "" => text.title,
        body => body,
    };
    let praised = praise::praised(last);
    if praised {
        let moved = (negative + neutral) * GIVES;
        *sentiment = [
            negative * (1.0 - GIVES),
            neutral * (1.0 - GIVES),
            positive + moved,
        ];
    }
    praised
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
