//! What our own ledger says where a bulletin states something of the same period.

use super::{Finding, Kind, Period};
use crate::{
    frame::Snapshot,
    ledger::TypeIs,
    metrics::{self, Cut, MetricError, Rate, Scope},
};
use ingest::{record::TicketType, time::Moment};
use serde::Serialize;
use std::collections::BTreeMap;

/// Our own figures beside a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Own {
    /// First day of acceptance.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Tickets accepted.
    pub accepted: u64,
    /// By type, under their Chinese names; for a sum.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_type: Vec<(String, u64)>,
    /// The rates that go by the name the text uses, one a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<Rate>,
}

/// Names of rates in bulletins, the most telling first, and our metrics.
const NAMES: &[(&str, &[&str])] = &[
    ("直接答复", &["direct"]),
    ("直接解答", &["direct"]),
    ("按时办结", &["on_time_due", "on_time_closed", "on_time_accepted"]),
    ("限时办结", &["on_time_due", "on_time_closed", "on_time_accepted"]),
    ("按期办结", &["on_time_due", "on_time_closed", "on_time_accepted"]),
    ("及时办结", &["on_time_due", "on_time_closed", "on_time_accepted"]),
    ("签收", &["signing"]),
    ("满意", &["satisfaction"]),
    ("解决", &["solved"]),
    ("退单", &["return"]),
    ("延期", &["extension"]),
    ("重办", &["reopen"]),
    ("响应", &["response"]),
    ("办结率", &["completion"]),
    ("答复率", &["reply"]),
];

/// Adds to each finding what the ledger says of `period`; nothing where it holds no ticket of it.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn compare(
    snapshot: &Snapshot,
    period: Period,
    as_of: Moment,
    findings: &mut [Finding],
) -> Result<(), MetricError> {
    let scope = Scope::new(period.from, period.to, as_of);
    let accepted = metrics::count(snapshot, &scope)?;
    if accepted == 0 {
        return Ok(());
    }
    let rates: BTreeMap<&str, Rate> = metrics::rates(snapshot, &scope)?
        .into_iter()
        .map(|rate| (rate.metric, rate))
        .collect();
    let types: Vec<(String, u64)> = metrics::count_by(snapshot, &scope, Cut::Type)?
        .into_iter()
        .map(|(name, count)| {
            (
                TypeIs::parse(&name).map_or(name, |kind| kind.chinese().to_owned()),
                count,
            )
        })
        .collect();
    for finding in findings {
        let mut own = Own {
            from: period.from.to_string(),
            to: period.to.to_string(),
            accepted,
            by_type: Vec::new(),
            rates: Vec::new(),
        };
        let says = match finding.kind {
            Kind::Sum
                if TicketType::ALL
                    .iter()
                    .any(|kind| finding.text.contains(kind.chinese())) =>
            {
                own.by_type.clone_from(&types);
                let terms: Vec<String> = types
                    .iter()
                    .map(|(name, count)| format!("{name} {count}"))
                    .collect();
                format!("本系统同期受理 {accepted} 件：{}", terms.join("、"))
            }
            Kind::Sum => continue,
            Kind::Rate => {
                let Some((_, names)) = NAMES.iter().find(|(name, _)| finding.text.contains(name)) else {
                    continue;
                };
                own.rates = names.iter().filter_map(|name| rates.get(name).cloned()).collect();
                let terms: Vec<String> = own
                    .rates
                    .iter()
                    .map(|rate| {
                        format!(
                            "{} {}（{} ÷ {}）",
                            rate.chinese,
                            rate.percent(),
                            rate.numerator,
                            rate.denominator
                        )
                    })
                    .collect();
                format!("本系统同期：{}", terms.join("、"))
            }
        };
        finding.explanation.push('；');
        finding.explanation.push_str(&says);
        finding.own = Some(own);
    }
    Ok(())
}
