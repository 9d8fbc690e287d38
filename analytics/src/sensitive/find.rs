//! Finding what raises flags.

use super::{Flag, Flags, Role};
use crate::extent::read_part;
use std::ops::Range;

/// Words told as reason for one flag.
const WORDS: usize = 5;
/// Words that may stand between a negation and what it negates.
const REACH: usize = 4;
/// Between two words that one negation negates: 没有爆炸和起火.
const JOINERS: [&str; 6] = ["和", "及", "或", "与", "、", "或者"];
const STOPS: [char; 8] = ['。', '！', '？', '；', '\n', '!', '?', ';'];

/// A pattern at its place.
struct Hit {
    flag: usize,
    span: Range<usize>,
    role: Role,
}

impl Flags {
    /// The flags `title` and `body` raise, in the order of the lists.
    pub fn raised(&self, title: &str, body: &str) -> Vec<Flag> {
        let mut words: Vec<Vec<String>> = vec![Vec::new(); self.flags.len()];
        for text in [title, body] {
            self.read(read_part(text), &mut words);
        }
        let raised = self
            .flags
            .iter()
            .zip(words)
            .filter(|(_, words)| !words.is_empty());
        raised
            .map(|(flag, words)| Flag {
                name: flag.name.clone(),
                title: flag.title.clone(),
                words,
            })
            .collect()
    }

    fn read(&self, text: &str, words: &mut [Vec<String>]) {
        let mut hits: Vec<Hit> = Vec::new();
        // A bit for each flag; a flag beyond the 64th shares one, which costs a look and no flag.
        let (mut alone, mut subjects, mut deeds) = (0u64, 0u64, 0u64);
        for found in self.words.find_overlapping_iter(text) {
            for (flag, role) in &self.roles[found.pattern().as_usize()] {
                let bit = 1 << (flag % 64);
                match role {
                    Role::Word => alone |= bit,
                    Role::Subject => subjects |= bit,
                    Role::Deed => deeds |= bit,
                    Role::Unless => {}
                }
                hits.push(Hit {
                    flag: *flag,
                    span: found.range(),
                    role: *role,
                });
            }
        }
        let possible = alone | subjects & deeds;
        hits.retain(|hit| possible >> (hit.flag % 64) & 1 == 1);
        hits.sort_unstable_by_key(|hit| (hit.flag, hit.span.end, hit.span.start));
        for hits in hits.chunk_by(|one, next| one.flag == next.flag) {
            let Some(words) = hits.first().and_then(|hit| words.get_mut(hit.flag)) else {
                continue;
            };
            let of = |role| hits.iter().filter(move |hit| hit.role == role);
            let guards: Vec<&Hit> = of(Role::Unless).collect();
            let mut subjects: Vec<&Hit> = of(Role::Subject).collect();
            subjects.sort_by_key(|hit| hit.span.start);
            let stands = |hit: &&Hit| {
                // Guards come in the order of their ends.
                let first = guards.partition_point(|guard| guard.span.end < hit.span.end);
                let guarded = guards[first..]
                    .iter()
                    .take_while(|guard| guard.span.end < hit.span.end + self.longest_guard)
                    .any(|guard| guard.span.start <= hit.span.start);
                !guarded && !self.negated(text, hit.span.start, hits)
            };
            let mut tell = |span: &Range<usize>| {
                if let Some(word) = text.get(span.clone())
                    && words.len() < WORDS
                    && !words.iter().any(|known| known.contains(word))
                {
                    words.push(word.to_owned());
                }
            };
            for hit in of(Role::Word).filter(stands) {
                tell(&hit.span);
            }
            let mut sentence = 0..0;
            let mut subject: Option<&Hit> = None;
            for deed in of(Role::Deed).filter(stands) {
                if !sentence.contains(&deed.span.start) {
                    sentence = sentence_of(text, deed.span.start);
                    let first = subjects.partition_point(|hit| hit.span.start < sentence.start);
                    subject = subjects
                        .get(first)
                        .copied()
                        .filter(|hit| hit.span.start < sentence.end);
                }
                if let Some(subject) = subject {
                    tell(&subject.span);
                    tell(&deed.span);
                }
            }
        }
    }

    /// Whether a negation stands before `start`, with nothing between but bridges and other words of the same flag (`hits`).
    fn negated(&self, text: &str, start: usize, hits: &[Hit]) -> bool {
        let mut before = text.get(..start).unwrap_or_default();
        for _ in 0..=REACH {
            let ends_with = |words: &[String]| words.iter().any(|word| before.ends_with(word.as_str()));
            if ends_with(&self.negations) {
                return !ends_with(&self.questions);
            }
            let listed = || {
                let joined = JOINERS.iter().find_map(|joiner| before.strip_suffix(joiner))?;
                // They come in the order of their ends.
                let hit = hits
                    .binary_search_by_key(&joined.len(), |hit| hit.span.end)
                    .ok()?;
                text.get(..hits.get(hit)?.span.start)
            };
            let bridges = self.bridges.iter();
            let bridged = bridges.filter_map(|bridge| before.strip_suffix(bridge.as_str()));
            match bridged.min_by_key(|rest| rest.len()).or_else(listed) {
                Some(rest) => before = rest,
                None => return false,
            }
        }
        false
    }
}

fn sentence_of(text: &str, at: usize) -> Range<usize> {
    let begin = text[..at]
        .char_indices()
        .rev()
        .find(|(_, c)| STOPS.contains(c))
        .map_or(0, |(place, c)| place + c.len_utf8());
    let end = text[at..].find(STOPS).map_or(text.len(), |place| at + place);
    begin..end
}
