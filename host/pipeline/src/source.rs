//! An input file as a stream of record batches of the contract's types.
//!
//! Reading is in two halves. [`Source`] gives what the file holds, in its order, read
//! ahead on a thread of its own; an [`Adapter`] makes a batch of it what the contract
//! says, on whichever thread wants to work on it.

mod adapt;
mod adapter;
mod columns;
mod file_range;
mod scan;

use std::fmt::Display;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};

use arrow_array::RecordBatch;
use arrow_schema::{FieldRef, Schema, SchemaRef};
use bailiwick_governance::Format;

pub(crate) use self::adapt::parse_text;
pub(crate) use self::adapter::Adapter;
use self::columns::ParquetInput;
use self::scan::Scan;
use crate::error::InputError;
use crate::input::InputFile;
use crate::memory::bytes_of;
use crate::workers::{Panicked, Workers};

/// Rows of a batch: large enough that a call into a module costs nothing beside
/// them, small enough that a batch stays in the processor's cache.
pub(crate) const BATCH_ROWS: usize = 16_384;
/// Batches read ahead of the steps, so that reading and running overlap.
const AHEAD: usize = 2;

/// Rows as the file holds them: only the columns asked for, in the file's types.
#[derive(Debug, Clone)]
pub(crate) struct RawBatch {
    batch: RecordBatch,
    /// Rows of the file before them.
    before: u64,
}

impl RawBatch {
    /// Bytes of its rows.
    pub(crate) fn bytes(&self) -> u64 {
        bytes_of(&self.batch)
    }
}

/// What a reader gives, one after the other, until the file or an error ends it.
type Batches = Box<dyn Iterator<Item = Result<RecordBatch, InputError>> + Send>;

/// A file that was opened, and whose columns are known.
trait Input {
    /// All columns that are there, in the file's types.
    fn columns(&self) -> Vec<FieldRef>;

    /// Rows of the whole file, where its metadata says.
    fn rows(&self) -> Option<u64>;

    /// Reads the columns of these fields, and no others. All are there, once.
    fn read(self: Box<Self>, fields: &[FieldRef]) -> Result<Batches, InputError>;
}

/// A file that is being read. Reading goes on in the background, never more than
/// a few batches ahead.
pub(crate) struct Source {
    batches: Receiver<Result<RecordBatch, InputError>>,
    reader: Option<JoinHandle<()>>,
    adapter: Adapter,
    file: String,
    rows: u64,
    total_rows: Option<u64>,
}

impl Source {
    /// Opens the file to read the columns given, which the contract's object describes.
    pub(crate) fn open(
        file: &InputFile,
        fields: &[FieldRef],
        object: &str,
        workers: &Workers,
    ) -> Result<Self, InputError> {
        let input = input(file, fields, workers)?;
        require(fields, &input.columns(), file, object)?;
        let total_rows = input.rows();
        let mut read = input.read(fields)?;
        let (sender, batches) = sync_channel(AHEAD);
        let reader = Builder::new()
            .name("read".into())
            .spawn(move || {
                while let Some(batch) = read.next()
                    && sender.send(batch).is_ok()
                {}
            })
            .map_err(|error| unreadable(&file.name(), &error))?;
        let schema = Arc::new(Schema::new(fields.to_vec()));
        Ok(Self {
            batches,
            reader: Some(reader),
            adapter: Adapter::new(file.name(), file.read.format, schema),
            file: file.name(),
            rows: 0,
            total_rows,
        })
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        self.adapter.schema()
    }

    /// What makes batches of this source those of the contract.
    pub(crate) fn adapter(&self) -> Adapter {
        self.adapter.clone()
    }

    /// Rows read so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows of the whole file, where its metadata says.
    pub(crate) fn total_rows(&self) -> Option<u64> {
        self.total_rows
    }

    /// The next batch, as the file holds it; none at its end.
    pub(crate) fn next(&mut self) -> Result<Option<RawBatch>, InputError> {
        let Ok(batch) = self.batches.recv() else { return self.end().map(|()| None) };
        let raw = RawBatch { batch: batch?, before: self.rows };
        self.rows += raw.batch.num_rows() as u64;
        Ok(Some(raw))
    }

    /// Makes sure that the reader came to the file's end, rather than to its own.
    fn end(&mut self) -> Result<(), InputError> {
        if self.reader.take().is_some_and(|reader| reader.join().is_err()) {
            return Err(unreadable(&self.file, &Panicked));
        }
        match self.total_rows {
            Some(stated) if stated != self.rows => {
                let reason = format!("its footer states {stated} rows, it holds {}", self.rows);
                Err(unreadable(&self.file, &reason))
            }
            _ => Ok(()),
        }
    }
}

/// Opens the file. NDJSON is read as the fields given.
fn input(
    file: &InputFile,
    fields: &[FieldRef],
    workers: &Workers,
) -> Result<Box<dyn Input>, InputError> {
    Ok(match file.read.format {
        Format::Parquet => Box::new(ParquetInput::open(file, workers)?),
        Format::Csv | Format::Ndjson | Format::Arrow => Box::new(Scan::open(file, fields)?),
    })
}

/// The columns of a file that says itself which it has, in its types: not of NDJSON.
pub(crate) fn columns_of(file: &InputFile, workers: &Workers) -> Result<Vec<FieldRef>, InputError> {
    input(file, &[], workers).map(|input| input.columns())
}

/// Makes sure that every field is a column of the file, once.
fn require(
    fields: &[FieldRef],
    present: &[FieldRef],
    file: &InputFile,
    object: &str,
) -> Result<(), InputError> {
    for field in fields {
        let column = || field.name().clone();
        match present.iter().filter(|found| found.name() == field.name()).count() {
            1 => {}
            0 => {
                let present: Vec<&str> =
                    present.iter().map(|found| found.name().as_str()).collect();
                return Err(InputError::MissingColumn {
                    file: file.name(),
                    column: column(),
                    object: object.to_owned(),
                    present: present.join(", "),
                });
            }
            _ => {
                return Err(InputError::DuplicateColumn { file: file.name(), column: column() });
            }
        }
    }
    Ok(())
}

pub(crate) fn unreadable(file: &str, error: &dyn Display) -> InputError {
    InputError::Unreadable { file: file.to_owned(), reason: one_line(&error.to_string()) }
}

/// The first line of what a reader says, without the names of its layers.
fn one_line(reason: &str) -> String {
    let mut reason = reason.lines().next().unwrap_or_default();
    for layer in ["External error: ", "Arrow error: ", "Parquet error: ", "External: "] {
        reason = reason.strip_prefix(layer).unwrap_or(reason);
    }
    // What arrow's JSON reader says goes on with the value, which may be personal.
    let value = [": failed to parse", ": expected", " got "];
    if let Some(at) = value.iter().filter_map(|value| reason.find(value)).min()
        && reason.starts_with("Json error")
    {
        let (said, _) = reason.split_at(at);
        return format!("{said}: a value is not of the column's type");
    }
    reason.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
