//! CSV, NDJSON and Arrow files, as DataFusion reads them.

use std::fs::File;
use std::io::BufReader;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Schema};
use bailiwick_governance::Format;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::options::ArrowReadOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::{SessionConfig, SessionContext};
use datafusion::prelude::{CsvReadOptions, JsonReadOptions};
use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use super::{BATCH_ROWS, Batches, Input, unreadable};
use crate::error::InputError;
use crate::input::InputFile;

/// A file that DataFusion reads.
pub(super) struct Scan {
    name: String,
    frame: DataFrame,
    runtime: Runtime,
}

impl Scan {
    /// Opens it. NDJSON is read as the fields given, which say what its values are.
    pub(super) fn open(file: &InputFile, fields: &[FieldRef]) -> Result<Self, InputError> {
        let name = file.name();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreadable(&name, &error))?;
        let frame = runtime.block_on(frame(file, fields))?;
        Ok(Self { name, frame, runtime })
    }
}

impl Input for Scan {
    fn columns(&self) -> Vec<FieldRef> {
        self.frame.schema().fields().to_vec()
    }

    fn rows(&self) -> Option<u64> {
        None
    }

    fn read(self: Box<Self>, fields: &[FieldRef]) -> Result<Batches, InputError> {
        let Self { name, frame, runtime } = *self;
        let columns: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        let stream = frame
            .select_columns(&columns)
            .and_then(|frame| runtime.block_on(frame.execute_stream()))
            .map_err(|error| unreadable(&name, &error))?;
        Ok(Box::new(Rows { name, stream, runtime }))
    }
}

/// What DataFusion reads, one batch after the other on the thread that asks.
struct Rows {
    name: String,
    stream: SendableRecordBatchStream,
    runtime: Runtime,
}

impl Iterator for Rows {
    type Item = Result<RecordBatch, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.runtime.block_on(self.stream.next())?;
        Some(batch.map_err(|error| unreadable(&self.name, &error)))
    }
}

async fn frame(file: &InputFile, fields: &[FieldRef]) -> Result<DataFrame, InputError> {
    let name = file.name();
    // One partition: rows keep the order of the file.
    let config = SessionConfig::new().with_target_partitions(1).with_batch_size(BATCH_ROWS);
    let context = SessionContext::new_with_config(config);
    // As a URL, a path is taken as it is: `*` and `[` are characters of its name.
    let path = std::path::absolute(&file.path).map_err(|error| unreadable(&name, &error))?;
    let url = url::Url::from_file_path(path)
        .map_err(|()| unreadable(&name, &"its path is not absolute"))?
        .to_string();
    let extension = file.path.extension().unwrap_or_default().to_string_lossy();
    let extension = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    let frame = match file.read.format {
        Format::Parquet | Format::Arrow => {
            let options = ArrowReadOptions { file_extension: &extension, ..Default::default() };
            context.read_arrow(url, options).await
        }
        Format::Csv => {
            // Read as text and parsed here: so a value that does not parse is known
            // by its row and column, and is not repeated in a message.
            let schema = text_schema(file)?;
            let options = CsvReadOptions::new().schema(&schema).file_extension(&extension);
            context.read_csv(url, options).await
        }
        Format::Ndjson => {
            let schema = Schema::new(fields.to_vec());
            let options = JsonReadOptions::default().schema(&schema).file_extension(&extension);
            context.read_json(url, options).await
        }
    };
    frame.map_err(|error: DataFusionError| unreadable(&name, &error))
}

/// The columns of a CSV file by its header, each as text.
fn text_schema(file: &InputFile) -> Result<Schema, InputError> {
    let name = file.name();
    let reader = File::open(&file.path).map_err(|error| unreadable(&name, &error))?;
    let format = arrow_csv::reader::Format::default().with_header(true);
    let (header, _) = format
        .infer_schema(BufReader::new(reader), Some(0))
        .map_err(|error| unreadable(&name, &error))?;
    if header.fields().is_empty() {
        let reason = "it has no header line; the first line names the columns";
        return Err(unreadable(&name, &reason));
    }
    let text = |field: &FieldRef| Field::new(field.name(), DataType::Utf8, true);
    let mut seen = std::collections::BTreeSet::new();
    for field in header.fields() {
        if !seen.insert(field.name()) {
            return Err(InputError::DuplicateColumn {
                file: file.name(),
                column: field.name().clone(),
            });
        }
    }
    Ok(Schema::new(header.fields().iter().map(text).collect::<Vec<_>>()))
}
