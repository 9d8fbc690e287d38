//! A text with the words that decided marked in it: for the type, against it, and what makes it sensitive.

use std::{cmp::Reverse, collections::BTreeMap, ops::Range};

/// Why words are marked. The class tells it in colour and line, the legend beside the text in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Spoke for the type.
    For,
    /// Spoke against it.
    Against,
    /// Raised a flag.
    Flag,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Flag => "flag",
        }
    }
}

/// A piece of text; `class` is empty for what is not marked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) class: &'static str,
}

/// Cuts `text` at every occurrence of `words`.
pub(super) fn mark(text: &str, words: &[(&str, Mark)]) -> Vec<Word> {
    // Flags before reasons, and the longer of two that begin together, so that a word inside a phrase does not cut it.
    let mut ranges: BTreeMap<usize, (usize, Mark)> = BTreeMap::new();
    for flags in [true, false] {
        let wanted = |(word, mark): &&(&str, Mark)| !word.is_empty() && (*mark == Mark::Flag) == flags;
        let mut found: Vec<(usize, Reverse<usize>, Mark)> = words
            .iter()
            .filter(wanted)
            .flat_map(|(word, mark)| {
                let places = text.match_indices(word);
                places.map(|(start, word)| (start, Reverse(start + word.len()), *mark))
            })
            .collect();
        found.sort_by_key(|(start, end, _)| (*start, *end));
        let mut done = 0;
        for (start, Reverse(end), mark) in found {
            if start >= done {
                place(&mut ranges, start..end, mark);
                done = end;
            }
        }
    }
    let mut pieces = Vec::with_capacity(ranges.len() * 2 + 1);
    let mut done = 0;
    let mut push = |text: Option<&str>, class| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            pieces.push(Word {
                text: text.to_owned(),
                class,
            });
        }
    };
    for (start, (end, mark)) in ranges {
        push(text.get(done..start), "");
        push(text.get(start..end), mark.class());
        done = end;
    }
    push(text.get(done..), "");
    pieces
}

/// Marks of `wanted` what no mark lies on yet: a reason goes on around a flag inside it.
fn place(ranges: &mut BTreeMap<usize, (usize, Mark)>, wanted: Range<usize>, mark: Mark) {
    let before = ranges.range(..=wanted.start).next_back();
    let mut free = before.map_or(wanted.start, |(_, (end, _))| wanted.start.max(*end));
    let taken: Vec<(usize, usize)> = ranges
        .range(free..wanted.end)
        .map(|(start, (end, _))| (*start, *end))
        .collect();
    for (start, end) in taken.into_iter().chain([(wanted.end, wanted.end)]) {
        if free < start {
            ranges.insert(free, (start, mark));
        }
        free = free.max(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_once_and_the_text_stays_whole() {
        let text = "楼下起火，请问怎么办？起火点在一楼。";
        let words = mark(
            text,
            &[
                ("请问怎么", Mark::For),
                ("请问", Mark::Against),
                ("起火", Mark::Flag),
                ("", Mark::For),
            ],
        );
        assert_eq!(
            words.iter().map(|word| word.text.as_str()).collect::<String>(),
            text
        );
        let marked: Vec<(&str, &str)> = words
            .iter()
            .filter(|word| !word.class.is_empty())
            .map(|word| (word.text.as_str(), word.class))
            .collect();
        assert_eq!(marked, [("起火", "flag"), ("请问怎么", "for"), ("起火", "flag")]);
    }

    #[test]
    fn a_flag_inside_a_reason_is_seen_and_the_reason_goes_on_around_it() {
        let marked = |words: &[(&str, Mark)]| -> Vec<(String, &'static str)> {
            let pieces = mark("请问电线裸露谁来管？", words).into_iter();
            pieces
                .filter(|piece| !piece.class.is_empty())
                .map(|piece| (piece.text, piece.class))
                .collect()
        };
        let pieces = |of: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
            of.iter()
                .map(|(text, class)| ((*text).to_owned(), *class))
                .collect()
        };
        assert_eq!(
            marked(&[("请问电线裸露谁来管", Mark::For), ("电线裸露", Mark::Flag)]),
            pieces(&[("请问", "for"), ("电线裸露", "flag"), ("谁来管", "for")])
        );
        assert_eq!(
            marked(&[
                ("问电线", Mark::For),
                ("电线裸露", Mark::Flag),
                ("露谁", Mark::Against)
            ]),
            pieces(&[("问", "for"), ("电线裸露", "flag"), ("谁", "against")])
        );
    }
}
