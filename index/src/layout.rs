//! The tantivy schema: which field serves what.
//!
//! Words (without positions) rank and answer bare words; characters with positions answer quoted phrases. Title and body
//! are fields of their own, so no phrase matches across their border.

use crate::tokens::{CHARACTERS, KEYWORD, WORDS};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

/// Raised whenever documents must be indexed anew: a field, a token or the folding changed.
pub(crate) const SCHEMA_VERSION: u32 = 2;

/// Fields whose values are counted beside the hits and looked up whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facet {
    Kind,
    Source,
    Channel,
    Type,
    Topic,
    Sentiment,
    /// The only one of which a document may have several values.
    Flag,
    Unit,
    Region,
    Status,
}

impl Facet {
    /// All facets, in the order they are shown.
    pub(crate) const ALL: [Self; 10] = [
        Self::Kind,
        Self::Source,
        Self::Channel,
        Self::Type,
        Self::Topic,
        Self::Sentiment,
        Self::Flag,
        Self::Unit,
        Self::Region,
        Self::Status,
    ];

    /// Name of the facet and of its field.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Channel => "channel",
            Self::Type => "type",
            Self::Topic => "topic",
            Self::Sentiment => "sentiment",
            Self::Flag => "flag",
            Self::Unit => "unit",
            Self::Region => "region",
            Self::Status => "status",
        }
    }
}

/// Name of the column hits are ordered by; milliseconds since 1970.
pub(crate) const DATE: &str = "date";
/// Name of the column that breaks ties.
pub(crate) const ID: &str = "id";

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Kind and id: what a document is replaced by.
    pub(crate) key: Field,
    /// Orders hits; a document is looked up by `key`.
    pub(crate) id: Field,
    pub(crate) native_id: Field,
    pub(crate) title: Field,
    pub(crate) body: Field,
    pub(crate) title_words: Field,
    pub(crate) body_words: Field,
    pub(crate) author: Field,
    pub(crate) url: Field,
    pub(crate) date: Field,
    pub(crate) score: Field,
    facets: [Field; Facet::ALL.len()],
}

impl Fields {
    /// The schema and its fields.
    pub(crate) fn schema() -> (Schema, Self) {
        let mut builder = Schema::builder();
        let fields = Self {
            key: builder.add_text_field("key", indexed("raw", IndexRecordOption::Basic, false)),
            id: builder.add_text_field(ID, TextOptions::default().set_stored().set_fast("raw")),
            native_id: builder.add_text_field("native_id", keyword()),
            title: builder.add_text_field("title", characters()),
            body: builder.add_text_field("body", characters()),
            title_words: builder.add_text_field("title_words", words()),
            body_words: builder.add_text_field("body_words", words()),
            author: builder.add_text_field("author", keyword()),
            url: builder.add_text_field("url", STORED),
            date: builder.add_i64_field(DATE, NumericOptions::default().set_fast().set_stored()),
            score: builder.add_f64_field(
                "sentiment_score",
                NumericOptions::default().set_fast().set_stored(),
            ),
            facets: Facet::ALL.map(|facet| add_facet(&mut builder, facet)),
        };
        (builder.build(), fields)
    }

    /// The field of a facet.
    pub(crate) fn facet(&self, facet: Facet) -> Field {
        self.facets[facet as usize]
    }

    /// The facet of a field.
    pub(crate) fn facet_of(&self, field: Field) -> Option<Facet> {
        Facet::ALL.into_iter().find(|&facet| self.facet(facet) == field)
    }
}

fn add_facet(builder: &mut SchemaBuilder, facet: Facet) -> Field {
    builder.add_text_field(facet.name(), keyword().set_fast("raw"))
}

/// A value looked up whole, whatever its width and case.
fn keyword() -> TextOptions {
    indexed(KEYWORD, IndexRecordOption::Basic, false).set_stored()
}

/// Norms are left out: a character field's length says nothing that the words' length does not.
fn characters() -> TextOptions {
    indexed(CHARACTERS, IndexRecordOption::WithFreqsAndPositions, false).set_stored()
}

/// Positions are left out: phrases are the character fields' matter.
fn words() -> TextOptions {
    indexed(WORDS, IndexRecordOption::WithFreqs, true)
}

fn indexed(tokenizer: &str, option: IndexRecordOption, norms: bool) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(option)
            .set_fieldnorms(norms),
    )
}
