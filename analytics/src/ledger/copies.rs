//! Prints of posts, and which post is a copy of which.
//!
//! Prints are written with the batch that brings a post. Copies are judged apart, once the log is caught up with
//! ([`Ledger::judge_copies`]): from the first post on whose print changed, in order, so that the outcome is that of all
//! posts judged in order, whatever the batches were.

use super::{
    Ledger, LedgerError,
    apply::Sight,
    history::{damaged, record_id},
    names::Names,
    read::{meta, set_meta},
    store::Writer,
};
use crate::copies::{Founder, Place, Print, Rule, Shelves, likeness};
use ingest::{
    record::RecordId,
    time::{Moment, from_millis},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

/// Posts judged in one transaction: a few tenths of a second in which nobody else writes.
const CHUNK: usize = 20_000;
/// Name of the place of the first post not judged yet; there is none while all are.
const UNJUDGED: &str = "copies_unjudged";
/// Name of the rule they were judged by.
const RULE: &str = "copies_rule";
/// Raised when the judgement of equal prints changes: all are judged again.
const JUDGEMENT: u32 = 1;

/// A story told by several posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Story {
    /// Its first source: the post published first, of equals the one with the smaller id.
    pub first: RecordId,
    /// Posts that are not the first.
    pub copies: u64,
    /// The posts, by time of publication; the first at the head.
    pub posts: Vec<Copy>,
}

/// A post of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copy {
    /// Post id.
    pub post_id: RecordId,
    /// Configured source.
    pub source: String,
    /// Medium.
    pub channel: String,
    /// Publication, else first observation.
    pub published_at: Moment,
}

