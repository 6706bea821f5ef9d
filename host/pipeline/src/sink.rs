//! Record batches to a file, in the format of a port.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bailiwick_governance::Format;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::PipelineError;

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

/// Counts and digests what passes on its way to the file.
struct Digesting {
    file: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

enum Writer {
    Parquet(Box<ArrowWriter<Digesting>>),
    Csv(Box<arrow_csv::Writer<Digesting>>),
    Ndjson(Box<arrow_json::LineDelimitedWriter<Digesting>>),
    Arrow(Box<arrow_ipc::writer::FileWriter<Digesting>>),
}

/// A file that is being written.
pub(crate) struct Sink {
    path: PathBuf,
    format: Format,
    schema: SchemaRef,
    writer: Writer,
    rows: u64,
}

impl Sink {
    /// Begins a file of that name in a folder.
    pub(crate) fn create(
        folder: &Path,
        stem: &str,
        format: Format,
        schema: SchemaRef,
    ) -> Result<Self, PipelineError> {
        let path = folder.join(format!("{stem}.{}", extension(format)));
        let failed = |reason: String| PipelineError::Output { path: path.clone(), reason };
        let file = File::create_new(&path).map_err(|error| failed(error.to_string()))?;
        let out = Digesting { file: BufWriter::new(file), digest: Sha256::new(), bytes: 0 };
        let writer = match format {
            Format::Parquet => {
                let level = ZstdLevel::try_new(1).map_err(|error| failed(error.to_string()))?;
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
                ArrowWriter::try_new(out, schema.clone(), Some(properties))
                    .map(|writer| Writer::Parquet(Box::new(writer)))
                    .map_err(|error| failed(error.to_string()))?
            }
            Format::Csv => {
                let mut writer = arrow_csv::WriterBuilder::new().with_header(true).build(out);
                // A file of no rows has its header all the same.
                writer
                    .write(&RecordBatch::new_empty(schema.clone()))
                    .map_err(|error| failed(error.to_string()))?;
                Writer::Csv(Box::new(writer))
            }
            // A null stands as `null`: a key that is missing would look like a column that is.
            Format::Ndjson => Writer::Ndjson(Box::new(
                arrow_json::WriterBuilder::new().with_explicit_nulls(true).build(out),
            )),
            Format::Arrow => arrow_ipc::writer::FileWriter::try_new(out, &schema)
                .map(|writer| Writer::Arrow(Box::new(writer)))
                .map_err(|error| failed(error.to_string()))?,
        };
        Ok(Self { path, format, schema, writer, rows: 0 })
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let written = match &mut self.writer {
            Writer::Parquet(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Writer::Csv(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Writer::Ndjson(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Writer::Arrow(writer) => writer.write(batch).map_err(|error| error.to_string()),
        };
        written.map_err(|reason| PipelineError::Output { path: self.path.clone(), reason })?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Ends the file: all of it is on the disk when this returns.
    pub(crate) fn close(self) -> Result<Written, PipelineError> {
        let Self { path, format, rows, writer, .. } = self;
        let failed = |reason: String| PipelineError::Output { path: path.clone(), reason };
        let (out, rows) = match writer {
            Writer::Parquet(writer) => {
                (writer.into_inner().map_err(|error| failed(error.to_string()))?, rows)
            }
            Writer::Csv(writer) => (writer.into_inner(), rows),
            Writer::Ndjson(mut writer) => {
                writer.finish().map_err(|error| failed(error.to_string()))?;
                (writer.into_inner(), rows)
            }
            Writer::Arrow(mut writer) => {
                writer.finish().map_err(|error| failed(error.to_string()))?;
                (writer.into_inner().map_err(|error| failed(error.to_string()))?, rows)
            }
        };
        let Digesting { file, digest, bytes } = out;
        let file = file.into_inner().map_err(|error| failed(error.to_string()))?;
        file.sync_all().map_err(|error| failed(error.to_string()))?;
        // Counted by the file's own footer where it has one, not by us.
        let rows = match format {
            Format::Parquet => rows_of_parquet(&path).unwrap_or(0),
            _ => rows,
        };
        Ok(Written {
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            format,
            rows,
            bytes,
            sha256: hex::encode(digest.finalize()),
        })
    }
}

/// The rows that a Parquet file's footer states, or none where it cannot be read.
pub(crate) fn rows_of_parquet(path: &Path) -> Option<u64> {
    let reader = SerializedFileReader::new(File::open(path).ok()?).ok()?;
    u64::try_from(reader.metadata().file_metadata().num_rows()).ok()
}
