//! One jieba segmenter for everything: a record's text is segmented once, and the tokens feed the labels and the index.

use crate::fold::{Folded, fold};
use jieba_rs::{Jieba, Token};
use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

/// The words of a text, as byte ranges into it. Search-mode jieba: a long word is preceded by the shorter words inside
/// it, all with the position of the long word. What holds no letter or digit (punctuation, white space) is no word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segmented {
    /// Words in order of position.
    pub words: Vec<Word>,
    /// The same words folded and joined by single spaces: what the index takes, so that nothing is folded twice.
    pub(crate) terms: String,
}

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Position for phrase and proximity, in words. Punctuation takes a position too.
    pub position: u32,
}

/// jieba with its dictionary and the project's own words. Cheap to clone, usable from many threads.
#[derive(Clone)]
pub struct Segmenter {
    jieba: Arc<Jieba>,
}

impl Segmenter {
    /// The built-in dictionary plus `extra` words (one a line: `word [frequency [tag]]`, `#` begins a comment). A word
    /// without frequency gets the one that keeps it whole.
    ///
    /// # Errors
    /// Names the line of `extra` that is no dictionary entry.
    pub fn new(extra: &str) -> Result<Self, SegmentError> {
        let entries = extra
            .lines()
            .enumerate()
            .filter_map(|(at, line)| Entry::parse(line, at + 1))
            .collect::<Result<Vec<_>, _>>()?;
        if entries.is_empty() {
            return Ok(Self { jieba: built_in() });
        }
        let mut jieba = Jieba::new();
        for entry in entries {
            // Texts are folded before they are cut, so a word of the dictionary has to be as well.
            jieba.add_word(&fold(entry.word), entry.frequency, entry.tag);
        }
        Ok(Self {
            jieba: Arc::new(jieba),
        })
    }

    /// The words of `text`. Linear in the text's length; never panics. What lies beyond 4 GiB is left out.
    pub fn segment(&self, text: &str) -> Segmented {
        let folded = Folded::new(readable(text));
        let tokens = self.jieba.cut_for_search(&folded.text, GUESS);

        let mut segmented = Segmented {
            words: Vec::with_capacity(tokens.len()),
            terms: String::with_capacity(folded.text.len() + folded.text.len() / 2),
        };
        let mut way_back = folded.way_back();
        for (token, position) in tokens.iter().zip(positions(&tokens, folded.text.len())) {
            if !token.word.contains(is_letter_or_digit) {
                continue;
            }
            let (start, end) = way_back.original(token.byte_start, token.byte_end);
            segmented.words.push(Word {
                start: start as u32,
                end: end as u32,
                position,
            });
            if !segmented.terms.is_empty() {
                segmented.terms.push(' ');
            }
            segmented.terms.push_str(token.word);
        }
        segmented
    }

    /// The words of `text` as [`Self::segment`] has them, without the shorter ones inside them and without terms: sooner, for
    /// what is labelled and not indexed.
    pub fn whole_words(&self, text: &str) -> Vec<Word> {
        let folded = Folded::new(readable(text));
        let tokens = self.jieba.cut(&folded.text, GUESS);
        let mut way_back = folded.way_back();
        let words = (0u32..)
            .zip(&tokens)
            .filter(|(_, token)| token.word.contains(is_letter_or_digit));
        words
            .map(|(position, token)| {
                let (start, end) = way_back.original(token.byte_start, token.byte_end);
                Word {
                    start: start as u32,
                    end: end as u32,
                    position,
                }
            })
            .collect()
    }
}

/// Whether jieba guesses at words outside the dictionary. Its guess depends on what stands beside them, so the same name is
/// guessed in one text and not in the next, and a query misses texts. A name outside the dictionary gives its characters.
const GUESS: bool = false;

/// As much of a text as places of 32 bits can point into.
fn readable(text: &str) -> &str {
    &text[..text.floor_char_boundary(u32::MAX as usize)]
}

/// The byte ranges of the whole words among `words`, which may hold the shorter ones inside them, too.
pub fn whole(words: &[Word]) -> impl Iterator<Item = Range<u32>> {
    // The whole word of a position comes last.
    words
        .chunk_by(|word, next| word.position == next.position)
        .filter_map(|words| words.last())
        .map(|word| word.start..word.end)
}

/// [`char::is_alphanumeric`], sooner: nearly every character is an ideograph, ASCII or a mark of Chinese punctuation, and needs
/// no look into Unicode's tables.
#[inline]
pub fn is_letter_or_digit(c: char) -> bool {
    match c {
        '\u{4E00}'..='\u{9FFF}' => true,
        '\u{2010}'..='\u{2027}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}' => false,
        _ => c.is_alphanumeric(),
    }
}

