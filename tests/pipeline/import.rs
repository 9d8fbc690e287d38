//! A hotline export through the real binary: in once, not twice, and every refused row told.

use anyhow::Result;
use minsheng_tests::{binary, hotline};
use serde_json::json;

#[test]
fn a_second_import_brings_nothing_new() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let export = folder.path().join("export.xlsx");
    hotline::write_xlsx(&export, &hotline::rows(300))?;
    let import = ["import", "--json", export.to_str().unwrap_or_default()];
    assert_eq!(
        binary::json(&data, &import)?,
        [json!({"records": 300, "new": 300, "duplicate": 0, "dead": 0})]
    );
    assert_eq!(
        binary::json(&data, &import)?,
        [json!({"records": 300, "new": 0, "duplicate": 300, "dead": 0})]
    );
    let found = binary::json(&data, &["search", "--json", "\"柳荫路17号附近\""])?;
    assert_eq!(found.last(), Some(&json!({"total": 1})), "{found:?}");
    assert_eq!(found[0]["native_id"], "XJ2016000016");
    Ok(())
}

#[test]
fn broken_rows_are_dead_letters_and_all_others_are_in() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let export = folder.path().join("broken.xlsx");
    let mut rows = hotline::rows(40);
    rows[4][1] = "二月三十".to_owned();
    rows[11][0] = String::new();
    rows[25][10] = "2015-01-01 08:00:00".to_owned();
    hotline::write_xlsx(&export, &rows)?;
    let summary = binary::json(&data, &["import", "--json", export.to_str().unwrap_or_default()])?;
    assert_eq!(
        summary,
        [json!({"records": 40, "new": 37, "duplicate": 0, "dead": 3})]
    );

    let ledger = minsheng_tests::sinks::ledger(&data)?;
    let mut places: Vec<(Option<u64>, Option<String>, String)> = ledger
        .dead_letters(None, 10)?
        .into_iter()
        .map(|(_, dead)| (dead.place.row, dead.place.field, dead.place.origin))
        .collect();
    places.sort();
    // A title row and the header stand above the first ticket, and rows are counted from 1. A missing number is found
    // in cleaning, which knows the standard term only.
    let expected = [(7, "来电时间"), (14, "工单编号"), (28, "办结时间")];
    let expected: Vec<_> = expected
        .map(|(row, field)| (Some(row), Some(field.to_owned()), "broken.xlsx".to_owned()))
        .into();
    assert_eq!(places, expected);
    Ok(())
}

#[test]
fn an_unreadable_file_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("no-export.xlsx");
    std::fs::write(&file, "not a workbook")?;
    let output = binary::command(&folder.path().join("data"), &["import"])
        .arg(&file)
        .output()?;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("no-export.xlsx"), "{said}");
    Ok(())
}

/// Posts and tickets alike, and again after the index was made anew: one of an earlier layout is rebuilt from the log.
#[test]
fn sensitive_content_is_searched_for_by_either_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let file = folder.path().join("told.jsonl");
    let lines = [
        json!({"kind": "post", "id": "p1", "body": "隔壁仓库起火了，烟很大。", "published_at": "2016-05-01 08:00:00"}),
        json!({"kind": "post", "id": "p2", "body": "今天的晚霞真好看。", "published_at": "2016-05-01 19:00:00"}),
        json!({"kind": "ticket", "no": "T1", "title": "电线", "body": "楼道里电线裸露，怕触电。",
            "accepted_at": "2016-05-02 09:00:00"}),
    ];
    std::fs::write(&file, lines.map(|line| line.to_string()).join("\n"))?;
    binary::json(&data, &["import", "--json", file.to_str().unwrap_or_default()])?;
    let found = |query: &str| -> Result<Vec<(String, String)>> {
        let hits = binary::json(&data, &["search", "--json", query])?;
        let mut hits: Vec<_> = hits
            .iter()
            .filter(|hit| hit.get("total").is_none())
            .map(|hit| (hit["native_id"].to_string(), hit["flags"].to_string()))
            .collect();
        hits.sort();
        Ok(hits)
    };
    let expected: Vec<_> = ["\"T1\"", "\"p1\""]
        .map(|id| (id.to_owned(), "[\"life_safety\"]".to_owned()))
        .into();
    for query in ["flag:生命安全", "flag:life_safety", "敏感:生命安全"] {
        assert_eq!(found(query)?, expected, "{query}");
    }
    assert_eq!(
        found("kind:post -flag:life_safety")?,
        [("\"p2\"".to_owned(), "[]".to_owned())]
    );
    let layouts: Vec<_> = std::fs::read_dir(data.join("index"))?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .filter(|entry| entry.path().is_dir())
        .collect();
    assert_eq!(layouts.len(), 1);
    std::fs::rename(layouts[0].path(), data.join("index/v1"))?;
    assert_eq!(found("flag:生命安全")?, expected);
    assert!(!data.join("index/v1").exists());

    let output = binary::command(&data, &["search", "flag:洪水"]).output()?;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr)?;
    assert!(
        said.contains("没有敏感内容“洪水”") && said.contains("生命安全（life_safety）"),
        "{said}"
    );
    Ok(())
}
