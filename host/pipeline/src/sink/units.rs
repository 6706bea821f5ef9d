//! Batches of any size to units of one.

use arrow_array::RecordBatch;

use crate::memory::bytes_of;

/// Cuts and gathers batches to units of a fixed number of rows, so that what is
/// written does not depend on where batches ended. Nothing is copied: a unit is the
/// parts of batches that make it up.
pub(super) struct Units {
    size: usize,
    parts: Vec<RecordBatch>,
    rows: usize,
}

impl Units {
    /// Units of so many rows, which is more than none.
    pub(super) fn of(size: usize) -> Self {
        Self { size, parts: Vec::new(), rows: 0 }
    }

    /// Adds the rows of a batch from `offset` on, as many as the unit still lacks, and
    /// gives the unit if that completes it. How many were added comes first.
    pub(super) fn add(
        &mut self,
        batch: &RecordBatch,
        offset: usize,
    ) -> (usize, Option<Vec<RecordBatch>>) {
        let added = (self.size - self.rows).min(batch.num_rows() - offset);
        self.parts.push(batch.slice(offset, added));
        self.rows += added;
        (added, (self.rows == self.size).then(|| self.rest()))
    }

    /// Bytes of the rows of the unit that is not complete.
    pub(super) fn bytes(&self) -> u64 {
        self.parts.iter().map(bytes_of).sum()
    }

    /// The rows of the unit that is not complete.
    pub(super) fn rest(&mut self) -> Vec<RecordBatch> {
        self.rows = 0;
        std::mem::take(&mut self.parts)
    }
}
