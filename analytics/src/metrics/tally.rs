//! How many rows meet each of several conditions, in all and by the value of a column.

use super::Result;
use crate::frame::{Masks, Predicate, pieces};
use polars::prelude::{BooleanChunked, ChunkAgg, ChunkCast, DataFrame, DataType, Int32Chunked};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Rows in scope that meet each predicate. The counts of the parts add up, because every row stands in exactly one.
pub(super) fn totals(parts: &[DataFrame], scope: &Predicate, predicates: &[Predicate]) -> Result<Vec<u64>> {
    let counts = |piece: &DataFrame| -> Result<Vec<u64>> {
        let mut masks = Masks::new(piece);
        let scope = masks.of(scope)?;
        let met = predicates.iter().map(|predicate| {
            let met = &scope & &masks.of(predicate)?;
            Ok(u64::from(met.sum().unwrap_or_default()))
        });
        met.collect()
    };
    let pieces: Vec<Vec<u64>> = pieces(parts).par_iter().map(counts).collect::<Result<_>>()?;
    let mut totals = vec![0; predicates.len()];
    for counts in pieces {
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
    }
    Ok(totals)
}

/// Rows in scope that meet each predicate, and last all rows in scope, for each value of a column of codes or days that
/// has a row in scope.
pub(super) fn by_value(
    parts: &[DataFrame],
    scope: &Predicate,
    column: &str,
    predicates: &[Predicate],
) -> Result<BTreeMap<i64, Vec<u64>>> {
    let counts = |piece: &DataFrame| -> Result<Values> {
        let mut masks = Masks::new(piece);
        let scope = masks.of(scope)?;
        let mut values = Values::of(piece, column)?;
        for predicate in predicates {
            values.count(&(&scope & &masks.of(predicate)?));
        }
        values.count(&scope);
        Ok(values)
    };
    let pieces: Vec<Values> = pieces(parts).par_iter().map(counts).collect::<Result<_>>()?;
    let mut groups: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for values in pieces {
        for place in 0..values.span {
            if values.counts.last().is_none_or(|standing| standing[place] == 0) {
                continue;
            }
            let group = groups
                .entry(values.least + place as i64)
                .or_insert_with(|| vec![0; values.counts.len()]);
            for (total, counts) in group.iter_mut().zip(&values.counts) {
                *total += u64::from(counts[place]);
            }
        }
    }
    Ok(groups)
}

/// Counts by value, one list a condition, indexed by what a value is above the least one: codes and days are dense.
struct Values {
    values: Int32Chunked,
    least: i64,
    span: usize,
    counts: Vec<Vec<u32>>,
}

impl Values {
    fn of(piece: &DataFrame, column: &str) -> Result<Self> {
        let column = piece.column(column)?;
        // A code counts names, of which there are never two thousand million.
        let values = match column.i32() {
            Ok(days) => days.rechunk().into_owned(),
            Err(_) => column
                .u32()?
                .cast(&DataType::Int32)?
                .i32()?
                .rechunk()
                .into_owned(),
        };
        let least = i64::from(values.min().unwrap_or_default());
        let most = i64::from(values.max().unwrap_or_default());
        Ok(Self {
            span: usize::try_from(most - least).unwrap_or_default() + 1,
            values,
            least,
            counts: Vec::new(),
        })
    }

    /// Counts the rows of a mask by their values, without copying them out: a word of the mask at a time.
    fn count(&mut self, met: &BooleanChunked) {
        let mut counts = vec![0_u32; self.span * LISTS];
        let met = met.rechunk();
        let mut add = |mut word: u64, values: &[i32]| {
            let mut list = 0;
            while word != 0 {
                let value = values[word.trailing_zeros() as usize];
                counts[(i64::from(value) - self.least) as usize * LISTS + list] += 1;
                list = (list + 1) % LISTS;
                word &= word - 1;
            }
        };
        let values = self
            .values
            .downcast_iter()
            .map(|values| values.values().as_slice());
        for (values, mask) in values.zip(met.downcast_iter()) {
            let mut words = mask.values().fast_iter_u56();
            let mut from = 0;
            for word in words.by_ref() {
                add(word, &values[from..]);
                from += 56;
            }
            add(words.remainder().0, &values[from..]);
        }
        self.counts
            .push(counts.chunks(LISTS).map(|lists| lists.iter().sum()).collect());
    }
}

/// Counters of one value, taken by turns: equal values in a row would otherwise each wait for the one before.
const LISTS: usize = 4;
