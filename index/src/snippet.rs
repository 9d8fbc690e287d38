//! The part of a text that shows why it was found.
//!
//! Marks are looked for as runs of folded characters, so a phrase is shown exactly where it matched. A word is shown
//! wherever its characters stand; the text is not segmented again for display.

use crate::{fold::Folded, query::Mark};

/// Characters of a snippet.
const LENGTH: usize = 120;
/// Characters shown before the first highlight.
const BEFORE: usize = 24;
/// Places looked at in one text: a word of a megabyte-long text may stand there a hundred thousand times.
const MOST_PLACES: usize = 1_000;
/// What one quoted phrase is worth in words when the best window is chosen.
const PHRASE_WORTH: usize = 4;

/// Plain text with the byte ranges to highlight, in order and not touching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) text: String,
    pub(crate) highlights: Vec<(usize, usize)>,
}

/// A mark's place in the original text.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    end: usize,
    mark: usize,
}

/// Byte ranges of `text` that match, merged where they touch.
pub(crate) fn highlights(text: &str, marks: &[&Mark]) -> Vec<(usize, usize)> {
    merged(&places(text, marks))
}

/// About 120 characters around the best match; the beginning where nothing matches.
pub(crate) fn snippet(text: &str, marks: &[&Mark]) -> Snippet {
    let places = places(text, marks);
    let start = best_start(text, &places, marks);
    let end = forward(text, start, LENGTH);

    let mut snippet = Snippet::default();
    if start > 0 {
        snippet.text.push('…');
    }
    let shift = snippet.text.len();
    snippet.text.push_str(&text[start..end]);
    if end < text.len() {
        snippet.text.push('…');
    }
    let shown = merged(&places)
        .into_iter()
        .filter(|&(from, to)| from < end && to > start);
    snippet.highlights = shown
        .map(|(from, to)| (from.max(start) - start + shift, to.min(end) - start + shift))
        .collect();
    snippet
}

fn places(text: &str, marks: &[&Mark]) -> Vec<Place> {
    if marks.is_empty() {
        return Vec::new();
    }
    let folded = Folded::new(text);
    let mut way_back = folded.way_back();
    let mut places = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let found = folded
            .text
            .match_indices(&mark.text)
            .map(|(start, _)| (start, start + mark.text.len()));
        let found = found.filter(|&(start, end)| mark.exact || stands_alone(&folded.text, start, end));
        places.extend(found.take(MOST_PLACES).map(|(start, end)| {
            let (start, end) = way_back.original(start, end);
            Place { start, end, mark: at }
        }));
    }
    places.sort_unstable_by_key(|place| (place.start, place.end));
    places
}

/// A word in letters and digits must not be shown inside a longer one; Chinese words have no border to see.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = |edge: Option<char>, outside: Option<char>| joined(edge) && joined(outside);
    let word = &text[start..end];
    !inside(word.chars().next(), text[..start].chars().next_back())
        && !inside(word.chars().next_back(), text[end..].chars().next())
}

fn merged(places: &[Place]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match ranges.last_mut() {
            Some((_, end)) if place.start <= *end => *end = place.end.max(*end),
            _ => ranges.push((place.start, place.end)),
        }
    }
    ranges
}

/// Where the window begins that shows most different marks, the first of equals.
fn best_start(text: &str, places: &[Place], marks: &[&Mark]) -> usize {
    let worth = |mark: usize| if marks[mark].exact { PHRASE_WORTH } else { 1 };
    // Bytes are near enough for choosing; a window of characters is cut afterwards.
    let width = 3 * (LENGTH - BEFORE);
    let mut inside = vec![0_usize; marks.len()];
    let (mut sum, mut behind) = (0, 0);
    let mut best: Option<(usize, usize)> = None;
    for (at, place) in places.iter().enumerate() {
        while let Some(next) = places
            .get(behind)
            .filter(|next| next.end <= place.start + width || behind == at)
        {
            sum += if inside[next.mark] == 0 {
                worth(next.mark)
            } else {
                0
            };
            inside[next.mark] += 1;
            behind += 1;
        }
        if best.is_none_or(|(most, _)| sum > most) {
            best = Some((sum, place.start));
        }
        inside[place.mark] -= 1;
        sum -= if inside[place.mark] == 0 {
            worth(place.mark)
        } else {
            0
        };
    }
    let Some((_, start)) = best else {
        return 0;
    };
    // Near the beginning the text is shown from there, near the end to its end.
    let start = backward(text, start, BEFORE);
    start.min(backward(text, text.len(), LENGTH))
}

