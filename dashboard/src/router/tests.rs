//! The router as a browser meets it, over a real application in a temporary folder.

mod approvals;
mod cases;
mod copies;
mod evidence;
mod flags;
mod sources;
mod trial;

use super::router;
use crate::{config::Config, data::DataDir, pages::PAGES, run::Engine, state::App};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use ingest::{
    clean::{Draft, PostDraft, TicketDraft},
    record::{Place, TicketType},
    time::{self, Moment},
};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

struct Bench {
    router: Router,
    app: Arc<App>,
    _engine: Engine,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The value of the hidden field that makes a form ours.
    fn token(&self) -> &str {
        self.text
            .split("name=\"token\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
    }

    /// Addresses of all links that begin with `start`, unescaped.
    fn links(&self, start: &str) -> Vec<String> {
        let found = self
            .text
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap());
        found
            .filter(|link| link.starts_with(start))
            .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"))
            .collect()
    }
}

impl Bench {
    async fn new(tickets: Vec<TicketDraft>) -> Self {
        Self::with("", tickets).await
    }

    /// With `sources` in the configuration; nothing visits them.
    async fn with(sources: &str, tickets: Vec<TicketDraft>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config: Config = toml::from_str(&format!(
            "[dashboard]\nperiod_from = \"2016-01-01\"\nperiod_to = \"2016-05-31\"\nclock_start = \"2016-06-30T18:00:00+08:00\"\n{sources}",
        ))
        .unwrap();
        let engine = Engine::open(config, DataDir::open(folder.path()).unwrap())
            .await
            .unwrap();
        let app = Arc::clone(engine.app());
        let place = Place {
            origin: "sample.csv".to_owned(),
            ..Place::default()
        };
        let records: Vec<_> = tickets
            .into_iter()
            .flat_map(|ticket| {
                app.cleaner.clean(
                    "hotline",
                    Draft::Ticket(Box::new(ticket)),
                    &place,
                    at("2016-06-29 08:00"),
                )
            })
            .collect();
        app.append(&records).await.unwrap();
        // Where the processor was still starting, labels come after what they label.
        while !app.ledger.unlabelled(0, 1).unwrap().texts.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        app.caught_up().await.unwrap();
        Self {
            router: router(Arc::clone(&app)),
            app,
            _engine: engine,
            _folder: folder,
        }
    }

