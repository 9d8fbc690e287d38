//! Query to hits, facets and timeline.

pub use crate::tally::Bar;

use crate::{
    layout::{DATE, Fields, ID},
    query::{self, Mark, Scope},
    schema::Kind,
    snippet::{highlights, snippet},
    stored::Stored,
    tally::{Tally, Tallying},
    writer::{Index, IndexError},
};
use ingest::time::Moment;
use serde::Serialize;
use tantivy::{
    DocAddress, Order, Score, Searcher,
    collector::{
        Count, TopDocs,
        sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString},
    },
};

/// What to search for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The query text; empty finds everything.
    pub query: String,
    /// Hits to skip.
    pub offset: usize,
    /// Hits to return.
    pub limit: usize,
    /// Newest first instead of best first.
    pub newest_first: bool,
    /// Also count facets and the timeline.
    pub facets: bool,
}

/// One hit.
#[derive(Debug, Clone, Serialize)]
pub struct Hit {
    /// Post id or ticket number.
    pub id: String,
    /// The source's own id.
    pub native_id: String,
    /// Kind.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Byte ranges of `title` that matched.
    #[serde(skip)]
    pub title_highlights: Vec<(usize, usize)>,
    /// Part of the text around the match, as plain text.
    pub snippet: String,
    /// Byte ranges of `snippet` that matched.
    #[serde(skip)]
    pub highlights: Vec<(usize, usize)>,
    /// When.
    pub published_at: Moment,
    /// Configured source.
    pub source: String,
    /// Channel.
    #[serde(skip)]
    pub channel: Option<String>,
    /// Where it can be read.
    #[serde(skip)]
    pub url: Option<String>,
    /// Unit.
    #[serde(skip)]
    pub unit: Option<String>,
    /// Type.
    pub r#type: Option<String>,
    /// Topic.
    pub topic: Option<String>,
    /// Sentiment in -1..=1.
    pub sentiment: Option<f32>,
    /// Names of the sensitive contents found in the text.
    pub flags: Vec<String>,
    /// BM25.
    pub score: f32,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// The page of hits asked for: best first, then newest, then by id (or newest first, then by id).
    pub hits: Vec<Hit>,
    /// How many documents match in all.
    pub total: usize,
    /// Field name to its values with counts, most frequent first (kind, source, channel, type, topic, sentiment, flag,
    /// unit, region, status).
    pub facets: Vec<(&'static str, Vec<(String, usize)>)>,
    /// One bar a day (Asia/Shanghai), gaps filled with zeros; at most 400 days, then by week.
    pub timeline: Vec<Bar>,
}

/// The best of what was found, in order, by id only: what a caller shows of it is read with [`Ranking::hits`].
pub struct Ranking {
    fields: Fields,
    searcher: Searcher,
    marks: Vec<Mark>,
    found: Vec<(Score, DocAddress)>,
    /// How many documents match in all.
    pub total: usize,
    /// As in [`Hits`].
    pub facets: Vec<(&'static str, Vec<(String, usize)>)>,
    /// As in [`Hits`].
    pub timeline: Vec<Bar>,
}

impl Index {
    /// Searches the last committed state. Blocking.
    ///
    /// # Errors
    /// [`IndexError::Query`] with the place when the query cannot be read.
    pub fn search(&self, request: &Request) -> Result<Hits, IndexError> {
        let ranking = self.rank(request)?;
        Ok(Hits {
            hits: ranking.hits(0..ranking.len())?,
            total: ranking.total,
            facets: ranking.facets,
            timeline: ranking.timeline,
        })
    }

    /// As [`Self::search`], without reading the documents. Blocking.
    ///
    /// # Errors
    /// [`IndexError::Query`] with the place when the query cannot be read.
    pub fn rank(&self, request: &Request) -> Result<Ranking, IndexError> {
        let node = query::parse(&request.query, &self.flags)?;
        let (query, marks) = query::plan(&node, self.fields, &self.segmenter);
        let searcher = self.searcher();
        // The collector sets memory aside for every hit up to the page's end, so that is bounded by what there is.
        let end = request
            .offset
            .saturating_add(request.limit)
            .min(searcher.num_docs() as usize);
        let page = (request.offset < end).then(|| TopDocs::for_doc_range(request.offset..end));

        // The order depends on nothing but the documents, so pages neither overlap nor leave gaps.
        let score = (SortBySimilarityScore, Order::Desc);
        let date = (SortByStaticFastValue::<i64>::for_field(DATE), Order::Desc);
        let id = (SortByString::for_field(ID), Order::Asc);
        let tallying = request.facets.then_some(Tallying);
        let (found, total, tally): (Vec<(Score, DocAddress)>, _, _) = if request.newest_first {
            let page = page.map(|page| page.order_by((date, id, score)));
            let (found, total, tally) = searcher.search(&*query, &(page, Count, tallying))?;
            let found = found.into_iter().flatten();
            (
                found.map(|((_, _, score), address)| (score, address)).collect(),
                total,
                tally,
            )
        } else {
            let page = page.map(|page| page.order_by((score, date, id)));
            let (found, total, tally) = searcher.search(&*query, &(page, Count, tallying))?;
            let found = found.into_iter().flatten();
            (
                found.map(|((score, _, _), address)| (score, address)).collect(),
                total,
                tally,
            )
        };
        Ok(Ranking {
            fields: self.fields,
            searcher,
            marks,
            found,
            total,
            facets: tally.as_ref().map(Tally::facets).unwrap_or_default(),
            timeline: tally.as_ref().map(Tally::timeline).unwrap_or_default(),
        })
    }
}

impl Ranking {
    /// How many are ranked.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Their ids, in order.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn ids(&self) -> Result<Vec<String>, IndexError> {
        let columns: Vec<_> = self
            .searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().str(ID))
            .collect::<Result<_, _>>()?;
        let mut ids = Vec::with_capacity(self.found.len());
        for (_, address) in &self.found {
            let mut id = String::new();
            if let Some(column) = columns.get(address.segment_ord as usize).and_then(Option::as_ref)
                && let Some(ordinal) = column.term_ords(address.doc_id).next()
            {
                column.ord_to_str(ordinal, &mut id)?;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// Reads the hits at these ranks; ranks there are none of are left out.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn hits(&self, ranks: impl IntoIterator<Item = usize>) -> Result<Vec<Hit>, IndexError> {
        ranks
            .into_iter()
            .filter_map(|rank| self.found.get(rank))
            .map(|(score, address)| {
                let stored = Stored::read(&self.fields, &self.searcher.doc(*address)?);
                Ok(hit(stored, *score, &self.marks))
            })
            .collect()
    }
}

fn hit(stored: Stored, score: f32, marks: &[Mark]) -> Hit {
    let of = |other: Scope| {
        marks
            .iter()
            .filter(move |mark| mark.scope != other)
            .collect::<Vec<_>>()
    };
    let snippet = snippet(&stored.body, &of(Scope::Title));
    Hit {
        title_highlights: highlights(&stored.title, &of(Scope::Body)),
        id: stored.id,
        native_id: stored.native_id,
        kind: stored.kind,
        title: stored.title,
        snippet: snippet.text,
        highlights: snippet.highlights,
        published_at: stored.published_at,
        source: stored.source,
        channel: stored.channel,
        url: stored.url,
        unit: stored.unit,
        r#type: stored.r#type,
        topic: stored.topic,
        sentiment: stored.sentiment,
        flags: stored.flags,
        score,
    }
}

#[cfg(test)]
mod tests;
