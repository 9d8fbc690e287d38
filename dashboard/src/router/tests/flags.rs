//! Sensitive content can be searched for, in posts as in tickets.

use super::{Bench, at, ticket};
use axum::http::StatusCode;
use ingest::{clean::PostDraft, record::TicketType};

async fn bench() -> Bench {
    let mut urgent = ticket("T011", TicketType::Help, None);
    urgent.body = "桂花小区楼下燃气泄漏，请尽快派人。".to_owned();
    let bench = Bench::new(vec![ticket("T010", TicketType::Help, None), urgent]).await;
    let post = |native_id: &str, body: &str| PostDraft {
        native_id: native_id.to_owned(),
        body: body.to_owned(),
        published_at: Some(at("2016-05-02 09:00")),
        ..PostDraft::default()
    };
    let posts = [
        post("fire", "隔壁楼起火了，老师还体罚学生，一天两件事。"),
        post("plain", "今天的云很好看。"),
    ];
    bench.brings(posts).await;
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_and_tickets_are_found_by_what_is_sensitive_in_them() {
    let bench = bench().await;
    // flag:生命安全
    for query in ["flag:life_safety", "flag:%E7%94%9F%E5%91%BD%E5%AE%89%E5%85%A8"] {
        let found = bench
            .get(&format!("/api/v1/search?q={query}&facets=true"))
            .await
            .json();
        let mut ids: Vec<_> = found["hits"].as_array().unwrap().iter().collect();
        ids.sort_by_key(|hit| hit["native_id"].to_string());
        assert_eq!((ids.len(), &ids[0]["native_id"]), (2, &"T011".into()), "{found}");
        assert_eq!(ids[1]["flags"], serde_json::json!(["life_safety", "minor"]));
        let facets = found["facets"].as_array().unwrap();
        let flags = facets.iter().find(|facet| facet["field"] == "flag").unwrap();
        assert_eq!(
            flags["values"],
            serde_json::json!([{"value": "life_safety", "count": 2}, {"value": "minor", "count": 1}])
        );
    }
    let quiet = bench.get("/api/v1/search?q=-flag:life_safety").await.json();
    assert_eq!(quiet["total"], 2);
    assert_eq!(quiet["hits"][0]["flags"], serde_json::json!([]));

    let page = bench.get("/search?q=kind:post").await;
    for words in ["敏感内容", "敏感：生命安全", "敏感：未成年人"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let narrowed = page.links("/search?q=kind%3Apost%20flag%3Aminor");
    assert_eq!(
        bench
            .get(&narrowed[0])
            .await
            .text
            .matches("class=\"hit\"")
            .count(),
        1
    );
    let post = bench.get(&page.links("/posts/")[0]).await;
    assert!(post.text.contains("帖文"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_flag_is_answered_with_the_known_ones() {
    let bench = bench().await;
    for path in ["/api/v1/search?q=flag:flood", "/search?q=flag:flood"] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        for known in ["生命安全（life_safety）", "涉黑暴恐（violence）"] {
            assert!(answer.text.contains(known), "{}", answer.text);
        }
    }
}
