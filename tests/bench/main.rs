//! `cargo bench`: speed as ratios to a named baseline in one run, each measure in a process of its own so that its peak
//! memory is its own. The figures seen are in BENCHMARKS.md.
//!
//! `cargo bench -- whole` runs one group. The Kafka figures need `MINSHENG_KAFKA_LIBS` (see `tests/run`).

#![expect(clippy::print_stdout, reason = "the figures are the answer of this program")]

mod log;
mod metrics;
mod text;
mod whole;

use anyhow::{Context, Result, ensure};
use std::{
    fmt::Write as _,
    process::Command,
    time::{Duration, Instant},
};

/// Rounds of each group; the median of the ratios is told, so one disturbed round does not decide.
const ROUNDS: usize = 3;

/// What one measure did.
struct Done {
    /// Texts, records or tickets worked on.
    items: usize,
    /// Time for them.
    took: Duration,
}

/// One measured piece of work: sets up, then times.
type Measure = fn() -> Result<Done>;

/// Groups: the first measure is the baseline of the others' ratios.
const GROUPS: &[(&str, &[(&str, Measure)])] = &[
    (
        "whole",
        &[
            ("bare loop: jieba-rs and tantivy", whole::bare),
            ("log to searchable and in the ledger", whole::whole),
        ],
    ),
    (
        "segment",
        &[
            ("jieba-rs search mode", text::bare),
            ("segmenter with folding and offsets", text::segmenter),
        ],
    ),
    (
        "append",
        &[("embedded", log::append_embedded), ("Kafka", log::append_kafka)],
    ),
    (
        "read",
        &[("embedded", log::read_embedded), ("Kafka", log::read_kafka)],
    ),
    (
        "metrics",
        &[
            ("load the tickets from the ledger", metrics::load),
            ("all rates over one cut", metrics::rates),
            ("all rates by unit", metrics::rates_by_unit),
            ("the slowest single rate over any cut", metrics::slowest),
            ("median and p90 of handling time", metrics::handling),
        ],
    ),
];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [flag, group, measure] = args.as_slice()
        && flag == "--measure"
    {
        return measure_here(group, measure);
    }
    if args == ["--prepare"] {
        return metrics::prepare();
    }
    if args == ["--queries"] {
        return metrics::queries();
    }
    for (group, measures) in GROUPS {
        if args.is_empty() || args.iter().any(|arg| arg == group) {
            if *group == "metrics" {
                // In a process of its own: making the ledger must not count as the memory of loading it.
                ensure!(
                    Command::new(std::env::current_exe()?)
                        .arg("--prepare")
                        .status()?
                        .success(),
                    "no ledger made"
                );
            }
            print!("{}", run_group(group, measures)?);
        }
    }
    Ok(())
}

/// In the child: work, then tell items, seconds and peak memory (KiB).
fn measure_here(group: &str, measure: &str) -> Result<()> {
    let (_, measures) = GROUPS
        .iter()
        .find(|(name, _)| *name == group)
        .context("no such group")?;
    let (_, work) = measures
        .iter()
        .find(|(name, _)| *name == measure)
        .context("no such measure")?;
    let begun = Instant::now();
    let Done { items, took } = work()?;
    let setup = begun.elapsed().saturating_sub(took);
    println!(
        "{items} {} {} {}",
        took.as_secs_f64(),
        peak_kib()?,
        setup.as_secs_f64()
    );
    Ok(())
}

/// The most memory this process ever held.
fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn run_group(group: &str, measures: &[(&str, Measure)]) -> Result<String> {
    let mut rates: Vec<Vec<f64>> = vec![Vec::new(); measures.len()];
    let mut peaks = vec![0u64; measures.len()];
    let mut said = vec![None; measures.len()];
    for _ in 0..ROUNDS {
        for (n, (measure, _)) in measures.iter().enumerate() {
            let output = Command::new(std::env::current_exe()?)
                .args(["--measure", group, measure])
                .output()?;
            if !output.status.success() {
                said[n] = Some(String::from_utf8_lossy(&output.stderr).trim().to_owned());
                continue;
            }
            let text = String::from_utf8(output.stdout)?;
            let figures: Vec<f64> = text
                .split_whitespace()
                .map(str::parse)
                .collect::<Result<_, _>>()?;
            ensure!(figures.len() == 4, "a measure printed {text}");
            rates[n].push(figures[0] / figures[1]);
            peaks[n] = peaks[n].max(figures[2] as u64);
        }
    }
    let mut table = format!("\n{group}\n");
    for (n, (measure, _)) in measures.iter().enumerate() {
        if let Some(error) = &said[n] {
            writeln!(table, "  {measure:<44} NOT MEASURED: {error}")?;
            continue;
        }
        let ratios: Vec<f64> = rates[n]
            .iter()
            .zip(&rates[0])
            .map(|(rate, base)| rate / base)
            .collect();
        let ratio = if rates[0].is_empty() {
            String::from("-")
        } else {
            format!("{:.2}", median(ratios))
        };
        writeln!(
            table,
            "  {measure:<44} {:>12.0} /s   ratio {ratio:>6}   peak {:>6} MiB",
            median(rates[n].clone()),
            peaks[n] / 1024
        )?;
    }
    Ok(table)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
