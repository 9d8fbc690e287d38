//! Which columns a frame has, and how rows become columns.

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataFrame, Int32Type, Int64Type, IntoColumn, IntoSeries,
    PolarsResult, PrimitiveChunkedBuilder, UInt32Type,
};

/// A column: its name and how it is read off a row.
type Named<T, V> = (&'static str, fn(&T) -> V);

/// The columns of a frame of `T`. Flags take a bit a row, which is why facts are flags wherever they can be.
pub(super) struct Columns<T: 'static> {
    pub(super) numbers: &'static [Named<T, u32>],
    pub(super) days: &'static [Named<T, i32>],
    pub(super) times: &'static [Named<T, Option<i64>>],
    pub(super) flags: &'static [Named<T, bool>],
}

/// Columns being filled.
pub(super) struct Builder<T: 'static> {
    columns: &'static Columns<T>,
    numbers: Vec<PrimitiveChunkedBuilder<UInt32Type>>,
    days: Vec<PrimitiveChunkedBuilder<Int32Type>>,
    times: Vec<PrimitiveChunkedBuilder<Int64Type>>,
    flags: Vec<BooleanChunkedBuilder>,
    height: usize,
}

impl<T> Columns<T> {
    /// A frame without rows.
    pub(super) fn empty(&'static self) -> DataFrame {
        self.builder(0).finish().unwrap_or_default()
    }

    /// A builder with room for `rows`.
    pub(super) fn builder(&'static self, rows: usize) -> Builder<T> {
        Builder {
            columns: self,
            numbers: self
                .numbers
                .iter()
                .map(|(name, _)| PrimitiveChunkedBuilder::new((*name).into(), rows))
                .collect(),
            days: self
                .days
                .iter()
                .map(|(name, _)| PrimitiveChunkedBuilder::new((*name).into(), rows))
                .collect(),
            times: self
                .times
                .iter()
                .map(|(name, _)| PrimitiveChunkedBuilder::new((*name).into(), rows))
                .collect(),
            flags: self
                .flags
                .iter()
                .map(|(name, _)| BooleanChunkedBuilder::new((*name).into(), rows))
                .collect(),
            height: 0,
        }
    }
}

impl<T> Builder<T> {
    /// Appends a row.
    pub(super) fn push(&mut self, row: &T) {
        for (builder, (_, read)) in self.numbers.iter_mut().zip(self.columns.numbers) {
            builder.append_value(read(row));
        }
        for (builder, (_, read)) in self.days.iter_mut().zip(self.columns.days) {
            builder.append_value(read(row));
        }
        for (builder, (_, read)) in self.times.iter_mut().zip(self.columns.times) {
            builder.append_option(read(row));
        }
        for (builder, (_, read)) in self.flags.iter_mut().zip(self.columns.flags) {
            builder.append_value(read(row));
        }
        self.height += 1;
    }

    /// The frame.
    pub(super) fn finish(self) -> PolarsResult<DataFrame> {
        let numbers = self
            .numbers
            .into_iter()
            .map(|builder| builder.finish().into_series().into_column());
        let days = self
            .days
            .into_iter()
            .map(|builder| builder.finish().into_series().into_column());
        let times = self
            .times
            .into_iter()
            .map(|builder| builder.finish().into_series().into_column());
        let flags = self
            .flags
            .into_iter()
            .map(|builder| builder.finish().into_series().into_column());
        let columns: Vec<Column> = numbers.chain(days).chain(times).chain(flags).collect();
        DataFrame::new(self.height, columns)
    }
}
