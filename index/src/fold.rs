//! Folding for matching: width (NFKC) and case, character by character.
//!
//! Folding is a homomorphism: `fold(a + b) == fold(a) + fold(b)`. So the fold of any fragment of a text is a run of the
//! text's fold, which is what makes quoted phrases exact. NFKC over a whole text is not: it joins a letter with a mark
//! that follows it, and a fragment cut between the two would be lost. Must never be used on a text that is stored.

use unicode_normalization::UnicodeNormalization;

/// The fold of `c` where it is one character found without a table; `None` sends `c` to [`full`].
#[inline]
pub(crate) fn simple(c: char) -> Option<char> {
    match c {
        '\0'..='\x7F' => Some(c.to_ascii_lowercase()),
        // Ideographs and the marks usual in Chinese text have no compatibility form.
        '\u{4E00}'..='\u{9FFF}'
        | '、'
        | '。'
        | '《'
        | '》'
        | '「'
        | '」'
        | '【'
        | '】'
        | '“'
        | '”'
        | '‘'
        | '’' => Some(c),
        // Full-width forms stand 0xFEE0 above ASCII; the result is ASCII, so the cast cannot fail.
        '！'..='～' => Some(((c as u32 - 0xFEE0) as u8 as char).to_ascii_lowercase()),
        '\u{3000}' => Some(' '),
        _ => None,
    }
}

/// The fold of any character: its NFKC form in lower case, one or more characters.
pub(crate) fn full(c: char) -> impl Iterator<Item = char> {
    c.nfkc().flat_map(char::to_lowercase)
}

/// The fold of a text.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match simple(c) {
            Some(c) => folded.push(c),
            None => folded.extend(full(c)),
        }
    }
    folded
}

/// A folded text that knows where its characters stand in the original.
pub(crate) struct Folded {
    /// The fold.
    pub(crate) text: String,
    /// Characters whose fold differs in length or is several characters, in order. Between them offsets differ by a
    /// constant.
    bends: Vec<Bend>,
}

/// One character whose fold has another length.
#[derive(Clone, Copy)]
struct Bend {
    folded: usize,
    folded_end: usize,
    original: usize,
    original_end: usize,
}

impl Folded {
    /// Folds `text`.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut bends = Vec::new();
        for (original, c) in text.char_indices() {
            let start = folded.len();
            let mut characters = 1;
            match simple(c) {
                Some(c) => folded.push(c),
                None => {
                    characters = 0;
                    folded.extend(full(c).inspect(|_| characters += 1));
                }
            }
            if characters != 1 || folded.len() - start != c.len_utf8() {
                bends.push(Bend {
                    folded: start,
                    folded_end: folded.len(),
                    original,
                    original_end: original + c.len_utf8(),
                });
            }
        }
        Self { text: folded, bends }
    }

    /// Leads byte ranges of the fold back to the original.
    pub(crate) fn way_back(&self) -> WayBack<'_> {
        WayBack {
            bends: &self.bends,
            at: 0,
        }
    }
}

/// Leads byte ranges of a fold back to the original. Ranges may come in any order, and each costs no more than the bends
/// between it and the one before: the words of a text come nearly in order.
pub(crate) struct WayBack<'a> {
    bends: &'a [Bend],
    /// The first bend that ends behind the start of the last range.
    at: usize,
}

impl WayBack<'_> {
    /// The original's byte range for a byte range of the fold. Half of a character's fold gives the whole character.
    pub(crate) fn original(&mut self, start: usize, end: usize) -> (usize, usize) {
        while self.at > 0 && self.bends[self.at - 1].folded_end > start {
            self.at -= 1;
        }
        while self
            .bends
            .get(self.at)
            .is_some_and(|bend| bend.folded_end <= start)
        {
            self.at += 1;
        }
        let first = match self.bends.get(self.at) {
            Some(bend) if bend.folded <= start => bend.original,
            _ => self.straight(self.at, start),
        };
        // A word holds few such characters, mostly none.
        let at = self.at
            + self.bends[self.at..]
                .iter()
                .take_while(|bend| bend.folded_end < end)
                .count();
        let last = match self.bends.get(at) {
            Some(bend) if bend.folded < end => bend.original_end,
            _ => self.straight(at, end),
        };
        (first, last)
    }

    /// An offset that lies on no bend, `at` being the first bend behind it.
    fn straight(&self, at: usize, offset: usize) -> usize {
        match at.checked_sub(1).and_then(|before| self.bends.get(before)) {
            Some(bend) => bend.original_end + (offset - bend.folded_end),
            None => offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_width_and_case() {
        assert_eq!(fold("ＡＢｃ１２３，！　Ｘ"), "abc123,! x");
        assert_eq!(fold("㎡①…"), "m21...");
        assert_eq!(fold("街道。“办”😀"), "街道。“办”😀");
    }

    #[test]
    fn simple_agrees_with_full() {
        for c in '\0'..=char::MAX {
            if let Some(folded) = simple(c) {
                assert_eq!(full(c).collect::<String>(), folded.to_string(), "{c:?}");
            }
        }
    }

    #[test]
    fn ranges_lead_back() {
        let text = "约５０㎡。Ａ";
        let folded = Folded::new(text);
        assert_eq!(folded.text, "约50m2。a");
        let of = |part: &str| {
            let start = folded.text.find(part).unwrap();
            let (start, end) = folded.way_back().original(start, start + part.len());
            &text[start..end]
        };
        assert_eq!(of("50"), "５０");
        assert_eq!(of("m"), "㎡");
        assert_eq!(of("2"), "㎡");
        assert_eq!(of("0m2"), "０㎡");
        assert_eq!(of("。a"), "。Ａ");
        assert_eq!(of("约"), "约");
        // Two characters in as many bytes as the one.
        let folded = Folded::new("\u{FE72}");
        assert_eq!(
            (folded.text.as_str(), folded.way_back().original(1, 3)),
            (" \u{64C}", (0, 3))
        );
    }

    proptest! {
        #[test]
        fn folding_is_a_homomorphism(a in "\\PC{0,20}", b in "\\PC{0,20}") {
            prop_assert_eq!(fold(&(a.clone() + &b)), fold(&a) + &fold(&b));
        }

        #[test]
        fn every_character_leads_back_to_itself(text in "\\PC{0,40}") {
            let folded = Folded::new(&text);
            prop_assert_eq!(&folded.text, &fold(&text));
            let mut place = 0;
            let mut way_back = folded.way_back();
            for (start, c) in text.char_indices() {
                let length = fold(c.encode_utf8(&mut [0; 4])).len();
                prop_assert_eq!(way_back.original(place, place + length), (start, start + c.len_utf8()));
                place += length;
            }
        }
    }
}
