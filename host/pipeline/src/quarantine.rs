//! The rows that checks kept from the output, and those that modules faulted on, with why.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, StructArray, new_null_array};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use bailiwick_columnar::ColumnarError;
use bailiwick_governance::{Format, Segment};

use crate::PipelineError;
use crate::sink::{Sink, Written};
use crate::staging::Unsynced;
use crate::workers::Workers;

/// The column that says why a row is here.
const REASONS: &str = "_bailiwick";

/// One segment's quarantine: a Parquet file, begun with its first row. It has the
/// columns that the plan lets a quarantined row leave with, and `_bailiwick`: the
/// rules that the row failed and the run. A row that a module faulted on has only those
/// of the columns that were final before.
pub(crate) struct Quarantine {
    stem: String,
    schema: SchemaRef,
    fields: Fields,
    columns: Vec<String>,
    run: String,
    workers: Workers,
    sink: Option<Sink>,
    rows: u64,
}

impl Quarantine {
    pub(crate) fn new(index: usize, segment: &Segment, run: &str, workers: &Workers) -> Self {
        let rules = Field::new_list("rules", Field::new_list_field(DataType::Utf8, true), false);
        let fields = Fields::from(vec![rules, Field::new("run", DataType::Utf8, false)]);
        let mut schema: Vec<Field> = segment.quarantine.clone();
        schema.push(Field::new_struct(REASONS, fields.clone(), false));
        let stem =
            if index == 0 { "quarantine".into() } else { format!("quarantine-{}", index + 1) };
        Self {
            stem,
            schema: Arc::new(Schema::new(schema)),
            fields,
            columns: segment.quarantine.iter().map(|field| field.name().clone()).collect(),
            run: run.to_owned(),
            workers: workers.clone(),
            sink: None,
            rows: 0,
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of rows that wait in memory to be written.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.sink.as_ref().map_or(0, Sink::held_bytes)
    }

    /// Writes rows and the lists of rules that they failed, with null in all columns but
    /// those in `only`, where that is stated.
    pub(crate) fn write(
        &mut self,
        folder: &Path,
        batch: &RecordBatch,
        rules: ArrayRef,
        only: Option<&BTreeSet<String>>,
    ) -> Result<(), QuarantineError> {
        let present = batch.schema();
        let column = |(name, field): (&String, &Arc<Field>)| {
            if only.is_some_and(|only| !only.contains(name)) {
                return Ok(new_null_array(field.data_type(), batch.num_rows()));
            }
            Ok::<_, ArrowError>(Arc::clone(batch.column(present.index_of(name)?)))
        };
        let columns = self.columns.iter().zip(self.schema.fields()).map(column);
        let columns: Result<Vec<ArrayRef>, ArrowError> = columns.collect();
        let mut columns = columns.map_err(ColumnarError::from)?;
        let runs: StringArray = std::iter::repeat_n(Some(&self.run), batch.num_rows()).collect();
        let reasons = StructArray::try_new(self.fields.clone(), vec![rules, Arc::new(runs)], None)
            .map_err(ColumnarError::from)?;
        columns.push(Arc::new(reasons));
        let batch =
            RecordBatch::try_new(self.schema.clone(), columns).map_err(ColumnarError::from)?;
        let sink = match &mut self.sink {
            Some(sink) => sink,
            none => {
                let schema = self.schema.clone();
                none.insert(Sink::create(
                    folder,
                    &self.stem,
                    Format::Parquet,
                    schema,
                    &self.workers,
                )?)
            }
        };
        sink.write(&batch)?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Ends the file, if a row ever came.
    pub(crate) fn close(self) -> Result<Option<(Written, Unsynced)>, PipelineError> {
        self.sink.map(Sink::close).transpose()
    }
}

/// Why rows could not be quarantined.
pub(crate) enum QuarantineError {
    Columns(ColumnarError),
    Output(PipelineError),
}

impl From<ColumnarError> for QuarantineError {
    fn from(error: ColumnarError) -> Self {
        Self::Columns(error)
    }
}

impl From<PipelineError> for QuarantineError {
    fn from(error: PipelineError) -> Self {
        Self::Output(error)
    }
}
