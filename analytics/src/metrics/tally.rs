//! How many rows meet each of several conditions, in all and by the value of a column.

use super::Result;
use crate::frame::{Masks, Predicate, pieces};
use polars::prelude::{BooleanChunked, ChunkedArray, DataFrame, PolarsNumericType};
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
    let counts = |piece: &DataFrame| -> Result<(i64, Vec<Vec<u32>>)> {
        let mut masks = Masks::new(piece);
        let scope = masks.of(scope)?;
        let mut met = Vec::with_capacity(predicates.len());
        for predicate in predicates {
            met.push(&scope & &masks.of(predicate)?);
        }
        match piece.column(column)?.u32() {
            Ok(codes) => Ok(counted(codes, &scope, &met)),
            Err(_) => Ok(counted(piece.column(column)?.i32()?, &scope, &met)),
        }
    };
    let pieces: Vec<(i64, Vec<Vec<u32>>)> = pieces(parts).par_iter().map(counts).collect::<Result<_>>()?;
    let mut groups: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for (least, lists) in pieces {
        let standing = lists.last().map_or(&[][..], Vec::as_slice);
        for (place, _) in standing.iter().enumerate().filter(|(_, count)| **count > 0) {
            let group = groups
                .entry(least + place as i64)
                .or_insert_with(|| vec![0; lists.len()]);
            for (total, counts) in group.iter_mut().zip(&lists) {
                *total += u64::from(counts[place]);
            }
        }
    }
    Ok(groups)
}

/// The least value, and the rows of each mask and last those of `scope`, by what their value is above it: codes and days
/// are dense. `met` are parts of `scope`.
fn counted<T: PolarsNumericType<Native: Into<i64>>>(
    values: &ChunkedArray<T>,
    scope: &BooleanChunked,
    met: &[BooleanChunked],
) -> (i64, Vec<Vec<u32>>) {
    let values = values.rechunk();
    let Some(values) = values
        .downcast_iter()
        .next()
        .map(|chunk| chunk.values().as_slice())
    else {
        return (0, vec![Vec::new(); met.len() + 1]);
    };
    let (least, most) = values
        .iter()
        .map(|value| (*value).into())
        .fold((i64::MAX, i64::MIN), |(least, most): (i64, i64), value| {
            (least.min(value), most.max(value))
        });
    let span = usize::try_from(most.saturating_sub(least)).map_or(0, |above| above + 1);
    let whole = tally(values, least, span, scope);
    let rows = scope.sum().unwrap_or_default();
    let mut lists: Vec<Vec<u32>> = met
        .iter()
        .map(|met| {
            // What is most of the scope is counted by what is missing to it.
            if met.sum().unwrap_or_default() <= rows / 2 {
                return tally(values, least, span, met);
            }
            let missing = tally(values, least, span, &(scope & &!met));
            whole
                .iter()
                .zip(missing)
                .map(|(whole, missing)| whole - missing)
                .collect()
        })
        .collect();
    lists.push(whole);
    (least, lists)
}

/// Counts the rows of a mask by their values, without copying them out: a word of the mask at a time.
fn tally<T: Copy + Into<i64>>(values: &[T], least: i64, span: usize, met: &BooleanChunked) -> Vec<u32> {
    let mut counts = vec![[0_u32; LISTS]; span];
    let met = met.rechunk();
    let mut add = |mut word: u64, values: &[T]| {
        let mut one = |value: T, list: usize| {
            let value: i64 = value.into();
            counts[(value - least) as usize][list] += 1;
        };
        if word == WORD {
            for values in values[..56].chunks_exact(LISTS) {
                for (list, value) in values.iter().enumerate() {
                    one(*value, list);
                }
            }
            return;
        }
        let mut list = 0;
        while word != 0 {
            one(values[word.trailing_zeros() as usize], list);
            list = (list + 1) % LISTS;
            word &= word - 1;
        }
    };
    for mask in met.downcast_iter() {
        let mut words = mask.values().fast_iter_u56();
        let mut from = 0;
        for word in words.by_ref() {
            add(word, &values[from..]);
            from += 56;
        }
        add(words.remainder().0, &values[from..]);
    }
    counts.into_iter().map(|lists| lists.iter().sum()).collect()
}

/// A word of a mask in which every row is.
const WORD: u64 = (1 << 56) - 1;
/// Counters of one value, taken by turns: equal values in a row would otherwise each wait for the one before.
const LISTS: usize = 4;
