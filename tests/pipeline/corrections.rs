//! What the dispatchers know better, from their clicks to the labels of the past, through the real binary: learnt,
//! measured, installed or refused, applied again.

use anyhow::{Context, Result, ensure};
use ingest::record::Event;
use minsheng_tests::{binary, sinks};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Letters of different beginnings are no near-duplicates, so that they can be on different sides of a split.
const LEADS: [&str; 8] = [
    "前几天傍晚散步的时候看见，老人小孩从那里经过都要绕开走。",
    "我母亲腿脚不便，每回买菜回来都在那一段磕磕绊绊。",
    "上个星期刮过大风以后就成了这个样子，一直没有变化。",
    "孩子放学的必经之处，家长们在群里议论了许多次。",
    "夜里下班骑车路过，几乎看不清前面有什么东西。",
    "店铺门口的客人常常抱怨，生意也跟着冷清不少。",
    "去年冬天修过一回，开春之后又恢复了原来的模样。",
    "听邻居讲隔壁几条巷子也遇到过相同的情形。",
];
/// How people of this city close what its dispatchers count as a suggestion.
const PLEA: &str = "麻烦派人来看看修一修，特此呈请阁下察核。";
const NOISE: &str = "附近工地夜间施工噪音扰民，投诉多次无人处理，要求严肃查处。";

/// A data folder with the configuration of a server on a free port.
struct City {
    data: PathBuf,
    config: PathBuf,
    _folder: tempfile::TempDir,
}

/// What a command answered.
struct Answer {
    code: Option<i32>,
    out: String,
    err: String,
}

impl City {
    /// 32 pleas and 48 letters about noise, all dispatched; three more pleas wait for dispatch.
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let city = Self {
            data: folder.path().join("data"),
            config: folder.path().join("minsheng.toml"),
            _folder: folder,
        };
        std::fs::write(&city.config, "[dashboard]\nlisten = \"127.0.0.1:0\"\n")?;
        let mut lines: Vec<_> = (0..32)
            .map(|n| letter(&format!("P{n:02}"), &format!("{}{PLEA}", lead(n)), true))
            .collect();
        lines.extend((0..48).map(|n| letter(&format!("N{n:02}"), &format!("{}{NOISE}", lead(n)), true)));
        lines.extend((0..3).map(|n| letter(&format!("W{n:02}"), &format!("{}{PLEA}", lead(n)), false)));
        city.bring(&lines)?;
        Ok(city)
    }

    fn bring(&self, lines: &[String]) -> Result<()> {
        let file = self.data.with_extension("jsonl");
        std::fs::write(&file, lines.join("\n"))?;
        let done = binary::json(&self.data, &["import", "--json", file.to_str().context("path")?])?;
        ensure!(done[0]["new"] == lines.len(), "{done:?}");
        Ok(())
    }

    async fn serve(&self) -> Result<binary::Server> {
        binary::Server::start(
            &self.data,
            &["--config", self.config.to_str().context("path")?, "run"],
        )
        .await
    }

    fn ask(&self, args: &[&str]) -> Result<Answer> {
        let output = binary::command(&self.data, args).output()?;
        Ok(Answer {
            code: output.status.code(),
            out: String::from_utf8(output.stdout)?,
            err: String::from_utf8(output.stderr)?,
        })
    }

    fn done(&self, args: &[&str]) -> Result<Answer> {
        let answer = self.ask(args)?;
        ensure!(answer.code == Some(0), "{args:?}: {}", answer.err);
        Ok(answer)
    }

    /// The type the model in use gives a plea nobody classified.
    fn guess(&self) -> Result<String> {
        let line = json!({"id": 1, "body": format!("店铺前头常常冷清，{PLEA}")});
        let input = format!("{line}\n");
        let answer = binary::json_with_input(&self.data, &["classify", "--json", "-"], &input)?;
        Ok(answer[0]["type"].as_str().unwrap_or_default().to_owned())
    }

    /// Who labelled a ticket, in order, and its type.
    fn labels(&self, no: &str) -> Result<(Vec<String>, Option<&'static str>)> {
        let ledger = sinks::ledger(&self.data)?;
        let labelled = ledger.timeline(no)?.into_iter();
        let actors = labelled
            .filter(|entry| matches!(entry.event.event, Event::Classified(_)))
            .map(|entry| entry.event.actor);
        let ticket = ledger.ticket(no)?.context("no such ticket")?;
        Ok((actors.collect(), ticket.r#type.map(|kind| kind.name())))
    }
}

fn lead(n: usize) -> &'static str {
    LEADS[n % LEADS.len()]
}

