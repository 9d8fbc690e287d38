//! Search results in which a story stands once, under its first source, with the number of its copies.
//!
//! Every record is still counted in `total` and found when asked for one by one: collapsing is a way to look.

use crate::{error::Error, state::App};
use index::{
    query::QueryError,
    search::{Bar, Hit, Request},
    writer::IndexError,
};
use ingest::record::RecordId;
use serde::{Deserialize, de::IntoDeserializer};
use std::collections::HashMap;

/// Records looked at, best first: beyond, a query should say more. Each costs a look into index and ledger.
pub(crate) const REACH: usize = 2_000;

/// A page of stories.
#[derive(Debug, Default)]
pub(crate) struct Collapsed {
    /// The hits, a story once: at the rank of its best record, shown by its first source where that was found too.
    pub(crate) hits: Vec<Told>,
    /// Stories and single records among the first [`REACH`] records.
    pub(crate) stories: usize,
    /// Records that match in all.
    pub(crate) total: usize,
    pub(crate) facets: Vec<(&'static str, Vec<(String, usize)>)>,
    pub(crate) timeline: Vec<Bar>,
}

/// One hit of such a page.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) hit: Hit,
    /// Records of the story that match.
    pub(crate) found: usize,
    /// What the story has: copies, and its first source.
    pub(crate) story: Option<Copied>,
}

#[derive(Debug)]
pub(crate) struct Copied {
    /// Posts that are not the first, matching or not.
    pub(crate) copies: u64,
    /// The first source's post.
    pub(crate) first: RecordId,
}

/// Searches; `offset` and `limit` of the request count stories. The inner error is a query that cannot be read. Blocking.
pub(crate) fn search(app: &App, request: &Request) -> Result<Result<Collapsed, QueryError>, Error> {
    let whole = Request {
        offset: 0,
        limit: REACH,
        ..request.clone()
    };
    let ranking = match app.index().rank(&whole) {
        Ok(ranking) => ranking,
        Err(IndexError::Query(wrong)) => return Ok(Err(wrong)),
        Err(error) => return Err(error.into()),
    };
    let ids = ranking.ids()?;
    let stories = app.ledger().stories(ids.iter().map(String::as_str))?;
    // Ranks of each story's records, stories in order of their best record.
    let mut told: Vec<Vec<usize>> = Vec::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    for (rank, story) in stories.iter().enumerate() {
        match story.and_then(|story| places.get(&story)) {
            Some(place) => told[*place].push(rank),
            None => {
                places.extend(story.map(|story| (story, told.len())));
                told.push(vec![rank]);
            }
        }
    }
    let mut hits = Vec::new();
    for ranks in told.iter().skip(request.offset).take(request.limit) {
        let Some(best) = ranks.first() else { continue };
        let story = match stories.get(*best).copied().flatten() {
            Some(_) => record_id(&ids[*best])
                .map(|id| app.ledger().story(&id, 1))
                .transpose()?
                .flatten(),
            None => None,
        };
        let first = story
            .as_ref()
            .and_then(|story| ranks.iter().find(|rank| ids[**rank] == story.first.as_str()));
        for hit in ranking.hits([*first.unwrap_or(best)])? {
            hits.push(Told {
                hit,
                found: ranks.len(),
                story: story.as_ref().map(|story| Copied {
                    copies: story.copies,
                    first: story.first.clone(),
                }),
            });
        }
    }
    Ok(Ok(Collapsed {
        hits,
        stories: told.len(),
        total: ranking.total,
        facets: ranking.facets,
        timeline: ranking.timeline,
    }))
}

/// Every record by itself, in the same shape. Blocking.
pub(crate) fn apart(app: &App, request: &Request) -> Result<Result<Collapsed, QueryError>, Error> {
    let hits = match app.index().search(request) {
        Ok(hits) => hits,
        Err(IndexError::Query(wrong)) => return Ok(Err(wrong)),
        Err(error) => return Err(error.into()),
    };
    let alone = |hit| Told {
        hit,
        found: 1,
        story: None,
    };
    Ok(Ok(Collapsed {
        hits: hits.hits.into_iter().map(alone).collect(),
        stories: hits.total,
        total: hits.total,
        facets: hits.facets,
        timeline: hits.timeline,
    }))
}

/// A post id as the ledger knows it; `None` for anything else.
pub(crate) fn record_id(id: &str) -> Option<RecordId> {
    RecordId::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(id)).ok()
}