/// The position of each token. Long words cover the text without gap or overlap, and the parts of each come before it;
/// so, from the end, the token that ends where the last long word began is the next long word.
fn positions(tokens: &[Token<'_>], end: usize) -> Vec<u32> {
    let mut begun = end;
    let mut words = 0;
    let mut positions: Vec<u32> = vec![0; tokens.len()];
    for (token, position) in tokens.iter().zip(&mut positions).rev() {
        if token.byte_end == begun {
            begun = token.byte_start;
            words += 1;
        }
        *position = words;
    }
    for position in &mut positions {
        *position = words - *position;
    }
    positions
}

/// The dictionary without words of our own, loaded once per process.
fn built_in() -> Arc<Jieba> {
    static BUILT_IN: OnceLock<Arc<Jieba>> = OnceLock::new();
    Arc::clone(BUILT_IN.get_or_init(|| Arc::new(Jieba::new())))
}

/// One line of a dictionary.
struct Entry<'a> {
    word: &'a str,
    frequency: Option<usize>,
    tag: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// `None` for a line without entry.
    fn parse(line: &'a str, number: usize) -> Option<Result<Self, SegmentError>> {
        let mut parts = line.split('#').next()?.split_whitespace();
        let word = parts.next()?;
        let frequency = parts.next().map(str::parse).transpose();
        let tag = parts.next();
        Some(match (frequency, parts.next()) {
            (Ok(frequency), None) => Ok(Self { word, frequency, tag }),
            _ => Err(SegmentError::Line { line: number }),
        })
    }
}

/// Why a dictionary is refused.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// A line that is no entry.
    #[error("dictionary line {line} is not `word [frequency [tag]]`")]
    Line {
        /// 1-based.
        line: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words<'a>(text: &'a str, segmented: &Segmented) -> Vec<&'a str> {
        segmented
            .words
            .iter()
            .map(|w| &text[w.start as usize..w.end as usize])
            .collect()
    }

    #[test]
    fn search_mode_with_places_in_the_original() {
        let segmenter = Segmenter::new("").unwrap();
        let text = "ＡＢＣ公司，人民法院！";
        let segmented = segmenter.segment(text);
        assert_eq!(
            words(text, &segmented),
            ["ＡＢＣ", "公司", "人民", "民法", "法院", "人民法院"]
        );
        assert_eq!(segmented.terms, "abc 公司 人民 民法 法院 人民法院");
        let positions: Vec<u32> = segmented.words.iter().map(|w| w.position).collect();
        assert_eq!(positions, [0, 1, 3, 3, 3, 3]);
    }

    #[test]
    fn letters_and_digits_are_unicodes() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn own_words_are_kept_whole() {
        let segmenter = Segmenter::new("# hotline\n\n清湖埠街道 # invented\n限时办结率 500 n\n").unwrap();
        let text = "清湖埠街道的限时办结率";
        let segmented = segmenter.segment(text);
        assert!(words(text, &segmented).contains(&"清湖埠街道"));
        assert!(words(text, &segmented).contains(&"限时办结率"));
    }

    #[test]
    fn a_bad_line_is_named() {
        for (extra, line) in [("好 坏", 1), ("好\n坏 3 n 多", 2), ("好\n\n坏 -1", 3)] {
            let Err(SegmentError::Line { line: found }) = Segmenter::new(extra) else {
                panic!("{extra} was accepted");
            };
            assert_eq!(found, line);
        }
    }

    #[test]
    fn the_shipped_dictionary_is_one() {
        let extra = include_str!("../../config/dictionary.txt");
        let segmenter = Segmenter::new(extra).unwrap();
        let text = "12345热线转承办单位限时办结";
        let found = segmenter.segment(text);
        for word in ["12345热线", "承办单位", "限时办结"] {
            assert!(words(text, &found).contains(&word), "{word}");
        }
    }

    /// jieba-rs 0.9 was super-linear on long strings. Work is compared by what comes out, not by time: a text of n equal
    /// parts gives n times the words of one part.
    #[test]
    fn a_megabyte_gives_a_megabytes_words() {
        let segmenter = Segmenter::new("").unwrap();
        let part = "路灯坏了三天没人修，请有关部门尽快处理。";
        let one = segmenter.segment(part).words.len();
        let times = (1 << 20) / part.len();
        let all = segmenter.segment(&part.repeat(times));
        assert_eq!(all.words.len(), one * times);
        // One run without any border: the whole megabyte is a single block for jieba.
        let run = "路灯坏了三天没人修请有关部门尽快处理".repeat(times);
        let words = segmenter.segment(&run).words;
        assert!(
            words.len() >= times * 8 && words.len() <= times * 16,
            "{}",
            words.len()
        );
        assert_eq!(words.last().map(|word| word.end as usize), Some(run.len()));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_on_its_characters(text in "\\PC{0,60}") {
            let segmented = Segmenter::new("").unwrap().segment(&text);
            let mut last = 0;
            for word in &segmented.words {
                prop_assert!(text.get(word.start as usize..word.end as usize).is_some_and(|w| !w.is_empty()));
                prop_assert!(word.position >= last);
                last = word.position;
            }
        }

        #[test]
        fn whole_words_are_those_of_search_mode(text in "[\\PC民法院人大会议中国A-Z0-9.\\-\r\n ]{0,60}") {
            let segmenter = Segmenter::new("").unwrap();
            let (segmented, words) = (segmenter.segment(&text), segmenter.whole_words(&text));
            let ranges = |words: &[Word]| whole(words).collect::<Vec<_>>();
            prop_assert_eq!(ranges(&segmented.words), ranges(&words));
            prop_assert!(words.iter().all(|word| segmented.words.contains(word)));
        }
    }
}
