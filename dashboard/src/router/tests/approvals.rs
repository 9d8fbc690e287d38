//! Items of an approvals office from their export to the page, apart from tickets.

use super::*;
use ingest::source::spreadsheet::{SpreadsheetConfig, read_csv};

const CSV: &str = "办件编号,事项名称,办理部门,办件类型,受理时间,承诺时限,办结时间,办理结果,亮牌情况\n\
    B1,营业执照,区市场监管局,即办件,2016-03-01 09:00,,2016-03-01 09:20,准予登记,\n\
    B2,食品经营许可,区市场监管局,承诺件,2016-03-01 09:00,5个工作日,2016-03-03 16:00,准予许可,无\n\
    B3,施工许可,区住建局,承诺件,2016-03-01 09:00,5个工作日,,,\n\
    B4,施工许可,区住建局,承诺件,2016-03-01 09:00,很快,,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn approval_items_have_figures_of_their_own_with_the_items_behind() {
    let bench = Bench::new(sample()).await;
    let before = bench.get("/api/v1/metrics").await.json();
    let config: SpreadsheetConfig = toml::from_str("folder = 'in'\npreset = 'approvals'").unwrap();
    let drafts = || read_csv("办件.csv", CSV.as_bytes().to_vec(), &config, at("2016-03-31")).unwrap();
    let first = bench.app.take("hall", drafts(), &|_| {}).await.unwrap();
    assert_eq!((first.records, first.new, first.dead), (4, 3, 1));
    let again = bench.app.take("hall", drafts(), &|_| {}).await.unwrap();
    assert_eq!((again.new, again.duplicate, again.dead), (0, 3, 1));
    // No figure of tickets has changed, and ledger and index still agree.
    assert_eq!(
        bench.get("/api/v1/metrics").await.json()["rates"][0]["denominator"],
        before["rates"][0]["denominator"]
    );
    assert_eq!(bench.get("/api/v1/metrics").await.json()["total"], 5);
    bench.app.consistency().await.unwrap();

    let figures = bench
        .get("/api/v1/approvals/metrics?as_of=2016-03-31")
        .await
        .json();
    assert_eq!(
        (figures["total"].as_u64(), figures["differing"].as_u64()),
        (Some(3), Some(1))
    );
    let rate = |name: &str| {
        let rates = figures["rates"].as_array().unwrap();
        let rate = rates.iter().find(|rate| rate["metric"] == name).unwrap();
        (
            rate["numerator"].as_u64().unwrap(),
            rate["denominator"].as_u64().unwrap(),
        )
    };
    assert_eq!(rate("at_once"), (1, 3));
    assert_eq!(rate("within_three_days"), (2, 3));
    assert_eq!(rate("on_promise"), (2, 3));
    assert_eq!(rate("red_cards"), (1, 3));
    let red = bench
        .get("/api/v1/approvals?as_of=2016-03-31&metric=red_cards&part=numerator")
        .await
        .json();
    assert_eq!(
        (red["total"].as_u64(), &red["items"][0]["no"]),
        (Some(1), &"B3".into())
    );
    assert_eq!(red["items"][0]["our_card"], "red");

    let page = bench.get("/approvals?as_of=2016-03-31").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("即办率") && page.text.contains("33.33 %"));
    let links = page.links("/approvals?");
    let behind = links
        .iter()
        .find(|link| link.contains("red_cards") && link.contains("numerator"))
        .unwrap();
    let list = bench.get(behind).await.text;
    assert!(
        list.contains("B3") && !list.contains("B1"),
        "only the items counted"
    );
    let unit = bench
        .get("/approvals?unit=%E5%8C%BA%E5%B8%82%E5%9C%BA%E7%9B%91%E7%AE%A1%E5%B1%80")
        .await
        .text;
    assert!(unit.contains("B1") && !unit.contains("B3"));
    for wrong in [
        "/api/v1/approvals?metric=nothing",
        "/api/v1/approvals?metric=at_once&part=half",
    ] {
        assert_eq!(bench.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
