//! A published text character by character, folded for reading and kept as written for quoting.

/// Characters folded one to one, so that a place in the fold is the same place in the text.
pub(super) struct Text {
    folded: Vec<char>,
    written: Vec<char>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let written: Vec<char> = text.chars().collect();
        let mut folded: Vec<char> = written.iter().map(|&c| fold(c)).collect();
        for at in 0..folded.len() {
            // A full stop typed as a point: one that no digit follows.
            let digit = folded.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
            if folded.get(at) == Some(&'.') && !digit {
                folded[at] = '。';
            }
        }
        Self { folded, written }
    }

    pub(super) fn len(&self) -> usize {
        self.folded.len()
    }

    /// The folded character at `at`; a line end past the end.
    pub(super) fn at(&self, at: usize) -> char {
        self.folded.get(at).copied().unwrap_or('\n')
    }

    /// The folded characters `from..to`.
    pub(super) fn folded(&self, from: usize, to: usize) -> String {
        slice(&self.folded, from, to)
    }

    /// The characters `from..to` as written, line ends and runs of blanks made one blank.
    pub(super) fn written(&self, from: usize, to: usize) -> String {
        let words = slice(&self.written, from, to);
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether `word` stands at `at`.
    pub(super) fn has(&self, at: usize, word: &str) -> bool {
        word.chars()
            .enumerate()
            .all(|(place, c)| self.at(at + place) == c)
    }

    /// The first of `words` that stands at `at`.
    pub(super) fn one_of<'a>(&self, at: usize, words: &[&'a str]) -> Option<&'a str> {
        words.iter().copied().find(|word| self.has(at, word))
    }

    /// The first place from `at` on that is no blank within a line.
    pub(super) fn past_blanks(&self, mut at: usize) -> usize {
        while at < self.len() && self.at(at) == ' ' {
            at += 1;
        }
        at
    }
}

fn slice(chars: &[char], from: usize, to: usize) -> String {
    let to = to.min(chars.len());
    chars.get(from.min(to)..to).unwrap_or_default().iter().collect()
}

/// Full-width forms and look-alikes as the plain character. The Chinese comma stays: it parts, the plain one groups.
fn fold(c: char) -> char {
    match c {
        '，' | '；' | '。' | '！' | '？' => c,
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '﹪' => '%',
        '﹢' => '+',
        '∶' | '﹕' => ':',
        '【' | '〔' | '﹙' | '[' => '(',
        '】' | '〕' | '﹚' | ']' => ')',
        '–' | '—' | '―' | '‐' | '‑' | '‒' | '−' | '~' => '-',
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{feff}' | '\u{200b}' | '\r' => ' ',
        other => other,
    }
}

/// `1760` → `1,760`.
pub(super) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
