//! Learning what clauses do, from clauses that annotators read: `acts.tsv` holds ids and clause numbers only.

use super::corpus::Example;
use super::fit::Recipe;
use super::lines::{bad, rows};
use super::logistic::{Linear, Problem, Sparse, softmax};
use super::matrix::Vocabulary;
use super::ratio;
use crate::extent::read_part;
use crate::label::acts::{ACTS, Clause};
use crate::label::clause::Clauses;
use crate::label::error::LabelError;
use crate::label::feature::{Field, Kind, extract};
use crate::label::text::Words;
use index::Segmenter;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Letters of the acts in the file; no letter stands for none.
const LETTERS: [char; ACTS.len() - 1] = ['B', 'D', 'P', 'R', 'Q', 'S', 'T'];
const NONE: usize = ACTS.len() - 1;
/// Clauses of a body that annotators read.
const READ: usize = 40;
/// Most rounds over all clauses.
const ROUNDS: usize = 15;

/// What annotators read, by text.
#[derive(Debug, Clone)]
pub(crate) struct Annotations {
    file: PathBuf,
    of: FxHashMap<String, Annotation>,
}

#[derive(Debug, Clone)]
struct Annotation {
    line: usize,
    /// By clause, the title's first.
    acts: Vec<usize>,
}

/// What a text is called in the file: its id, or for one of our own a hash of what it says.
fn name_of(example: &Example) -> String {
    if !example.id.is_empty() {
        return example.id.clone();
    }
    let said = format!("{}\n{}", example.title, example.body);
    format!("own:{}", &blake3::hash(said.as_bytes()).to_hex()[..12])
}

impl Annotations {
    /// Lines `id<TAB>clauses<TAB>acts`: how many clauses of the body were read, and the acts as numbers of clauses (0 is the
    /// title) with a letter, `-` where there are none; `#` begins a comment.
    pub(crate) fn read(file: &Path) -> Result<Self, LabelError> {
        let mut of = FxHashMap::default();
        for (line, row) in rows(file)? {
            let bad = |reason| bad(file, line, reason);
            let fields: Vec<&str> = row.split('\t').collect();
            let [id, clauses, acts] = fields[..] else {
                return Err(bad("not `id, clauses, acts` parted by tabs"));
            };
            let clauses: usize = clauses
                .parse()
                .ok()
                .filter(|clauses| *clauses <= READ)
                .ok_or_else(|| bad("clauses: not a number up to 40"))?;
            let mut told = vec![NONE; clauses + 1];
            for act in acts.split(' ').filter(|acts| *acts != "-") {
                let letter = act.chars().next_back().unwrap_or_default();
                let place = LETTERS.iter().position(|known| *known == letter);
                let clause = act
                    .strip_suffix(letter)
                    .and_then(|number| number.parse::<usize>().ok());
                let (Some(place), Some(clause)) = (place, clause) else {
                    return Err(bad(
                        "acts: not a clause's number with one of the letters B D P R Q S T",
                    ));
                };
                *told
                    .get_mut(clause)
                    .ok_or_else(|| bad("acts: the body has fewer clauses"))? = place;
            }
            let annotation = Annotation { line, acts: told };
            if of.insert(id.to_owned(), annotation).is_some() {
                return Err(bad("id: a second line of this text"));
            }
        }
        Ok(Self {
            file: file.to_owned(),
            of,
        })
    }
}

/// The clauses of all examples, one after another.
pub(super) struct Table {
    rows: Sparse,
    /// Its first row by example, then the number of rows.
    starts: Vec<usize>,
    bytes: Vec<f32>,
    /// As read; `None` where nobody did.
    acts: Vec<Option<usize>>,
}

impl Table {
    /// Clauses over the features of `vocabulary`. Each occurrence of a feature counts, over the root of their number.
    pub(super) fn new(
        examples: &[Example],
        segmenter: &Segmenter,
        vocabulary: &Vocabulary,
        annotations: &Annotations,
    ) -> Result<Self, LabelError> {
        let parted: Vec<(Vec<Vec<u32>>, Vec<f32>)> = examples
            .par_iter()
            .map(|example| clauses(example, segmenter, vocabulary))
            .collect();
        let mut table = Self {
            rows: Sparse::new(vocabulary.keys.len()),
            starts: vec![0],
            bytes: Vec::new(),
            acts: Vec::new(),
        };
        for (example, (clauses, bytes)) in examples.iter().zip(parted) {
            let annotation = annotations.of.get(&name_of(example));
            if let Some(Annotation { line, acts }) = annotation
                && acts.len() != clauses.len().min(READ + 1)
            {
                let reason = "clauses: the text is parted into another number";
                return Err(bad(&annotations.file, *line, reason));
            }
            for (at, columns) in clauses.iter().enumerate() {
                let value = 1.0 / (columns.len() as f32).sqrt().max(1.0);
                let runs = columns.chunk_by(|a, b| a == b);
                table
                    .rows
                    .push(runs.map(|run| (run[0], value * run.len() as f32)));
                table
                    .acts
                    .push(annotation.and_then(|read| read.acts.get(at).copied()));
            }
            table.bytes.extend(bytes);
            table.starts.push(table.rows.len());
        }
        Ok(table)
    }

