//! Batches of a file to batches of its contract.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, SchemaRef};
use bailiwick_governance::{Format, type_name};

use super::RawBatch;
use super::adapt::{Problem, adapt, parse_text};
use crate::error::InputError;

/// Makes batches of a source what its contract says. It costs next to nothing to
/// clone, so that each thread has its own.
#[derive(Debug, Clone)]
pub(crate) struct Adapter {
    file: Arc<str>,
    format: Format,
    schema: SchemaRef,
}

impl Adapter {
    pub(super) fn new(file: String, format: Format, schema: SchemaRef) -> Self {
        Self { file: file.into(), format, schema }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batch in the contract's types.
    ///
    /// # Errors
    ///
    /// Where a column cannot become its type without loss: the row is named if it is a
    /// value's fault.
    pub(crate) fn adapt(&self, raw: &RawBatch) -> Result<RecordBatch, InputError> {
        let fields = self.schema.fields().iter().zip(raw.batch.columns());
        let columns = fields
            .map(|(field, array)| self.adapted(field, array, raw.before))
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(raw.batch.num_rows()));
        let typed = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options);
        typed.map_err(|error| InputError::Unreadable {
            file: self.file.to_string(),
            reason: error.to_string(),
        })
    }

    fn adapted(
        &self,
        field: &Field,
        array: &ArrayRef,
        before: u64,
    ) -> Result<ArrayRef, InputError> {
        let result = match self.format {
            Format::Csv => parse_text(array, field.data_type()),
            Format::Parquet | Format::Ndjson | Format::Arrow => adapt(array, field.data_type()),
        };
        let (file, column) = (|| self.file.to_string(), || field.name().clone());
        let expected = || type_name(field.data_type());
        result.map_err(|problem| match problem {
            Problem::Type => InputError::Type {
                file: file(),
                column: column(),
                expected: expected(),
                found: type_name(array.data_type()),
            },
            Problem::Value { row } => InputError::Value {
                file: file(),
                row: before + row as u64 + 1,
                column: column(),
                expected: expected(),
            },
        })
    }
}
