//! Tickets as they stood at a past moment: those with an event after it are folded again from the events up to it.

use super::{FrameError, Masks, Predicate, Snapshot, View, Window, after, rows_where, table, ticket};
use crate::ledger::{Fold, LedgerError, Names, Store, TicketRow, fold_at};
use ingest::time::Moment;
use polars::prelude::{DataFrame, IntoColumn, IntoSeries, PolarsResult};
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
        changed.extend(rows_where(part, &later)?);
    }
    let within = window.predicate();
    let standing = within.clone() & !later;
    let mut parts = snapshot
        .tickets
        .iter()
        .map(|part| with_live(part, &standing))
        .collect::<Result<Vec<DataFrame>, _>>()?;
    if changed.is_empty() {
        return Ok(View {
            parts,
            names: Arc::clone(&snapshot.names),
        });
    }
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
    parts.push(with_live(&table::all_live(builder.finish()?)?, &within)?);
    Ok(View {
        parts,
        names: Arc::new(names),
    })
}

/// Standing rows of the window with a fact after its moment.
fn later(window: Window) -> Predicate {
    window.predicate() & after("last_event_at", window.as_of.timestamp_millis())
}

/// The frame with other rows standing. Columns are shared, not copied.
fn with_live(part: &DataFrame, standing: &Predicate) -> PolarsResult<DataFrame> {
    let mut live = Masks::new(part).of(standing)?;
    live.rename(table::LIVE.into());
    let mut part = part.clone();
    part.with_column(live.into_series().into_column())?;
    Ok(part)
}

fn fold(store: &Store, rows: &[u32], as_of: Moment, change: i64) -> Result<Vec<(u32, Fold)>, LedgerError> {
    let connection = store.read()?;
    let folds = rows.iter().map(|&row| {
        let fold = fold_at(&connection, row, as_of, change, &store.rules)?;
        Ok(fold.map(|fold| (row, fold)))
    });
    folds.filter_map(Result::transpose).collect()
}
