//! [`Node`] to a tantivy query, and to the marks that snippets highlight.

use super::{Node, Scope};
use crate::{
    fold::fold,
    layout::{Facet, Fields},
    row::key,
    schema::Kind,
    segment::Segmenter,
};
use std::ops::Bound;
use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

/// How much more a match in the title says than one in the body.
const TITLE_BOOST: f32 = 2.0;

/// A run of folded characters that a query looks for, to be highlighted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Folded.
    pub(crate) text: String,
    /// Quoted by the user, and so more telling than a word.
    pub(crate) exact: bool,
    /// Where it counts.
    pub(crate) scope: Scope,
}

/// The query of a node and what of it can be highlighted.
pub(crate) fn plan(node: &Node, fields: Fields, segmenter: &Segmenter) -> (Box<dyn Query>, Vec<Mark>) {
    let mut planner = Planner {
        fields,
        segmenter,
        marks: Vec::new(),
        negated: false,
    };
    let query = planner.query(node);
    (query, planner.marks)
}

struct Planner<'a> {
    fields: Fields,
    segmenter: &'a Segmenter,
    marks: Vec<Mark>,
    /// Inside a negation: what is found there is not what matched.
    negated: bool,
}

impl Planner<'_> {
    fn query(&mut self, node: &Node) -> Box<dyn Query> {
        match node {
            Node::All => Box::new(AllQuery),
            Node::Words(scope, text) => self.words(*scope, text),
            Node::Phrase(scope, text) => self.phrase(*scope, text),
            Node::Value(facet, values) => self.values(*facet, values),
            Node::Author(author) => filter(term(self.fields.author, &fold(author))),
            Node::Id(id) => {
                // A ticket's own id is the source's, its number; a post's own id is in its key.
                let id = fold(id);
                filter(either(vec![
                    term(self.fields.key, &key(Kind::Post, &id)),
                    term(self.fields.native_id, &id),
                ]))
            }
            Node::Date(from, to) => self.dates(*from, *to),
            Node::Sentiment(from, to) => self.sentiments(*from, *to),
            Node::And(nodes) => self.all(nodes),
            Node::Or(nodes) => {
                let queries = nodes.iter().map(|node| self.query(node)).collect();
                either(queries)
            }
            Node::Not(_) => self.all(std::slice::from_ref(node)),
        }
    }

    /// All of these; negations exclude from the rest, or from everything when there is no rest.
    fn all(&mut self, nodes: &[Node]) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(nodes.len() + 1);
        for node in nodes {
            if let Node::Not(inner) = node {
                self.negated = !self.negated;
                clauses.push((Occur::MustNot, self.query(inner)));
                self.negated = !self.negated;
            } else {
                clauses.push((Occur::Must, self.query(node)));
            }
        }
        if nodes.iter().all(|node| matches!(node, Node::Not(_))) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// Every word of the text, each in title or body; texts that hold them in one piece come first. Text without a word
    /// (punctuation, an emoji) is a phrase.
    fn words(&mut self, scope: Scope, text: &str) -> Box<dyn Query> {
        let segmented = self.segmenter.segment(text);
        let mut terms: Vec<&str> = segmented.terms.split_whitespace().collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.is_empty() {
            return self.phrase(scope, text);
        }
        let (title, body) = (self.fields.title_words, self.fields.body_words);
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(terms.len() + 1);
        for word in &terms {
            self.mark(scope, word, false);
            clauses.push((Occur::Must, scoped(scope, title, body, |field| term(field, word))));
        }
        if terms.len() > 1 {
            clauses.push((Occur::Should, self.characters(scope, &fold(text))));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// The characters of the text one after another, all in the title or all in the body.
    fn phrase(&mut self, scope: Scope, text: &str) -> Box<dyn Query> {
        let folded = fold(text);
        self.mark(scope, &folded, true);
        self.characters(scope, &folded)
    }

    fn characters(&self, scope: Scope, folded: &str) -> Box<dyn Query> {
        scoped(scope, self.fields.title, self.fields.body, |field| {
            let mut terms: Vec<Term> = folded
                .chars()
                .map(|c| Term::from_field_text(field, c.encode_utf8(&mut [0; 4])))
                .collect();
            // tantivy's phrase query panics on fewer than two terms.
            match terms.len() {
                0 | 1 => match terms.pop() {
                    Some(term) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
                    None => Box::new(AllQuery),
                },
                _ => Box::new(PhraseQuery::new(terms)),
            }
        })
    }

    fn values(&self, facet: Facet, values: &[String]) -> Box<dyn Query> {
        let field = self.fields.facet(facet);
        filter(either(
            values.iter().map(|value| term(field, &fold(value))).collect(),
        ))
    }

    fn dates(&self, from: Bound<i64>, to: Bound<i64>) -> Box<dyn Query> {
        let bound = |bound: Bound<i64>| bound.map(|millis| Term::from_field_i64(self.fields.date, millis));
        range(bound(from), bound(to))
    }

    fn sentiments(&self, from: Bound<f64>, to: Bound<f64>) -> Box<dyn Query> {
        // A text without sentiment has no value in the column, so a half-open range leaves it out as well.
        let bound = |bound: Bound<f64>| bound.map(|score| Term::from_field_f64(self.fields.score, score));
        range(bound(from), bound(to))
    }

    fn mark(&mut self, scope: Scope, text: &str, exact: bool) {
        let mark = Mark {
            text: text.to_owned(),
            exact,
            scope,
        };
        if !self.negated && !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    ))
}

fn scoped(
    scope: Scope,
    title: Field,
    body: Field,
    query: impl Fn(Field) -> Box<dyn Query>,
) -> Box<dyn Query> {
    match scope {
        Scope::Title => query(title),
        Scope::Body => query(body),
        Scope::Anywhere => either(vec![
            Box::new(BoostQuery::new(query(title), TITLE_BOOST)),
            query(body),
        ]),
    }
}

fn either(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(queries))
}

/// Both ends open finds everything, also what tantivy would refuse as a range without a field.
fn range(from: Bound<Term>, to: Bound<Term>) -> Box<dyn Query> {
    if matches!((&from, &to), (Bound::Unbounded, Bound::Unbounded)) {
        return Box::new(AllQuery);
    }
    filter(Box::new(RangeQuery::new(from, to)))
}

/// Narrows down without a say in the order.
fn filter(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
