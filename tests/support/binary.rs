//! The real binary, run as a user runs it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The path of `minsheng`, built in the profile of this test binary. Building is a no-op when it is
/// fresh; without `-p`, so that features are those `cargo run` and `cargo test` at the root resolve to.
///
/// # Panics
/// When it cannot be built: no test that needs it may pass.
#[expect(clippy::panic, reason = "support code of tests")]
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| build().unwrap_or_else(|error| panic!("minsheng cannot be built: {error:#}")))
}

fn build() -> Result<PathBuf> {
    // target/<profile>/deps/pipeline-… → target/<profile>
    let test = std::env::current_exe()?;
    let folder = test
        .parent()
        .and_then(Path::parent)
        .context("test binary lies in target/<profile>/deps")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--bin", "minsheng"]);
    if folder.file_name().is_some_and(|name| name == "release") {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "cargo build failed");
    Ok(folder.join("minsheng"))
}

/// A command on a data folder, logs discarded.
pub fn command(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(path());
    command
        .args(args)
        .env("MINSHENG_DATA", data)
        .env("MINSHENG_LOG", "warn")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end and gives its JSON Lines.
///
/// # Errors
/// When it fails (with what it said) or prints something else than JSON Lines.
pub fn json(data: &Path, args: &[&str]) -> Result<Vec<Value>> {
    lines(&command(data, args).output()?)
}

/// As [`json`], with standard input.
///
/// # Errors
/// As [`json`].
pub fn json_with_input(data: &Path, args: &[&str], input: &str) -> Result<Vec<Value>> {
    let mut child = command(data, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("standard input is piped")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("writer ended"))??;
    lines(&output)
}

fn lines(output: &Output) -> Result<Vec<Value>> {
    ensure!(
        output.status.success(),
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::str::from_utf8(&output.stdout)?;
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}")))
        .collect()
}

/// A running `minsheng`, killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Server {
    /// Starts a command that serves and waits until `owner.json` in `data` tells its address and `/readyz` is 200.
    ///
    /// # Errors
    /// When it ends or is not ready within a minute.
    pub async fn start(data: &Path, args: &[&str]) -> Result<Self> {
        let mut child = command(data, args)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let give_up = Instant::now() + Duration::from_secs(60);
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            ensure!(child.try_wait()?.is_none(), "minsheng ended before it was ready");
            ensure!(Instant::now() < give_up, "minsheng is not ready after a minute");
            let Ok(owner) = std::fs::read(data.join("owner.json")) else {
                continue;
            };
            let owner: Value = serde_json::from_slice(&owner).unwrap_or_default();
            let Some(address) = owner["address"].as_str() else {
                continue;
            };
            let url = format!("http://{address}");
            if let Ok(answer) = client.get(format!("{url}/readyz")).send().await
                && answer.status().is_success()
            {
                return Ok(Self { child, url });
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
