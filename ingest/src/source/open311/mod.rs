//! Open311 GeoReport v2: another city's service requests as tickets.
//!
//! `start_date` and `end_date` filter when a request was made, never when it changed, and span at most 90 days. So a
//! visit asks window after window for what is new, and then again for every id that is still open. The end of the last
//! window and the open ids are remembered only once their tickets are durable. A server that does not page cuts a
//! window at 1,000 rows: a window that full is halved.

mod answer;
#[cfg(test)]
mod tests;

use super::state::{CollectState, Summary, Visit, VisitError, Visitor};
use crate::{
    clean::TicketDraft,
    fetch::{Access, Expect, FetchError, Fetched, Fetcher, Validators},
    time::{Moment, from_millis, start_of_day},
};
use answer::ServiceRequest;
use chrono::{NaiveDate, SecondsFormat, TimeDelta};
use serde::Deserialize;
use std::collections::HashSet;
use tokio::sync::mpsc;
use url::Url;

/// The specification's longest span of one question.
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(90);
/// A window this short that is still cut is told as such, and not halved again.
const SHORTEST_WINDOW: TimeDelta = TimeDelta::minutes(2);
/// Rows after which a server that does not page may have cut its answer.
const CUT_AT: usize = 1000;
/// Ids asked again in one question: keeps the address under 2,000 characters.
const IDS_TOGETHER: usize = 40;
/// Asked again beyond the last window, because requests are entered late.
const OVERLAP: TimeDelta = TimeDelta::days(1);

/// A GeoReport v2 server to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open311Config {
    /// The endpoint's address, to which `requests.json` is added, e.g. `https://api.city.example/open311/v2/`.
    pub endpoint: String,
    /// `json` or `xml`: XML is what every server speaks.
    #[serde(default)]
    pub format: Format,
    /// The city, where the server is for several.
    #[serde(default)]
    pub jurisdiction_id: Option<String>,
    /// Environment variable with the key some servers want.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// The first day of interest; 90 days before the first visit where not given.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Region its tickets count for.
    #[serde(default)]
    pub region: Option<String>,
    /// Rows asked for at once.
    #[serde(default = "hundred")]
    pub page_size: usize,
    /// Minutes between two visits.
    #[serde(default = "fifteen")]
    pub every_minutes: u64,
    /// The endpoint's own host and port may be a private or loopback address. Nothing else may.
    #[serde(default)]
    pub allow_private: bool,
}

/// How a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JSON, which most speak.
    #[default]
    Json,
    /// XML, which all must speak.
    Xml,
}

fn hundred() -> usize {
    100
}

fn fifteen() -> u64 {
    15
}

/// What is remembered of a server: the end of the last window, under a key no id can have.
const WINDOW: &str = "window";
const OPEN: &str = "open";
const CLOSED: &str = "closed";

fn id_key(id: &str) -> String {
    format!("request {id}")
}

/// Visits a server once and hands every request to `sink`. The outcome is also written to `state`.
///
/// # Errors
/// When an answer cannot be fetched or read; single requests that cannot be read are handed on as refused.
pub async fn visit(
    config: &Open311Config,
    name: &str,
    fetcher: &Fetcher,
    state: &CollectState,
    sink: &mpsc::Sender<Visit>,
) -> Result<Summary, VisitError> {
    let mut visitor = Visitor::new(name, fetcher, state, sink, Access::public());
    let began = visitor.began;
    let result = match requests(config, &mut visitor) {
        Ok(requests) => {
            let mut server = Server {
                config,
                requests,
                visitor: &mut visitor,
                seen: HashSet::new(),
            };
            server.follow(began).await
        }
        Err(error) => Err(error),
    };
    visitor.end(result)
}

