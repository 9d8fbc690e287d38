//! Conditions on the rows of a frame, evaluated a column at a time by the comparison kernels of Polars.
//!
//! Polars' lazy engine could say the same and more; what it adds to the build (a planner, an optimiser and an engine) is
//! out of proportion to sums of conditions over one table.

use super::ROW;
use polars::prelude::{
    BooleanChunked, ChunkCompareEq, ChunkCompareIneq, ChunkFilter, ChunkFull, DataFrame, PolarsResult,
};
use rustc_hash::FxHashMap;
use std::ops::{BitAnd, Not};

/// Rows of one piece of a frame: large enough for the kernels, small enough that its masks stay in the cache and that
/// the pieces share out evenly over the cores. A multiple of 64, so that flags are cut at whole words.
const PIECE: usize = 1 << 19;

/// A condition on rows. No column is null where it is compared.
#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    /// Every row, or none.
    All(bool),
    /// Rows by one column.
    Column(Test),
    /// Rows that meet both.
    Both(Box<(Predicate, Predicate)>),
    /// Rows that do not.
    Not(Box<Predicate>),
}

/// A test of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    /// A flag that is set.
    Flag(&'static str),
    /// A code that equals.
    Code(&'static str, u32),
    /// A time before the moment (milliseconds).
    Before(&'static str, i64),
    /// A time after the moment (milliseconds).
    After(&'static str, i64),
}

/// Rows with the flag set.
pub(crate) fn flag(column: &'static str) -> Predicate {
    Predicate::Column(Test::Flag(column))
}

/// Rows with that code.
pub(crate) fn is(column: &'static str, code: u32) -> Predicate {
    Predicate::Column(Test::Code(column, code))
}

/// Rows whose time is before the moment.
pub(crate) fn before(column: &'static str, moment: i64) -> Predicate {
    Predicate::Column(Test::Before(column, moment))
}

/// Rows whose time is after the moment.
pub(crate) fn after(column: &'static str, moment: i64) -> Predicate {
    Predicate::Column(Test::After(column, moment))
}

impl BitAnd for Predicate {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(true), only) | (only, Self::All(true)) => only,
            (one, other) => Self::Both(Box::new((one, other))),
        }
    }
}

impl Not for Predicate {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// The masks of predicates over one frame. A column is compared with the same value once.
pub(crate) struct Masks<'a> {
    frame: &'a DataFrame,
    tests: FxHashMap<Test, BooleanChunked>,
}

impl<'a> Masks<'a> {
    /// None yet.
    pub(crate) fn new(frame: &'a DataFrame) -> Self {
        Self {
            frame,
            tests: FxHashMap::default(),
        }
    }

    /// Which rows meet the predicate.
    ///
    /// # Errors
    /// When the frame has no such column, or one of another kind.
    pub(crate) fn of(&mut self, predicate: &Predicate) -> PolarsResult<BooleanChunked> {
        Ok(match predicate {
            Predicate::All(all) => BooleanChunked::full("all".into(), *all, self.frame.height()),
            Predicate::Column(test) => self.test(*test)?,
            Predicate::Both(both) => &self.of(&both.0)? & &self.of(&both.1)?,
            Predicate::Not(inner) => !&self.of(inner)?,
        })
    }

    fn test(&mut self, test: Test) -> PolarsResult<BooleanChunked> {
        if let Some(mask) = self.tests.get(&test) {
            return Ok(mask.clone());
        }
        let mask = match test {
            Test::Flag(name) => self.frame.column(name)?.bool()?.clone(),
            Test::Code(name, code) => self.frame.column(name)?.u32()?.equal(code),
            Test::Before(name, moment) => self.frame.column(name)?.i64()?.lt(moment),
            Test::After(name, moment) => self.frame.column(name)?.i64()?.gt(moment),
        };
        self.tests.insert(test, mask.clone());
        Ok(mask)
    }
}

/// The numbers of the rows of a frame that meet a predicate.
///
/// # Errors
/// As [`Masks::of`].
pub(crate) fn rows_where(frame: &DataFrame, predicate: &Predicate) -> PolarsResult<Vec<u32>> {
    let met = Masks::new(frame).of(predicate)?;
    Ok(frame
        .column(ROW)?
        .u32()?
        .filter(&met)?
        .into_no_null_iter()
        .collect())
}

/// The parts of a frame cut into pieces of bounded size, to be worked on side by side. Columns are shared, not copied.
pub(crate) fn pieces(parts: &[DataFrame]) -> Vec<DataFrame> {
    let cut = |part: &DataFrame| {
        let part = part.clone();
        (0..part.height())
            .step_by(PIECE)
            .map(move |from| part.slice(from as i64, PIECE))
            .collect::<Vec<_>>()
    };
    parts.iter().flat_map(cut).collect()
}