/// The byte `count` characters behind `from`, at most the end.
fn forward(text: &str, from: usize, count: usize) -> usize {
    text[from..]
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| from + at)
}

/// The byte `count` characters before `from`, at least 0.
fn backward(text: &str, from: usize, count: usize) -> usize {
    text[..from]
        .char_indices()
        .rev()
        .take(count)
        .last()
        .map_or(from, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Scope;
    use proptest::prelude::*;

    fn mark(text: &str, exact: bool) -> Mark {
        Mark {
            text: text.to_owned(),
            exact,
            scope: Scope::Anywhere,
        }
    }

    fn shown(text: &str, marks: &[Mark]) -> (String, Vec<String>) {
        let found = snippet(text, &marks.iter().collect::<Vec<_>>());
        let parts = found
            .highlights
            .iter()
            .map(|&(from, to)| found.text[from..to].to_owned())
            .collect();
        (found.text, parts)
    }

    #[test]
    fn the_match_is_shown_as_written() {
        let text = "开头。".repeat(60) + "小区Ａ栋路灯不亮，请处理" + &"结尾。".repeat(60);
        let (shown, parts) = shown(&text, &[mark("a栋路灯", true)]);
        assert_eq!(parts, ["Ａ栋路灯"]);
        assert!(shown.starts_with('…') && shown.ends_with('…'));
        assert_eq!(shown.chars().count(), LENGTH + 2);
    }

    #[test]
    fn a_phrase_is_worth_more_than_words() {
        let gap = "无关内容。".repeat(50);
        let text = format!("路灯和井盖{gap}路灯不亮了");
        assert_eq!(
            shown(&text, &[mark("路灯", false), mark("井盖", false)]).1,
            ["路灯", "井盖"]
        );
        let marks = [mark("路灯", false), mark("井盖", false), mark("不亮了", true)];
        assert_eq!(shown(&text, &marks).1, ["路灯不亮了"]);
    }

    #[test]
    fn letters_stand_alone() {
        assert_eq!(shown("cat 与 a1 与a", &[mark("a", false)]).1, ["a"]);
        assert_eq!(shown("cat", &[mark("a", true)]).1, ["a"]);
        assert_eq!(shown("12345热线", &[mark("12345", false)]).1, ["12345"]);
    }

    #[test]
    fn without_a_match_the_beginning() {
        assert_eq!(shown("短文", &[mark("没有", true)]), ("短文".to_owned(), vec![]));
        assert_eq!(shown("", &[]), (String::new(), vec![]));
        assert_eq!(shown(&"字".repeat(200), &[]).0.chars().count(), LENGTH + 1);
    }

    proptest! {
        #[test]
        fn ranges_lie_on_characters(text in "[ab路灯，。Ａ㎡😀 ]{0,300}", a in "[ab路灯m2]{1,3}", b in "[，。😀]{1,2}") {
            let marks = [mark(&a, false), mark(&b, true)];
            let found = snippet(&text, &marks.iter().collect::<Vec<_>>());
            let mut last = 0;
            for &(from, to) in &found.highlights {
                prop_assert!(last <= from && from < to && found.text.get(from..to).is_some());
                last = to;
            }
            prop_assert!(found.text.chars().count() <= LENGTH + 2);
            let folded = crate::fold::fold(&text);
            prop_assert!(!folded.contains(&marks[1].text) || !found.highlights.is_empty());
        }
    }
}
