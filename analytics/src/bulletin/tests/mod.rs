//! Invented bulletins with known answers.

mod own;
mod prose;
mod tables;

use super::{Finding, Kind, audit};

fn sums(text: &str) -> Vec<Finding> {
    audit(text)
        .into_iter()
        .filter(|finding| finding.kind == Kind::Sum)
        .collect()
}

fn rates(text: &str) -> Vec<Finding> {
    audit(text)
        .into_iter()
        .filter(|finding| finding.kind == Kind::Rate)
        .collect()
}

/// Each finding as `possible numerator/denominator`.
fn short(findings: &[Finding]) -> Vec<String> {
    let number = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    findings
        .iter()
        .map(|finding| {
            let sign = if finding.possible { "yes" } else { "no" };
            format!(
                "{sign} {}/{}",
                number(finding.numerator),
                number(finding.denominator)
            )
        })
        .collect()
}
