//! Dependencies point one way: ingest ← index ← analytics ← dashboard.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, process::Command};

/// From the bottom up; each may depend on those before it only.
const LAYERS: [&str; 4] = ["ingest", "index", "analytics", "dashboard"];

/// Crates whose types must not cross a crate border, and the only crate that may depend on each.
const PRIVATE: [(&str, &str); 6] = [
    ("rdkafka", "ingest"),
    ("scraper", "ingest"),
    ("tantivy", "index"),
    ("jieba-rs", "index"),
    ("polars", "analytics"),
    ("axum", "dashboard"),
];

/// Each workspace package with its direct, non-development dependencies.
fn dependencies() -> Result<BTreeMap<String, Vec<String>>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    Ok(packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let direct = dependencies.filter(|dependency| dependency["kind"].is_null());
            let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
            (name(package), direct.map(name).collect())
        })
        .collect())
}

#[test]
fn arrows_point_one_way() -> Result<()> {
    let dependencies = dependencies()?;
    for (height, layer) in LAYERS.iter().enumerate() {
        let direct = dependencies
            .get(*layer)
            .with_context(|| format!("no package {layer}"))?;
        for above in &LAYERS[height..] {
            assert!(
                !direct.iter().any(|name| name == above),
                "{layer} depends on {above}"
            );
        }
    }
    Ok(())
}

#[test]
fn each_engine_stays_in_its_room() -> Result<()> {
    let dependencies = dependencies()?;
    for (engine, room) in PRIVATE {
        for layer in LAYERS.iter().filter(|layer| **layer != room) {
            let direct = &dependencies[*layer];
            assert!(
                !direct.iter().any(|name| name == engine),
                "{layer} depends on {engine}"
            );
        }
    }
    Ok(())
}

#[test]
fn nothing_but_the_agreed_rooms_stands_at_top_level() -> Result<()> {
    let rooms = [
        "analytics",
        "config",
        "dashboard",
        "index",
        "ingest",
        "tests",
        "target",
        "data",
    ];
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && !name.starts_with('.') {
            assert!(rooms.contains(&name.as_str()), "unexpected folder {name}");
        }
    }
    Ok(())
}