/// The address of requests, with what identifies us; its host is admitted where the configuration says so.
fn requests(config: &Open311Config, visitor: &mut Visitor<'_>) -> Result<Url, VisitError> {
    let mut endpoint = Url::parse(&config.endpoint).map_err(|_| FetchError::BadUrl)?;
    if !endpoint.path().ends_with('/') {
        endpoint.set_path(&format!("{}/", endpoint.path()));
    }
    if config.allow_private {
        visitor.access = Access::private_at([&endpoint]);
    }
    let file = match config.format {
        Format::Json => "requests.json",
        Format::Xml => "requests.xml",
    };
    let mut requests = endpoint.join(file).map_err(|_| FetchError::BadUrl)?;
    let key = match &config.api_key_env {
        Some(name) => Some(std::env::var(name).map_err(|_| {
            VisitError::Config(format!("environment variable {name} with the API key is not set"))
        })?),
        None => None,
    };
    for (field, value) in [("jurisdiction_id", &config.jurisdiction_id), ("api_key", &key)] {
        if let Some(value) = value {
            requests.query_pairs_mut().append_pair(field, value);
        }
    }
    Ok(requests)
}

struct Server<'a, 'v> {
    config: &'a Open311Config,
    requests: Url,
    visitor: &'a mut Visitor<'v>,
    /// Ids met in this visit.
    seen: HashSet<String>,
}

impl Server<'_, '_> {
    async fn follow(&mut self, until: Moment) -> Result<(), VisitError> {
        let known = self.visitor.state.known(self.visitor.source, WINDOW)?;
        let remembered = known
            .and_then(|known| known.digest?.parse::<i64>().ok())
            .map(from_millis);
        let first = self.config.from.map_or(until - LONGEST_WINDOW, start_of_day);
        let mut from = remembered.map_or(first, |end| end - OVERLAP);
        let was_open = self.visitor.state.keys_marked(self.visitor.source, OPEN)?;
        while from < until {
            let mut to = until.min(from + LONGEST_WINDOW);
            while !self.window(from, to).await? {
                // Cut: to whole seconds, which is all an address can say.
                let half = from_millis((from + (to - from) / 2).timestamp() * 1000);
                if to - from <= SHORTEST_WINDOW || half <= from {
                    self.refuse("该时段的诉求超过对方一次能给出的条数，无法取全", "too_many", "")
                        .await?;
                    break;
                }
                to = half;
            }
            self.visitor
                .mark(WINDOW, to.timestamp_millis().to_string())
                .await?;
            from = to;
        }
        let again: Vec<String> = was_open
            .iter()
            .filter_map(|key| key.strip_prefix("request "))
            .filter(|id| !self.seen.contains(*id))
            .map(str::to_owned)
            .collect();
        for ids in again.chunks(IDS_TOGETHER) {
            let list = ids.join(",");
            let found = self.ask(&[("service_request_id", list.as_str())]).await?;
            self.take(found).await?;
        }
        Ok(())
    }

    /// Asks for what was requested in `from..to`, page by page; `false` when the server cut its answer.
    async fn window(&mut self, from: Moment, to: Moment) -> Result<bool, VisitError> {
        let time = |at: Moment| at.to_rfc3339_opts(SecondsFormat::Secs, false);
        let (from, to) = (time(from), time(to));
        let size = self.config.page_size.clamp(1, CUT_AT);
        let mut met: HashSet<String> = HashSet::new();
        for page in 1_usize.. {
            let (number, rows) = (page.to_string(), size.to_string());
            let question = [
                ("start_date", from.as_str()),
                ("end_date", to.as_str()),
                ("page", number.as_str()),
                ("page_size", rows.as_str()),
            ];
            let found = self.ask(&question).await?;
            let count = found.len();
            // A server that does not page gives the same rows again, and as many as it likes.
            let new = found
                .iter()
                .filter(|request| request.id().is_none_or(|id| met.insert(id.to_owned())))
                .count();
            if page > 1 && new == 0 {
                break;
            }
            if count > size && count >= CUT_AT {
                return Ok(false);
            }
            self.take(found).await?;
            // The last page, or a server that does not page.
            if count != size {
                break;
            }
        }
        Ok(true)
    }

    async fn ask(&mut self, question: &[(&str, &str)]) -> Result<Vec<ServiceRequest>, VisitError> {
        let mut url = self.requests.clone();
        url.query_pairs_mut().extend_pairs(question);
        let page = match self.visitor.fetch(&url, Expect::Feed, None).await? {
            Fetched::Page(page) => *page,
            Fetched::NotModified => return Ok(Vec::new()),
        };
        let text = page.text();
        match self.config.format {
            Format::Json => answer::json(&text),
            Format::Xml => answer::xml(&text),
        }
    }

