//! Width, case and look-alike folding, with a map back to the text as written.
//!
//! Folding is for matching only. Must never replace a record's text: what is shown is what was written.

/// A text folded for matching: one byte per character, and where each stood.
pub(crate) struct Folded {
    bytes: Vec<u8>,
    /// Where each folded byte's character begins in the text, and at last the text's length.
    starts: Vec<usize>,
}

/// What a character that is no ASCII after folding becomes: it matches nothing and ends every number.
const OTHER: u8 = 0xff;

impl Folded {
    /// Folds a text.
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() / 2);
        let mut starts = Vec::with_capacity(text.len() / 2 + 1);
        for (start, c) in text.char_indices() {
            if let Some(c) = fold(c) {
                bytes.push(u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(OTHER));
                starts.push(start);
            }
        }
        starts.push(text.len());
        Self { bytes, starts }
    }

    /// The folded bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte at `at`, or 0 past the end.
    pub(crate) fn at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Where the folded byte `at` begins in the text as written.
    pub(crate) fn start(&self, at: usize) -> usize {
        self.starts[at.min(self.bytes.len())]
    }
}

/// A character as matching sees it: ASCII in lower case for full-width, small and mathematical forms, `-` for every
/// dash, ` ` for every space; `None` for what is invisible. List marks (①) and superscripts stay as they are: they
/// stand beside numbers without being part of them.
pub(crate) fn fold(c: char) -> Option<char> {
    Some(match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\u{7f}' => c,
        '\u{4e00}'..='\u{9fff}' => c,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => return None,
        // Word joiners, variation selectors, the keycap of 1️⃣, the byte order mark.
        '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}' => return None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{2e3a}' | '\u{2e3b}' | '\u{ff70}' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{3010}' | '\u{3014}' => '(',
        '\u{3011}' | '\u{3015}' => ')',
        '\u{ff01}'..='\u{ff5e}' | '\u{fe50}'..='\u{fe6f}' | '\u{1d400}'..='\u{1d7ff}' => compatible(c),
        _ => c,
    })
}

/// NFKC of one character where that is one character, in lower case and with dashes unified.
fn compatible(c: char) -> char {
    let mut first = None;
    let mut more = false;
    unicode_normalization::char::decompose_compatible(c, |part| {
        more |= first.is_some();
        first.get_or_insert(part);
    });
    match first {
        Some('\u{2010}'..='\u{2015}' | '\u{2212}') if !more => '-',
        Some(part) if !more => part.to_ascii_lowercase(),
        _ => c,
    }
}

/// A word as tables compare it: folded, without spaces, brackets turned half-width.
pub(crate) fn folded_word(text: &str) -> String {
    text.chars()
        .filter_map(fold)
        .filter(|c| !c.is_whitespace())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_fold_to_one_spelling() {
        for text in [
            "138-a B",
            "１３８－Ａ　Ｂ",
            "𝟏𝟑𝟖—a\u{a0}b",
            "1\u{200b}38﹣a\u{2009}b",
            "1\u{fe0f}\u{20e3}38–Ａ b",
        ] {
            assert_eq!(Folded::new(text).bytes(), b"138-a b", "{text}");
        }
        assert_eq!(Folded::new("①²").bytes(), [OTHER, OTHER]);
        assert_eq!(folded_word(" 办结 时限（工作日）"), "办结时限(工作日)");
    }

    #[test]
    fn every_folded_byte_maps_back() {
        let text = "电\u{200b}话１３8。";
        let folded = Folded::new(text);
        assert_eq!(&text[folded.start(2)..folded.start(5)], "１３8");
        assert_eq!(folded.start(99), text.len());
        assert_eq!(folded.at(99), 0);
    }
}
