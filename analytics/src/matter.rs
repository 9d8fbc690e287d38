//! Whether two tickets are about the same matter (同诉), with the reasons.
//!
//! Who called is not asked: one caller has many matters, and one matter many callers. Suggestions only; people merge.
//!
//! The formula, shown on the page beside each suggestion:
//!
//! ```text
//! likeness = 0.45 · text + 0.30 · place + 0.10 · topic + 0.15 · time
//! text   2·|A∩B| ÷ (|A|+|B|) over the distinct words of title and body (two characters and more)
//! place  1 a place both name; 0.3 the same region and no place named by both; −0.5 both name places, none in common
//! topic  1 the same 诉求领域
//! time   1 − days apart ÷ 30
//! ```

use crate::ledger::{Ledger, LedgerError, Status, Ticket};
use chrono::{Datelike, TimeDelta};
use index::{
    Segmenter,
    search::Request,
    writer::{Index, IndexError},
};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Days a matter is looked for before and after.
pub const WINDOW_DAYS: i64 = 30;
/// From which likeness on a ticket is suggested.
pub const ALIKE: f32 = 0.55;
/// Words the index is asked with: enough for the matter, few enough to be fast.
const ASKED_WORDS: usize = 24;
/// Candidates the index gives: bounds the work whatever the size of the city.
const CANDIDATES: usize = 40;
/// Characters of a text that are read: the matter stands at its beginning.
const READ: usize = 600;

/// What hotline operators write around every matter: it makes no two matters alike.
const BOILERPLATE: [&str; 30] = [
    "市民",
    "来电",
    "反映",
    "希望",
    "部门",
    "处理",
    "问题",
    "相关",
    "尽快",
    "要求",
    "工作",
    "人员",
    "工作人员",
    "咨询",
    "求助",
    "投诉",
    "建议",
    "情况",
    "请求",
    "有关",
    "进行",
    "解决",
    "回复",
    "核实",
    "目前",
    "现在",
    "我们",
    "一个",
    "没有",
    "来电人",
];
/// Ends of names of places.
const PLACE_ENDS: [&str; 26] = [
    "路",
    "街",
    "巷",
    "弄",
    "桥",
    "村",
    "苑",
    "大道",
    "小区",
    "花园",
    "家园",
    "新村",
    "公园",
    "广场",
    "市场",
    "学校",
    "小学",
    "中学",
    "幼儿园",
    "医院",
    "大厦",
    "车站",
    "码头",
    "湿地",
    "胡同",
    "公寓",
];
/// Before the end of a name of a place, these are no name.
const NO_NAMES: &[&str] = &[
    "在",
    "的",
    "是",
    "到",
    "和",
    "与",
    "及",
    "从",
    "有",
    "于",
    "该",
    "本",
    "此",
    "某",
    "我们",
    "这个",
    "那个",
    "一个",
    "老旧",
    "附近",
    "我",
    "住",
    "位于",
    "各",
    "看不清",
    "看不见",
    "走",
    "过",
    "修",
    "上",
    "下",
    "回",
    "马",
    "堵",
    "道",
    "条",
    "一条",
    "这条",
    "那条",
    "门口",
    "小",
    "整",
    "段",
];

/// What a text is about: its words and the places it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matter {
    words: BTreeSet<String>,
    places: BTreeSet<String>,
}

/// How alike two tickets are, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// By the formula above.
    pub score: f32,
    /// Share of common words in 0..=1.
    pub text: f32,
    /// Places both name.
    pub places: Vec<String>,
    /// The same region.
    pub region: bool,
    /// The same topic.
    pub topic: bool,
    /// Whole days between the two.
    pub days: i64,
}

/// A ticket that may be about the same matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// That ticket.
    pub ticket: Ticket,
    /// Why.
    pub likeness: Likeness,
}

