//! Answers as servers give them, and a loopback server that is asked visit after visit.

use super::*;
use crate::{clean::Draft, fetch::FetchConfig};
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

#[test]
fn xml_and_json_say_the_same() {
    let xml = answer::xml(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><service_request_id>7</service_request_id>
         <status>open</status><description>井盖 &lt;松动&gt; &#20117;<![CDATA[&盖]]></description><address_id/>
         <requested_datetime>2024-03-10T08:00:00+08:00</requested_datetime></request></service_requests>",
    )
    .unwrap();
    let json = answer::json(
        r#"[{"service_request_id":7,"status":"open","description":"井盖 <松动> 井&盖","address_id":null,
            "requested_datetime":"2024-03-10T08:00:00+08:00","media":[1]}]"#,
    )
    .unwrap();
    for field in [
        "service_request_id",
        "status",
        "description",
        "requested_datetime",
        "address_id",
    ] {
        assert_eq!(xml[0].text(field), json[0].text(field), "{field}");
    }
    assert!(!xml[0].is_closed());
    for broken in ["", "<html><body>", "<service_requests><request>", "<a/>"] {
        assert!(answer::xml(broken).is_err(), "{broken}");
    }
    for broken in ["", "{}", "[1]", "null"] {
        assert!(answer::json(broken).is_err(), "{broken}");
    }
}

/// A client without pauses.
fn fetcher() -> Fetcher {
    let config = FetchConfig {
        per_host_delay_ms: 0,
        retries: 0,
        ..FetchConfig::default()
    };
    Fetcher::new(config).unwrap()
}

/// Requests by id: when requested, when updated (empty: open).
type Held = Arc<Mutex<BTreeMap<u32, (String, String)>>>;

/// The questions a server was asked.
type Asked = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

struct City {
    held: Held,
    asked: Asked,
    config: Open311Config,
    state: CollectState,
}

impl City {
    async fn new(pages: bool) -> Self {
        let held = Held::default();
        let asked: Asked = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/v2", listener.local_addr().unwrap());
        let shared = (Arc::clone(&held), Arc::clone(&asked));
        let answer = move |State((held, asked)): State<(Held, Asked)>,
                           Query(question): Query<BTreeMap<String, String>>| async move {
            let held = held.lock().unwrap().clone();
            let time = |text: &str| crate::time::parse(text).unwrap();
            let mut rows: Vec<_> = match question.get("service_request_id") {
                Some(ids) => held
                    .iter()
                    .filter(|(id, _)| ids.split(',').any(|asked| asked == id.to_string()))
                    .collect(),
                None => {
                    let (from, to) = (time(&question["start_date"]), time(&question["end_date"]));
                    assert!(to - from <= TimeDelta::days(90));
                    held.iter()
                        .filter(|(_, (at, _))| (from..=to).contains(&time(at)))
                        .collect()
                }
            };
            if let (true, Some(page)) = (pages, question.get("page")) {
                let (page, size): (usize, usize) =
                    (page.parse().unwrap(), question["page_size"].parse().unwrap());
                rows = rows.into_iter().skip((page - 1) * size).take(size).collect();
            }
            rows.truncate(1000);
            asked.lock().unwrap().push(question);
            let rows = rows.into_iter().map(|(id, (at, closed))| {
                let status = if closed.is_empty() { "open" } else { "closed" };
                serde_json::json!({
                    "service_request_id": id.to_string(), "status": status, "service_name": "路灯", "description": "路灯不亮",
                    "agency_responsible": "市政局", "requested_datetime": at, "updated_datetime": closed,
                    "status_notes": if closed.is_empty() { "" } else { "已修复" }
                })
            });
            serde_json::Value::Array(rows.collect()).to_string()
        };
        let router = Router::new()
            .route("/v2/requests.json", get(answer))
            .with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = toml::from_str(&format!(
            "endpoint = '{endpoint}'\nallow_private = true\npage_size = 2\nfrom = '2024-01-01'"
        ))
        .unwrap();
        Self {
            held,
            asked,
            config,
            state: CollectState::in_memory().unwrap(),
        }
    }

