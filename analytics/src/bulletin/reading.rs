//! A text read once: its figures, sentence by sentence, and what each count stands for.

use super::{
    lex::{self, Count, Item, Stated, What},
    text::Text,
};

/// Words of a count that is a whole: what came in.
const WHOLE: &[&str] = &[
    "受理", "共", "总", "合计", "累计", "接到", "收到", "接听", "接收", "登记", "交办", "转办", "派发",
    "派单", "承办", "来电", "来信", "呼入", "诉求", "工单", "办件", "信访", "tickets", "cases",
];
/// Words of a count that is what was done with the whole.
pub(super) const DONE: &[&str] = &[
    "办结",
    "办理完",
    "签收",
    "回访",
    "满意",
    "答复",
    "回复",
    "解决",
    "退单",
    "退回",
    "延期",
    "重办",
    "超期",
    "逾期",
    "未办",
    "在办",
    "按时",
    "按期",
    "限时",
    "及时",
    "接通",
    "评价",
    "化解",
    "督办",
    "催办",
    "直接解答",
];
/// Words of a count of an earlier period.
const EARLIER: &[&str] = &[
    "去年",
    "上年",
    "上月",
    "上期",
    "上季",
    "上周",
    "前年",
    "往年",
    "前一年",
    "前一月",
    "同期为",
    "同期的",
    "年同期",
];
/// Words of a difference between periods.
const DIFFERENCE: &[&str] = &[
    "增加", "减少", "增长", "下降", "上升", "增幅", "降幅", "多", "少", "回落", "净增", "增",
];

/// What a count stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// What came in, or any count nothing else is said of.
    Plain,
    /// Of an earlier period.
    Earlier,
    /// A difference between periods, or an average.
    Difference,
}

/// A count in its place.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) count: Count,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) sentence: usize,
    pub(super) role: Role,
    /// The total it is a part of.
    pub(super) parent: Option<usize>,
}

impl Fact {
    /// Whether it is what came in rather than what became of it.
    pub(super) fn is_whole(&self) -> bool {
        self.role == Role::Plain
            && self.parent.is_none()
            && self.depth == 0
            && self.count.says_any(WHOLE)
            && !self.count.says_any(DONE)
    }
}

/// A percentage in its place.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) stated: Stated,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) sentence: usize,
}

/// A fraction in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotient {
    pub(super) numerator: u128,
    pub(super) denominator: u128,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sentence: usize,
}

/// Everything a text states, in its order.
pub(super) struct Reading<'a> {
    pub(super) text: &'a Text,
    pub(super) facts: Vec<Fact>,
    pub(super) shares: Vec<Share>,
    pub(super) quotients: Vec<Quotient>,
    /// First character of each sentence, and the end of the last.
    pub(super) bounds: Vec<usize>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a Text, from: usize, to: usize) -> Self {
        let bounds = sentences(text, from, to);
        let mut reading = Self {
            text,
            facts: Vec::new(),
            shares: Vec::new(),
            quotients: Vec::new(),
            bounds,
        };
        for Item {
            start,
            end,
            depth,
            what,
        } in lex::items(text, from, to)
        {
            let sentence = reading.bounds.partition_point(|bound| *bound <= start) - 1;
            match what {
                What::Count(count) => {
                    let role = role(&count);
                    reading.facts.push(Fact {
                        count,
                        start,
                        end,
                        depth,
                        sentence,
                        role,
                        parent: None,
                    });
                }
                What::Percent(stated) => reading.shares.push(Share {
                    stated,
                    start,
                    end,
                    depth,
                    sentence,
                }),
                What::Fraction(numerator, denominator) => reading.quotients.push(Quotient {
                    numerator,
                    denominator,
                    start,
                    end,
                    sentence,
                }),
                What::Points => {}
            }
        }
        reading
    }

    pub(super) fn sentences(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The sentence's first character and the first after it.
    pub(super) fn span(&self, sentence: usize) -> (usize, usize) {
        (self.bounds[sentence], self.bounds[sentence + 1])
    }

    /// Places of the facts of a sentence that stand in no bracket.
    pub(super) fn plain(&self, sentence: usize) -> Vec<usize> {
        let facts = self.facts.iter().enumerate();
        facts
            .filter(|(_, fact)| fact.sentence == sentence && fact.depth == 0 && fact.role == Role::Plain)
            .map(|(place, _)| place)
            .collect()
    }

    /// The total a figure at `start` is about: the last whole before it, else the last count, else the first after.
    pub(super) fn total_before(&self, start: usize) -> Option<usize> {
        let before = |fact: &&(usize, &Fact)| fact.1.start < start;
        let plain: Vec<(usize, &Fact)> = self
            .facts
            .iter()
            .enumerate()
            .filter(|(_, fact)| fact.role == Role::Plain && fact.parent.is_none() && fact.depth == 0)
            .collect();
        let whole = plain
            .iter()
            .rev()
            .filter(before)
            .find(|(_, fact)| fact.is_whole());
        // Without such a word the largest count so far is what the text is about.
        let largest = || {
            plain
                .iter()
                .filter(before)
                .max_by_key(|(_, fact)| fact.count.value)
        };
        let later = || plain.iter().find(|(_, fact)| fact.is_whole());
        whole.or_else(largest).or_else(later).map(|(place, _)| *place)
    }
}

fn role(count: &Count) -> Role {
    if ["日均", "平均", "人均", "月均", "每天", "每日"]
        .iter()
        .any(|word| count.before.contains(word))
    {
        return Role::Difference;
    }
    if count.says_any(EARLIER) && !count.before.contains("较") && !count.before.contains("比") {
        Role::Earlier
    } else if DIFFERENCE
        .iter()
        .any(|word| count.before.ends_with(word) || count.before.ends_with(&format!("{word}了")))
    {
        Role::Difference
    } else {
        Role::Plain
    }
}

/// Where sentences begin. A line end alone ends none: bulletins wrap, and list their parts line by line.
fn sentences(text: &Text, from: usize, to: usize) -> Vec<usize> {
    let mut bounds = vec![from];
    for at in from..to {
        let blank = text.at(at) == '\n' && text.at(text.past_blanks(at + 1)) == '\n';
        if (matches!(text.at(at), '。' | '！' | '？' | '!' | '?') || blank) && at + 1 < to {
            bounds.push(at + 1);
        }
    }
    bounds.push(to.max(from + 1));
    bounds.dedup();
    bounds
}
