//! Texts as rows of numbers: which features are kept, what each is worth, and the factors that tie features together.

use super::corpus::Example;
use super::duplicates;
use super::logistic::Sparse;
use super::vectors::Vectors;
use crate::label::feature::{Field, Kind, Part, extract};
use crate::label::text::Words;
use index::Segmenter;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// One way of looking at an example: as it is, or without what another city's ticket may lack.
pub(crate) struct View {
    /// Index of the example.
    pub(crate) of: usize,
    /// Share of the example's weight.
    pub(crate) share: f32,
    /// Its features, ascending, each once.
    pub(crate) features: Vec<u32>,
    /// Those of them that stand in the title and are the same anywhere; ascending, maybe more than once.
    pub(crate) title: Vec<u32>,
}

/// Which features of a text are learnt from.
pub(crate) struct Learnable {
    /// Marks of posts too.
    pub(crate) marks: bool,
    /// The parts read.
    pub(crate) parts: &'static [Part],
    /// Pairs of words that are one word of a group; other pairs were measured to add nothing.
    pub(crate) pairs: FxHashSet<u32>,
}

impl Learnable {
    fn takes(&self, hash: u32, kind: Kind) -> bool {
        let wanted = match kind {
            Kind::Plain(_) => true,
            Kind::Pair(_) => self.pairs.contains(&hash),
            Kind::Mark => self.marks,
        };
        wanted && self.parts.contains(&kind.part())
    }
}

/// Words in a title that name the type. One title in five has one; a text must be understood without.
const TYPE_WORDS: [&str; 12] = [
    "投诉", "举报", "咨询", "建议", "求助", "反映", "表扬", "感谢", "请求", "请教", "关于", "反应",
];

/// Every view of every example, in order.
pub(crate) fn views(
    examples: &[Example],
    segmenter: &Segmenter,
    share_bare: f32,
    learnable: &Learnable,
) -> Vec<View> {
    let per_example: Vec<Vec<View>> = examples
        .par_iter()
        .enumerate()
        .map(|(of, example)| {
            let view = |title: &str, share| {
                let takes = |hash, kind| learnable.takes(hash, kind);
                let (features, title) = features(title, &example.body, segmenter, takes);
                View {
                    of,
                    share,
                    features,
                    title,
                }
            };
            let mut views = Vec::with_capacity(2);
            if example.title.is_empty() || example.body.trim().is_empty() {
                views.push(view(&example.title, 1.0));
            } else {
                let bare = without_type_words(&example.title);
                views.push(view(&example.title, 1.0 - share_bare));
                if share_bare > 0.0 {
                    // Half of the doubled texts lose the whole title, the other half only the words that name a type.
                    let title = if of % 2 == 0 { "" } else { bare.as_ref() };
                    views.push(view(title, share_bare));
                }
            }
            views
        })
        .collect();
    per_example.into_iter().flatten().collect()
}

fn without_type_words(title: &str) -> Cow<'_, str> {
    TYPE_WORDS.iter().fold(Cow::Borrowed(title), |title, word| {
        if title.contains(word) {
            Cow::Owned(title.replace(word, ""))
        } else {
            title
        }
    })
}

/// Those features of one text that `wanted` takes, ascending, each once; and which of them stand in the title.
fn features(
    title: &str,
    body: &str,
    segmenter: &Segmenter,
    wanted: impl Fn(u32, Kind) -> bool,
) -> (Vec<u32>, Vec<u32>) {
    let words = Words::of(segmenter, title, body);
    let text = words.text(title, body);
    let mut features = Vec::with_capacity(2048);
    let mut in_title = Vec::new();
    extract(&text, &mut |hash, kind: Kind, field, _| {
        if wanted(hash, kind) {
            features.push(hash);
            if field == Field::Title && kind.is_anywhere() {
                in_title.push(hash);
            }
        }
    });
    features.sort_unstable();
    features.dedup();
    in_title.sort_unstable();
    (features, in_title)
}

/// Every feature of a closing sentence as such.
pub(crate) fn closing(examples: &[Example], segmenter: &Segmenter) -> FxHashSet<u32> {
    examples
        .par_iter()
        .flat_map_iter(|e| features("", &e.body, segmenter, |_, kind| kind.part() == Part::Closing).0)
        .collect()
}

