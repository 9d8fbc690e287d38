//! How long tickets took: median and ninetieth percentile from acceptance to resolution.

use super::{Result, Scope};
use crate::frame::Snapshot;
use polars::prelude::{IntoLazy, QuantileMethod, col, concat, lit};
use serde::Serialize;

/// Handling times of the resolved tickets in scope, merged ones not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// Tickets resolved.
    pub resolved: u64,
    /// Half of them took no longer (milliseconds); `None` when there is none.
    pub median_ms: Option<i64>,
    /// Nine of ten took no longer (milliseconds).
    pub p90_ms: Option<i64>,
}

/// The distribution of handling times over a scope. Quantiles are times that some ticket really took.
///
/// # Errors
/// When Polars or the ledger fails.
pub fn handling(snapshot: &Snapshot, scope: &Scope) -> Result<Handling> {
    let view = snapshot.view(scope.window())?;
    let counted = || {
        scope
            .condition(&view)
            .and(col("resolved"))
            .and(col("merged").not())
    };
    let parts: Vec<_> = view
        .parts
        .iter()
        .map(|part| part.clone().lazy().filter(counted()).select([col("handled")]))
        .collect();
    let quantile = |share: f64, name: &str| {
        col("handled")
            .quantile(lit(share), QuantileMethod::Equiprobable)
            .cast(polars::prelude::DataType::Int64)
            .alias(name)
    };
    let frame = concat(parts, Default::default())?
        .select([
            col("handled")
                .count()
                .cast(polars::prelude::DataType::UInt64)
                .alias("resolved"),
            quantile(0.5, "median"),
            quantile(0.9, "p90"),
        ])
        .collect()?;
    Ok(Handling {
        resolved: frame.column("resolved")?.u64()?.get(0).unwrap_or_default(),
        median_ms: frame.column("median")?.i64()?.get(0),
        p90_ms: frame.column("p90")?.i64()?.get(0),
    })
}
