//! A Parquet file, decoded column by column in parallel.
//!
//! Each column has a reader of its own, and a batch is what they give when each is
//! asked once. So batches are the same whatever the number of threads; a batch and each
//! column's current page is all that is in memory; and row groups play no part, be they
//! few or many. Columns that were not asked for are not read.

use std::fs::File;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, RecordBatchReader};
use arrow_schema::{ArrowError, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::file_range::FileRange;
use super::{BATCH_ROWS, Batches, Input, unreadable};
use crate::error::InputError;
use crate::input::InputFile;
use crate::workers::Workers;

/// A Parquet file whose footer was read.
pub(super) struct ParquetInput {
    name: String,
    range: FileRange,
    metadata: ArrowReaderMetadata,
    workers: Workers,
}

impl ParquetInput {
    pub(super) fn open(file: &InputFile, workers: &Workers) -> Result<Self, InputError> {
        let name = file.name();
        let range = File::open(&file.path)
            .and_then(FileRange::of)
            .map_err(|error| unreadable(&name, &error))?;
        let metadata = ArrowReaderMetadata::load(&range, ArrowReaderOptions::new())
            .map_err(|error| unreadable(&name, &error))?;
        Ok(Self { name, range, metadata, workers: workers.clone() })
    }

    /// A reader of one column, or of none: then it gives rows without columns.
    fn reader(&self, column: Option<&FieldRef>) -> Result<ParquetRecordBatchReader, ParquetError> {
        let index = column.map(|field| self.metadata.schema().index_of(field.name()));
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), index.transpose()?);
        let (range, metadata) = (self.range.clone(), self.metadata.clone());
        ParquetRecordBatchReaderBuilder::new_with_metadata(range, metadata)
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
    }
}

impl Input for ParquetInput {
    fn columns(&self) -> Vec<FieldRef> {
        self.metadata.schema().fields().to_vec()
    }

    fn rows(&self) -> Option<u64> {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).ok()
    }

    fn read(self: Box<Self>, fields: &[FieldRef]) -> Result<Batches, InputError> {
        let readers = if fields.is_empty() {
            self.reader(None).map(|rows| vec![rows])
        } else {
            fields.iter().map(|field| self.reader(Some(field))).collect()
        };
        let readers = readers.map_err(|error| unreadable(&self.name, &error))?;
        let of_file = readers.iter().flat_map(|reader| reader.schema().fields().to_vec());
        let schema = Arc::new(Schema::new(of_file.collect::<Fields>()));
        Ok(Box::new(Columns { readers, schema, file: self.name, workers: self.workers }))
    }
}

/// The columns that are read, side by side.
struct Columns {
    readers: Vec<ParquetRecordBatchReader>,
    schema: SchemaRef,
    file: String,
    workers: Workers,
}

impl Iterator for Columns {
    type Item = Result<RecordBatch, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let readers = self.readers.par_iter_mut().with_max_len(1);
        let decode = || readers.map(|reader| reader.next().transpose()).collect();
        let decoded: Result<Vec<_>, ArrowError> = match self.workers.run(decode) {
            Ok(decoded) => decoded,
            Err(panicked) => return Some(Err(unreadable(&self.file, &panicked))),
        };
        decoded
            .and_then(|parts| self.beside(&parts))
            .map_err(|e| unreadable(&self.file, &e))
            .transpose()
    }
}

impl Columns {
    /// One batch of the columns' parts of it, or none if that was the end of all of them.
    fn beside(&self, parts: &[Option<RecordBatch>]) -> Result<Option<RecordBatch>, ArrowError> {
        let Some(rows) = parts.iter().flatten().map(RecordBatch::num_rows).max() else {
            return Ok(None);
        };
        let columns: Vec<ArrayRef> =
            parts.iter().flatten().flat_map(|part| part.columns().to_vec()).collect();
        // A column that ended before the others is missing here, which is an error.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options).map(Some)
    }
}
