//! The clock against an independent slow count, against hand-counted days, and against its own promises.

mod cases;
mod config;
mod office;
mod oracle;
mod properties;

use super::*;
use ingest::time;

fn at(text: &str) -> Moment {
    time::parse(text).unwrap_or_else(|| panic!("no time: {text}"))
}

fn rules(toml: &str) -> Rules {
    Rules::load(toml, "deadlines.toml", Calendar::embedded().unwrap()).unwrap()
}

/// The rule most tests count by.
fn five_days() -> Rules {
    rules("default = { working_days = 5 }")
}
