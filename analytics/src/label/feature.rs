//! A text as a stream of features: characters, pairs of characters and words, each in three zones, and the marks of a post.
//!
//! One pass serves all three models. A feature is a 32-bit hash; nothing is allocated per feature. Characters are folded
//! (width, case, runs of digits and of Latin letters to one mark each) so that numbers, ticket codes and pseudonymised
//! places cannot be learnt. Extraction never looks outside the text and never panics.

use super::letters::{Letter, Letters, Run};
use super::marks::marks;
use super::text::Text;
use crate::extent::read_part;
use index::{Word, segment::whole};
use std::ops::Range;

/// Longest closing sentence, in bytes.
const CLOSING_LIMIT: usize = 360;
/// Shortest closing sentence, in characters: "谢谢！" closes nothing.
const CLOSING_MIN: usize = 5;
/// Longest run of characters that is a feature of its own; more are told by words.
const GRAM: u32 = 2;

/// A part of a text that is read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Title and body together.
    Anywhere,
    /// The title.
    Title,
    /// The last real sentence of the body, where people say what they want.
    Closing,
}

/// All parts.
pub(crate) const PARTS: [Part; 3] = [Part::Anywhere, Part::Title, Part::Closing];

impl Part {
    /// Where its words are counted.
    pub(crate) const fn words(self) -> Zone {
        match self {
            Self::Anywhere => Zone::Words,
            Self::Title => Zone::TitleWords,
            Self::Closing => Zone::ClosingWords,
        }
    }

    /// Where its characters are counted.
    pub(crate) const fn characters(self) -> Zone {
        match self {
            Self::Anywhere => Zone::Anywhere,
            Self::Title => Zone::Title,
            Self::Closing => Zone::Closing,
        }
    }
}

/// Where and as what a feature was seen; the same words weigh differently in the title and in the closing sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    /// One or two characters of title or body.
    Anywhere,
    /// One or two characters of the title.
    Title,
    /// One or two characters of the closing sentence.
    Closing,
    /// A word of title or body.
    Words,
    /// A word of the title.
    TitleWords,
    /// A word of the closing sentence.
    ClosingWords,
    /// Marks of a post: Latin letters, emoticons, punctuation, length.
    Marks,
}

impl Zone {
    const fn seed(self) -> u64 {
        match self {
            Self::Anywhere => 0,
            Self::Title => 0x9E37_79B9_7F4A_7C15,
            Self::Closing => 0xC2B2_AE3D_27D4_EB4F,
            Self::Words => 0x1656_67B1_9E37_79F9,
            Self::TitleWords => 0x85EB_CA77_C2B2_AE63,
            Self::ClosingWords => 0x27D4_EB2F_1656_67C5,
            Self::Marks => 0x9FB2_1C65_1E98_DF25,
        }
    }

    /// The part it belongs to.
    const fn part(self) -> Part {
        match self {
            Self::Anywhere | Self::Words | Self::Marks => Part::Anywhere,
            Self::Title | Self::TitleWords => Part::Title,
            Self::Closing | Self::ClosingWords => Part::Closing,
        }
    }
}

/// What a feature was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One or two characters, or a word, read in this zone.
    Plain(Zone),
    /// Two neighbouring words, under the hash of the word they would be together: the segmenter may part what a group of
    /// words holds as one.
    Pair(Zone),
    /// See [`Zone::Marks`].
    Mark,
}

impl Kind {
    /// The part it was read in.
    #[inline(always)]
    pub(crate) const fn part(self) -> Part {
        match self {
            Self::Plain(zone) | Self::Pair(zone) => zone.part(),
            Self::Mark => Zone::Marks.part(),
        }
    }

    /// Whether it counts the same wherever in title or body it stands; a mark is the whole text's.
    #[inline(always)]
    pub(crate) const fn is_anywhere(self) -> bool {
        !matches!(self, Self::Mark) && matches!(self.part(), Part::Anywhere)
    }
}

/// Which field of the text a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    Body,
}

/// Receives the features of a text; repeated features are reported each time.
pub(crate) trait Sink {
    /// One feature with the bytes it was read from.
    fn feature(&mut self, hash: u32, kind: Kind, field: Field, span: Range<u32>);

    /// A single folded character: a feature like any other, for who does not know characters by their code.
    #[inline(always)]
    fn letter(&mut self, code: u16, zone: Zone, field: Field, span: Range<u32>) {
        self.feature(hash_of_letter(code, zone), Kind::Plain(zone), field, span);
    }
}

impl<F: FnMut(u32, Kind, Field, Range<u32>)> Sink for F {
    #[inline(always)]
    fn feature(&mut self, hash: u32, kind: Kind, field: Field, span: Range<u32>) {
        self(hash, kind, field, span);
    }
}

