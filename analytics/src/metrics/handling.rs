//! How long tickets took: median and ninetieth percentile from acceptance to resolution.

use super::{Result, Scope};
use crate::frame::{Masks, Snapshot, flag, pieces};
use polars::prelude::{ChunkFilter, ChunkFullNull, ChunkQuantile, Int64Chunked, QuantileMethod};
use rayon::prelude::*;
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
    let counted = scope.predicate(&view) & flag("resolved") & !flag("merged");
    let pieces: Vec<Int64Chunked> = pieces(&view.parts)
        .par_iter()
        .map(|piece| {
            let counted = Masks::new(piece).of(&counted)?;
            Ok(piece.column("handled")?.i64()?.filter(&counted)?)
        })
        .collect::<Result<_>>()?;
    let mut times = Int64Chunked::full_null("handled".into(), 0);
    for piece in &pieces {
        times.append(piece)?;
    }
    let quantile = |share: f64| -> Result<Option<i64>> {
        // A time some ticket took: whole milliseconds, far below what a float holds exactly.
        let time = times.quantile(share, QuantileMethod::Equiprobable)?;
        Ok(time.map(|time| time as i64))
    };
    Ok(Handling {
        resolved: times.len() as u64,
        median_ms: quantile(0.5)?,
        p90_ms: quantile(0.9)?,
    })
}
