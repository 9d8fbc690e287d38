//! One visit to a source over HTTP: what it brings, what is to be confirmed, how it is counted.

use super::{CollectState, MAX_TRIES, StateError};
use crate::{
    clean::{Draft, PostDraft, Refusal, TicketDraft},
    fetch::{Access, Expect, FetchError, Fetched, Fetcher, Request, Validators},
    record::Place,
    source::Collected,
    time::{Moment, now},
};
use tokio::sync::mpsc;
use url::Url;

/// After so many hosts in a row that do not answer, the visit ends: asking on would only use up the tries of pages
/// that are well.
pub(super) const MAX_SILENT: u32 = 3;

/// Some drafts of one source, and what may be marked as done once they are durable on the log.
///
/// Visits of one source must be appended and confirmed in the order they come.
#[derive(Debug)]
pub struct Visit {
    /// The drafts; none when there is only something to confirm.
    pub collected: Vec<Collected>,
    /// For [`CollectState::confirm`], after the append.
    pub confirm: Confirm,
}

/// What is done once the drafts that came with it are durable.
#[derive(Debug, Clone, Default)]
pub struct Confirm {
    pub(super) source: String,
    pub(super) pages: Vec<(String, Option<String>, Validators)>,
}

impl Confirm {
    /// Nothing of this source yet.
    pub fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            pages: Vec::new(),
        }
    }

    /// A page or item by its key, with a digest of its content and what to ask with next time.
    pub fn add(&mut self, key: &str, digest: Option<String>, validators: Validators) {
        self.pages.push((key.to_owned(), digest, validators));
    }
}

/// What a visit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Pages and feeds fetched.
    pub fetched: u64,
    /// Posts handed on.
    pub yielded: u64,
    /// Items handed on as refused.
    pub refused: u64,
    /// Items and pages that were as before.
    pub unchanged: u64,
}

/// Why a visit ended early. What it brought until then stands.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The feed or the first list page could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The feed is none, or larger than a feed may be.
    #[error("feed cannot be read: {0}")]
    Feed(&'static str),
    /// A selector or pattern of the configuration is wrong.
    #[error("source configuration is wrong: {0}")]
    Config(String),
    /// What was seen could not be looked up or written down.
    #[error(transparent)]
    State(#[from] StateError),
    /// The receiver of drafts is gone: the program is stopping.
    #[error("nobody takes the drafts")]
    Closed,
}

impl VisitError {
    /// Machine name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::Feed(_) => "feed",
            Self::Config(_) => "config",
            Self::State(_) => "state",
            Self::Closed => "closed",
        }
    }
}

/// One running visit.
pub(in crate::source) struct Visitor<'a> {
    pub(in crate::source) source: &'a str,
    pub(in crate::source) fetcher: &'a Fetcher,
    pub(in crate::source) state: &'a CollectState,
    pub(in crate::source) access: Access,
    pub(in crate::source) summary: Summary,
    pub(in crate::source) began: Moment,
    sink: &'a mpsc::Sender<Visit>,
    pub(super) silent: u32,
}

impl<'a> Visitor<'a> {
    pub(in crate::source) fn new(
        source: &'a str,
        fetcher: &'a Fetcher,
        state: &'a CollectState,
        sink: &'a mpsc::Sender<Visit>,
        access: Access,
    ) -> Self {
        Self {
            source,
            fetcher,
            state,
            access,
            summary: Summary::default(),
            began: now(),
            sink,
            silent: 0,
        }
    }

    /// Ends the visit: writes down how it went, and gives what it did.
    pub(in crate::source) fn end(self, result: Result<(), VisitError>) -> Result<Summary, VisitError> {
        let error = result.as_ref().err().map(VisitError::code);
        self.state.visited(self.source, self.began, self.summary, error)?;
        result.map(|()| self.summary)
    }

    /// Fetches a feed or list page, conditionally where it is known.
    pub(in crate::source) async fn fetch(
        &mut self,
        url: &Url,
        expect: Expect,
        validators: Option<&Validators>,
    ) -> Result<Fetched, FetchError> {
        self.summary.fetched += 1;
        let request = Request {
            url,
            expect,
            access: &self.access,
            validators,
        };
        self.fetcher.fetch(&request).await
    }

