//! Live documents as the index holds them: for hits, a post's page, and comparing two indexes.

use crate::{
    layout::{Facet, Fields},
    row,
    schema::Kind,
    writer::{Index, IndexError},
};
use ingest::time::{self, Moment};
use serde::Serialize;
use tantivy::{
    TantivyDocument, Term,
    collector::{Count, DocSetCollector},
    query::{AllQuery, TermQuery},
    schema::{IndexRecordOption, Value},
};

/// A live document without its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stored {
    /// Kind.
    pub kind: Kind,
    /// Post id or ticket number.
    pub id: String,
    /// The source's own id.
    pub native_id: String,
    /// Title as written (masked).
    pub title: String,
    /// Text as written (masked).
    pub body: String,
    /// Configured source.
    pub source: String,
    /// Medium or 来源渠道.
    pub channel: Option<String>,
    /// Public author.
    pub author: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// When, in Asia/Shanghai.
    pub published_at: Moment,
    /// 承办单位
    pub unit: Option<String>,
    /// 诉求类型
    pub r#type: Option<String>,
    /// 诉求领域
    pub topic: Option<String>,
    /// Sentiment in -1..=1.
    pub sentiment: Option<f32>,
    /// `negative`, `neutral` or `positive`.
    pub sentiment_label: Option<String>,
    /// Names of the sensitive contents found in the text.
    pub flags: Vec<String>,
    /// Region.
    pub region: Option<String>,
    /// Ticket state.
    pub status: Option<String>,
}

impl Stored {
    /// Reads the stored fields of `document`.
    pub(crate) fn read(fields: &Fields, document: &TantivyDocument) -> Self {
        let mut stored = Self {
            kind: Kind::Post,
            id: String::new(),
            native_id: String::new(),
            title: String::new(),
            body: String::new(),
            source: String::new(),
            channel: None,
            author: None,
            url: None,
            published_at: time::from_millis(0),
            unit: None,
            r#type: None,
            topic: None,
            sentiment: None,
            sentiment_label: None,
            flags: Vec::new(),
            region: None,
            status: None,
        };
        for (field, value) in document.field_values() {
            if field == fields.date {
                stored.published_at = time::from_millis(value.as_i64().unwrap_or_default());
            } else if field == fields.score {
                stored.sentiment = value.as_f64().map(|score| score as f32);
            } else if let Some(text) = value.as_str() {
                stored.read_text(fields, field, text.to_owned());
            }
        }
        stored
    }

    fn read_text(&mut self, fields: &Fields, field: tantivy::schema::Field, text: String) {
        match fields.facet_of(field) {
            Some(Facet::Kind) if text == Kind::Ticket.name() => self.kind = Kind::Ticket,
            Some(Facet::Kind) => self.kind = Kind::Post,
            Some(Facet::Source) => self.source = text,
            Some(Facet::Channel) => self.channel = Some(text),
            Some(Facet::Type) => self.r#type = Some(text),
            Some(Facet::Topic) => self.topic = Some(text),
            Some(Facet::Sentiment) => self.sentiment_label = Some(text),
            Some(Facet::Flag) => self.flags.push(text),
            Some(Facet::Unit) => self.unit = Some(text),
            Some(Facet::Region) => self.region = Some(text),
            Some(Facet::Status) => self.status = Some(text),
            None if field == fields.id => self.id = text,
            None if field == fields.native_id => self.native_id = text,
            None if field == fields.title => self.title = text,
            None if field == fields.body => self.body = text,
            None if field == fields.author => self.author = Some(text),
            None if field == fields.url => self.url = Some(text),
            None => {}
        }
    }
}

impl Index {
    /// The live document of this kind and id, as of the last commit. Blocking.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get(&self, kind: Kind, id: &str) -> Result<Option<Stored>, IndexError> {
        let searcher = self.searcher();
        let term = Term::from_field_text(self.fields.key, &row::key(kind, id));
        let found = searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &DocSetCollector)?;
        let Some(&address) = found.iter().next() else {
            return Ok(None);
        };
        Ok(Some(Stored::read(&self.fields, &searcher.doc(address)?)))
    }

    /// How many documents are live, as of the last commit.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn count(&self) -> Result<usize, IndexError> {
        Ok(self.searcher().search(&AllQuery, &Count)?)
    }

    /// Every live document as JSON, ordered by kind and id: two indexes hold the same exactly when these are equal.
    /// Blocking, and holds them all in memory.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn live_documents(&self) -> Result<Vec<serde_json::Value>, IndexError> {
        let searcher = self.searcher();
        let mut live = Vec::new();
        // Segment by segment and in order of storage, so that each block is decompressed once.
        for segment in searcher.segment_readers() {
            let store = segment.get_store_reader(1)?;
            for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
                live.push(Stored::read(&self.fields, &document?));
            }
        }
        live.sort_unstable_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        live.iter()
            .map(|stored| Ok(serde_json::to_value(stored)?))
            .collect()
    }
}
