//! A body parted into clauses: the pieces that each do one thing, such as blame, ask or propose.

use super::feature::Field;
use std::ops::Range;

/// A sentence of more characters than this is parted at its commas.
const LONG: usize = 60;
/// Fewest characters of a part before a comma ends it.
const PART: usize = 25;
/// A rest of fewer characters than this stays with the part before it.
const REST: usize = 8;

/// The clause of the title.
pub(crate) const TITLE: usize = 0;

/// The clauses of a text: its title, then those of its body in order.
#[derive(Default)]
pub(crate) struct Clauses {
    title: u32,
    /// Where each clause of the body ends, in bytes; the next begins there.
    ends: Vec<u32>,
    /// The clause looked up last.
    at: usize,
}

impl Clauses {
    /// Parts `body`. Sentences without content belong to what is before them.
    pub(crate) fn part(&mut self, title: &str, body: &str) {
        self.title = title.len() as u32;
        self.ends.clear();
        self.at = 0;
        let mut start = 0;
        let mut ending = false;
        for (at, character) in body.char_indices() {
            let ends = is_end(character);
            if ending && !ends {
                self.sentence(body, start..at);
                start = at;
            }
            ending = ends;
        }
        self.sentence(body, start..body.len());
    }

    fn sentence(&mut self, body: &str, span: Range<usize>) {
        let sentence = &body[span.clone()];
        let content = sentence.trim();
        if content.is_empty() {
            if let Some(last) = self.ends.last_mut() {
                *last = span.end as u32;
            }
            return;
        }
        // No text of so few bytes has too many characters.
        if content.len() <= LONG || content.chars().count() <= LONG {
            self.ends.push(span.end as u32);
            return;
        }
        let first = span.start + (sentence.len() - sentence.trim_start().len());
        let (mut length, mut comma) = (0, false);
        for (at, character) in content.char_indices() {
            let commas = is_comma(character);
            if comma && !commas && length >= PART {
                self.ends.push((first + at) as u32);
                length = 0;
            }
            comma = commas;
            length += 1;
        }
        if length < REST {
            if let Some(last) = self.ends.last_mut() {
                *last = span.end as u32;
            }
        } else {
            self.ends.push(span.end as u32);
        }
    }

    /// How many clauses there are, the title's among them, be it empty or not.
    pub(crate) fn count(&self) -> usize {
        1 + self.ends.len()
    }

    /// Bytes of a clause.
    pub(crate) fn bytes(&self, clause: usize) -> u32 {
        match clause {
            TITLE => self.title,
            _ => {
                let before = clause.checked_sub(2).map_or(0, |at| self.ends[at]);
                self.ends[clause - 1] - before
            }
        }
    }

    /// The clause that a place lies in. Fast when places are asked for nearly from left to right.
    #[inline(always)]
    pub(crate) fn of(&mut self, field: Field, place: u32) -> usize {
        if field == Field::Title {
            return TITLE;
        }
        if self.at > 0 && place < self.ends[self.at - 1] {
            self.at = self.ends.partition_point(|end| *end <= place);
        }
        while self.at + 1 < self.ends.len() && place >= self.ends[self.at] {
            self.at += 1;
        }
        1 + self.at.min(self.ends.len().saturating_sub(1))
    }
}

fn is_end(character: char) -> bool {
    matches!(
        character,
        '。' | '！' | '!' | '？' | '?' | '；' | ';' | '\n' | '\r'
    )
}

fn is_comma(character: char) -> bool {
    matches!(character, '，' | ',' | '：' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(body: &str) -> Vec<&str> {
        let mut clauses = Clauses::default();
        clauses.part("", body);
        let starts = [0].into_iter().chain(clauses.ends.iter().copied());
        starts
            .zip(&clauses.ends)
            .map(|(from, to)| &body[from as usize..*to as usize])
            .collect()
    }

    #[test]
    fn sentences_are_clauses_and_long_ones_are_parted_at_commas() {
        assert_eq!(
            parted("路灯坏了。\r\n \n谁来修？？请回复"),
            ["路灯坏了。\r\n \n", "谁来修？？", "请回复"]
        );
        let half = "楼上的住户每天晚上十点以后还在拖动桌椅敲打地板放音乐，";
        let long = format!("{half}{half}物业说管不了，谢谢");
        assert_eq!(parted(&long), [half, half, "物业说管不了，谢谢"]);
        assert_eq!(parted(&format!("{half}{half}{half}谢谢")).len(), 3);
        assert_eq!(parted("").len(), 0);
        assert_eq!(parted(" \n").len(), 0);
    }

    #[test]
    fn places_are_found_in_any_order() {
        let body = "一。二二。三。";
        let mut clauses = Clauses::default();
        clauses.part("题", body);
        assert_eq!(clauses.count(), 4);
        assert_eq!(clauses.bytes(TITLE), 3);
        assert_eq!(clauses.bytes(2), 9);
        let mut of = |place| clauses.of(Field::Body, place);
        assert_eq!(
            [of(0), of(3), of(6), of(18), of(9), of(0), of(20), of(99)],
            [1, 1, 2, 3, 2, 1, 3, 3]
        );
        assert_eq!(clauses.of(Field::Title, 0), TITLE);
        clauses.part("", "");
        assert_eq!(clauses.of(Field::Body, 0), 1);
        assert_eq!(clauses.count(), 1);
    }
}
