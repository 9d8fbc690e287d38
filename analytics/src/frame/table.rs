//! One frame as a large base and a small delta over it.

use polars::prelude::{
    BooleanChunked, ChunkFull, DataFrame, IntoColumn, IntoSeries, NewChunkedArray, PolarsResult,
};
use rustc_hash::FxHashSet;

/// Delta rows below which the base is never rewritten.
const SMALL: usize = 20_000;
/// The base is rewritten when the delta reaches this share of it: the work per changed row stays constant.
const SHARE: usize = 10;
/// Marks rows that the base does not hold.
const ABSENT: u32 = u32::MAX;

/// The column that says whether a row stands: `false` where a newer form of the row is in another part.
pub(crate) const LIVE: &str = "live";
/// The row number in the ledger: dense, from 1, never given twice.
pub(crate) const ROW: &str = "row";

/// A base and a delta over it.
pub(super) struct Table {
    base: DataFrame,
    /// Place in the base by row number.
    places: Vec<u32>,
    live: Vec<bool>,
    delta: DataFrame,
}

impl Table {
    /// A table of the form of `empty`.
    pub(super) fn new(empty: DataFrame) -> Self {
        Self {
            base: empty.clone(),
            places: Vec::new(),
            live: Vec::new(),
            delta: empty,
        }
    }

    /// Takes new and changed rows, each row number once.
    pub(super) fn absorb(&mut self, fresh: DataFrame) -> PolarsResult<()> {
        if fresh.height() == 0 {
            return Ok(());
        }
        for row in rows(&fresh)? {
            if let Some(&place) = self.places.get(row as usize)
                && let Some(live) = self.live.get_mut(place as usize)
            {
                *live = false;
            }
        }
        self.delta = if self.delta.height() == 0 {
            fresh
        } else {
            let renewed: FxHashSet<u32> = rows(&fresh)?.collect();
            let keep: Vec<bool> = rows(&self.delta)?.map(|row| !renewed.contains(&row)).collect();
            self.delta.filter(&mask(&keep))?.vstack(&fresh)?
        };
        if self.delta.height() > SMALL.max(self.base.height() / SHARE) {
            self.compact()?;
        }
        Ok(())
    }

    fn compact(&mut self) -> PolarsResult<()> {
        let empty = self.delta.clear();
        let delta = std::mem::replace(&mut self.delta, empty);
        self.base = if self.base.height() == 0 {
            delta
        } else {
            let mut base = self.base.filter(&mask(&self.live))?.vstack(&delta)?;
            base.rechunk_mut_par();
            base
        };
        self.places.clear();
        for (place, row) in rows(&self.base)?.enumerate() {
            let row = row as usize;
            if row >= self.places.len() {
                self.places.resize(row + 1, ABSENT);
            }
            self.places[row] = place as u32;
        }
        self.live = vec![true; self.base.height()];
        Ok(())
    }

    /// Base and delta, each with its [`LIVE`] column. Columns are shared, not copied.
    pub(super) fn parts(&self) -> PolarsResult<Vec<DataFrame>> {
        let mut base = self.base.clone();
        base.with_column(mask(&self.live).into_series().into_column())?;
        let mut parts = vec![base];
        if self.delta.height() > 0 {
            parts.push(all_live(self.delta.clone())?);
        }
        Ok(parts)
    }
}

/// The frame with every row standing.
pub(super) fn all_live(mut frame: DataFrame) -> PolarsResult<DataFrame> {
    let live = BooleanChunked::full(LIVE.into(), true, frame.height());
    frame.with_column(live.into_series().into_column())?;
    Ok(frame)
}

fn mask(live: &[bool]) -> BooleanChunked {
    BooleanChunked::from_slice(LIVE.into(), live)
}

/// The row numbers of a frame.
pub(crate) fn rows(frame: &DataFrame) -> PolarsResult<impl Iterator<Item = u32>> {
    let column = frame.column(ROW)?.u32()?.clone();
    Ok((0..column.len()).filter_map(move |place| column.get(place)))
}
