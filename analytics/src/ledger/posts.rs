//! Posts: the facts of each revision, and those of the newest as figures read them. Their text is in the index.

use super::{Ledger, LedgerError, PostFact, apply::Sight, history::record_id, names::Names, read::text_of};
use ingest::{record::RecordId, time::from_millis};
use rusqlite::{Connection, OptionalExtension, params};

/// The sentiment labels by code; 0 for a post without one.
pub(crate) const SENTIMENTS: [&str; 4] = ["", "negative", "neutral", "positive"];

/// Writes the facts of one revision.
pub(super) fn write_revision(
    connection: &Connection,
    names: &mut Names,
    sight: &Sight<'_>,
    id: &str,
) -> Result<(), LedgerError> {
    let facts = Facts::of(connection, names, sight)?;
    connection
        .prepare_cached(
            "INSERT INTO post_revisions (post_id, id, published_at, source, channel, topic, sentiment, sentiment_label)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            sight.post.post_id.as_str(),
            id,
            facts.published_at,
            facts.source,
            facts.channel,
            facts.topic,
            facts.sentiment,
            facts.sentiment_label
        ])?;
    Ok(())
}

/// Writes what figures read of a post that was never seen, whose newest revision `id` is; `first_seen` stands in for a missing
/// publication time. Gives the row, or `None` and changes nothing when the post is known.
pub(super) fn write_new(
    connection: &Connection,
    names: &mut Names,
    sight: &Sight<'_>,
    id: &str,
    first_seen: i64,
    change: i64,
) -> Result<Option<i64>, LedgerError> {
    let facts = Facts::of(connection, names, sight)?;
    let written = connection
        .prepare_cached(
            "INSERT INTO posts (post_id, change, revision, source, channel, published_at, topic, sentiment, sentiment_label)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (post_id) DO NOTHING",
        )?
        .execute(params![
            sight.post.post_id.as_str(),
            change,
            id,
            facts.source,
            facts.channel,
            facts.published_at.unwrap_or(first_seen),
            facts.topic,
            facts.sentiment,
            facts.sentiment_label
        ])?;
    Ok((written > 0).then(|| connection.last_insert_rowid()))
}

/// The facts of a revision as its columns hold them.
struct Facts {
    published_at: Option<i64>,
    source: u32,
    channel: u32,
    topic: u32,
    sentiment: Option<f32>,
    sentiment_label: u32,
}

impl Facts {
    fn of(
        connection: &Connection,
        names: &mut Names,
        &Sight { post, label, .. }: &Sight<'_>,
    ) -> Result<Self, LedgerError> {
        let named = label.and_then(|label| SENTIMENTS.iter().position(|name| *name == label.sentiment_label));
        Ok(Self {
            published_at: post.published_at.map(|at| at.timestamp_millis()),
            source: names.code(connection, &post.source)?,
            channel: names.code(connection, post.channel.name())?,
            topic: names.code(connection, label.map_or("", |label| label.topic))?,
            sentiment: label.map(|label| label.sentiment),
            sentiment_label: named.unwrap_or_default() as u32,
        })
    }
}

/// Makes the revision `newest` of a known post the one figures read; `first_seen` stands in for a missing publication time.
pub(super) fn write_facts(
    connection: &Connection,
    post_id: &str,
    newest: &str,
    first_seen: i64,
    change: i64,
) -> Result<(), LedgerError> {
    connection
        .prepare_cached(
            "INSERT INTO posts (post_id, change, revision, source, channel, published_at, topic, sentiment, sentiment_label)
             SELECT post_id, ?4, id, source, channel, coalesce(published_at, ?3), topic, sentiment, sentiment_label
             FROM post_revisions WHERE post_id = ?1 AND id = ?2
             ON CONFLICT (post_id) DO UPDATE SET change = excluded.change, revision = excluded.revision,
                 source = excluded.source, channel = excluded.channel, published_at = excluded.published_at,
                 topic = excluded.topic, sentiment = excluded.sentiment, sentiment_label = excluded.sentiment_label",
        )?
        .execute((post_id, newest, first_seen, change))?;
    Ok(())
}

impl Ledger {
    /// The newest revision of a post: the record observed last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn newest_revision(&self, post: &RecordId) -> Result<Option<RecordId>, LedgerError> {
        let connection = self.store.read()?;
        let newest: Option<String> = connection
            .prepare_cached(
                "SELECT id FROM observations WHERE thing = ?1 AND slot = ''
                 ORDER BY observed_at DESC, id DESC LIMIT 1",
            )?
            .query_row([post.as_str()], |row| row.get(0))
            .optional()?;
        newest.map(|id| record_id(&id)).transpose()
    }

    /// The facts of posts, in the order asked for; unknown ids are left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn posts(&self, ids: &[RecordId]) -> Result<Vec<PostFact>, LedgerError> {
        let connection = self.store.read()?;
        let names = Names::read(&connection)?;
        let mut statement = connection.prepare_cached(
            "SELECT source, channel, published_at, topic, sentiment, sentiment_label FROM posts WHERE post_id = ?1",
        )?;
        let mut facts = Vec::with_capacity(ids.len());
        for id in ids {
            let fact = statement
                .query_row([id.as_str()], |row| {
                    let label: u32 = row.get(5)?;
                    Ok(PostFact {
                        post_id: id.clone(),
                        source: names.text(row.get(0)?).to_owned(),
                        channel: names.text(row.get(1)?).to_owned(),
                        published_at: from_millis(row.get(2)?),
                        topic: text_of(&names, row.get(3)?),
                        sentiment: row.get(4)?,
                        sentiment_label: SENTIMENTS
                            .get(label as usize)
                            .filter(|name| !name.is_empty())
                            .map(|name| (*name).into()),
                    })
                })
                .optional()?;
            facts.extend(fact);
        }
        Ok(facts)
    }
}
