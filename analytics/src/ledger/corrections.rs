//! What people said about labels: the material corrections are learnt from, and the texts a new model has yet to read.

use super::{
    Ledger, LedgerError, Ticket,
    history::{damaged, event, record_id},
};
use crate::label::TOPICS;
use ingest::{
    record::{Classified, Event, Record, TicketType},
    time::{Moment, from_millis},
};
use rusqlite::Rows;

/// A ticket's text with what was decided about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// 工单编号
    pub no: String,
    /// 标题
    pub title: String,
    /// 内容
    pub body: String,
    /// The type a person gave or let stand.
    pub r#type: Option<TicketType>,
    /// The topic a person gave or let stand, one of [`TOPICS`].
    pub topic: Option<String>,
}

/// Texts a model has yet to read, and where to go on.
#[derive(Debug, Default)]
pub struct Unread {
    /// The `accepted` and `amended` events that carry them.
    pub texts: Vec<Record>,
    /// Passed to the next call.
    pub next: i64,
}

impl Ledger {
    /// Every ticket a person classified, by number, with the last type and the last topic a person gave, in the order in
    /// which the ticket's own label comes about. Blocking; reads all events once.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn judged(&self) -> Result<Vec<Judged>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare(
            "SELECT e.ticket, e.payload FROM events AS e
             WHERE e.kind = 'classified' AND substr(e.actor, 1, 5) = 'user:'
             ORDER BY e.ticket, e.occurred_at,
                      (SELECT min(o.observed_at) FROM observations AS o WHERE o.thing = e.ticket AND o.id = e.id), e.id",
        )?;
        let mut rows = statement.query([])?;
        let mut judged: Vec<Judged> = Vec::new();
        while let Some(row) = rows.next()? {
            let (no, payload): (String, String) = (row.get(0)?, row.get(1)?);
            let Event::Classified(Classified { r#type, topic, .. }) =
                event(&payload).ok_or_else(|| damaged("of a label"))?.event
            else {
                continue;
            };
            let topic = topic.filter(|topic| TOPICS.contains(&topic.as_str()));
            match judged.last_mut() {
                Some(last) if last.no == no => {
                    last.r#type = r#type.or(last.r#type);
                    last.topic = topic.or(last.topic.take());
                }
                _ => judged.push(Judged {
                    no,
                    r#type,
                    topic,
                    ..nobody()
                }),
            }
        }
        drop(rows);
        drop(statement);
        drop(connection);
        self.with_texts(judged, |_, _| {})
    }

    /// At most `limit` dispatched tickets a model labelled and no person classified, with the type and topic they have: a
    /// feed gave them, or people saw the model's own and let it stand. Chosen by a hash of the number, so that the choice
    /// is the same every time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn let_stand(&self, limit: usize) -> Result<Vec<Judged>, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare(
            "SELECT no FROM tickets AS t WHERE type <> 0 AND dispatched_at IS NOT NULL
             AND EXISTS (SELECT 1 FROM events AS e WHERE e.ticket = t.no AND e.labelled_by IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.ticket = t.no AND e.kind = 'classified'
                             AND substr(e.actor, 1, 5) = 'user:')",
        )?;
        let mut rows = statement.query([])?;
        // A heap of the smallest hashes: a ledger of a million tickets needs no list of a million numbers.
        let mut chosen = std::collections::BinaryHeap::new();
        while let Some(row) = rows.next()? {
            let no: String = row.get(0)?;
            let rank = *blake3::hash(no.as_bytes()).as_bytes();
            chosen.push((rank, no));
            if chosen.len() > limit {
                chosen.pop();
            }
        }
        drop(rows);
        drop(statement);
        drop(connection);
        let chosen = chosen.into_sorted_vec();
        let chosen = chosen.into_iter().map(|(_, no)| Judged { no, ..nobody() });
        self.with_texts(chosen.collect(), |one, ticket| {
            one.r#type = ticket.r#type;
            one.topic = ticket
                .topic
                .clone()
                .filter(|topic| TOPICS.contains(&topic.as_str()));
        })
    }

    /// Fills in the texts as they stand today and what `add` takes of a ticket; one without text teaches nothing.
    fn with_texts(
        &self,
        mut judged: Vec<Judged>,
        add: impl Fn(&mut Judged, &Ticket),
    ) -> Result<Vec<Judged>, LedgerError> {
        for part in judged.chunks_mut(1000) {
            let numbers: Vec<String> = part.iter().map(|one| one.no.clone()).collect();
            for ticket in self.tickets(&numbers)? {
                if let Some(one) = part.iter_mut().find(|one| one.no == ticket.no) {
                    add(one, &ticket);
                    one.title = ticket.title;
                    one.body = ticket.body;
                }
            }
        }
        judged.retain(|one| !(one.title.is_empty() && one.body.is_empty()));
        Ok(judged)
    }

    /// The next at most `limit` texts that no model has labelled: what a replay or a crash left over. `after` is 0 at first,
    /// then [`Unread::next`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unlabelled(&self, after: i64, limit: usize) -> Result<Unread, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT e.rowid, e.id, e.payload,
                    (SELECT min(o.observed_at) FROM observations AS o WHERE o.thing = e.ticket AND o.id = e.id)
             FROM events AS e WHERE e.text = 1 AND e.labelled_by IS NULL AND e.rowid > ?1
             ORDER BY e.rowid LIMIT ?2",
        )?;
        unread(statement.query((after, limit as i64))?, after)
    }

    /// When the newest label of a model was observed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(crate) fn newest_label(&self) -> Result<Option<Moment>, LedgerError> {
        let newest: Option<i64> = self.store.read()?.query_row(
            "SELECT max(o.observed_at) FROM events AS l JOIN observations AS o ON o.thing = l.ticket AND o.id = l.id
             WHERE l.label_of IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        Ok(newest.map(from_millis))
    }

    /// The next at most `limit` texts whose newest model label is not `actor`'s (`model:<hash>`). Tickets a person
    /// classified are passed over: no model speaks over a person. `after` is 0 at first, then [`Unread::next`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unread_by(&self, actor: &str, after: i64, limit: usize) -> Result<Unread, LedgerError> {
        let connection = self.store.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT e.rowid, e.id, e.payload,
                    (SELECT min(o.observed_at) FROM observations AS o WHERE o.thing = e.ticket AND o.id = e.id)
             FROM events AS e WHERE e.text = 1 AND e.rowid > ?2
             AND (SELECT l.actor FROM events AS l JOIN observations AS o ON o.id = l.id AND o.thing = l.ticket
                  WHERE l.label_of = e.id ORDER BY o.observed_at DESC, l.id DESC LIMIT 1) IS NOT ?1
             AND NOT EXISTS (SELECT 1 FROM events AS h WHERE h.ticket = e.ticket AND h.kind = 'classified'
                             AND substr(h.actor, 1, 5) = 'user:')
             ORDER BY e.rowid LIMIT ?3",
        )?;
        unread(statement.query((actor, after, limit as i64))?, after)
    }
}

/// Rows of number, id, event and when it was seen first; those before `after` were read earlier.
fn unread(mut rows: Rows<'_>, after: i64) -> Result<Unread, LedgerError> {
    let mut unread = Unread {
        texts: Vec::new(),
        next: after,
    };
    while let Some(row) = rows.next()? {
        let (id, payload): (String, String) = (row.get(1)?, row.get(2)?);
        unread.next = row.get(0)?;
        let event = event(&payload).ok_or_else(|| damaged(&id))?;
        let observed_at = from_millis(row.get(3)?);
        unread
            .texts
            .push(Record::of_event(record_id(&id)?, observed_at, event));
    }
    Ok(unread)
}

fn nobody() -> Judged {
    Judged {
        no: String::new(),
        title: String::new(),
        body: String::new(),
        r#type: None,
        topic: None,
    }
}