    /// Posts of a forum, seen on 3 May 2016.
    async fn brings(&self, posts: impl IntoIterator<Item = PostDraft>) {
        let clean = |post| {
            let draft = Draft::Post(post);
            let seen = at("2016-05-03 09:00");
            self.app.cleaner.clean("forum", draft, &Place::default(), seen)
        };
        let records: Vec<_> = posts.into_iter().flat_map(clean).collect();
        self.app.append(&records).await.unwrap();
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send(method, path, headers, body.as_bytes().to_vec()).await
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header("host", "127.0.0.1:8080");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// As a browser sends a form with files.
    async fn form_with_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--b0undary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--b0undary--\r\n");
        let headers = [
            ("content-type", "multipart/form-data; boundary=b0undary"),
            ("origin", "http://127.0.0.1:8080"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    async fn form(&self, path: &str, fields: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask(Method::POST, path, &headers, fields).await
    }
}

fn at(text: &str) -> Moment {
    time::parse(text).unwrap()
}

fn ticket(no: &str, kind: TicketType, resolved_at: Option<&str>) -> TicketDraft {
    TicketDraft {
        no: no.to_owned(),
        title: format!("小区路灯不亮 {no}"),
        body: "楼下三盏路灯坏了一周，晚上走路看不清，盼尽快修好。".to_owned(),
        r#type: Some(kind),
        topic: Some("城乡建设".to_owned()),
        accepted_at: Some(at("2016-03-01 09:00")),
        dispatched_at: Some(at("2016-03-01 10:00")),
        unit: Some("住建局".to_owned()),
        due_at: Some(at("2016-03-08 23:59:59")),
        resolved_at: resolved_at.map(at),
        ..TicketDraft::default()
    }
}

/// Three on time, one late, one open and past due.
fn sample() -> Vec<TicketDraft> {
    vec![
        ticket("T001", TicketType::Help, Some("2016-03-02 09:00")),
        ticket("T002", TicketType::Complaint, Some("2016-03-08 23:00")),
        ticket("T003", TicketType::Praise, Some("2016-03-05 10:00")),
        ticket("T004", TicketType::Inquiry, Some("2016-03-20 10:00")),
        ticket("T005", TicketType::Help, None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_served_with_its_safeguards() {
    let bench = Bench::new(sample()).await;
    for page in PAGES {
        let answer = bench.get(page.path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {}", page.path, answer.text);
        assert!(answer.text.contains("lang=\"zh-CN\""));
        assert!(
            answer
                .text
                .contains(&format!("href=\"{}\" aria-current=\"page\"", page.path)),
            "{}",
            page.path
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'self'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        // The policy forbids anything inline but data.
        for script in answer.text.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/assets/") || script.starts_with(" type=\"application/json\">"),
                "{}",
                page.path
            );
        }
        assert!(
            !answer.text.contains(" style=\"") && !answer.text.contains(" onclick="),
            "{}",
            page.path
        );
    }
    let asset = bench
        .get("/")
        .await
        .links("/assets/")
        .into_iter()
        .find(|link| link.ends_with("style.css"))
        .unwrap();
    let asset = bench.get(&asset).await;
    assert!(asset.header("cache-control").contains("immutable"));
    assert!(asset.text.contains("--tone-help"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_leads_to_exactly_its_tickets() {
    let bench = Bench::new(sample()).await;
    let overview = bench.get("/").await;
    assert!(overview.text.contains("2016年1月1日至2016年5月31日"));
    for figure in ["75.00 %", "60.00 %", "80.00 %"] {
        // On time: rule A 3 ÷ 4, rules B and C 3 ÷ 5; completion 4 ÷ 5.
        assert!(overview.text.contains(figure), "{figure}");
    }
    let mut followed = 0;
    for link in overview.links("/tickets?") {
        let shown = overview
            .text
            .split(&format!("href=\"{}\"", escaped(&link)))
            .nth(1)
            .unwrap();
        let shown: String = shown
            .split_once('>')
            .unwrap()
            .1
            .chars()
            .take_while(|c| *c != '<')
            .collect();
        // A percentage leads to its numerator, a category of a chart's table to its tickets.
        let Ok(shown) = shown.replace(',', "").parse::<u64>() else {
            continue;
        };
        let list = bench.get(&link).await;
        assert!(list.text.contains(&format!("共 {shown} 件")), "{link}: {shown}");
        followed += 1;
    }
    assert!(followed > 20, "only {followed} figures were links");
}

fn escaped(link: &str) -> String {
    link.replace('&', "&#38;")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_citizens_write_is_text_wherever_it_is_shown() {
    let mut ticket = ticket("T-1/<b>", TicketType::Help, None);
    ticket.title = "<script>alert(1)</script>路灯".to_owned();
    ticket.body = "路灯坏了\"'><img src=x onerror=alert(1)>".to_owned();
    ticket.unit = Some("</script><script>alert(2)</script>".to_owned());
    let bench = Bench::new(vec![ticket]).await;
    for path in [
        "/",
        "/triage",
        "/tickets",
        "/tickets/T-1%2F%3Cb%3E",
        "/search?q=%E8%B7%AF%E7%81%AF",
        "/search?q=%22%3E%3Cimg",
    ] {
        let answer = bench.get(path).await;
        assert!(
            answer.status.is_success() || answer.status == StatusCode::BAD_REQUEST,
            "{path}: {}",
            answer.status
        );
        for raw in ["<script>alert", "<img", "<b>\"", "</script><script>alert"] {
            assert!(!answer.text.contains(raw), "{path} shows {raw} as markup");
        }
    }
    assert!(bench.get("/tickets").await.text.contains("alert(1)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_is_an_event_and_its_effect_is_seen_at_once() {
    let bench = Bench::new(sample()).await;
    let desk = bench.get("/triage").await;
    assert!(desk.text.contains("T005") && desk.text.contains("红牌"));
    let token = desk.token().to_owned();
    let answer = bench
        .form(
            "/tickets/T005/classify",
            &format!("token={token}&from=triage&type=complaint&topic="),
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(answer.header(header::LOCATION), "/triage?no=T005&done=classified");
    assert_eq!(
        bench.app.ledger().ticket("T005").unwrap().unwrap().r#type,
        Some(TicketType::Complaint)
    );
    assert!(
        bench
            .get(answer.header(header::LOCATION))
            .await
            .text
            .contains("分类已保存")
    );

    let done = bench
        .form(
            "/tickets/T005/resolve",
            &format!("token={token}&from=triage&result=%E5%B7%B2%E4%BF%AE%E5%A4%8D"),
        )
        .await;
    assert_eq!(done.header(header::LOCATION), "/triage?done=resolved");
    assert!(bench.get("/triage").await.text.contains("目前没有待办的工单"));
    let again = bench
        .form(
            "/tickets/T005/resolve",
            &format!("token={token}&from=ticket&result=x"),
        )
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("不能办结"), "{}", again.text);
    let empty = bench
        .form(
            "/tickets/T005/note",
            &format!("token={token}&from=ticket&text=+++"),
        )
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_pages_cannot_write() {
    let bench = Bench::new(sample()).await;
    let token = bench.get("/triage").await.token().to_owned();
    let fields = format!("token={token}&from=triage&text=hello");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let cases = [
        (
            vec![form, ("origin", "http://evil.example")],
            fields.as_str(),
            StatusCode::FORBIDDEN,
        ),
        (
            vec![form, ("origin", "null")],
            fields.as_str(),
            StatusCode::FORBIDDEN,
        ),
        (
            vec![form, ("sec-fetch-site", "cross-site")],
            fields.as_str(),
            StatusCode::FORBIDDEN,
        ),
        (
            vec![form, ("host", "evil.example"), ("origin", "http://evil.example")],
            fields.as_str(),
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (vec![form], "from=triage&text=hello", StatusCode::FORBIDDEN),
        (
            vec![form],
            "token=0123456789abcdef&from=triage&text=hello",
            StatusCode::FORBIDDEN,
        ),
    ];
    for (headers, fields, status) in cases {
        let answer = bench
            .ask(Method::POST, "/tickets/T005/note", &headers, fields)
            .await;
        assert_eq!(answer.status, status, "{headers:?} {fields}");
    }
    let json = ("content-type", "application/json");
    let event = "{\"event\":\"noted\",\"text\":\"hello\"}";
    let path = "/api/v1/tickets/T005/events";
    for (headers, status) in [
        (
            vec![json, ("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (
            vec![("content-type", "text/plain")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (vec![json], StatusCode::CREATED),
    ] {
        assert_eq!(
            bench.ask(Method::POST, path, &headers, event).await.status,
            status,
            "{headers:?}"
        );
    }
    let notes = bench.app.ledger().timeline("T005").unwrap();
    assert_eq!(
        notes
            .iter()
            .filter(|entry| matches!(entry.event.event, ingest::record::Event::Noted { .. }))
            .count(),
        1
    );
    assert_eq!(
        bench
            .ask(Method::GET, "/", &[("host", "evil.example")], "")
            .await
            .status,
        StatusCode::MISDIRECTED_REQUEST
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_speak_to_who_asked() {
    let bench = Bench::new(Vec::new()).await;
    for (path, status) in [
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/tickets/none", StatusCode::NOT_FOUND),
        ("/posts/none", StatusCode::NOT_FOUND),
        ("/?from=gestern", StatusCode::BAD_REQUEST),
        ("/?from=2016-05-01&to=2016-04-01", StatusCode::BAD_REQUEST),
        ("/tickets?type=x", StatusCode::BAD_REQUEST),
        ("/tickets?metric=none", StatusCode::NOT_FOUND),
        ("/search?q=%28", StatusCode::BAD_REQUEST),
    ] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.header(header::CONTENT_TYPE).starts_with("text/html"),
            "{path}"
        );
        assert!(answer.text.contains("<nav"), "{path}");
    }
    for (path, status) in [
        ("/api/v1/nowhere", StatusCode::NOT_FOUND),
        ("/api/v1/tickets/none", StatusCode::NOT_FOUND),
        ("/api/v1/tickets/none/timeline", StatusCode::NOT_FOUND),
        ("/api/v1/metrics/none/tickets", StatusCode::NOT_FOUND),
        (
            "/api/v1/metrics/completion/tickets?part=all",
            StatusCode::BAD_REQUEST,
        ),
        ("/api/v1/search?q=%28", StatusCode::BAD_REQUEST),
        ("/api/v1/search?limit=many", StatusCode::BAD_REQUEST),
    ] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer
                .header(header::CONTENT_TYPE)
                .starts_with("application/problem+json"),
            "{path}"
        );
        assert_eq!(answer.json()["status"], status.as_u16(), "{path}");
    }
    let wrong_method = bench.ask(Method::DELETE, "/api/v1/tickets", &[], "").await;
    assert_eq!(
        (wrong_method.status, wrong_method.header(header::ALLOW)),
        (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD")
    );
    let stranger = bench
        .ask(
            Method::POST,
            "/api/v1/feeds/none",
            &[("authorization", "Bearer x")],
            "{}",
        )
        .await;
    assert_eq!(
        (stranger.status, stranger.header(header::WWW_AUTHENTICATE)),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_gives_figures_with_their_proof() {
    let bench = Bench::new(sample()).await;
    let figures = bench.get("/api/v1/metrics").await.json();
    assert_eq!(figures["total"], 5);
    let rates = figures["rates"].as_array().unwrap();
    let rate = rates.iter().find(|rate| rate["metric"] == "on_time_due").unwrap();
    assert_eq!((&rate["numerator"], &rate["denominator"]), (&3.into(), &5.into()));
    assert_eq!(rate["percent"], "60.00 %");
    let empty = bench
        .get("/api/v1/metrics?from=2015-01-01&to=2015-01-31")
        .await
        .json();
    assert!(
        empty["rates"]
            .as_array()
            .unwrap()
            .iter()
            .all(|rate| rate["percent"] == "N/A" && rate["value"].is_null())
    );
    // Nothing came a year before; the period before is as long and was given as much time.
    assert_eq!(rate["previous"]["from"], "2015-08-01");
    assert_eq!(rate["year_before"]["change"], "N/A");
    let ages: Vec<u64> = figures["backlog"]
        .as_array()
        .unwrap()
        .iter()
        .map(|age| age["count"].as_u64().unwrap())
        .collect();
    assert_eq!(ages, [0, 0, 0, 0, 0, 1, 1]);
    let past_due = bench.get("/api/v1/tickets?age=past_due").await.json();
    assert_eq!(past_due["tickets"][0]["no"], "T005");
    assert_eq!(
        bench.get("/api/v1/tickets?age=old").await.status,
        StatusCode::BAD_REQUEST
    );
    let by_quarter = bench.get("/api/v1/metrics/completion?by=quarter").await.json();
    assert_eq!(by_quarter["groups"][0]["name"], "2016-Q1", "{by_quarter}");
    let xlsx = bench.get("/tickets.xlsx?metric=completion&part=excluded").await;
    assert!(xlsx.status == StatusCode::OK && xlsx.header(header::CONTENT_TYPE).contains("spreadsheet"));
    let missed = bench
        .get("/api/v1/metrics/on_time_due/tickets?part=missed")
        .await
        .json();
    assert_eq!(missed["tickets"], serde_json::json!(["T004", "T005"]));
    let page = bench.get("/api/v1/tickets?status=open&limit=10").await.json();
    assert_eq!(
        (&page["total"], &page["tickets"][0]["no"]),
        (&1.into(), &"T005".into())
    );
    let found = bench
        .get("/api/v1/search?q=%22%E8%B7%AF%E7%81%AF%E4%B8%8D%E4%BA%AE%22&facets=true")
        .await
        .json();
    assert_eq!(found["total"], 5);
    assert_eq!(bench.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(bench.get("/readyz").await.status, StatusCode::OK);
    assert!(bench.get("/metrics").await.text.contains("minsheng_ready"));
    let csv = bench.get("/tickets.csv?metric=completion&part=numerator").await;
    assert_eq!(csv.text.lines().count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_ranked_fairly_and_each_has_its_page() {
    let mut tickets = sample();
    // Two of two on time is not better than three of five: too few to be ranked at all.
    for no in ["U001", "U002"] {
        let mut few = ticket(no, TicketType::Help, Some("2016-03-02 09:00"));
        few.unit = Some("水务局".to_owned());
        tickets.push(few);
    }
    let bench = Bench::with("[ranking]\nleast_volume = 3\n", tickets).await;
    let ranking = bench.get("/api/v1/units").await.json();
    assert_eq!(ranking["ranked"][0]["unit"], "住建局");
    assert_eq!(ranking["ranked"][0]["rate"]["numerator"], 3);
    assert_eq!(ranking["few"][0]["unit"], "水务局");
    assert_eq!(ranking["red"], serde_json::json!([]));
    let page = bench.get("/units").await;
    let links = page.links("/units/%E4%BD%8F");
    let unit = bench.get(&links[0]).await;
    assert_eq!(unit.status, StatusCode::OK);
    assert!(
        unit.text.contains("60.00 %") && unit.text.contains("2016-03"),
        "three of five, by month"
    );
    assert!(unit.text.contains("未配置联系人"));
    let body = bench
        .get("/api/v1/units/%E4%BD%8F%E5%BB%BA%E5%B1%80")
        .await
        .json();
    assert_eq!((&body["total"], &body["red_cards"]), (&5.into(), &1.into()));
    assert_eq!(bench.get("/units/nobody").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        bench.get("/units?by=return").await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(!bench.get("/tickets/T001").await.links("/units/").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bulletin_says_what_the_overview_says() {
    let bench = Bench::new(sample()).await;
    let overview = bench.get("/").await;
    let links = overview.links("/report.");
    assert_eq!(links.len(), 3);
    for link in &links {
        let answer = bench.get(link).await;
        assert_eq!(answer.status, StatusCode::OK, "{link}");
        assert!(
            answer
                .header(header::CONTENT_DISPOSITION)
                .starts_with("attachment")
        );
    }
    let markdown = bench.get("/report.md").await.text;
    assert!(
        markdown.contains("| 限时办结率 | 60.00 % | 3 | 5 | N/A | N/A |"),
        "{markdown}"
    );
    for section in [
        "总体情况",
        "诉求类型与领域",
        "承办单位",
        "回访",
        "热点与难点",
        "附录：口径与依据",
    ] {
        assert!(markdown.contains(section), "{section}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_address_of_the_interface() {
    let bench = Bench::new(Vec::new()).await;
    let description = bench.get("/api/v1/openapi.json").await.json();
    let map = include_str!("../router.rs");
    let mut named = 0;
    for route in map
        .split(".route(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
    {
        if route.starts_with("/api/v1/") && route != "/api/v1/openapi.json" {
            assert!(
                description["paths"].get(route).is_some(),
                "{route} is not described"
            );
            named += 1;
        }
    }
    assert_eq!(description["paths"].as_object().unwrap().len(), named);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulletin_is_audited_beside_our_own_figures() {
    let bench = Bench::new(sample()).await;
    let page = bench.get("/bulletin").await;
    let text = "2016年3月共受理1760件。限时办结率98.82%。<i>";
    let body = format!("token={}&text={text}", page.token());
    let answer = bench.form("/bulletin", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(
        answer.text.contains("不成立") && answer.text.contains("98.81 %"),
        "{}",
        answer.text
    );
    assert!(
        answer.text.contains("本系统同期") && !answer.text.contains("<i>"),
        "{}",
        answer.text
    );
    let empty = bench
        .form("/bulletin", &format!("token={}&text=", page.token()))
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);

    let asked = bench
        .ask(
            Method::POST,
            "/api/v1/bulletin",
            &[("content-type", "application/json")],
            "{\"text\":\"共受理1760件，限时办结率98.75%\"}",
        )
        .await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert_eq!(asked.json()["findings"][0]["numerator"], 1738);
}

#[tokio::test(flavor = "multi_thread")]
async fn sensitive_tickets_come_first_with_their_reasons_and_units_are_suggested() {
    let plain = ticket("T010", TicketType::Help, None);
    let mut urgent = ticket("T011", TicketType::Help, None);
    urgent.body =
        "广东省佛山市南海区桂花小区楼下燃气泄漏，已有人昏迷，投诉南海鸿运燃气有限公司不到场。".to_owned();
    urgent.accepted_at = Some(at("2016-03-02 09:00"));
    urgent.due_at = Some(at("2016-12-31 23:59:59"));
    urgent.unit = None;
    urgent.dispatched_at = None;
    let bench = Bench::new(vec![plain, urgent]).await;
    let desk = bench.get("/triage").await;
    let (first, second) = (desk.text.find("T011").unwrap(), desk.text.find("T010").unwrap());
    assert!(
        first < second,
        "sensitive content first, though its deadline is far"
    );
    assert!(desk.text.contains("敏感内容 <b>1</b>") && desk.text.contains("生命安全"));
    let page = bench.get("/tickets/T011").await;
    for words in [
        "<mark class=\"flag\">燃气泄漏</mark>",
        "由正文识别",
        "南海区",
        "南海鸿运燃气有限公司",
        "建议承办单位",
        "派给住建局",
        "同领域 1 件中承办 1 件",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let json = bench.get("/api/v1/tickets/T011").await.json();
    assert_eq!(
        (json["region"].as_str(), json["region_derived"].as_bool()),
        (Some("南海区"), Some(true))
    );
    assert_eq!(json["model"]["flags"][0], "life_safety");
    let units = bench.get("/api/v1/tickets/T011/units").await.json();
    assert_eq!(units[0]["unit"], "住建局");
    assert_eq!(
        bench.get("/api/v1/tickets/none/units").await.status,
        StatusCode::NOT_FOUND
    );
    let found = bench
        .get("/api/v1/search?q=region:%E5%8D%97%E6%B5%B7%E5%8C%BA")
        .await
        .json();
    assert_eq!(found["total"], 1, "the region found is a field of the search");
}
