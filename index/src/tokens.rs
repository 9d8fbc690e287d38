//! How field values become terms. No analyser of tantivy's own is used: none of them folds width, and the stock n-gram
//! tokenizer sets every position to 0.

use crate::fold::{self, fold};
use std::str::{Chars, Split};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

/// Name of [`Words`] in the schema.
pub(crate) const WORDS: &str = "words";
/// Name of [`Characters`] in the schema.
pub(crate) const CHARACTERS: &str = "characters";
/// Name of [`Keyword`] in the schema.
pub(crate) const KEYWORD: &str = "keyword";

/// Registers the tokenizers of this module.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(WORDS, Words);
    manager.register(CHARACTERS, Characters);
    manager.register(KEYWORD, Keyword);
    manager
}

/// Splits `Segmented::terms` at its spaces: the words were found and folded before.
#[derive(Clone)]
struct Words;

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream {
            words: text.split(' '),
            token: Token::default(),
        }
    }
}

struct WordStream<'a> {
    words: Split<'a, char>,
    token: Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.find(|word| !word.is_empty()) else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(word);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Every character of the folded text with its position, white space and punctuation included.
#[derive(Clone)]
struct Characters;

impl Tokenizer for Characters {
    type TokenStream<'a> = CharacterStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream<'a> {
        CharacterStream {
            characters: text.chars(),
            rest: Vec::new(),
            token: Token::default(),
        }
    }
}

struct CharacterStream<'a> {
    characters: Chars<'a>,
    /// What is left of a character that folds to several, last first.
    rest: Vec<char>,
    token: Token,
}

impl CharacterStream<'_> {
    #[inline]
    fn next_character(&mut self) -> Option<char> {
        if let Some(c) = self.rest.pop() {
            return Some(c);
        }
        loop {
            let c = self.characters.next()?;
            if let Some(c) = fold::simple(c) {
                return Some(c);
            }
            self.rest.extend(fold::full(c));
            self.rest.reverse();
            if let Some(c) = self.rest.pop() {
                return Some(c);
            }
        }
    }
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(c) = self.next_character() else {
            return false;
        };
        // The default position is usize::MAX, so the first token stands at 0.
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push(c);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// The whole folded value as one term.
#[derive(Clone)]
struct Keyword;

impl Tokenizer for Keyword {
    type TokenStream<'a> = KeywordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> KeywordStream {
        let token = Token {
            text: fold(text),
            position: 0,
            ..Token::default()
        };
        KeywordStream { left: true, token }
    }
}

struct KeywordStream {
    left: bool,
    token: Token,
}

impl TokenStream for KeywordStream {
    fn advance(&mut self) -> bool {
        std::mem::take(&mut self.left)
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(name: &str, text: &str) -> Vec<(usize, String)> {
        let mut analyser = tokenizers().get(name).unwrap();
        let mut stream = analyser.token_stream(text);
        let mut tokens = Vec::new();
        stream.process(&mut |token| tokens.push((token.position, token.text.clone())));
        tokens
    }

    #[test]
    fn characters_have_positions() {
        let found = tokens(CHARACTERS, "㎡，Ａ　b");
        let expected = ["m", "2", ",", "a", " ", "b"];
        assert_eq!(
            found,
            expected
                .iter()
                .enumerate()
                .map(|(at, c)| (at, c.to_string()))
                .collect::<Vec<_>>()
        );
        assert!(tokens(CHARACTERS, "").is_empty());
    }

    #[test]
    fn keyword_is_one_term() {
        assert_eq!(tokens(KEYWORD, "Ａ区 城管局"), [(0, "a区 城管局".to_owned())]);
    }

    #[test]
    fn words_are_split_at_spaces() {
        let found: Vec<String> = tokens(WORDS, "路灯 不亮")
            .into_iter()
            .map(|(_, word)| word)
            .collect();
        assert_eq!(found, ["路灯", "不亮"]);
        assert!(tokens(WORDS, "").is_empty());
    }
}
