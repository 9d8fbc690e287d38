//! What goes in and what comes out of labelling: pure data.

use crate::sensitive::Flag;
use index::{Segmenter, Word};
use ingest::record::TicketType;
use serde::Serialize;

/// One text to label.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Title, may be empty.
    pub title: &'a str,
    /// Body.
    pub body: &'a str,
    /// Words of `title`; shorter ones inside a word are passed over.
    pub title_words: &'a [Word],
    /// Words of `body`, likewise.
    pub body_words: &'a [Word],
}

/// The words of a text that is labelled and not indexed.
#[derive(Debug, Clone, Default)]
pub struct Words {
    title: Vec<Word>,
    body: Vec<Word>,
}

impl Words {
    /// Cuts a title and a body.
    pub fn of(segmenter: &Segmenter, title: &str, body: &str) -> Self {
        Self {
            title: segmenter.whole_words(title),
            body: segmenter.whole_words(body),
        }
    }

    /// The text, `title` and `body` being those the words were found in.
    pub fn text<'a>(&'a self, title: &'a str, body: &'a str) -> Text<'a> {
        Text {
            title,
            body,
            title_words: &self.title,
            body_words: &self.body,
        }
    }
}

/// Labels of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// The best guess, even when abstained.
    pub r#type: TicketType,
    /// Probability of `type`, calibrated, 0..=1.
    pub confidence: f32,
    /// `confidence` is below the model's threshold: the ticket is 待判定.
    pub abstained: bool,
    /// One of [`TOPICS`].
    pub topic: &'static str,
    /// Probability of `topic`, 0..=1.
    pub topic_confidence: f32,
    /// -1 (negative) ..= 1 (positive).
    pub sentiment: f32,
    /// `negative`, `neutral` or `positive`.
    pub sentiment_label: &'static str,
    /// Region the text is about, by the gazetteer.
    pub region: Option<String>,
    /// The words that decided the region.
    pub region_words: Vec<String>,
    /// Businesses the text names.
    pub organisations: Vec<String>,
    /// Sensitive content.
    pub flags: Vec<Flag>,
}

/// Labels of a post: no type, which is a ticket's.
#[derive(Debug, Clone, PartialEq)]
pub struct PostLabel {
    /// One of [`TOPICS`].
    pub topic: &'static str,
    /// -1 (negative) ..= 1 (positive).
    pub sentiment: f32,
    /// `negative`, `neutral` or `positive`.
    pub sentiment_label: &'static str,
    /// Region the text is about, by the gazetteer.
    pub region: Option<String>,
    /// Sensitive content.
    pub flags: Vec<Flag>,
}

/// A piece of text that spoke for (`weight` > 0) or against the type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The words as written.
    pub text: String,
    /// Share of the score for the type, signed.
    pub weight: f32,
}

/// The fifteen fields (诉求领域) of the guideline, in its order.
pub const TOPICS: [&str; 15] = [
    "城乡建设",
    "环境保护",
    "交通运输",
    "教育文体",
    "劳动和社会保障",
    "商贸旅游",
    "卫生计生",
    "农村农业",
    "政法",
    "民政",
    "党务政务",
    "经济管理",
    "纪检监察",
    "国土资源",
    "科技与信息产业",
];

/// The three classes of sentiment.
pub const SENTIMENTS: [&str; 3] = ["negative", "neutral", "positive"];

/// What the sentiment model tells apart, each with its sentiment (place in [`SENTIMENTS`]). Anger and sorrow use other words:
/// told apart, both are found better. The first of a sentiment stands for it where no more is known.
pub(crate) const EMOTIONS: [(&str, usize); 5] = [
    ("angry", 0),
    ("sad", 0),
    ("fear", 0),
    ("neutral", 1),
    ("happy", 2),
];

/// A sentiment from here up is positive, and from its negative down negative.
const CLEAR: f32 = 1.0 / 3.0;

/// The class a sentiment in -1..=1 falls into, one of [`SENTIMENTS`].
pub fn sentiment_name(sentiment: f32) -> &'static str {
    match sentiment {
        s if s >= CLEAR => "positive",
        s if s <= -CLEAR => "negative",
        _ => "neutral",
    }
}

/// One number for the probabilities of [`SENTIMENTS`]: their balance, kept on the side of [`sentiment_name`]'s bounds
/// where the likeliest class lies.
pub(crate) fn sentiment_of([negative, neutral, positive]: [f32; 3]) -> f32 {
    let balance = positive - negative;
    if neutral >= negative.max(positive) {
        balance.clamp(-CLEAR + 0.01, CLEAR - 0.01)
    } else if positive > negative {
        balance.clamp(CLEAR, 1.0)
    } else {
        balance.clamp(-1.0, -CLEAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_names_the_likeliest_class() {
        for (probabilities, name) in [
            ([0.4, 0.35, 0.25], "negative"),
            ([0.05, 0.5, 0.45], "neutral"),
            ([0.0, 0.5, 0.5], "neutral"),
            ([0.3, 0.3, 0.4], "positive"),
            ([0.0, 0.0, 1.0], "positive"),
        ] {
            let value = sentiment_of(probabilities);
            assert!((-1.0..=1.0).contains(&value));
            assert_eq!(sentiment_name(value), name);
        }
    }
}
