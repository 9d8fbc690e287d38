//! Builds the web assets with npm, in a copy under `OUT_DIR`, so that the source tree stays clean and the binary
//! carries all it shows: no CDN, nothing fetched when it runs.
//!
//! Packages are installed again only when the lock file changes, the bundle only when a source does. Must never use
//! a package the lock file does not name (`npm ci`), nor run a package's install scripts.

use std::{
    env,
    error::Error,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];
const SOURCES: [&str; 3] = ["build.mjs", "tsconfig.json", "src"];

fn main() -> ExitCode {
    match bundle() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One directive a line: a line break would end it.
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn bundle() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for name in MANIFESTS.iter().chain(&SOURCES) {
        println!("cargo::rerun-if-changed=web/{name}");
    }
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("web");
    let work = PathBuf::from(env::var("OUT_DIR")?).join("web");
    fs::create_dir_all(&work)?;

    let manifests = MANIFESTS.map(|name| web.join(name));
    let installed = hash_of(&manifests)?;
    if stamp(&work, "installed") != Some(installed) {
        for name in MANIFESTS {
            fs::copy(web.join(name), work.join(name))?;
        }
        // Only what the bundle needs: the type checker is for people and CI.
        npm(
            &work,
            &[
                "ci",
                "--omit=dev",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ],
        )?;
        set_stamp(&work, "installed", installed)?;
    }

    let mut files = manifests.to_vec();
    for name in SOURCES {
        collect(&web.join(name), &mut files)?;
    }
    files.sort();
    let built = hash_of(&files)?;
    if stamp(&work, "built") != Some(built) {
        // A file deleted in the tree must not live on in the copy.
        for stale in ["src", "dist"] {
            match fs::remove_dir_all(work.join(stale)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        for file in &files {
            let copy = work.join(file.strip_prefix(&web)?);
            if let Some(folder) = copy.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(file, copy)?;
        }
        npm(&work, &["run", "--silent", "build"])?;
        set_stamp(&work, "built", built)?;
    }
    // Asset URLs carry it, so that browsers may keep them for ever.
    println!("cargo::rustc-env=MINSHENG_WEB_HASH={built:016x}");
    Ok(())
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(
                "npm was not found: the dashboard's web assets are built with Node.js 18 or later and npm; \
                        install them (https://nodejs.org, or `apt install nodejs npm`) and build again"
                    .into(),
            );
        }
        Err(error) => return Err(format!("npm cannot be started: {error}").into()),
    };
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`npm {}` failed ({}); it needs Node.js 18 or later and, the first time, the npm registry\n{}\n{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout).trim(),
        String::from_utf8_lossy(&output.stderr).trim(),
    )
    .into())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_path_buf());
    }
    Ok(())
}

fn hash_of(files: &[PathBuf]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn stamp(work: &Path, name: &str) -> Option<u64> {
    fs::read_to_string(work.join(name)).ok()?.parse().ok()
}

fn set_stamp(work: &Path, name: &str, hash: u64) -> io::Result<()> {
    fs::write(work.join(name), hash.to_string())
}
