//! Files given as evidence, and what is entered later than it happened.

use super::*;
use analytics::ledger::Status;
use std::fs;

const PDF: &str = "%PDF-1.4\n现场检查记录\n";
const JSON: (&str, &str) = ("content-type", "application/json");

impl Bench {
    async fn event_of(&self, no: &str, body: &str) -> Answer {
        let path = format!("/api/v1/tickets/{no}/events");
        self.ask(Method::POST, &path, &[JSON], body).await
    }

    async fn upload(&self, bytes: &[u8]) -> Answer {
        self.send(Method::POST, "/api/v1/attachments", &[], bytes.to_vec())
            .await
    }

    fn file_of(&self, hash: &str) -> std::path::PathBuf {
        self._folder
            .path()
            .join("attachments")
            .join(&hash[..2])
            .join(hash)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_form_is_kept_named_and_given_back_as_a_download() {
    let bench = Bench::with_open(&["A1"]).await;
    let page = bench.get("/tickets/A1").await;
    assert!(page.text.contains("enctype=\"multipart/form-data\""));
    let fields = [
        ("token", page.token()),
        ("from", "ticket"),
        ("once", "o1"),
        ("text", "已到现场"),
    ];
    let files: [(&str, &[u8]); 3] = [
        ("检查记录 13812345678.pdf", PDF.as_bytes()),
        ("C:\\photos\\灯.png", b"\x89PNG\r\n\x1a\n"),
        ("", b""),
    ];
    let done = bench.form_with_files("/tickets/A1/note", &fields, &files).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let timeline = bench.app.ledger().timeline("A1").unwrap();
    let attachments = &timeline.last().unwrap().event.attachments;
    let told: Vec<_> = attachments
        .iter()
        .map(|one| (one.name.as_str(), one.media_type.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("检查记录 138****5678.pdf", "application/pdf"),
            ("灯.png", "image/png")
        ]
    );
    let page = bench.get("/tickets/A1").await;
    assert!(!page.text.contains("13812345678"));
    let links = page.links("/tickets/A1/attachments/");
    assert_eq!(links.len(), 2);
    for link in [links[0].clone(), format!("/api/v1{}", links[0])] {
        let file = bench.get(&link).await;
        assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, PDF));
        assert_eq!(file.header(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(file.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        let disposition = file.header(header::CONTENT_DISPOSITION);
        assert!(
            disposition.starts_with("attachment; filename=\"")
                && disposition.contains("138%2A%2A%2A%2A5678.pdf"),
            "{disposition}"
        );
    }
    // Another ticket does not lead to it, and nothing but a hash does.
    for path in [
        links[0].replace("A1", "A2"),
        "/tickets/A1/attachments/..%2F..%2Fcaller.key".to_owned(),
        format!("/tickets/A1/attachments/{}", "0".repeat(64)),
    ] {
        assert_eq!(bench.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_row_says_nothing_until_it_takes_a_resolution_back() {
    let row = |unresolved: bool| {
        let resolved_at = (!unresolved).then_some("2016-03-02 09:00");
        TicketDraft {
            unresolved,
            ..ticket("A1", TicketType::Help, resolved_at)
        }
    };
    let bench = Bench::new(vec![row(true)]).await;
    assert!(!bench.get("/tickets/A1").await.text.contains("注明尚未办结"));
    for (seen, unresolved, status) in [
        ("2016-06-29 12:00", false, Status::Resolved),
        ("2016-06-30 12:00", true, Status::Dispatched),
    ] {
        let draft = Draft::Ticket(Box::new(row(unresolved)));
        let place = Place::default();
        let records = bench.app.cleaner.clean("hotline", draft, &place, at(seen));
        bench.app.append(&records).await.unwrap();
        assert_eq!(bench.app.ledger().ticket("A1").unwrap().unwrap().status, status);
    }
    let page = bench.get("/tickets/A1").await.text;
    assert!(page.contains("注明尚未办结") && page.contains("已被后续数据取代"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_damaged_is_said() {
    let bench = Bench::with_open(&["A1"]).await;
    let hash = bench.upload(PDF.as_bytes()).await.json()["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let event = format!(
        r#"{{"event":"noted","text":"附检查记录","attachments":[{{"hash":"{hash}","name":"记录.pdf"}}]}}"#
    );
    assert_eq!(bench.event_of("A1", &event).await.status, StatusCode::CREATED);
    assert_eq!(bench.app.evidence().await.unwrap(), "1 files");
    let link = format!("/tickets/A1/attachments/{hash}");
    fs::write(bench.file_of(&hash), "%PDF-other").unwrap();
    let damaged = bench.get(&link).await;
    assert_eq!(damaged.status, StatusCode::NOT_FOUND);
    assert!(damaged.text.contains("已损坏"));
    assert!(
        bench
            .app
            .evidence()
            .await
            .unwrap_err()
            .to_string()
            .contains("1 are corrupt")
    );
    fs::remove_file(bench.file_of(&hash)).unwrap();
    let missing = bench.get(&link).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text.contains("attachments 目录"), "{}", missing.text);
    assert!(bench.get("/tickets/A1").await.text.contains("文件不在本机"));
    let told = bench.app.evidence().await.unwrap_err().to_string();
    assert!(told.contains("1 are missing") && told.contains(&hash), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_attached_is_refused_and_nothing_is_appended() {
    let bench = Bench::with(
        "[attachments]\nmax_bytes = 100\nper_event = 1\n",
        vec![TicketDraft {
            dispatched_at: None,
            unit: None,
            ..ticket("A1", TicketType::Help, None)
        }],
    )
    .await;
    let before = bench.app.ledger().timeline("A1").unwrap().len();
    let html = b"<html><script>alert(1)</script></html>";
    let page = bench.get("/tickets/A1").await;
    let fields = [("token", page.token()), ("once", "o1"), ("text", "照片")];
    let large = [b"%PDF-1.4\n" as &[u8], &[b'x'; 200]].concat();
    let pdf = PDF.as_bytes();
    for (deed, files, status) in [
        (
            "note",
            vec![("photo.jpg", html as &[u8])],
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("note", vec![("a.pdf", &large[..])], StatusCode::PAYLOAD_TOO_LARGE),
        ("note", vec![("a.pdf", b"")], StatusCode::UNPROCESSABLE_ENTITY),
        (
            "note",
            vec![("a.pdf", pdf), ("b.pdf", pdf)],
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("urge", vec![("a.pdf", pdf)], StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let path = format!("/tickets/A1/{deed}");
        let answer = bench.form_with_files(&path, &fields, &files).await;
        assert_eq!(answer.status, status, "{deed} {}", answer.text);
    }
    // Without our token nothing is taken.
    let foreign = [("token", "x"), ("text", "照片")];
    let answer = bench
        .form_with_files("/tickets/A1/note", &foreign, &[("a.pdf", pdf)])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.upload(html).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.upload(&large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let unknown = format!(
        r#"{{"event":"noted","text":"x","attachments":[{{"hash":"{}"}}]}}"#,
        "0".repeat(64)
    );
    assert_eq!(
        bench.event_of("A1", &unknown).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(bench.app.ledger().timeline("A1").unwrap().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_yesterday_can_be_entered_today() {
    // Accepted on 29 June at 09:00; the bench's clock shows 30 June, 18:00.
    let bench = Bench::with_open(&["A1"]).await;
    let refused = |body: &'static str, why: &'static str| {
        let bench = &bench;
        async move {
            let answer = bench.event_of("A1", body).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{body}: {}", answer.text);
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(why), "{detail}");
        }
    };
    refused(
        r#"{"event":"noted","text":"x","occurred_at":"2016-07-01 09:00"}"#,
        "晚于现在",
    )
    .await;
    refused(
        r#"{"event":"noted","text":"x","occurred_at":"2016-06-29 08:59"}"#,
        "早于受理",
    )
    .await;
    let bad = bench
        .event_of("A1", r#"{"event":"noted","text":"x","occurred_at":"昨天"}"#)
        .await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = bench.get("/tickets/A1").await;
    let form = |occurred: &str, fields: &str| {
        format!(
            "token={}&from=ticket&once={occurred}&occurred_at={occurred}&{fields}",
            page.token()
        )
    };
    // In the very minute of acceptance: the field knows no seconds.
    let done = bench
        .form(
            "/tickets/A1/dispatch",
            &form("2016-06-29T10:00", "unit=%E5%B8%82%E6%94%BF%E5%B1%80"),
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(
        bench.app.ledger().ticket("A1").unwrap().unwrap().dispatched_at,
        Some(at("2016-06-29 10:00"))
    );
    // Not by the state of that time: signed before it was dispatched.
    refused(r#"{"event":"signed","occurred_at":"2016-06-29 09:30"}"#, "待签收").await;
    let signed = bench
        .event_of(
            "A1",
            r#"{"event":"signed","occurred_at":"2016-06-29T11:00:00+08:00"}"#,
        )
        .await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text);
    let resolved = r#"{"event":"resolved","result":"已修复","occurred_at":"2016-06-30 09:00"}"#;
    assert_eq!(bench.event_of("A1", resolved).await.status, StatusCode::CREATED);
    // What only adds to the past goes by the state of then; what moves the ticket by that of now, too.
    let contacted = r#"{"event":"contacted","occurred_at":"2016-06-29 15:00"}"#;
    assert_eq!(bench.event_of("A1", contacted).await.status, StatusCode::CREATED);
    refused(
        r#"{"event":"returned","reason":"非本单位","occurred_at":"2016-06-29 15:00"}"#,
        "退单",
    )
    .await;
    refused(
        r#"{"event":"merged","into":"A2","occurred_at":"2016-06-29 15:00"}"#,
        "不能补录",
    )
    .await;
    let ticket = bench.app.ledger().ticket("A1").unwrap().unwrap();
    assert_eq!(
        (ticket.status, ticket.resolved_at),
        (Status::Resolved, Some(at("2016-06-30 09:00")))
    );
    let page = bench.get("/tickets/A1").await.text;
    assert!(
        page.contains("2016-06-30 09:00 · 本机操作员 · 补录于 2016-06-30 18:"),
        "entered-at is shown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lateness_cannot_be_undone_by_what_is_entered_afterwards() {
    // Due on 29 June, late since; the bench's clock shows 30 June, 18:00.
    let bench = Bench::new(vec![TicketDraft {
        accepted_at: Some(at("2016-06-20 09:00")),
        dispatched_at: None,
        unit: None,
        due_at: Some(at("2016-06-29 23:59:59")),
        ..ticket("A1", TicketType::Help, None)
    }])
    .await;
    for body in [
        r#"{"event":"paused","reason":"待材料","occurred_at":"2016-06-28 09:00"}"#,
        r#"{"event":"extended","reason":"缺料","due_at":"2016-07-05T23:59:59+08:00","occurred_at":"2016-06-28 09:00"}"#,
    ] {
        assert_eq!(
            bench.event_of("A1", body).await.status,
            StatusCode::CONFLICT,
            "{body}"
        );
    }
    // Within the limit of the shipped rules an extension in time is taken, beyond it not.
    let bench = Bench::with_open(&["A1"]).await;
    let extend =
        |due: &str| format!(r#"{{"event":"extended","reason":"缺料","due_at":"{due}T23:59:59+08:00"}}"#);
    let far = bench.event_of("A1", &extend("2016-07-25")).await;
    assert_eq!(far.status, StatusCode::CONFLICT);
    assert!(
        far.json()["detail"].as_str().unwrap().contains("上限"),
        "{}",
        far.text
    );
    for due in ["2016-07-12", "2016-07-15"] {
        assert_eq!(
            bench.event_of("A1", &extend(due)).await.status,
            StatusCode::CREATED,
            "{due}"
        );
    }
    let third = bench.event_of("A1", &extend("2016-07-18")).await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    assert!(
        !bench
            .get("/tickets/A1")
            .await
            .text
            .contains("action=\"/tickets/A1/extend\"")
    );
}