    fn set(&self, id: u32, requested: &str, closed: &str) {
        self.held
            .lock()
            .unwrap()
            .insert(id, (requested.to_owned(), closed.to_owned()));
    }

    /// The tickets of one visit, confirmed as the collector does after the append.
    async fn visit(&self) -> Vec<TicketDraft> {
        let (sink, mut visits) = mpsc::channel(4096);
        visit(&self.config, "city", &fetcher(), &self.state, &sink)
            .await
            .unwrap();
        drop(sink);
        let mut tickets = Vec::new();
        while let Some(visit) = visits.recv().await {
            for collected in visit.collected {
                match collected.draft {
                    Draft::Ticket(ticket) => tickets.push(*ticket),
                    other => panic!("{other:?}"),
                }
            }
            self.state.confirm(&visit.confirm).unwrap();
        }
        tickets
    }
}

#[tokio::test]
async fn new_requests_are_paged_and_open_ones_asked_again() {
    let city = City::new(true).await;
    for id in 1..=5 {
        city.set(id, "2024-01-05T08:00:00+08:00", "");
    }
    city.set(6, "2024-07-01T08:00:00+08:00", "2024-07-03T09:00:00+08:00");
    let first = city.visit().await;
    assert_eq!(first.len(), 6);
    let closed = first.iter().find(|ticket| ticket.no == "city-6").unwrap();
    assert_eq!(
        (closed.reply.as_deref(), closed.unit.as_deref()),
        (Some("已修复"), Some("市政局"))
    );
    assert_eq!(
        closed.resolved_at,
        crate::time::parse("2024-07-03T09:00:00+08:00")
    );
    assert_eq!(city.visit().await.len(), 0, "nothing changed");

    // Long ago requested, closed now: outside every window that is asked for.
    city.set(3, "2024-01-05T08:00:00+08:00", "2024-08-01T10:00:00+08:00");
    city.asked.lock().unwrap().clear();
    let changed = city.visit().await;
    assert_eq!(
        changed
            .iter()
            .map(|ticket| ticket.no.as_str())
            .collect::<Vec<_>>(),
        ["city-3"]
    );
    assert!(changed[0].resolved_at.is_some());
    let asked = city.asked.lock().unwrap().clone();
    assert!(asked.iter().any(|question| {
        question
            .get("service_request_id")
            .is_some_and(|ids| ids == "1,2,3,4,5")
    }));
    assert!(
        asked
            .iter()
            .all(|question| !question.contains_key("start_date") || question["start_date"].as_str() > "2025"),
        "only the last window"
    );
    city.visit().await;
    let last = city.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        last["service_request_id"], "1,2,4,5",
        "a closed request is not asked for again"
    );
}

#[tokio::test]
async fn a_server_that_cuts_its_answers_loses_nothing() {
    let city = City::new(false).await;
    for id in 0..1500 {
        let at =
            crate::time::parse("2024-02-01T00:00:00+08:00").unwrap() + TimeDelta::minutes(i64::from(id) * 5);
        city.set(id, &at.to_rfc3339(), "2024-03-01T00:00:00+08:00");
    }
    let tickets = city.visit().await;
    let numbers: HashSet<_> = tickets.iter().map(|ticket| ticket.no.clone()).collect();
    assert_eq!((tickets.len(), numbers.len()), (1500, 1500));
}

#[tokio::test]
async fn what_is_not_durable_is_asked_for_again() {
    let city = City::new(true).await;
    city.set(1, "2024-01-05T08:00:00+08:00", "");
    let (sink, mut visits) = mpsc::channel(64);
    visit(&city.config, "city", &fetcher(), &city.state, &sink)
        .await
        .unwrap();
    drop(sink);
    assert!(
        visits
            .recv()
            .await
            .is_some_and(|visit| visit.collected.len() == 1)
    );
    // The program ends before the append: nothing was confirmed.
    assert_eq!(city.visit().await.len(), 1);
}
