//! A real Chromium, driven by `tests/support/browser/visit.mjs`.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a person works at, and what they carry.
pub const SIZES: [[u32; 2]; 2] = [[1440, 900], [390, 844]];

/// Opens every page at both sizes and gives what `visit.mjs` saw. Screenshots are kept under the target folder.
///
/// # Errors
/// When `MINSHENG_CHROMIUM` is missing (run `./tests/run`), or Node.js, npm or Chromium fail.
pub fn visit(base: &str, pages: &[String]) -> Result<Vec<Value>> {
    let chromium =
        std::env::var("MINSHENG_CHROMIUM").context("MINSHENG_CHROMIUM is not set: run ./tests/run")?;
    let target = target()?;
    // Installed under the target folder: a clone stays as it was.
    let folder = target.join("browser-tests");
    std::fs::create_dir_all(&folder)?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/browser");
    for file in ["package.json", "package-lock.json", "visit.mjs"] {
        std::fs::copy(source.join(file), folder.join(file))?;
    }
    let npm = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&folder)
        .status()?;
    ensure!(npm.success(), "npm ci failed");

    let mut node = Command::new("node")
        .arg("visit.mjs")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let task = json!({
        "chromium": chromium, "base": base, "pages": pages, "sizes": SIZES, "screenshots": target.join("screenshots"),
    });
    node.stdin
        .take()
        .context("standard input is piped")?
        .write_all(task.to_string().as_bytes())?;
    let output = node.wait_with_output()?;
    ensure!(output.status.success(), "visit.mjs failed");
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// `target/`, from `target/<profile>/deps/pipeline-…`.
fn target() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    test.ancestors()
        .nth(3)
        .map(Path::to_owned)
        .context("test binary lies in target/<profile>/deps")
}