/// Keeps the print of a post's newest text. `text` is that revision where it changed; `new` is the row of a post that was
/// not known. Gives the place from which on copies have to be judged again.
pub(super) fn keep(
    connection: &Connection,
    post_id: &str,
    new: Option<i64>,
    seen_at: i64,
    text: Option<&Sight<'_>>,
) -> Result<Option<Place>, LedgerError> {
    let tie = tie(post_id);
    let print = text.and_then(|sight| sight.print);
    if let (Some(row), Some(sight)) = (new, text) {
        let Some(print) = print else { return Ok(None) };
        let published_at = sight
            .post
            .published_at
            .map_or(seen_at, |at| at.timestamp_millis());
        write(connection, row, (seen_at, tie), published_at, &print.bytes())?;
        return Ok(Some((seen_at, tie)));
    }
    let (row, published_at): (i64, i64) = connection
        .prepare_cached("SELECT row, published_at FROM posts WHERE post_id = ?1")?
        .query_row([post_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let held: Option<(i64, i64, Vec<u8>)> = connection
        .prepare_cached("SELECT seen_at, published_at, print FROM prints WHERE post = ?1")?
        .query_row([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let bytes = match text {
        Some(_) => print.map(Print::bytes),
        None => held.as_ref().map(|(.., bytes)| bytes.clone()),
    };
    let was = held.as_ref().map(|(seen_at, ..)| (*seen_at, tie));
    match bytes {
        None if held.is_none() => return Ok(None),
        None => {
            connection
                .prepare_cached("DELETE FROM prints WHERE post = ?1")?
                .execute([row])?;
            connection
                .prepare_cached("DELETE FROM copies WHERE post = ?1")?
                .execute([row])?;
            return Ok(was);
        }
        Some(bytes) => {
            let now = (seen_at, published_at, bytes);
            if held.as_ref() == Some(&now) {
                return Ok(None);
            }
            write(connection, row, (seen_at, tie), published_at, &now.2)?;
        }
    }
    Ok(was.into_iter().chain([(seen_at, tie)]).min())
}

fn write(
    connection: &Connection,
    row: i64,
    place: Place,
    published_at: i64,
    print: &[u8],
) -> Result<(), LedgerError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO prints (post, seen_at, tie, published_at, print) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![row, place.0, place.1, published_at, print])?;
    Ok(())
}

/// The first bytes of a post id as a number.
fn tie(post_id: &str) -> i64 {
    let digits = post_id.get(..16).unwrap_or(post_id);
    u64::from_str_radix(digits, 16).unwrap_or_default().cast_signed()
}

/// Remembers that copies have to be judged from `place` on.
pub(super) fn mark(connection: &Connection, place: Option<Place>) -> Result<(), LedgerError> {
    let Some(place) = place else { return Ok(()) };
    if unjudged(connection)?.is_none_or(|held| place < held) {
        set_meta(connection, UNJUDGED, &format!("{} {}", place.0, place.1))?;
    }
    Ok(())
}

fn unjudged(connection: &Connection) -> Result<Option<Place>, LedgerError> {
    let Some(stored) = meta(connection, UNJUDGED)? else {
        return Ok(None);
    };
    let place = stored
        .split_once(' ')
        .and_then(|(seen_at, tie)| Some((seen_at.parse().ok()?, tie.parse().ok()?)));
    place
        .map(Some)
        .ok_or_else(|| LedgerError::Damaged("place of copies".into()))
}

impl Ledger {
    /// Judges which posts are copies, from the first on whose text is new; gives how many were judged. All are judged
    /// again when `rule` is not the one of the last time.
    ///
    /// # Errors
    /// When the ledger cannot be read or written; what was judged before stays, and the rest is judged the next time.
    pub fn judge_copies(&self, rule: &Rule) -> Result<usize, LedgerError> {
        let mut judged = 0;
        loop {
            let mut writer = self.store.write()?;
            let Writer {
                connection, shelves, ..
            } = &mut *writer;
            let part = judge(connection, shelves, rule);
            if part.is_err() {
                // What was taken in since is not in the ledger.
                *shelves = Shelves::default();
            }
            let part = part?;
            judged += part;
            if part < CHUNK {
                return Ok(judged);
            }
        }
    }

    /// Whether all posts are judged.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn copies_judged(&self) -> Result<bool, LedgerError> {
        Ok(unjudged(&*self.store.read()?)?.is_none())
    }

    /// For each post the story it belongs to, as a number good for comparing only; `None` for a post without copies.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn stories<'a>(
        &self,
        posts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Option<i64>>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT coalesce((SELECT story FROM copies WHERE post = row),
                 CASE WHEN EXISTS (SELECT 1 FROM copies WHERE story = row) THEN row END)
             FROM posts WHERE post_id = ?1",
        )?;
        posts
            .into_iter()
            .map(|post| {
                let story: Option<Option<i64>> = statement.query_row([post], |row| row.get(0)).optional()?;
                Ok(story.flatten())
            })
            .collect()
    }

    /// The story of a post with its first source and, by time, at most `limit` of its posts; `None` for a post without
    /// copies.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn story(&self, post: &RecordId, limit: usize) -> Result<Option<Story>, LedgerError> {
        let Some(Some(story)) = self.stories([post.as_str()])?.pop() else {
            return Ok(None);
        };
        let connection = self.store.read()?;
        let transaction = connection.unchecked_transaction()?;
        let names = Names::read(&transaction)?;
        let copies: i64 = transaction
            .prepare_cached("SELECT count(*) FROM copies WHERE story = ?1")?
            .query_row([story], |row| row.get(0))?;
        let mut statement = transaction.prepare_cached(
            "SELECT post_id, source, channel, published_at FROM posts
             WHERE row = ?1 OR row IN (SELECT post FROM copies WHERE story = ?1)
             ORDER BY published_at, post_id LIMIT ?2",
        )?;
        let mut rows = statement.query((story, limit.max(1) as i64))?;
        let mut posts = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            posts.push(Copy {
                post_id: record_id(&id)?,
                source: names.text(row.get(1)?).to_owned(),
                channel: names.text(row.get(2)?).to_owned(),
                published_at: from_millis(row.get(3)?),
            });
        }
        Ok(posts
            .first()
            .map(|first| first.post_id.clone())
            .map(|first| Story {
                first,
                copies: copies.unsigned_abs(),
                posts,
            }))
    }

    /// How many posts are copies of another.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn copies(&self) -> Result<u64, LedgerError> {
        let connection = self.store.read()?;
        let count: i64 = connection
            .prepare_cached("SELECT count(*) FROM copies")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// Judges the next posts in one transaction.
