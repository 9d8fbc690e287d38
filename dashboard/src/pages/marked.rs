//! A text with the words that decided marked in it: for the type, against it, and what makes it sensitive.

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
    let mut ranges: Vec<(usize, usize, Mark)> = Vec::new();
    for (word, mark) in words.iter().filter(|(word, _)| !word.is_empty()) {
        ranges.extend(
            text.match_indices(word)
                .map(|(start, found)| (start, start + found.len(), *mark)),
        );
    }
    // Flags before reasons, and the longer of two that begin together, so that a word inside a phrase does not cut it.
    ranges.sort_by_key(|&(start, end, mark)| (start, mark != Mark::Flag, std::cmp::Reverse(end)));
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
    for (start, end, mark) in ranges {
        if start >= done {
            push(text.get(done..start), "");
            push(text.get(start..end), mark.class());
            done = end;
        }
    }
    push(text.get(done..), "");
    pieces
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
}