    /// Learns the acts from the clauses of the examples `chosen` takes.
    pub(super) fn learn(&self, recipe: &Recipe, chosen: impl Fn(usize) -> bool) -> Linear {
        let mut targets = vec![0; self.rows.len()];
        let mut weights = vec![0.0f32; self.rows.len()];
        let mut mass = [0.0f32; ACTS.len()];
        for example in (0..self.starts.len() - 1).filter(|&example| chosen(example)) {
            for row in self.starts[example]..self.starts[example + 1] {
                if let Some(act) = self.acts[row] {
                    targets[row] = act;
                    weights[row] = 1.0;
                    mass[act] += 1.0;
                }
            }
        }
        let mean = mass.iter().sum::<f32>() / ACTS.len() as f32;
        for (weight, target) in weights
            .iter_mut()
            .zip(&targets)
            .filter(|(weight, _)| **weight > 0.0)
        {
            *weight = (mean / mass[*target]).powf(recipe.act_balance);
        }
        let texts: Vec<(usize, usize)> = (0..self.rows.len())
            .filter(|&row| weights[row] > 0.0)
            .map(|row| (row, targets[row]))
            .collect();
        let freedoms = ratio::freedoms(&self.rows, self.rows.columns, &texts, ACTS.len());
        Problem {
            rows: &self.rows,
            targets: &targets,
            weights: &weights,
            classes: ACTS.len(),
            freedoms: &freedoms,
            cost: recipe.act_cost,
        }
        .solve(ROUNDS)
    }

    /// An example's clauses as `model` reads them.
    pub(super) fn told(&self, example: usize, model: &Linear) -> Vec<Clause> {
        (self.starts[example]..self.starts[example + 1])
            .map(|row| {
                let mut acts = model.logits(self.rows.row(row));
                softmax(&mut acts, 0);
                Clause {
                    acts: std::array::from_fn(|act| acts[act]),
                    bytes: self.bytes[row],
                }
            })
            .collect()
    }
}

/// The columns of each clause, ascending, and its bytes.
fn clauses(example: &Example, segmenter: &Segmenter, vocabulary: &Vocabulary) -> (Vec<Vec<u32>>, Vec<f32>) {
    let Example { title, body, .. } = example;
    let words = Words::of(segmenter, title, body);
    let text = words.text(title, body);
    let mut parted = Clauses::default();
    parted.part(title, read_part(body));
    let count = parted.count();
    let mut columns = vec![Vec::new(); count];
    extract(&text, &mut |hash, kind: Kind, field: Field, span: Range<u32>| {
        if let (true, Some(column)) = (kind.is_anywhere(), vocabulary.column(hash))
            && let Some(clause) = columns.get_mut(parted.of(field, span.start))
        {
            clause.push(column);
        }
    });
    columns.iter_mut().for_each(|clause| clause.sort_unstable());
    let bytes = (0..count).map(|clause| parted.bytes(clause) as f32).collect();
    (columns, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Annotations, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("acts.tsv");
        std::fs::write(&file, text).unwrap();
        Annotations::read(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn acts_are_read_by_clause() {
        let read = read("# comment\na:1\t2\t0B 2Q\nown:00\t0\t-\n").unwrap();
        assert_eq!(read.of["a:1"].acts, [0, NONE, 4]);
        assert_eq!(read.of["own:00"].acts, [NONE]);
    }

    #[test]
    fn a_broken_line_is_named() {
        for (line, why) in [
            ("a:1\t2", "parted by tabs"),
            ("a:1\t41\t-", "not a number up to 40"),
            ("a:1\t2\t3B", "fewer clauses"),
            ("a:1\t2\t1X", "letters"),
            ("a:1\t2\t", "letters"),
            ("a:0\t1\t-", "second line"),
        ] {
            let error = read(&format!("a:0\t1\t-\n{line}\n")).unwrap_err();
            assert!(error.contains("line 2") && error.contains(why), "{error}");
        }
    }
}
