//! The same work with arrow's kernels, as a Rust program without Bailiwick would do
//! it: a kernel where arrow has one, else a plain loop into a builder.

mod checks;
mod groups;
mod numbers;
mod text;

use std::hint::black_box;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_select::filter::prep_null_mask_filter;

use crate::data::Table;

pub(crate) use checks::{allowed_values, completeness, pattern, range_of_amount, range_of_delay};
pub(crate) use groups::{amounts, by_carrier, unique};
pub(crate) use numbers::{
    clamp_amount, clamp_delay, discounted, late, late_from, mask_and_clamp, quarters_of_an_hour,
    speed, truncate_date,
};
pub(crate) use text::{email, redact, show_last_4, show_last_n, trim_upper};

/// A work done with arrow's kernels.
pub trait ArrowKernel {
    /// The columns that come of a batch: values, or bools for a bitmap.
    ///
    /// # Errors
    /// Where a kernel fails.
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>>;

    /// The columns that come of the end of the input.
    ///
    /// # Errors
    /// Where a kernel fails.
    fn finish(&mut self) -> anyhow::Result<Vec<ArrayRef>> {
        Ok(Vec::new())
    }
}

/// A function of one batch.
impl<F: FnMut(&RecordBatch) -> anyhow::Result<Vec<ArrayRef>>> ArrowKernel for F {
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>> {
        self(batch)
    }
}

/// Pushes all batches, and drops what comes of it.
#[inline]
pub(crate) fn run(kernel: &mut dyn ArrowKernel, table: &Table) -> anyhow::Result<()> {
    for batch in table.batches() {
        drop(black_box(kernel.push(batch)?));
    }
    Ok(())
}

/// Set where the value is true; a null counts as false.
fn bitmap(values: &BooleanArray) -> ArrayRef {
    match values.null_count() {
        0 => Arc::new(BooleanArray::new(values.values().clone(), None)),
        _ => Arc::new(prep_null_mask_filter(values)),
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a ArrayRef> {
    batch.column_by_name(name).with_context(|| format!("the batch has no column {name}"))
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a StringArray> {
    column(batch, name)?.as_string_opt().with_context(|| format!("{name} is not text"))
}

fn integers<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> anyhow::Result<&'a PrimitiveArray<Int32Type>> {
    column(batch, name)?.as_primitive_opt().with_context(|| format!("{name} is not int32"))
}

fn floats<'a>(
    batch: &'a RecordBatch,
    name: &str,
) -> anyhow::Result<&'a PrimitiveArray<Float64Type>> {
    column(batch, name)?.as_primitive_opt().with_context(|| format!("{name} is not float64"))
}