/// Reports every feature of `text` to `sink`. Of a body longer than [`read_part`] the characters of the closing sentence are
/// read nevertheless.
pub(crate) fn extract(text: &Text<'_>, sink: &mut impl Sink) {
    extract_parts(text, &PARTS, sink);
}

/// [`extract`] without what is read in other parts than `parts`, [`Part::Anywhere`] among them: not all labels look at all.
#[inline(always)]
pub(crate) fn extract_parts(text: &Text<'_>, parts: &[Part], sink: &mut impl Sink) {
    let body = read_part(text.body);
    let (title_letters, body_letters) = (Letters::of(text.title), Letters::of(body));
    let title = parts.contains(&Part::Title).then_some(0..text.title.len());
    let closing = parts.contains(&Part::Closing).then(|| closing(text.body));
    grams(title_letters.all(), Zone::Anywhere, Field::Title, sink);
    if title.is_some() {
        grams(title_letters.all(), Zone::Title, Field::Title, sink);
    }
    grams(body_letters.all(), Zone::Anywhere, Field::Body, sink);
    if let Some(closing) = &closing {
        match body_letters.within(closing) {
            Some(letters) if closing.end <= body.len() => grams(letters, Zone::Closing, Field::Body, sink),
            _ => {
                let apart = Letters::of_part(text.body, closing.clone());
                grams(apart.all(), Zone::Closing, Field::Body, sink);
            }
        }
    }
    words(
        (text.title, &title_letters),
        text.title_words,
        title.map(|bytes| (bytes, Part::Title)),
        Field::Title,
        sink,
    );
    words(
        (body, &body_letters),
        text.body_words,
        closing.map(|bytes| (bytes, Part::Closing)),
        Field::Body,
        sink,
    );
    marks(body, &mut |code, span| {
        sink.feature(mix(code, Zone::Marks), Kind::Mark, Field::Body, span);
    });
}

/// The hash under which a run of one or two characters is known in `zone`, or a word in its zone of words; `None` for an
/// empty run.
pub(crate) fn hash_of(run: &str, zone: Zone) -> Option<u32> {
    let letters = Letters::of(run);
    let word = letters.run();
    let words = match zone {
        Zone::Title | Zone::TitleWords => Zone::TitleWords,
        Zone::Closing | Zone::ClosingWords => Zone::ClosingWords,
        _ => Zone::Words,
    };
    if word.length > GRAM || (zone == words && word.length > 1) {
        return Some(mix(word.code, words));
    }
    let key = letters
        .all()
        .iter()
        .fold(0u64, |key, letter| key << 16 | u64::from(letter.code));
    (word.length > 0).then(|| mix(key, zone))
}

/// The hash under which a single folded character is known in `zone`.
#[inline(always)]
pub(crate) fn hash_of_letter(code: u16, zone: Zone) -> u32 {
    mix(u64::from(code), zone)
}

fn mix(key: u64, zone: Zone) -> u32 {
    let mut x = (key ^ zone.seed()).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    x ^= x >> 32;
    x = x.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    // Features of different parts never share a hash: who reads one part alone sees what who reads all sees of it. Never 0,
    // which marks an empty slot where rows are looked up.
    (x >> 32) as u32 & !APART | (zone.part() as u32 + 1)
}

/// The bits of a hash that name the part it was read in, the first as 1.
const APART: u32 = 3;

#[inline(always)]
fn grams(letters: &[Letter], zone: Zone, field: Field, sink: &mut impl Sink) {
    let mut before: Option<(u64, u32)> = None;
    for letter in letters {
        sink.letter(letter.code, zone, field, letter.start..letter.end);
        let code = u64::from(letter.code);
        if let Some((previous, start)) = before {
            sink.feature(
                mix(previous << 16 | code, zone),
                Kind::Plain(zone),
                field,
                start..letter.end,
            );
        }
        before = Some((code, letter.start));
    }
}