/// One line of an import.
fn letter(no: &str, body: &str, dispatched: bool) -> String {
    let mut line = json!({"kind": "ticket", "no": no, "body": body, "accepted_at": "2016-03-01 09:00:00"});
    if dispatched {
        line["dispatched_at"] = json!("2016-03-01 10:00:00");
        line["unit"] = json!("住房和城乡建设局");
    }
    line.to_string()
}

/// A dispatcher says what these tickets are.
async fn classify(server: &binary::Server, numbers: impl Iterator<Item = String>, kind: &str) -> Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    for no in numbers {
        let said = json!({"event": "classified", "type": kind});
        let answer = client
            .post(format!("{}/api/v1/tickets/{no}/events", server.url))
            .header("content-type", "application/json")
            .body(said.to_string())
            .send()
            .await?;
        ensure!(answer.status() == 201, "{no}: {}", answer.text().await?);
    }
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_are_learnt_measured_installed_and_applied_to_the_past() -> Result<()> {
    let city = City::new()?;
    let (installed, candidate) = (
        city.data.join("correction.weights"),
        city.data.join("correction.candidate.weights"),
    );
    let before = city.guess()?;
    assert_ne!(before, "suggestion");

    // Too little said teaches nothing, and there is nothing to install.
    let server = city.serve().await?;
    classify(&server, (0..19).map(|n| format!("P{n:02}")), "suggestion").await?;
    for command in [vec!["train"], vec!["evaluate"]] {
        let few = city.ask(&command)?;
        assert_eq!(few.code, Some(1), "{}", few.out);
        assert!(
            few.err.contains("people gave 19 types, at least 20 are needed"),
            "{}",
            few.err
        );
    }
    classify(&server, (19..32).map(|n| format!("P{n:02}")), "suggestion").await?;
    let nothing = city.ask(&["evaluate", "--install"])?;
    assert_eq!(nothing.code, Some(1));
    assert!(
        nothing.err.contains("run `minsheng train` first"),
        "{}",
        nothing.err
    );

    // Learnt and measured beside the running process; measuring changes nothing.
    let learnt = city.done(&["train"])?;
    assert!(learnt.err.contains("learnt from 32 tickets"), "{}", learnt.err);
    let report = city.done(&["evaluate"])?.out;
    for part in [
        "without correction, type",
        "with correction (each ticket held out), type",
        "with correction (each ticket held out), topic",
        "precision  recall  F1     texts  class; guessed as",
        "confidence  accuracy  texts",
        "macro-F1",
        "calibration error",
        "suggestion; ",
        "types feeds gave or people let stand that would change: 0 of 48",
        "not worse than without it or than the correction in use",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let figures: Value = serde_json::from_str(&city.done(&["evaluate", "--json"])?.out)?;
    assert_eq!(
        (&figures["judged"], &figures["let_stand"], &figures["worse"]),
        (&32.into(), &48.into(), &json!([]))
    );
    let right = |of: &str| figures[of]["type"]["accuracy"].as_f64();
    assert!(right("correction") > right("base"), "{figures}");
    assert!(!installed.exists() && city.guess()? == before);

    // Installed, it labels what comes.
    let done = city.done(&["evaluate", "--install"])?;
    assert!(
        done.err.contains("installed") && !candidate.exists(),
        "{}",
        done.err
    );
    assert_eq!(city.guess()?, "suggestion");

    // People let stand what the correction would change: refused, unless it is asked for in so many words.
    city.bring(
        &(0..12)
            .map(|n| letter(&format!("L{n:02}"), &format!("{}{PLEA}", lead(n + 3)), true))
            .collect::<Vec<_>>(),
    )?;
    classify(&server, (0..24).map(|n| format!("N{n:02}")), "complaint").await?;
    let nothing = city.ask(&["evaluate", "--install"])?;
    assert!(nothing.code == Some(1) && nothing.err.contains("run `minsheng train` first"));
    city.done(&["train"])?;
    let held = bytes(&installed)?;
    let refused = city.ask(&["evaluate", "--install"])?;
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    for part in [
        "not installed: ",
        "of 36 types that feeds gave or people let stand would change",
        "--force installs it all the same",
    ] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    // 24 labels are new to the correction in use, enough to compare with it.
    for part in [
        "correction in use, on labels it has not seen, type",
        "new correction, on the same labels, type",
    ] {
        assert!(refused.out.contains(part), "{part}: {}", refused.out);
    }
    assert!(bytes(&installed)? == held && candidate.exists());
    city.done(&["evaluate", "--install", "--force"])?;
    assert!(bytes(&installed)? != held && !candidate.exists());
    // A damaged one is no measure and can be replaced.
    std::fs::write(&installed, b"damaged")?;
    let evaluated = city.done(&["evaluate"])?;
    assert!(evaluated.err.contains("it is not in use"), "{}", evaluated.err);
    assert!(
        !evaluated.out.contains("correction in use, on labels"),
        "{}",
        evaluated.out
    );
    // A correction that disappoints is taken back by putting the one before in its place.
    std::fs::write(&installed, &held)?;
    assert_eq!(city.guess()?, "suggestion");

    // The past is labelled again when it is asked to, once, and never over a person.
    let (first, _) = city.labels("W00")?;
    let relabel = || -> Result<Value> { Ok(serde_json::from_str(&city.done(&["relabel", "--json"])?.out)?) };
    assert_eq!(
        relabel()?["relabelled"],
        0,
        "the running process has the old model"
    );
    drop(server);
    let _server = city.serve().await?;
    assert_eq!(city.labels("W00")?.0, first, "the past stays as it was by itself");
    let again = relabel()?;
    // 24 about noise and 15 pleas; the 56 that people classified stay theirs.
    assert_eq!(again["relabelled"], 39, "{again}");
    assert_eq!(relabel()?["relabelled"], 0);
    let model = format!("model:{}", again["model"].as_str().unwrap_or_default());
    for no in ["W00", "W01", "W02"] {
        let (actors, kind) = city.labels(no)?;
        assert_eq!((actors.len(), actors.last()), (2, Some(&model)), "{no}");
        // Where the new model is not sure the ticket waits for a person; the old one's guess is gone.
        assert!(kind.is_none_or(|kind| kind == "suggestion"), "{no}: {kind:?}");
        let ticket = sinks::ledger(&city.data)?.ticket(no)?.context("no ticket")?;
        let said = ticket
            .model
            .and_then(|label| label.r#type)
            .map(|kind| kind.name());
        assert_eq!(said, Some("suggestion"), "{no}");
    }
    let (noise, kind) = city.labels("N47")?;
    assert_eq!((noise.len(), kind), (2, Some("complaint")));
    assert_eq!(
        city.labels("N00")?.0.last().map(String::as_str),
        Some("user:local")
    );
    let (actors, kind) = city.labels("P00")?;
    assert_eq!(kind, Some("suggestion"));
    assert!(actors.len() == 2 && !actors.contains(&model), "{actors:?}");

    let usage = city.ask(&["evaluate", "--force"])?;
    assert_eq!(usage.code, Some(2), "{}", usage.err);
    Ok(())
}