    /// Whether it makes sense to ask for more pages in this visit.
    pub(in crate::source) fn goes_on(&self) -> bool {
        self.silent < MAX_SILENT
    }

    /// Hands a post on; `key` is done when it is durable.
    pub(in crate::source) async fn post(
        &mut self,
        post: PostDraft,
        key: &str,
        digest: Option<String>,
        validators: Validators,
    ) -> Result<(), VisitError> {
        let mut confirm = Confirm::new(self.source);
        confirm.add(key, digest, validators);
        self.post_with(post, confirm).await
    }

    /// Hands a post on; what `confirm` names is done when it is durable.
    pub(in crate::source) async fn post_with(
        &mut self,
        post: PostDraft,
        confirm: Confirm,
    ) -> Result<(), VisitError> {
        self.summary.yielded += 1;
        let origin = post.url.clone().unwrap_or_else(|| post.native_id.clone());
        let place = Place {
            origin,
            ..Place::default()
        };
        let collected = Collected {
            draft: Draft::Post(post),
            place,
            observed_at: now(),
        };
        self.send(vec![collected], confirm).await
    }

    /// Hands a ticket on, read at `origin`; `key` is done with `digest` when it is durable.
    pub(in crate::source) async fn ticket(
        &mut self,
        ticket: TicketDraft,
        origin: &str,
        key: &str,
        digest: String,
    ) -> Result<(), VisitError> {
        self.summary.yielded += 1;
        let place = Place {
            origin: origin.to_owned(),
            ..Place::default()
        };
        let collected = Collected {
            draft: Draft::Ticket(Box::new(ticket)),
            place,
            observed_at: now(),
        };
        let mut confirm = Confirm::new(self.source);
        confirm.add(key, Some(digest), Validators::default());
        self.send(vec![collected], confirm).await
    }

    /// Hands on drafts as they were read; `key` is done with `digest` when all of them are durable.
    pub(in crate::source) async fn hand_on(
        &mut self,
        collected: Vec<Collected>,
        key: &str,
        digest: String,
    ) -> Result<(), VisitError> {
        let refused = collected
            .iter()
            .filter(|collected| matches!(collected.draft, Draft::Refused(_)))
            .count() as u64;
        self.summary.refused += refused;
        self.summary.yielded += collected.len() as u64 - refused;
        let mut confirm = Confirm::new(self.source);
        confirm.add(key, Some(digest), Validators::default());
        self.send(collected, confirm).await
    }

    /// Hands a refusal on. A failure that may pass is tried again at later visits, but not for ever; says whether
    /// it will be.
    pub(in crate::source) async fn refuse(
        &mut self,
        url: &str,
        reason: String,
        code: &'static str,
        passing: bool,
        key: &str,
        digest: Option<String>,
    ) -> Result<bool, VisitError> {
        self.summary.refused += 1;
        let again = passing && self.state.failed(self.source, key)? < MAX_TRIES;
        if !again {
            self.state.refused(self.source, key)?;
        }
        let place = Place {
            origin: url.to_owned(),
            ..Place::default()
        };
        let refusal = Refusal {
            place,
            reason,
            code,
            excerpt: String::new(),
        };
        let mut confirm = Confirm::new(self.source);
        if !again {
            confirm.add(key, digest, Validators::default());
        }
        self.send(vec![Collected::refused(refusal, now())], confirm)
            .await?;
        Ok(again)
    }

    /// Hands on something to confirm, after all that was handed on before.
    pub(in crate::source) async fn done(&self, key: &str, validators: Validators) -> Result<(), VisitError> {
        self.done_with(key, None, validators).await
    }

    /// As [`Self::done`], with a digest to remember.
    pub(in crate::source) async fn done_with(
        &self,
        key: &str,
        digest: Option<String>,
        validators: Validators,
    ) -> Result<(), VisitError> {
        let mut confirm = Confirm::new(self.source);
        confirm.add(key, digest, validators);
        self.send(Vec::new(), confirm).await
    }

    async fn send(&self, collected: Vec<Collected>, confirm: Confirm) -> Result<(), VisitError> {
        self.sink
            .send(Visit { collected, confirm })
            .await
            .map_err(|_| VisitError::Closed)
    }
}