    async fn take(&mut self, requests: Vec<ServiceRequest>) -> Result<(), VisitError> {
        for request in requests {
            let Some(id) = request.id().map(str::to_owned) else {
                // A token instead of an id: the request is not numbered yet and comes again when it is.
                if !request.has_token() {
                    self.refuse(
                        "诉求缺少编号 service_request_id",
                        "missing_field",
                        request.excerpt(),
                    )
                    .await?;
                }
                continue;
            };
            // On the border of two windows: the first time is enough.
            if !self.seen.insert(id.clone()) {
                continue;
            }
            let key = id_key(&id);
            let digest = request.digest();
            let state = if request.is_closed() { CLOSED } else { OPEN };
            let marked = format!("{state} {digest}");
            let known = self.visitor.state.known(self.visitor.source, &key)?;
            if known.is_some_and(|known| known.done && known.digest.as_deref() == Some(&marked)) {
                self.visitor.summary.unchanged += 1;
                continue;
            }
            let origin = self.origin(&id);
            match self.draft(&request, &id) {
                Ok(draft) => self.visitor.ticket(draft, &origin, &key, marked).await?,
                Err((field, reason)) => {
                    let reason = format!("{reason}（{field}）");
                    self.visitor
                        .refuse(&origin, reason, "bad_time", false, &key, Some(marked))
                        .await?;
                }
            }
        }
        Ok(())
    }

    fn draft(&self, request: &ServiceRequest, id: &str) -> Result<TicketDraft, (&'static str, &'static str)> {
        let accepted_at = request
            .time("requested_datetime")?
            .ok_or(("requested_datetime", "缺少受理时间"))?;
        let updated_at = request.time("updated_datetime")?;
        let closed_at = request.time("closed_date")?.or(updated_at);
        let resolved_at = match request.is_closed() {
            true => Some(
                closed_at
                    .ok_or(("updated_datetime", "已办结而缺少时间"))?
                    .max(accepted_at),
            ),
            false => None,
        };
        let due_at = request
            .time("expected_datetime")?
            .filter(|due| *due >= accepted_at);
        let title = request.text("service_name").or(request.text("service_code"));
        let reply = request.text("status_notes");
        Ok(TicketDraft {
            // Small numbers that every server counts for itself: the source's name keeps them apart.
            no: format!("{}-{id}", self.visitor.source),
            title: title.unwrap_or_default().to_owned(),
            body: request.text("description").unwrap_or_default().to_owned(),
            channel: Some("Open311".to_owned()),
            region: self
                .config
                .region
                .clone()
                .or(request.text("address").map(str::to_owned)),
            accepted_at: Some(accepted_at),
            unit: request.text("agency_responsible").map(str::to_owned),
            due_at,
            resolved_at,
            unresolved: resolved_at.is_none(),
            replied_at: reply
                .and(updated_at.or(resolved_at).or(Some(accepted_at)))
                .map(|at| at.max(accepted_at)),
            reply: reply.map(str::to_owned),
            ..TicketDraft::default()
        })
    }

    /// Where one request can be read, without the key.
    fn origin(&self, id: &str) -> String {
        let mut url = self.requests.clone();
        url.set_query(None);
        url.query_pairs_mut().append_pair("service_request_id", id);
        url.into()
    }

    async fn refuse(&mut self, reason: &str, code: &'static str, key: &str) -> Result<(), VisitError> {
        let mut url = self.requests.clone();
        url.set_query(None);
        let key = format!("refused {key}");
        self.visitor
            .refuse(url.as_str(), reason.to_owned(), code, false, &key, None)
            .await?;
        Ok(())
    }
}

impl Visitor<'_> {
    /// Remembers a mark under a key, after all that was handed on before.
    async fn mark(&self, key: &str, mark: String) -> Result<(), VisitError> {
        self.done_with(key, Some(mark), Validators::default()).await
    }
}