/// Why suggestions could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MatterError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Matter {
    /// Reads a text. Linear in its length, at most its first 600 characters.
    pub fn read(segmenter: &Segmenter, title: &str, body: &str) -> Self {
        let text: String = format!("{title}\n{body}").chars().take(READ).collect();
        let segmented = segmenter.segment(&text);
        let mut matter = Self::default();
        // The whole word of each position is the last one there; the shorter ones lie inside it.
        let mut row: Vec<(u32, &str, usize, usize)> = Vec::new();
        for word in &segmented.words {
            let (start, end) = (word.start as usize, word.end as usize);
            let Some(said) = text.get(start..end) else {
                continue;
            };
            if said.chars().count() >= 2 && !BOILERPLATE.contains(&said) {
                matter.words.insert(said.to_lowercase());
            }
            match row.last_mut() {
                Some(last) if last.0 == word.position => *last = (word.position, said, start, end),
                _ => row.push((word.position, said, start, end)),
            }
        }
        for (place, (_, said, start, end)) in row.iter().enumerate() {
            let Some(suffix) = PLACE_ENDS
                .iter()
                .filter(|end| said.ends_with(*end))
                .max_by_key(|end| end.len())
            else {
                continue;
            };
            let mut from = *start;
            let mut named = said.chars().count() - suffix.chars().count();
            // A name the dictionary does not know stands before its end character by character.
            for (_, before, begin, stop) in row[..place].iter().rev() {
                let other = PLACE_ENDS.iter().any(|end| before.ends_with(end));
                if named >= 2
                    || *stop != from
                    || other
                    || NO_NAMES.contains(before)
                    || BOILERPLATE.contains(before)
                {
                    break;
                }
                from = *begin;
                named += before.chars().count();
            }
            if named >= 2
                && let Some(name) = text.get(from..*end)
            {
                matter.places.insert(name.to_owned());
            }
        }
        matter
    }

    /// The places it names.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(String::as_str)
    }
}

/// How alike two tickets are.
pub fn likeness(a: (&Ticket, &Matter), b: (&Ticket, &Matter)) -> Likeness {
    let ((one, this), (other, that)) = (a, b);
    let common = this.words.intersection(&that.words).count();
    let all = this.words.len() + that.words.len();
    let text = if all == 0 {
        0.0
    } else {
        2.0 * common as f32 / all as f32
    };
    let places: Vec<String> = this.places.intersection(&that.places).cloned().collect();
    let region = one.region.is_some() && one.region == other.region;
    let topic = one.topic.is_some() && one.topic == other.topic;
    let days = (one.accepted_at - other.accepted_at).num_days().abs();
    let place = if !places.is_empty() {
        1.0
    } else if !this.places.is_empty() && !that.places.is_empty() {
        -0.5
    } else if region {
        0.3
    } else {
        0.0
    };
    let time = (1.0 - days as f32 / WINDOW_DAYS as f32).max(0.0);
    let score = 0.45 * text + 0.30 * place + 0.10 * f32::from(u8::from(topic)) + 0.15 * time;
    Likeness {
        score,
        text,
        places,
        region,
        topic,
        days,
    }
}

/// Tickets that may be about the same matter as `ticket`, the likeliest first, at most `limit`; those merged into
/// another are left out (their main ticket stands for them). Candidates are what the index finds by the ticket's words
/// within 30 days. Blocking.
///
/// # Errors
/// When ledger or index fail.
pub fn suggest(
    ledger: &Ledger,
    index: &Index,
    segmenter: &Segmenter,
    ticket: &Ticket,
    limit: usize,
) -> Result<Vec<Suggestion>, MatterError> {
    let matter = Matter::read(segmenter, &ticket.title, &ticket.body);
    // The query language knows years of four digits.
    if matter.words.is_empty() || !(1000..=9998).contains(&ticket.accepted_at.year()) {
        return Ok(Vec::new());
    }
    let request = Request {
        query: query(ticket, &matter),
        limit: CANDIDATES,
        ..Request::default()
    };
    let mut seen = FxHashSet::default();
    let numbers: Vec<String> = index
        .search(&request)?
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .filter(|no| *no != ticket.no && seen.insert(no.clone()))
        .collect();
    let mut found: Vec<Suggestion> = ledger
        .tickets(&numbers)?
        .into_iter()
        .filter(|other| other.status != Status::Merged)
        .filter_map(|other| {
            let that = Matter::read(segmenter, &other.title, &other.body);
            let likeness = likeness((ticket, &matter), (&other, &that));
            (likeness.score >= ALIKE).then_some(Suggestion {
                ticket: other,
                likeness,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        let by_score = b.likeness.score.total_cmp(&a.likeness.score);
        by_score.then_with(|| a.ticket.no.cmp(&b.ticket.no))
    });
    found.truncate(limit);
    Ok(found)
}

/// Asks the index for any of the ticket's words within the window. The longest words say most.
fn query(ticket: &Ticket, matter: &Matter) -> String {
    let mut words: Vec<&str> = matter.words.iter().map(String::as_str).collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), *word));
    words.truncate(ASKED_WORDS);
    // Letters and digits only, so no word can be read as a part of the language; quoted, so neither can `or`.
    let words: Vec<String> = words
        .iter()
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    let day = ticket.accepted_at.date_naive();
    let (from, to) = (
        day - TimeDelta::days(WINDOW_DAYS),
        day + TimeDelta::days(WINDOW_DAYS),
    );
    format!("kind:ticket date:{from}..{to} ({})", words.join(" OR "))
}

#[cfg(test)]
mod tests;
