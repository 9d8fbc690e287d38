//! Commands beside a running process, replay, and the refusals a user meets.

use anyhow::Result;
use minsheng_tests::{binary, hotline, sinks};
use serde_json::json;

#[tokio::test]
async fn commands_forward_to_the_process_that_owns_the_folder() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let config = folder.path().join("minsheng.toml");
    std::fs::write(&config, "[dashboard]\nlisten = \"127.0.0.1:0\"\n")?;
    let server =
        binary::Server::start(&data, &["--config", config.to_str().unwrap_or_default(), "run"]).await?;
    let export = folder.path().join("export.xlsx");
    hotline::write_xlsx(&export, &hotline::rows(60))?;
    let summary = binary::json(&data, &["import", "--json", export.to_str().unwrap_or_default()])?;
    assert_eq!(
        summary,
        [json!({"records": 60, "new": 60, "duplicate": 0, "dead": 0})]
    );
    let found = binary::json(&data, &["search", "--json", "type:投诉"])?;
    assert_eq!(found.last(), Some(&json!({"total": 12})));
    let report = binary::json(
        &data,
        &["report", "--json", "--from", "2016-01-01", "--to", "2016-12-31"],
    )?;
    assert!(
        report
            .iter()
            .any(|rate| rate["metric"] == "completion" && rate["denominator"] == 60),
        "{report:?}"
    );

    // Nobody without the token of `owner.json` may use the way the commands take.
    let client = reqwest::Client::builder().no_proxy().build()?;
    let stranger = client
        .post(format!("{}/internal/import", server.url))
        .json(&json!({"files": [], "source": "x"}));
    assert!(stranger.send().await?.status().is_client_error());
    Ok(())
}

#[test]
fn replay_gives_the_same_ledger_and_documents() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let export = folder.path().join("export.xlsx");
    hotline::write_xlsx(&export, &hotline::rows(200))?;
    binary::json(&data, &["import", "--json", export.to_str().unwrap_or_default()])?;
    let before = sinks::held(&data)?;
    assert!(binary::command(&data, &["replay"]).status()?.success());
    assert_eq!(sinks::held(&data)?, before);
    let findings = binary::json(&data, &["check", "--json"])?;
    assert!(
        findings.iter().all(|finding| finding["ok"] == true),
        "{findings:?}"
    );
    Ok(())
}

#[test]
fn only_loopback_is_served_and_single_roles_need_kafka() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("open.toml");
    std::fs::write(&config, "[dashboard]\nlisten = \"0.0.0.0:8080\"\n")?;
    let refused = binary::command(
        folder.path(),
        &["--config", config.to_str().unwrap_or_default(), "run"],
    )
    .output()?;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("loopback"));
    let apart = binary::command(folder.path(), &["process"]).output()?;
    assert_eq!(apart.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&apart.stderr).contains("kafka"));
    assert_eq!(
        binary::command(folder.path(), &["no-such-command"])
            .output()?
            .status
            .code(),
        Some(2)
    );
    Ok(())
}

#[test]
fn deadline_and_classify_answer_line_by_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let answer = binary::json(
        folder.path(),
        &[
            "deadline",
            "--json",
            "--from",
            "2024-09-30T10:00+08:00",
            "--working-days",
            "5",
        ],
    )?;
    // 1–7 October are holidays, Saturday the 12th is worked: 8, 9, 10, 11, 12.
    assert_eq!(answer[0]["due_at"], "2024-10-12T23:59:59+08:00");
    let tickets = "{\"id\":\"a\",\"title\":\"\",\"body\":\"请问办理居住证需要什么材料？在哪里办理？\"}\nnot json\n\n{\"id\":7,\"body\":\"\"}\n";
    let labels = binary::json_with_input(folder.path(), &["classify", "--json"], tickets)?;
    assert_eq!(labels.len(), 3);
    assert_eq!(
        (&labels[0]["id"], &labels[0]["type"]),
        (&json!("a"), &json!("inquiry"))
    );
    assert!(
        labels[0]["evidence"]
            .as_array()
            .is_some_and(|evidence| !evidence.is_empty())
    );
    assert_eq!(labels[1]["line"], 2);
    assert!(labels[1]["error"].is_string());
    assert_eq!(labels[2]["id"], 7);
    Ok(())
}
