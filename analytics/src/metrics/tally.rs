//! How many rows meet each of several conditions, in all and by the value of a column.

use super::Result;
use crate::frame::{Masks, Predicate, pieces};
use polars::prelude::{BooleanChunked, ChunkAgg, ChunkFilter, DataFrame, DataType, Int64Chunked};
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

/// Rows in scope that meet each predicate, for each value of a column of codes or days that has a row in scope.
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
        values.count(&scope)?;
        for predicate in predicates {
            let met = &scope & &masks.of(predicate)?;
            values.count(&met)?;
        }
        Ok(values)
    };
    let pieces: Vec<Values> = pieces(parts).par_iter().map(counts).collect::<Result<_>>()?;
    let mut groups: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for values in pieces {
        for (place, &standing) in values.counts[0].iter().enumerate() {
            if standing == 0 {
                continue;
            }
            let group = groups
                .entry(values.least + place as i64)
                .or_insert_with(|| vec![0; predicates.len()]);
            for (total, counts) in group.iter_mut().zip(&values.counts[1..]) {
                *total += u64::from(counts[place]);
            }
        }
    }
    Ok(groups)
}

/// Counts by value, one list a condition, indexed by what a value is above the least one: codes and days are dense.
struct Values {
    values: Int64Chunked,
    least: i64,
    span: usize,
    counts: Vec<Vec<u32>>,
}

impl Values {
    fn of(piece: &DataFrame, column: &str) -> Result<Self> {
        let values = piece.column(column)?.cast(&DataType::Int64)?.i64()?.clone();
        let least = values.min().unwrap_or_default();
        let most = values.max().unwrap_or_default();
        Ok(Self {
            span: usize::try_from(most - least).unwrap_or_default() + 1,
            values,
            least,
            counts: Vec::new(),
        })
    }

    fn count(&mut self, met: &BooleanChunked) -> Result<()> {
        let mut counts = vec![0; self.span];
        for value in self.values.filter(met)?.into_no_null_iter() {
            counts[(value - self.least) as usize] += 1;
        }
        self.counts.push(counts);
        Ok(())
    }
}
