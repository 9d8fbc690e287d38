//! What the tests of ledger, frames and metrics share: a ledger in a temporary folder, and short ways to say events.

use super::{Applied, Labelled, Ledger};
use crate::{
    deadline::{Calendar, Rules},
    label::PostLabel,
};
use ingest::{
    log::{Checkpoint, Entry, Topic},
    record::{
        Accepted, Body, CalledBack, Classified, Event, Medium, Post, Record, RecordId, TicketEvent,
        TicketType,
    },
    time::{Moment, parse},
};
use std::{path::PathBuf, sync::LazyLock};
use tempfile::TempDir;

/// A ledger and the log position it has reached.
pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) ledger: Ledger,
    pub(crate) checkpoint: Checkpoint,
}

/// Rules that give no deadline of their own: only what the feed says counts.
pub(crate) fn feed_only() -> Rules {
    static RULES: LazyLock<Rules> =
        LazyLock::new(|| Rules::load("", "test", Calendar::embedded().unwrap()).unwrap());
    RULES.clone()
}

/// The rules shipped with the program.
pub(crate) fn shipped() -> Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::embedded().unwrap());
    RULES.clone()
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(feed_only())
    }

    pub(crate) fn with(rules: Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite"), rules).unwrap();
        Self {
            folder,
            ledger,
            checkpoint: Checkpoint::default(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    /// The records as the next entries of the log.
    pub(crate) fn entries(&mut self, records: &[Record]) -> Vec<Labelled> {
        let entries = records.iter().map(|record| {
            let topic = Topic::of(record);
            let entry = Entry {
                topic,
                partition: 0,
                offset: self.checkpoint.next(topic, 0),
                record: Ok(record.clone()),
            };
            self.checkpoint.advance(&entry);
            Labelled { entry, label: None }
        });
        entries.collect()
    }

    pub(crate) fn apply(&mut self, records: &[Record]) -> Applied {
        let batch = self.entries(records);
        self.ledger.apply(&batch, &[], &self.checkpoint).unwrap()
    }

    pub(crate) fn apply_post(&mut self, record: &Record, label: Option<PostLabel>) -> Applied {
        let mut batch = self.entries(std::slice::from_ref(record));
        batch[0].label = label;
        self.ledger.apply(&batch, &[], &self.checkpoint).unwrap()
    }
}

/// A civil time in Asia/Shanghai.
pub(crate) fn at(text: &str) -> Moment {
    parse(text).unwrap()
}

/// An event of a feed, seen when it happened.
pub(crate) fn event(no: &str, when: &str, event: Event) -> Record {
    by("feed:hotline", "hotline", no, when, when, event, false)
}

/// What a person did on the dashboard.
pub(crate) fn click(no: &str, when: &str, event: Event) -> Record {
    by("user:local", "dispatcher", no, when, when, event, false)
}

/// A cell of an export seen at `seen`.
pub(crate) fn cell(no: &str, seen: &str, when: &str, event: Event) -> Record {
    by("feed:hotline", "hotline", no, seen, when, event, true)
}

pub(crate) fn by(
    actor: &str,
    source: &str,
    no: &str,
    seen: &str,
    when: &str,
    event: Event,
    snapshot: bool,
) -> Record {
    let event = TicketEvent {
        no: no.into(),
        source: source.into(),
        actor: actor.into(),
        occurred_at: at(when),
        snapshot,
        key: None,
        attachments: Vec::new(),
        event,
    };
    Record::new(Body::Ticket(event), at(seen))
}

pub(crate) fn accepted(body: &str, due: Option<&str>) -> Event {
    Event::Accepted(Accepted {
        title: "路灯".into(),
        body: body.into(),
        channel: Some("电话".into()),
        region: Some("东区".into()),
        urgency: None,
        caller: None,
        due_at: due.map(at),
    })
}

pub(crate) fn dispatched(unit: &str) -> Event {
    Event::Dispatched {
        unit: unit.into(),
        due_at: None,
    }
}

pub(crate) fn resolved() -> Event {
    Event::Resolved {
        result: "已修复".into(),
        direct: false,
        withdrawn: false,
    }
}

pub(crate) fn reason(text: &str) -> String {
    text.into()
}

pub(crate) fn called_back(reached: bool, solved: Option<bool>, satisfied: Option<bool>) -> Event {
    Event::CalledBack(CalledBack {
        reached,
        solved,
        satisfied,
    })
}

pub(crate) fn typed(kind: TicketType) -> Event {
    Event::Classified(Classified {
        r#type: Some(kind),
        ..Classified::default()
    })
}

/// A model's label of the text of `of`.
pub(crate) fn model_label(of: &Record, kind: TicketType, abstained: bool) -> Record {
    let Body::Ticket(text) = &of.body else {
        panic!("not a ticket event")
    };
    let classified = Classified {
        r#type: Some(kind),
        topic: Some("环境保护".into()),
        confidence: Some(0.75),
        abstained,
        topic_confidence: Some(0.5),
        sentiment: Some(-0.5),
        of: Some(of.id.clone()),
        ..Classified::default()
    };
    let event = TicketEvent {
        no: text.no.clone(),
        source: "model".into(),
        actor: "model:0123".into(),
        occurred_at: text.occurred_at,
        snapshot: false,
        key: None,
        attachments: Vec::new(),
        event: Event::Classified(classified),
    };
    Record::new(Body::Ticket(event), of.observed_at)
}

pub(crate) fn post(native_id: &str, body: &str, published: Option<&str>, seen: &str) -> Record {
    let post = Post {
        post_id: RecordId::of(&[b"post", b"forum", native_id.as_bytes()]),
        native_id: native_id.into(),
        source: "forum".into(),
        channel: Medium::Forum,
        url: None,
        title: String::new(),
        body: body.into(),
        author: None,
        source_name: None,
        published_at: published.map(at),
        region: None,
        engagement: Default::default(),
    };
    Record::new(Body::Post(post), at(seen))
}

pub(crate) fn sentiment(label: &'static str, topic: &'static str) -> PostLabel {
    PostLabel {
        region: None,
        flags: Vec::new(),
        topic,
        sentiment: 0.0,
        sentiment_label: label,
    }
}
