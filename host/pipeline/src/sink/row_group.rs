//! The columns of a row group, encoded in parallel.

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{FieldRef, SchemaRef};
use arrow_select::concat::concat;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::errors::Result;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};

/// A row group that is being encoded.
pub(super) struct RowGroup {
    columns: Vec<Column>,
    rows: usize,
}

/// A column, as the leaves that Parquet makes of it: one, or for nested types more.
struct Column {
    field: FieldRef,
    index: usize,
    leaves: Vec<ArrowColumnWriter>,
}

impl RowGroup {
    /// Begins one with the writers of all leaves; `root` says which column each is of.
    pub(super) fn of(
        schema: &SchemaRef,
        writers: Vec<ArrowColumnWriter>,
        root: impl Fn(usize) -> usize,
    ) -> Self {
        let mut writers = writers.into_iter().enumerate().peekable();
        let fields = schema.fields().iter().enumerate();
        let column = |(index, field): (usize, &FieldRef)| {
            let of_column =
                std::iter::from_fn(|| writers.next_if(|(leaf, _)| root(*leaf) == index));
            let leaves = of_column.map(|(_, writer)| writer).collect();
            Column { field: field.clone(), index, leaves }
        };
        Self { columns: fields.map(column).collect(), rows: 0 }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How large it is so far, encoded, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.leaves().map(ArrowColumnWriter::get_estimated_total_bytes).sum()
    }

    /// What it takes in memory, bytes: what is encoded, and what is about to be.
    pub(super) fn held_bytes(&self) -> usize {
        self.leaves().map(ArrowColumnWriter::memory_size).sum()
    }

    fn leaves(&self) -> impl Iterator<Item = &ArrowColumnWriter> {
        self.columns.iter().flat_map(|column| &column.leaves)
    }

    /// Adds rows, which are encoded as if they were one batch.
    pub(super) fn encode(&mut self, batches: &[RecordBatch]) -> Result<()> {
        self.rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        // Columns differ much in what they cost: each is a task of its own.
        let columns = self.columns.par_iter_mut().with_max_len(1);
        columns.try_for_each(|column| column.encode(batches))
    }

    /// Ends it: the chunks of all leaves, in the schema's order.
    pub(super) fn close(self) -> Result<Vec<ArrowColumnChunk>> {
        let leaves: Vec<_> = self.columns.into_iter().flat_map(|column| column.leaves).collect();
        leaves.into_par_iter().with_max_len(1).map(ArrowColumnWriter::close).collect()
    }
}

impl Column {
    fn encode(&mut self, batches: &[RecordBatch]) -> Result<()> {
        let parts = batches.iter().filter_map(|batch| batch.columns().get(self.index));
        let parts: Vec<&ArrayRef> = parts.collect();
        let array = match parts.as_slice() {
            [whole] => ArrayRef::clone(whole),
            parts => concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>())?,
        };
        let leaves = compute_leaves(&self.field, &array)?;
        let leaves = self.leaves.par_iter_mut().zip(leaves).with_max_len(1);
        leaves.try_for_each(|(writer, leaf)| writer.write(&leaf))
    }
}
