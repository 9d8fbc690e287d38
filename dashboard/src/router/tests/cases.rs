//! A ticket's life through the forms and the interface.

use super::*;
use analytics::ledger::Status;

const JSON: (&str, &str) = ("content-type", "application/json");

impl Bench {
    /// An open ticket, accepted yesterday by the bench's clock, due in a week.
    pub(super) async fn with_open(numbers: &[&str]) -> Self {
        let open = numbers.iter().map(|no| TicketDraft {
            accepted_at: Some(at("2016-06-29 09:00")),
            dispatched_at: None,
            unit: None,
            due_at: Some(at("2016-07-08 23:59:59")),
            caller: Some("13812345678".to_owned()),
            ..ticket(no, TicketType::Help, None)
        });
        Self::new(open.collect()).await
    }

    async fn event(&self, no: &str, body: &str) -> Answer {
        self.ask(
            Method::POST,
            &format!("/api/v1/tickets/{no}/events"),
            &[JSON],
            body,
        )
        .await
    }

    fn status(&self, no: &str) -> Status {
        self.app.ledger().ticket(no).unwrap().unwrap().status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_through_the_forms() {
    let bench = Bench::with_open(&["A1"]).await;
    let steps = [
        (
            "dispatch",
            "unit=%E4%BD%8F%E5%BB%BA%E5%B1%80",
            "dispatched",
            Status::Dispatched,
        ),
        ("sign", "", "signed", Status::Signed),
        (
            "return",
            "text=%E9%9D%9E%E6%9C%AC%E5%8D%95%E4%BD%8D",
            "returned",
            Status::Returned,
        ),
        (
            "dispatch",
            "unit=%E5%B8%82%E6%94%BF%E5%B1%80",
            "dispatched",
            Status::Dispatched,
        ),
        ("sign", "", "signed", Status::Signed),
        ("contact", "", "contacted", Status::Signed),
        (
            "extend",
            "due=2016-07-15&text=%E7%BC%BA%E6%96%99",
            "extended",
            Status::Signed,
        ),
        (
            "pause",
            "text=%E5%BE%85%E6%9D%90%E6%96%99",
            "paused",
            Status::Paused,
        ),
        ("resume", "", "resumed", Status::Signed),
        (
            "urge",
            "text=%E8%AF%B7%E5%8A%A0%E5%BF%AB",
            "urged",
            Status::Signed,
        ),
        (
            "supervise",
            "text=%E9%87%8D%E7%82%B9",
            "supervised",
            Status::Signed,
        ),
        (
            "card",
            "card=yellow&text=%E4%B8%B4%E6%9C%9F",
            "carded",
            Status::Signed,
        ),
        (
            "reply",
            "text=%E5%B7%B2%E5%AE%89%E6%8E%92",
            "replied",
            Status::Signed,
        ),
        ("amend", "region=%E4%B8%9C%E5%8C%BA", "amended", Status::Signed),
        (
            "resolve",
            "result=%E5%B7%B2%E4%BF%AE%E5%A4%8D",
            "resolved",
            Status::Resolved,
        ),
        (
            "call-back",
            "reached=yes&solved=no&satisfied=",
            "called_back",
            Status::Resolved,
        ),
        (
            "reopen",
            "text=%E5%8F%88%E4%B8%8D%E4%BA%AE",
            "reopened",
            Status::Reopened,
        ),
    ];
    for (place, (deed, fields, done, status)) in steps.into_iter().enumerate() {
        let page = bench.get("/tickets/A1").await;
        assert!(
            page.text.contains(&format!("action=\"/tickets/A1/{deed}\"")),
            "{deed} is not offered"
        );
        let body = format!("token={}&from=ticket&once=once{place}&{fields}", page.token());
        let path = format!("/tickets/A1/{deed}");
        let answer = bench.form(&path, &body).await;
        assert_eq!(
            answer.header(header::LOCATION),
            format!("/tickets/A1?done={done}"),
            "{}",
            answer.text
        );
        assert_eq!(bench.status("A1"), status, "{deed}");
        // The browser's second click is the same doing.
        let again = bench.form(&path, &body).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{deed}: {}", again.text);
    }
    let ticket = bench.app.ledger().ticket("A1").unwrap().unwrap();
    assert_eq!(
        (
            ticket.counts.returned,
            ticket.counts.urged,
            ticket.counts.extended
        ),
        (1, 1, 1)
    );
    assert_eq!(
        (ticket.unit.as_deref(), ticket.region.as_deref()),
        (Some("市政局"), Some("东区"))
    );
    let page = bench.get("/tickets/A1").await.text;
    for told in [
        "非本单位",
        "延至 2016-07-15 23:59",
        "待材料",
        "未解决",
        "又不亮",
        "本机操作员",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_refuses_in_words_and_repeats_nothing() {
    let bench = Bench::with_open(&["A1"]).await;
    let refused = bench.event("A1", r#"{"event":"signed"}"#).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.json()["detail"].as_str().unwrap().contains("待签收"));
    // A label a person gives holds nothing of a model's, and no topic of their own making.
    for label in [
        r#""type":"help","confidence":0.3"#,
        r#""type":"help","abstained":true"#,
        r#""topic":"杂事""#,
    ] {
        let label = format!(r#"{{"event":"classified",{label}}}"#);
        assert_eq!(
            bench.event("A1", &label).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{label}"
        );
    }
    let path = "/api/v1/tickets/A1/events";
    let headers = [JSON, ("idempotency-key", "call-42")];
    let note = r#"{"event":"noted","text":"来电催问"}"#;
    assert_eq!(
        bench.ask(Method::POST, path, &headers, note).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        bench.ask(Method::POST, path, &headers, note).await.status,
        StatusCode::OK
    );
    let other = bench
        .ask(Method::POST, path, &headers, r#"{"event":"noted","text":"别的"}"#)
        .await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    let notes = bench.app.ledger().timeline("A1").unwrap();
    assert_eq!(notes.iter().filter(|entry| entry.event.key.is_some()).count(), 1);
    let long = "x".repeat(256);
    let answer = bench
        .ask(Method::POST, path, &[JSON, ("idempotency-key", &long)], note)
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_needs_a_main_ticket_and_can_be_undone() {
    let bench = Bench::with_open(&["A1", "A2", "A3"]).await;
    let merge = |no: &'static str, into: &str| {
        let body = format!("{{\"event\":\"merged\",\"into\":\"{into}\"}}");
        let bench = &bench;
        async move { bench.event(no, &body).await }
    };
    for into in ["A1", "none"] {
        assert_eq!(merge("A1", into).await.status, StatusCode::CONFLICT, "{into}");
    }
    let before = bench.app.ledger().ticket("A2").unwrap();
    assert_eq!(merge("A2", "A1").await.status, StatusCode::CREATED);
    let chained = merge("A3", "A2").await;
    assert!(
        chained.json()["detail"].as_str().unwrap().contains("A1"),
        "{}",
        chained.text
    );
    assert_eq!(
        merge("A1", "A3").await.status,
        StatusCode::CONFLICT,
        "it has a group of its own"
    );
    let urged = bench.event("A2", r#"{"event":"urged","reason":"x"}"#).await;
    assert_eq!(urged.status, StatusCode::CONFLICT);
    assert_eq!(
        bench.event("A2", r#"{"event":"unmerged"}"#).await.status,
        StatusCode::CREATED
    );
    assert_eq!(bench.app.ledger().ticket("A2").unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_makes_tickets_and_can_be_undone() {
    let bench = Bench::with_open(&["A1"]).await;
    let original = bench.app.ledger().ticket("A1").unwrap().unwrap();
    let headers = [JSON, ("idempotency-key", "split-1")];
    let body = r#"{"parts":[{"title":"垃圾","body":"垃圾没人清"},{"body":"水压不足"}]}"#;
    for _ in 0..2 {
        let answer = bench
            .ask(Method::POST, "/api/v1/tickets/A1/split", &headers, body)
            .await;
        assert_eq!(
            answer.json()["into"],
            serde_json::json!(["A1-1", "A1-2"]),
            "{}",
            answer.text
        );
    }
    let part = bench.app.ledger().ticket("A1-1").unwrap().unwrap();
    assert_eq!(
        (part.accepted_at, part.body.as_str()),
        (original.accepted_at, "垃圾没人清")
    );
    assert_eq!(part.caller, original.caller);
    assert_eq!(
        part.due.unwrap().feed_due_at,
        original.due.as_ref().unwrap().feed_due_at
    );
    assert_eq!(bench.app.ledger().held().unwrap().tickets, 3);

    let token = bench.get("/tickets/A1").await.token().to_owned();
    let undone = bench
        .form("/tickets/A1/unsplit", &format!("token={token}&from=ticket"))
        .await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert_eq!(
        (bench.status("A1-1"), bench.status("A1-2")),
        (Status::Merged, Status::Merged)
    );
    let again = bench
        .form("/tickets/A1/unsplit", &format!("token={token}&from=ticket"))
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let empty = bench
        .ask(
            Method::POST,
            "/api/v1/tickets/A1/split",
            &[JSON],
            r#"{"parts":[]}"#,
        )
        .await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_has_its_queues_and_previews_deadlines() {
    let bench = Bench::new(sample()).await;
    // T005 is open and past due; the four others are resolved and nobody was called back.
    for (list, count, holds) in [
        ("", 1, "T005"),
        ("overdue", 1, "T005"),
        ("expiring", 0, "目前没有工单"),
        ("returned", 0, "目前没有工单"),
        ("call-back", 4, "T001"),
        ("nonsense", 1, "T005"),
    ] {
        let desk = bench.get(&format!("/triage?list={list}")).await;
        assert_eq!(desk.status, StatusCode::OK);
        assert!(desk.text.contains(&format!(" {count} 件</p>")), "{list}");
        assert!(desk.text.contains(holds), "{list}");
    }
    let desk = bench.get("/triage?list=overdue").await;
    // The feed gave a deadline, so whatever the type, that one stands.
    assert!(desk.text.contains("投诉（2016-03-08 23:59）"), "no preview");
    let body = format!("token={}&from=triage&list=overdue&text=%E5%82%AC", desk.token());
    let answer = bench.form("/tickets/T005/urge", &body).await;
    assert_eq!(
        answer.header(header::LOCATION),
        "/triage?list=overdue&no=T005&done=urged"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_repeat_callers_apart_from_the_same_matter_and_merges() {
    let base = |no: &str, day: &str, title: &str, body: &str, caller: &str| TicketDraft {
        title: title.to_owned(),
        body: body.to_owned(),
        accepted_at: Some(at(day)),
        due_at: Some(at("2016-07-08 23:59:59")),
        dispatched_at: None,
        unit: None,
        caller: Some(caller.to_owned()),
        ..ticket(no, TicketType::Help, None)
    };
    let bench = Bench::new(vec![
        base(
            "A1",
            "2016-06-27 09:00",
            "云鹤路路灯不亮",
            "云鹤路的路灯坏了一周，晚上看不清路",
            "13812345678",
        ),
        base(
            "A2",
            "2016-06-28 09:00",
            "路灯坏了",
            "云鹤路路灯不亮，晚上走路看不清",
            "13912345678",
        ),
        base(
            "A3",
            "2016-06-28 10:00",
            "养老金认证怎么办理",
            "老人行动不便，能否上门认证",
            "13812345678",
        ),
    ])
    .await;
    let page = bench.get("/tickets/A1").await;
    let (alike, calls) = page.text.split_once("重复来电").expect("no repeat caller");
    let alike = alike.split_once("疑似同诉").expect("no suggestion").1;
    assert!(
        alike.contains("/tickets/A2\"") && alike.contains("同一地点（云鹤路）"),
        "{alike}"
    );
    assert!(
        !alike.contains("/tickets/A3\""),
        "the same caller is not the same matter"
    );
    assert!(calls.contains("/tickets/A3\""));

    let body = format!("token={}&from=ticket&into=A1&here=A1", page.token());
    let answer = bench.form("/tickets/A2/merge", &body).await;
    assert_eq!(
        answer.header(header::LOCATION),
        "/tickets/A1?done=merged",
        "{}",
        answer.text
    );
    let page = bench.get("/tickets/A1").await.text;
    assert!(page.contains("已并入本单 1 件") && page.contains("2016年6月28日"));
    assert!(
        !page.contains("疑似同诉"),
        "a merged ticket is not suggested again"
    );
    let figures = bench
        .get("/api/v1/metrics?from=2016-06-01&to=2016-06-30")
        .await
        .json();
    let completion = figures["rates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rate| rate["metric"] == "completion");
    assert_eq!(
        completion.unwrap()["denominator"],
        2,
        "the merged ticket counts by its main ticket"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ladder_is_climbed_once() {
    use crate::run::escalate::{Climbed, ladder};
    let bench = Bench::new(sample()).await;
    let ladder = ladder(bench.app.config()).unwrap();
    let now = bench.app.now();
    let given = bench
        .app
        .escalate(&ladder, &mut Climbed::new(), now)
        .await
        .unwrap();
    assert_eq!(given, 5, "T005 is months late: both cards, an urge and two steps");
    let mut climbed = Climbed::new();
    for later in [0, 1, 60] {
        let now = now + chrono::TimeDelta::minutes(later);
        let again = bench.app.escalate(&ladder, &mut climbed, now).await.unwrap();
        assert_eq!(again, 0, "as after a restart, and as on every further look");
    }
    let ticket = bench.app.ledger().ticket("T005").unwrap().unwrap();
    assert_eq!(
        (ticket.counts.urged, ticket.counts.supervised, ticket.cards.len()),
        (1, 2, 2)
    );
    let page = bench.get("/tickets/T005").await.text;
    for told in [
        "提请分管领导督办",
        "提请主要领导督办",
        "督办规则（自动）",
        "黄牌 1 次",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(bench.get("/triage").await.text.contains("督办 2 次"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hot_and_stubborn_issues_lead_to_their_tickets() {
    let mut tickets = sample();
    for no in ["H1", "H2", "H3"] {
        tickets.push(TicketDraft {
            title: "云鹤路路面塌陷".to_owned(),
            accepted_at: Some(at("2016-05-30 09:00")),
            dispatched_at: None,
            due_at: None,
            unit: None,
            ..ticket(no, TicketType::Complaint, None)
        });
    }
    let bench = Bench::new(tickets).await;
    assert_eq!(
        bench
            .event("T001", r#"{"event":"reopened","reason":"又不亮"}"#)
            .await
            .status,
        StatusCode::CREATED
    );
    let page = bench.get("/events").await;
    assert!(page.text.contains("热点 1 个，难点 1 件"), "{}", page.text);
    assert_eq!(page.links("/tickets/H").len(), 3);
    assert!(page.text.contains("/tickets/T001\""));
    let issues = bench.get("/api/v1/issues?to=2016-05-31&days=7").await.json();
    assert_eq!(
        (&issues["hot"][0]["place"], &issues["hot"][0]["voices"]),
        (&"云鹤路".into(), &3.into())
    );
    assert_eq!(issues["stubborn"][0]["no"], "T001");
    for wrong in ["days=0", "days=93", "days=x", "to=x", "to=%2B262142-01-01"] {
        assert_eq!(
            bench.get(&format!("/events?{wrong}")).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
}