/// A number for each example, equal for near-duplicates. It depends on the texts only, so that adding texts leaves the
/// others where they are.
pub(crate) fn groups(examples: &[Example], segmenter: &Segmenter) -> Vec<usize> {
    let features: Vec<Vec<u32>> = examples
        .par_iter()
        .map(|e| features(&e.title, &e.body, segmenter, |_, kind| kind != Kind::Mark).0)
        .collect();
    duplicates::group(&features.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The features kept, with their worth.
pub(crate) struct Vocabulary {
    /// Ascending; a feature's column is its place here.
    pub(crate) keys: Vec<u32>,
    /// Inverse document frequency by column.
    pub(crate) idf: Vec<f32>,
}

impl Vocabulary {
    /// Features seen in at least `least` texts, and those in `always`.
    pub(crate) fn new<'a>(texts: impl Iterator<Item = &'a [u32]>, least: usize, always: &[u32]) -> Self {
        let mut all = Vec::new();
        let mut count = 0usize;
        for features in texts {
            all.extend_from_slice(features);
            count += 1;
        }
        all.par_sort_unstable();
        let mut counts: Vec<(u32, usize)> = all
            .chunk_by(|a, b| a == b)
            .map(|run| (run[0], run.len()))
            .collect();
        counts.retain(|(_, seen)| *seen >= least);
        let known: rustc_hash::FxHashSet<u32> = counts.iter().map(|(key, _)| *key).collect();
        counts.extend(
            always
                .iter()
                .filter(|key| !known.contains(key))
                .map(|key| (*key, least)),
        );
        counts.sort_unstable();
        counts.dedup_by_key(|(key, _)| *key);
        Self {
            keys: counts.iter().map(|(key, _)| *key).collect(),
            idf: counts
                .iter()
                .map(|(_, seen)| 1.0 + ((1.0 + count as f32) / (1.0 + *seen as f32)).ln())
                .collect(),
        }
    }

    /// Makes the features of `those` worth `times` as much.
    pub(crate) fn weigh(&mut self, those: &FxHashSet<u32>, times: f32) {
        for (key, idf) in self.keys.iter().zip(&mut self.idf) {
            if those.contains(key) {
                *idf *= times;
            }
        }
    }

    pub(crate) fn column(&self, key: u32) -> Option<u32> {
        self.keys.binary_search(&key).ok().map(|at| at as u32)
    }
}

/// Ties features together: each feature may add to a few shared columns, so that what is learnt from one word of a kind
/// holds for all of them. After training the shared weights are folded back into the features, at no cost at run time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Factors {
    /// By feature: shared column (from 0) and how much it adds.
    pub(crate) of: FxHashMap<u32, Vec<(u32, f32)>>,
    /// Number of shared columns.
    pub(crate) columns: usize,
    /// Meanings of words: further shared columns, to which a feature adds its vector times its worth.
    pub(crate) vectors: Vectors,
}

impl Factors {
    /// Every feature that adds to a shared column, ascending.
    pub(crate) fn features(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.of.keys().chain(self.vectors.of.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The matrix of `views`: one column a kept feature, then the shared columns, then those of the vectors. Rows have the
/// length of their tf-idf part, 1, before what stands in the title is counted `title` times more. The vectors' columns
/// are centred; their means are given too.
pub(crate) fn matrix(
    views: &[View],
    vocabulary: &Vocabulary,
    factors: &Factors,
    title: f32,
) -> (Sparse, Vec<f32>) {
    let kept = vocabulary.keys.len() as u32;
    let index: FxHashMap<u32, u32> = vocabulary.keys.iter().copied().zip(0..).collect();
    let dimensions = factors.vectors.dimensions;
    let mut rows: Vec<Vec<(u32, f32)>> = views
        .par_iter()
        .map(|view| {
            let mut row: Vec<(u32, f32)> = Vec::with_capacity(view.features.len() + dimensions);
            let mut shared = vec![0.0f32; factors.columns];
            let mut meaning = vec![0.0f32; dimensions];
            let mut norm = 0.0f32;
            for feature in &view.features {
                let Some(&column) = index.get(feature) else {
                    continue;
                };
                let idf = vocabulary.idf[column as usize];
                norm += idf * idf;
                let in_title = title > 0.0 && view.title.binary_search(feature).is_ok();
                let times = if in_title { 1.0 + title } else { 1.0 };
                row.push((column, times * idf));
                for &(column, value) in factors.of.get(feature).into_iter().flatten() {
                    shared[column as usize] += times * value;
                }
                for (sum, value) in meaning.iter_mut().zip(factors.vectors.vector(*feature)) {
                    *sum += times * idf * value;
                }
            }
            row.extend((kept..).zip(shared).filter(|(_, value)| *value != 0.0));
            row.extend((kept + factors.columns as u32..).zip(meaning));
            let norm = norm.sqrt().max(1.0);
            row.iter_mut().for_each(|(_, value)| *value /= norm);
            row
        })
        .collect();
    let mut means = vec![0.0f64; dimensions];
    for row in &rows {
        for (sum, (_, value)) in means.iter_mut().zip(&row[row.len() - dimensions..]) {
            *sum += f64::from(*value);
        }
    }
    let means: Vec<f32> = means
        .iter()
        .map(|sum| (sum / rows.len().max(1) as f64) as f32)
        .collect();
    let mut matrix = Sparse::new(kept as usize + factors.columns + dimensions);
    for row in &mut rows {
        let at = row.len() - dimensions;
        for ((_, value), mean) in row[at..].iter_mut().zip(&means) {
            *value -= mean;
        }
        matrix.push(row.drain(..));
    }
    (matrix, means)
}
