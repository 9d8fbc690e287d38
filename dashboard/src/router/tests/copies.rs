//! A story stands once in the results, under its first source, and every copy of it can be seen.

use super::{Bench, at};
use axum::http::StatusCode;
use ingest::clean::PostDraft;

const STORY: &str = "望汀大道地下通道昨夜又一次积水，最深处没过成人膝盖，十几辆电动车熄火停在坡道上，排水班组凌晨赶到后架起两台水泵。";

async fn told() -> Bench {
    let bench = Bench::new(Vec::new()).await;
    let post = |native_id: &str, body: String, published: &str| PostDraft {
        native_id: native_id.to_owned(),
        title: format!("标题{native_id}"),
        body,
        published_at: Some(at(published)),
        ..PostDraft::default()
    };
    let posts = [
        post("a", format!("【转】{STORY}"), "2016-05-02 09:00"),
        post("b", STORY.to_owned(), "2016-05-02 07:00"),
        post("c", STORY.replace('，', ","), "2016-05-03 07:00"),
        post(
            "d",
            "地下通道的灯坏了三盏，请尽快更换。".to_owned(),
            "2016-05-03 08:00",
        ),
    ];
    bench.brings(posts).await;
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_stands_once_under_its_first_source() {
    let bench = told().await;
    let page = bench.get("/search?q=%E5%9C%B0%E4%B8%8B%E9%80%9A%E9%81%93").await;
    assert!(page.text.contains("共 4 条，合并转载后 2 条"), "{}", page.text);
    assert!(
        page.text.contains("转载 2 条，其中 2 条符合检索式"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("标题b") && !page.text.contains("标题a"),
        "the first source"
    );
    let apart = bench
        .get("/search?q=%E5%9C%B0%E4%B8%8B%E9%80%9A%E9%81%93&copies=all")
        .await;
    assert!(apart.text.contains("共 4 条<"), "{}", apart.text);
    assert!(apart.text.contains("标题a") && apart.text.contains("标题c"));

    // A query that only a copy answers shows that copy, with the way to the first source.
    let copy = bench.get("/search?q=%22%E3%80%90%E8%BD%AC%E3%80%91%22").await;
    assert!(
        copy.text.contains("标题a") && copy.text.contains("查看首发"),
        "{}",
        copy.text
    );

    let found = bench
        .get("/api/v1/search?q=%E5%9C%B0%E4%B8%8B%E9%80%9A%E9%81%93")
        .await
        .json();
    assert_eq!(
        (&found["total"], found["hits"].as_array().unwrap().len()),
        (&4.into(), 4)
    );
    let found = bench
        .get("/api/v1/search?q=%E5%9C%B0%E4%B8%8B%E9%80%9A%E9%81%93&collapse=true")
        .await
        .json();
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(
        (&found["total"], &found["stories"], hits.len()),
        (&4.into(), &2.into(), 2)
    );
    let story = hits.iter().find(|hit| hit["copies"] == 2).unwrap();
    assert_eq!(
        (&story["native_id"], &story["id"]),
        (&"b".into(), &story["first"])
    );

    let id = story["id"].as_str().unwrap();
    let copies = bench.get(&format!("/api/v1/posts/{id}/copies")).await.json();
    assert_eq!(
        (&copies["copies"], copies["posts"].as_array().unwrap().len()),
        (&2.into(), 3)
    );
    assert_eq!(copies["posts"][0]["post_id"], story["id"]);
    let page = bench.get(&format!("/posts/{id}")).await;
    assert!(
        page.text.contains("本条为首发，转载 2 条") && page.text.contains("按小时传播"),
        "{}",
        page.text
    );
    let alone = hits.iter().find(|hit| hit["native_id"] == "d").unwrap()["id"]
        .as_str()
        .unwrap();
    let copies = bench.get(&format!("/api/v1/posts/{alone}/copies")).await.json();
    assert_eq!((&copies["copies"], &copies["first"]), (&0.into(), &alone.into()));
    assert!(
        !bench
            .get(&format!("/posts/{alone}"))
            .await
            .text
            .contains("转载与传播")
    );
    for unknown in ["nobody", &"0".repeat(64)] {
        let answer = bench.get(&format!("/api/v1/posts/{unknown}/copies")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
