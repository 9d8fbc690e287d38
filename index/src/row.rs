//! A [`Document`] as tantivy takes it: borrowed field by field, without copying texts into a tantivy document.

use crate::{
    layout::{Facet, Fields},
    schema::{Document, Kind},
};
use ingest::record::RecordId;
use std::{array, iter, slice};
use tantivy::{
    Term,
    schema::{
        Field,
        document::{ReferenceValue, ReferenceValueLeaf, Value},
    },
};

/// tantivy drops terms above 65,530 bytes, and a document whose key was dropped could never be replaced. No honest id
/// is near this long; a longer one is hashed.
const LONGEST_KEY: usize = 1024;

/// A document with the fields it goes to.
pub(crate) struct Row {
    fields: Fields,
    key: String,
    document: Document,
}

impl Row {
    /// A row of the index.
    pub(crate) fn new(fields: Fields, document: Document) -> Self {
        Self {
            fields,
            key: key(document.kind, &document.id),
            document,
        }
    }

    /// What this row is found by.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The term that finds this row and those it replaces.
    pub(crate) fn key_term(&self) -> Term {
        Term::from_field_text(self.fields.key, &self.key)
    }
}

/// What a document of this kind and id is found by.
pub(crate) fn key(kind: Kind, id: &str) -> String {
    let kind = kind.name();
    if id.len() > LONGEST_KEY {
        format!("{kind}#{}", RecordId::of(&[id.as_bytes()]))
    } else {
        format!("{kind}:{id}")
    }
}

/// One field of a row.
type Cell<'a> = Option<(Field, Content<'a>)>;

/// All but the flags, of which there may be several.
const CELLS: usize = 10 + Facet::ALL.len();

/// The flags of a row, each with their field.
type Flags<'a> =
    iter::Zip<iter::Repeat<Field>, iter::Map<slice::Iter<'a, String>, fn(&'a String) -> Content<'a>>>;

impl tantivy::Document for Row {
    type Value<'a> = Content<'a>;
    type FieldsValuesIter<'a> = iter::Chain<iter::Flatten<array::IntoIter<Cell<'a>, CELLS>>, Flags<'a>>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let Self {
            fields,
            key,
            document,
        } = self;
        let cells: [Cell<'_>; CELLS] = [
            text(fields.key, key.as_str()),
            text(fields.id, document.id.as_str()),
            text(fields.native_id, document.native_id.as_str()),
            text(fields.title, document.title.as_str()),
            text(fields.body, document.body.as_str()),
            text(fields.title_words, document.title_words.terms.as_str()),
            text(fields.body_words, document.body_words.terms.as_str()),
            optional(fields.author, document.author.as_deref()),
            optional(fields.url, document.url.as_deref()),
            Some((
                fields.date,
                Content::Integer(document.published_at.timestamp_millis()),
            )),
            document
                .sentiment
                .map(|score| (fields.score, Content::Real(score.into()))),
            text(fields.facet(Facet::Kind), document.kind.name()),
            text(fields.facet(Facet::Source), document.source.as_str()),
            optional(fields.facet(Facet::Channel), document.channel.as_deref()),
            optional(fields.facet(Facet::Type), document.r#type.as_deref()),
            optional(fields.facet(Facet::Topic), document.topic.as_deref()),
            optional(
                fields.facet(Facet::Sentiment),
                document.sentiment_label.as_deref(),
            ),
            optional(fields.facet(Facet::Unit), document.unit.as_deref()),
            optional(fields.facet(Facet::Region), document.region.as_deref()),
            optional(fields.facet(Facet::Status), document.status.as_deref()),
        ];
        let content: fn(&String) -> Content<'_> = |flag| Content::Text(flag);
        let flags = iter::repeat(fields.facet(Facet::Flag)).zip(document.flags.iter().map(content));
        cells.into_iter().flatten().chain(flags)
    }
}

fn text(field: Field, text: &str) -> Cell<'_> {
    Some((field, Content::Text(text)))
}

fn optional(field: Field, value: Option<&str>) -> Cell<'_> {
    value.and_then(|value| text(field, value))
}

/// Content of one field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    Text(&'a str),
    Integer(i64),
    Real(f64),
}

impl<'a> Value<'a> for Content<'a> {
    type ArrayIter = iter::Empty<Self>;
    type ObjectIter = iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Text(text) => ReferenceValueLeaf::Str(text),
            Self::Integer(number) => ReferenceValueLeaf::I64(number),
            Self::Real(number) => ReferenceValueLeaf::F64(number),
        })
    }
}
