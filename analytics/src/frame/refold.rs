//! Tickets as they stood at a past moment: those with an event after it are folded again from the events up to it.

use super::{FrameError, Snapshot, View, Window, table, ticket};
use crate::ledger::{Fold, LedgerError, Names, Store, TicketRow, fold_at};
use ingest::time::Moment;
use polars::prelude::{DataFrame, Expr, IntoLazy, col, lit};
use rayon::prelude::*;
use std::sync::Arc;

/// Tickets folded by one thread over one connection.
const CHUNK: usize = 512;
/// Folds held in memory at once; each holds its ticket's texts.
const AT_ONCE: usize = 32 * CHUNK;

/// The view of a window: the frames as they are, less the tickets that changed after the window's moment, plus those
/// tickets as they were.
pub(super) fn view(snapshot: &Snapshot, window: Window) -> Result<View, FrameError> {
    let later = later(window);
    let mut changed = Vec::new();
    for part in &snapshot.tickets {
        let rows = part
            .clone()
            .lazy()
            .filter(later.clone())
            .select([col(table::ROW)])
            .collect()?;
        changed.extend(table::rows(&rows)?);
    }
    if changed.is_empty() {
        return Ok(View {
            parts: snapshot.tickets.clone(),
            names: Arc::clone(&snapshot.names),
        });
    }
    let mut parts = snapshot
        .tickets
        .iter()
        .map(|part| {
            let standing = col(table::LIVE).and(later.clone().not()).alias(table::LIVE);
            part.clone().lazy().with_columns([standing]).collect()
        })
        .collect::<Result<Vec<DataFrame>, _>>()?;
    let mut names = Names::clone(&snapshot.names);
    let mut builder = ticket::COLUMNS.builder(changed.len());
    for some in changed.chunks(AT_ONCE) {
        let folded: Vec<Vec<(u32, Fold)>> = some
            .par_chunks(CHUNK)
            .map(|rows| fold(&snapshot.store, rows, window.as_of, snapshot.change))
            .collect::<Result<_, _>>()?;
        for (row, fold) in folded.iter().flatten() {
            builder.push(&TicketRow::of(fold, &snapshot.store.rules, *row, |text| {
                Ok(names.intern(text))
            })?);
        }
    }
    parts.push(table::all_live(builder.finish()?)?);
    Ok(View {
        parts,
        names: Arc::new(names),
    })
}

/// Standing rows of the window with a fact after its moment.
fn later(window: Window) -> Expr {
    let accepted = || col("accepted_at");
    let as_of = window.as_of.timestamp_millis();
    col(table::LIVE)
        .and(accepted().gt_eq(lit(window.from)))
        .and(accepted().lt(lit(window.to)))
        .and(accepted().lt_eq(lit(as_of)))
        .and(col("last_event_at").gt(lit(as_of)))
}

fn fold(store: &Store, rows: &[u32], as_of: Moment, change: i64) -> Result<Vec<(u32, Fold)>, LedgerError> {
    let connection = store.read()?;
    let folds = rows.iter().map(|&row| {
        let fold = fold_at(&connection, row, as_of, change, &store.rules)?;
        Ok(fold.map(|fold| (row, fold)))
    });
    folds.filter_map(Result::transpose).collect()
}
