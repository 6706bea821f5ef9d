//! Record batches to a file, in the format of a port.

mod digesting;
mod parquet;
mod row_group;
mod text;
mod units;

use std::fs::File;
use std::path::{Path, PathBuf};

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bailiwick_governance::Format;
use serde::{Deserialize, Serialize};

use self::digesting::{Digested, Digesting};
use self::parquet::ParquetFile;
use self::text::{Text, TextFile};
use crate::PipelineError;
use crate::staging::Unsynced;
use crate::workers::Workers;

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The file's name within the run.
    pub file: String,
    /// How it is written.
    pub format: Format,
    /// Its rows.
    pub rows: u64,
    /// Its size, bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// The extension of a format's files.
pub(crate) fn extension(format: Format) -> &'static str {
    match format {
        Format::Parquet => "parquet",
        Format::Csv => "csv",
        Format::Ndjson => "ndjson",
        Format::Arrow => "arrow",
    }
}

/// Why rows could not be encoded or written. It names no file: [`Sink`] does.
type Failure = Box<dyn std::error::Error + Send + Sync>;

enum Writer {
    Parquet(Box<ParquetFile>),
    Text(Box<TextFile>),
    Arrow(Box<arrow_ipc::writer::FileWriter<Digesting>>),
}

impl Writer {
    fn begin(
        out: Digesting,
        format: Format,
        schema: &SchemaRef,
        workers: &Workers,
    ) -> Result<Self, Failure> {
        let workers = workers.clone();
        Ok(match format {
            Format::Parquet => Self::Parquet(Box::new(ParquetFile::begin(out, schema, workers)?)),
            Format::Csv => Self::Text(Box::new(TextFile::begin(out, Text::Csv, schema, workers)?)),
            Format::Ndjson => {
                Self::Text(Box::new(TextFile::begin(out, Text::Ndjson, schema, workers)?))
            }
            Format::Arrow => {
                Self::Arrow(Box::new(arrow_ipc::writer::FileWriter::try_new(out, schema)?))
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self {
            Self::Parquet(file) => file.write(batch),
            Self::Text(file) => file.write(batch),
            Self::Arrow(file) => Ok(file.write(batch)?),
        }
    }

    fn end(self) -> Result<Digesting, Failure> {
        match self {
            Self::Parquet(file) => file.end(),
            Self::Text(file) => Ok(file.end()),
            Self::Arrow(mut file) => {
                file.finish()?;
                Ok(file.into_inner()?)
            }
        }
    }
}

/// A file that is being written. The same rows give the same bytes, whatever the
/// number of threads.
pub(crate) struct Sink {
    path: PathBuf,
    format: Format,
    schema: SchemaRef,
    writer: Writer,
    rows: u64,
}

impl Sink {
    /// Begins a file of that name in a folder, whose rows the workers encode.
    pub(crate) fn create(
        folder: &Path,
        stem: &str,
        format: Format,
        schema: SchemaRef,
        workers: &Workers,
    ) -> Result<Self, PipelineError> {
        let path = folder.join(format!("{stem}.{}", extension(format)));
        let begun = File::create_new(&path)
            .map_err(Failure::from)
            .map(Digesting::of)
            .and_then(|out| Writer::begin(out, format, &schema, workers));
        match begun {
            Ok(writer) => Ok(Self { path, format, schema, writer, rows: 0 }),
            Err(failure) => Err(failed(path, &failure)),
        }
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.writer.write(batch).map_err(|failure| failed(self.path.clone(), &failure))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Bytes of rows that wait in memory to be written, as they are or encoded.
    pub(crate) fn held_bytes(&self) -> u64 {
        match &self.writer {
            Writer::Parquet(file) => file.held_bytes(),
            // What is written to these is in the file at once.
            Writer::Text(_) | Writer::Arrow(_) => 0,
        }
    }

    /// Ends the file: all of it is written when this returns.
    pub(crate) fn close(self) -> Result<(Written, Unsynced), PipelineError> {
        let Self { path, format, rows, writer, .. } = self;
        let ended = writer.end().and_then(|out| Ok(out.end()?));
        let Digested { bytes, sha256, file: unsynced } =
            ended.map_err(|failure| failed(path.clone(), &failure))?;
        // Counted by the file's own footer where it has one, not by us.
        let rows = match format {
            Format::Parquet => {
                rows_of_parquet(&path).map_err(|failure| failed(path.clone(), &failure))?
            }
            _ => rows,
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let written = Written { file, format, rows, bytes, sha256 };
        Ok((written, Unsynced::of(path, unsynced)))
    }
}

fn failed(path: PathBuf, failure: &Failure) -> PipelineError {
    PipelineError::Output { path, reason: failure.to_string() }
}

/// The rows that a Parquet file's footer states; a number that is none counts as 0.
fn rows_of_parquet(path: &Path) -> Result<u64, Failure> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0))
}

#[cfg(test)]
mod tests;