fn judge(connection: &mut Connection, shelves: &mut Shelves, rule: &Rule) -> Result<usize, LedgerError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let named = format!("{JUDGEMENT} {} {}", rule.window_days, rule.likeness);
    let mut from = unjudged(&transaction)?;
    if meta(&transaction, RULE)?.as_ref() != Some(&named) {
        transaction.execute("DELETE FROM copies", [])?;
        set_meta(&transaction, RULE, &named)?;
        from = Some((i64::MIN, i64::MIN));
        *shelves = Shelves::default();
    }
    let Some(from) = from else { return Ok(0) };
    shelves.rewind(from);
    let judging = Judging {
        connection: &transaction,
        rule,
    };
    let rows: Vec<(Founder, i64, Vec<u8>, Option<i64>)> = transaction
        .prepare_cached(
            "SELECT post, seen_at, tie, published_at, print, (SELECT story FROM copies WHERE copies.post = prints.post)
             FROM prints WHERE (seen_at, tie) >= (?1, ?2) ORDER BY seen_at, tie LIMIT ?3",
        )?
        .query_map((from.0, from.1, CHUNK as i64), |row| {
            let founder = Founder {
                post: row.get(0)?,
                place: (row.get(1)?, row.get(2)?),
            };
            Ok((founder, row.get(3)?, row.get(4)?, row.get(5)?))
        })?
        .collect::<Result<_, _>>()?;
    for (post, published_at, bytes, held) in &rows {
        let print = Print::read(bytes).ok_or_else(unreadable)?;
        let window = rule.window(*published_at);
        let story = judging.story(shelves, *post, window, &print)?;
        if story != *held {
            judging.write(post.post, story)?;
        }
        if story.is_none() {
            shelves.take(window, *post, &print);
        }
    }
    match rows.last().filter(|_| rows.len() == CHUNK) {
        // One further than the last: no two posts stand at one place.
        Some((last, ..)) => set_meta(
            &transaction,
            UNJUDGED,
            &format!("{} {}", last.place.0, last.place.1.saturating_add(1)),
        )?,
        None => drop(transaction.execute("DELETE FROM meta WHERE key = ?1", [UNJUDGED])?),
    }
    transaction.commit()?;
    Ok(rows.len())
}

fn unreadable() -> LedgerError {
    damaged("print")
}

/// Judging at work in one transaction.
struct Judging<'a> {
    connection: &'a Connection,
    rule: &'a Rule,
}

impl Judging<'_> {
    /// The founder a post is a copy of; all posts that stand before it have been judged.
    fn story(
        &self,
        shelves: &mut Shelves,
        post: Founder,
        window: i64,
        print: &Print,
    ) -> Result<Option<i64>, LedgerError> {
        let windows = [window - 1, window, window + 1];
        for window in windows {
            if !shelves.holds(window) {
                let founders = self.founders(window, post.place)?;
                shelves.read(window, founders);
            }
        }
        let mut best: Option<(f32, i64)> = None;
        for founder in shelves.candidates(windows, print) {
            let alike = likeness(&self.print(founder.post)?, print, self.rule.likeness);
            // Of equals the one seen first.
            if let Some(alike) = alike.filter(|alike| best.is_none_or(|(most, _)| *alike > most)) {
                best = Some((alike, founder.post));
            }
        }
        Ok(best.map(|(_, story)| story))
    }

    fn write(&self, post: i64, story: Option<i64>) -> Result<(), LedgerError> {
        match story {
            Some(story) => self
                .connection
                .prepare_cached("INSERT OR REPLACE INTO copies (post, story) VALUES (?1, ?2)")?
                .execute((post, story))?,
            None => self
                .connection
                .prepare_cached("DELETE FROM copies WHERE post = ?1")?
                .execute([post])?,
        };
        Ok(())
    }

    /// The founders of a window that stand before `place`, in order.
    fn founders(&self, window: i64, place: Place) -> Result<Vec<(Founder, Print)>, LedgerError> {
        let length = i64::from(self.rule.window_days.max(1)) * 86_400_000;
        let mut statement = self.connection.prepare_cached(
            "SELECT post, seen_at, tie, print FROM prints
             WHERE published_at >= ?1 AND published_at < ?2 AND (seen_at, tie) < (?3, ?4)
                 AND NOT EXISTS (SELECT 1 FROM copies WHERE copies.post = prints.post)
             ORDER BY seen_at, tie",
        )?;
        let begin = window.saturating_mul(length);
        let mut rows = statement.query((begin, begin.saturating_add(length), place.0, place.1))?;
        let mut founders = Vec::new();
        while let Some(row) = rows.next()? {
            let founder = Founder {
                post: row.get(0)?,
                place: (row.get(1)?, row.get(2)?),
            };
            founders.push((
                founder,
                Print::read(row.get_ref(3)?.as_blob().unwrap_or_default()).ok_or_else(unreadable)?,
            ));
        }
        Ok(founders)
    }

    fn print(&self, post: i64) -> Result<Print, LedgerError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT print FROM prints WHERE post = ?1")?;
        let print = statement.query_row([post], |row| {
            Ok(Print::read(row.get_ref(0)?.as_blob().unwrap_or_default()))
        })?;
        print.ok_or_else(unreadable)
    }
}
