//! `kill -9` at 50 moments of an import: afterwards ledger and index hold what an undisturbed run gives.

use anyhow::{Result, ensure};
use minsheng_tests::{binary, hotline, sinks};
use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

/// Data folders, each killed so often before the import may finish.
const FOLDERS: usize = 10;
const KILLS: usize = 5;

#[test]
fn fifty_kills_leave_no_trace() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let files = material(folder.path())?;
    let undisturbed = folder.path().join("undisturbed");
    let begun = Instant::now();
    ensure!(
        start(&undisturbed, &files)?.wait()?.success(),
        "the undisturbed import failed"
    );
    let whole = begun.elapsed();
    let expected = sinks::held(&undisturbed)?;
    assert!(
        expected.documents.len() > 4000,
        "{} documents",
        expected.documents.len()
    );

    let mut moments = SplitMix(20_160_630);
    let mut between_the_sinks = 0;
    for n in 0..FOLDERS {
        let data = folder.path().join(format!("killed-{n}"));
        // Callers are hashed with a key of the data folder: all get the same one.
        std::fs::create_dir_all(&data)?;
        std::fs::copy(undisturbed.join("caller.key"), data.join("caller.key"))?;
        for kill in 0..KILLS {
            let mut child = start(&data, &files)?;
            if kill % 2 == 0 {
                wait_for_a_moment(&mut child, whole.mul_f64(moments.unit()))?;
            } else {
                wait_for_a_ledger_transaction(&data, whole);
            }
            child.kill()?;
            child.wait()?;
            between_the_sinks += usize::from(ledger_is_ahead(&data));
        }
        ensure!(
            start(&data, &files)?.wait()?.success(),
            "the import after the kills failed"
        );
        let held = sinks::held(&data)?;
        // Not assert_eq: a failure would print all of both.
        assert_eq!(held.rows.len(), expected.rows.len(), "ledger rows in folder {n}");
        let row = held
            .rows
            .iter()
            .zip(&expected.rows)
            .find(|(held, expected)| held != expected);
        assert!(row.is_none(), "folder {n}: {row:?}");
        assert!(held.documents == expected.documents, "documents in folder {n}");
    }
    assert!(
        between_the_sinks > 0,
        "no kill fell between ledger transaction and index commit"
    );
    Ok(())
}

/// Tickets and posts, enough for several batches.
fn material(folder: &Path) -> Result<Vec<PathBuf>> {
    let export = folder.join("export.xlsx");
    hotline::write_xlsx(&export, &hotline::rows(1500))?;
    let posts = folder.join("posts.jsonl");
    let lines: Vec<String> = (0..3000)
        .map(|n| {
            serde_json::json!({
                "kind": "post", "id": format!("w{n}"), "source": "weibo", "channel": "weibo",
                "body": format!("今天第{n}次路过滨河公园，绿道修好了，{}。", ["真不错", "就是灯太暗", "人很多"][n % 3]),
                "published_at": format!("2016-05-{:02} 08:{:02}:00", n % 31 + 1, n % 60),
            })
            .to_string()
        })
        .collect();
    std::fs::write(&posts, lines.join("\n"))?;
    Ok(vec![export, posts])
}

fn start(data: &Path, files: &[PathBuf]) -> Result<Child> {
    let mut command = binary::command(data, &["import", "--json"]);
    Ok(command
        .args(files)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?)
}

/// Lets the import work for `moment`, or to its end: the undisturbed one may have been slow because other tests ran.
fn wait_for_a_moment(child: &mut Child, moment: Duration) -> Result<()> {
    let give_up = Instant::now() + moment;
    while Instant::now() < give_up && child.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Returns right after the ledger's checkpoint moved, which is when the index commit is still to come.
fn wait_for_a_ledger_transaction(data: &Path, at_most: Duration) {
    let before = ledger_position(data);
    let give_up = Instant::now() + at_most;
    while Instant::now() < give_up && ledger_position(data) == before {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn ledger_position(data: &Path) -> Option<ingest::log::Checkpoint> {
    sinks::ledger(data).ok()?.checkpoint().ok()
}

fn ledger_is_ahead(data: &Path) -> bool {
    let Ok(segmenter) = index::Segmenter::new("") else {
        return false;
    };
    match (
        ledger_position(data),
        index::writer::Index::open_reader(&data.join("index"), segmenter),
    ) {
        (Some(ledger), Ok(index)) => ledger != index.checkpoint(),
        _ => false,
    }
}

/// A small seeded generator, so that a failing run can be repeated.
struct SplitMix(u64);

impl SplitMix {
    /// Uniform in 0..1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