/// Whole words of two characters and more, and neighbouring whole words with nothing between them; those inside the bytes
/// `apart` also as words of that part.
#[inline(always)]
fn words(
    (text, letters): (&str, &Letters),
    words: &[Word],
    apart: Option<(Range<usize>, Part)>,
    field: Field,
    sink: &mut impl Sink,
) {
    let mut reader = letters.reader();
    let mut previous: Option<(Run, u32, u32)> = None;
    for span in whole(words) {
        let Some(word) = text.get(span.start as usize..span.end as usize) else {
            previous = None;
            continue;
        };
        let run = reader.run(&span).unwrap_or_else(|| Letters::of(word).run());
        if run.length == 0 {
            continue;
        }
        let mut report = |code, pair: bool, span: Range<u32>| {
            let kind = |zone| if pair { Kind::Pair(zone) } else { Kind::Plain(zone) };
            sink.feature(mix(code, Zone::Words), kind(Zone::Words), field, span.clone());
            if let Some((bytes, part)) = &apart
                && span.start as usize >= bytes.start
                && span.end as usize <= bytes.end
            {
                let zone = part.words();
                sink.feature(mix(code, zone), kind(zone), field, span);
            }
        };
        if run.length > 1 {
            report(run.code, false, span.clone());
        }
        if let Some((before, start, end)) = previous
            && end == span.start
        {
            report(before.then(run), true, start..span.end);
        }
        previous = Some((run, span.start, span.end));
    }
}

/// The last sentence with something in it, as a byte range of `body`.
fn closing(body: &str) -> Range<usize> {
    let is_end = |c: char| matches!(c, '。' | '！' | '!' | '？' | '?' | '；' | ';' | '\n' | '\r');
    let is_blank = |c: char| is_end(c) || c.is_whitespace();
    let said = body.trim_end_matches(is_blank);
    if !said.is_empty() && body.len() - said.len() >= CLOSING_LIMIT {
        return closing(said);
    }
    let floor = body.floor_char_boundary(body.len().saturating_sub(CLOSING_LIMIT));
    let mut sentence = body.len();
    while let Some(tail) = body.get(floor..sentence) {
        let content = tail.trim_end_matches(is_blank);
        let start = content.rfind(is_end).map_or(floor, |at| {
            let mark = floor + at;
            mark + body[mark..].chars().next().map_or(1, char::len_utf8)
        });
        if body
            .get(start..floor + content.len())
            .map_or(0, |s| s.chars().take(CLOSING_MIN).count())
            >= CLOSING_MIN
        {
            return start..sentence;
        }
        if start <= floor {
            break;
        }
        sentence = start;
    }
    floor..body.len()
}

#[cfg(test)]
mod tests {
    use super::super::text::Words;
    use super::*;

    /// What type and topic learn from; only the sentiment sees the marks of a post.
    fn hashes(title: &str, body: &str) -> Vec<u32> {
        let words = Words::default();
        let text = words.text(title, body);
        let mut seen = Vec::new();
        extract(&text, &mut |hash, kind, _, _| {
            if kind != Kind::Mark {
                seen.push(hash);
            }
        });
        seen
    }

    #[test]
    fn numbers_places_and_width_leave_no_trace() {
        assert_eq!(
            hashes("", "A3区1号路灯坏了,请修"),
            hashes("", "K12区 208号路灯坏了，请修")
        );
        assert_ne!(hashes("", "路灯坏了"), hashes("", "路灯好了"));
    }

    #[test]
    fn a_run_is_found_under_its_own_hash() {
        let body = "小区没人管，停水三天";
        let words = Words::of(&index::Segmenter::new("").unwrap(), "", body);
        let text = words.text("", body);
        let mut seen = Vec::new();
        extract(&text, &mut |hash, _, _, _| seen.push(hash));
        // Two characters, a word, two words as one; in the text and in its closing sentence.
        for run in ["停", "停水", "小区", "没人管"] {
            for zone in [Zone::Anywhere, Zone::Closing] {
                assert!(seen.contains(&hash_of(run, zone).unwrap()), "{run}");
            }
        }
        assert!(seen.contains(&hash_of("小区", Zone::Words).unwrap()));
        assert!(!seen.contains(&hash_of("没人管", Zone::Title).unwrap()));
        assert_eq!(hash_of("", Zone::Anywhere), None);
    }

    #[test]
    fn the_closing_sentence_skips_bare_thanks() {
        let body = "楼上漏水。请物业尽快上门维修。谢谢！";
        assert_eq!(&body[closing(body)], "请物业尽快上门维修。");
        assert_eq!(&"只有一句"[closing("只有一句")], "只有一句");
        assert_eq!(closing(""), 0..0);
    }

    #[test]
    fn spans_lie_in_the_text() {
        let (title, body) = ("𠮷野家１２３排水", "ａｂ 油烟😀😀\u{3000}扰民。\r\n_x000D_ 求助");
        let words = Words::default();
        let text = words.text(title, body);
        extract(&text, &mut |_, _, field, span: Range<u32>| {
            let source = if field == Field::Title { title } else { body };
            assert!(
                source
                    .get(span.start as usize..span.end as usize)
                    .is_some_and(|s| !s.is_empty())
            );
        });
    }
}
