//! The post frame: one row a post, by its newest revision.

use super::{FrameError, columns::Columns, ticket::day};
use polars::prelude::DataFrame;
use rusqlite::Connection;

/// One row of `posts`.
pub(super) struct PostRow {
    row: u32,
    source: u32,
    channel: u32,
    published_at: i64,
    topic: u32,
    sentiment: u32,
}

pub(super) static COLUMNS: Columns<PostRow> = Columns {
    numbers: &[
        ("row", |post| post.row),
        ("source", |post| post.source),
        ("channel", |post| post.channel),
        ("topic", |post| post.topic),
        ("sentiment", |post| post.sentiment),
    ],
    days: &[("day", |post| day(post.published_at))],
    times: &[("published_at", |post| Some(post.published_at))],
    flags: &[],
};

/// The posts changed after transaction `change`.
pub(super) fn changed(connection: &Connection, change: i64) -> Result<DataFrame, FrameError> {
    let mut statement = connection.prepare_cached(
        "SELECT row, source, channel, published_at, topic, sentiment_label FROM posts WHERE change > ?1",
    )?;
    let mut rows = statement.query([change])?;
    let mut builder = COLUMNS.builder(0);
    while let Some(row) = rows.next()? {
        builder.push(&PostRow {
            row: row.get(0)?,
            source: row.get(1)?,
            channel: row.get(2)?,
            published_at: row.get(3)?,
            topic: row.get(4)?,
            sentiment: row.get(5)?,
        });
    }
    Ok(builder.finish()?)
}
