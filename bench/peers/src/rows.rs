//! The rows: made by rule, the same for all.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_array_58 as array_58;

/// Columns by their place.
pub(crate) const EMAIL: usize = 1;
pub(crate) const AMOUNT: usize = 2;

/// Rows in batches of some size, in the types of both versions of arrow: `id`, which
/// nobody touches, `email` and `amount`.
pub(crate) struct Rows {
    count: usize,
    batches: Vec<RecordBatch>,
    batches_58: Vec<array_58::RecordBatch>,
}

impl Rows {
    /// So many rows, so many of them a batch.
    pub(crate) fn new(count: usize, batch_rows: usize) -> anyhow::Result<Self> {
        let mut rows = Self { count, batches: Vec::new(), batches_58: Vec::new() };
        for start in (0..count).step_by(batch_rows) {
            let range = start..count.min(start + batch_rows);
            let ids = || range.clone().map(|row| row as i64);
            let (emails, amounts) = (|| range.clone().map(email), || range.clone().map(amount));
            rows.batches.push(RecordBatch::try_from_iter_with_nullable([
                ("id", Arc::new(Int64Array::from_iter_values(ids())) as ArrayRef, false),
                ("email", Arc::new(StringArray::from_iter(emails())), true),
                ("amount", Arc::new(Float64Array::from_iter(amounts())), true),
            ])?);
            let ids = Arc::new(array_58::Int64Array::from_iter_values(ids()));
            rows.batches_58.push(array_58::RecordBatch::try_from_iter_with_nullable([
                ("id", ids as array_58::ArrayRef, false),
                ("email", Arc::new(array_58::StringArray::from_iter(emails())), true),
                ("amount", Arc::new(array_58::Float64Array::from_iter(amounts())), true),
            ])?);
        }
        Ok(rows)
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The same in the types of the version that `arrow-udf-runtime` is built on.
    pub(crate) fn batches_58(&self) -> &[array_58::RecordBatch] {
        &self.batches_58
    }
}

/// The address in a row; none in every 13th.
pub(crate) fn email(row: usize) -> Option<String> {
    let (user, host) = (row * 7_919 % 100_003, row % 97);
    (row % 13 != 0).then(|| format!("user{user}@mail{host}.example.com"))
}

/// The amount in a row, from -500 to 1,500 with three decimals; none in every 17th.
pub(crate) fn amount(row: usize) -> Option<f64> {
    let thousandths = row as u64 * 2_654_435_761 % 2_000_000;
    (row % 17 != 0).then(|| thousandths as f64 / 1_000.0 - 500.0)
}
