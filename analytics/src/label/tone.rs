//! The turn of phrase a sum of words cannot see: thanks first, then "but to this day nobody cares".

use super::text::Text;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

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
/// a turn and that by a failure.
pub(crate) fn correct(text: &Text<'_>, sentiment: &mut [f32; 3]) {
    let already = sentiment[0] >= sentiment[1] && sentiment[0] >= sentiment[2];
    if already || !(turned(text.body) || turned(text.title)) {
        return;
    }
    let moved = (sentiment[1] + sentiment[2]) * 0.8;
    *sentiment = [sentiment[0] + moved, sentiment[1] * 0.2, sentiment[2] * 0.2];
}

fn turned(text: &str) -> bool {
    // Of several words the one that ends first.
    let after = |words: &AhoCorasick, from: usize| {
        let found = words.find(text.get(from..)?)?;
        Some(from + found.end())
    };
    let [thanks, turns, in_vain] = &*WORDS;
    after(thanks, 0)
        .and_then(|at| after(turns, at))
        .is_some_and(|at| after(in_vain, at).is_some())
}

#[expect(
    clippy::expect_used,
    reason = "constant lists of short words always make an automaton"
)]
static WORDS: LazyLock<[AhoCorasick; 3]> = LazyLock::new(|| {
    [&THANKS[..], &TURNS, &IN_VAIN].map(|words| AhoCorasick::new(words).expect("a constant list"))
});
