//! `minsheng check`: configuration, log, ledger and index, each with what is wrong.

use super::{Common, output::Output};
use crate::run;
use analytics::label::Models;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    detail: String,
}

pub(super) async fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let config = common.config()?;
    let data = common.data()?;
    let mut findings = vec![finding(
        "configuration",
        Ok(format!("{} sources", config.sources.len())),
    )];
    findings.push(finding(
        "deadlines",
        run::rules(&config).map(|rules| format!("{}, version {}", rules.summary(), rules.version())),
    ));
    findings.push(finding(
        "escalation",
        run::escalate::ladder(&config).map(|ladder| format!("{} rungs", ladder.rungs())),
    ));
    findings.push(finding(
        "dictionary",
        run::segmenter(&config).map(|_| "readable".to_owned()),
    ));
    findings.push(finding(
        "units",
        run::units(&config).map(|units| format!("{} units", units.len())),
    ));
    findings.push(finding(
        "regions",
        run::regions(&config).map(|_| format!("{} files", config.files.regions.len())),
    ));
    findings.push(finding(
        "sensitive",
        run::sensitive(&config).map(|flags| format!("{} lists", flags.len())),
    ));
    findings.push(finding(
        "models",
        run::models_of(&config, &data).map(|models: Models| format!("model {}", models.hash())),
    ));
    match run::Engine::open(config, data).await {
        Ok(engine) => {
            let app = engine.app();
            findings.push(finding(
                "log",
                app.caught_up()
                    .await
                    .map(|()| "read to its end".to_owned())
                    .map_err(Into::into),
            ));
            findings.push(finding("ledger and index", app.consistency().await));
            findings.push(finding("attachments", app.evidence().await));
            engine.stop().await?;
        }
        Err(error) => findings.push(finding("data folder", Err(error))),
    }
    let mut out = Output::new();
    for found in &findings {
        if common.json() {
            out.json(found)?;
        } else {
            let mark = if found.ok { "ok   " } else { "WRONG" };
            out.line(format_args!("{mark} {}: {}", found.check, found.detail))?;
        }
    }
    out.flush()?;
    Ok(if findings.iter().all(|found| found.ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn finding(check: &'static str, result: anyhow::Result<String>) -> Finding {
    match result {
        Ok(detail) => Finding {
            check,
            ok: true,
            detail,
        },
        Err(error) => Finding {
            check,
            ok: false,
            detail: format!("{error:#}"),
        },
    }
}
