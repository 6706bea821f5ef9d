//! An input file as a stream of record batches of the contract's types.

mod adapt;

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use bailiwick_governance::Format;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::options::ArrowReadOptions;
use datafusion::execution::context::{SessionConfig, SessionContext};
use datafusion::prelude::{CsvReadOptions, JsonReadOptions, ParquetReadOptions};
use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use self::adapt::{adapt, parse_text};
use crate::error::InputError;
use crate::input::InputFile;
use crate::sink::rows_of_parquet;

/// Rows of a batch: large enough that a call into a module costs nothing beside
/// them, small enough that a batch stays in the processor's cache.
pub(crate) const BATCH_ROWS: usize = 16_384;
/// Batches read ahead of the steps, so that reading and running overlap.
const AHEAD: usize = 2;

/// A file that is being read. Reading goes on in the background, never more than
/// a few batches ahead.
pub(crate) struct Source {
    // Kept for its threads, which read.
    _runtime: Runtime,
    batches: mpsc::Receiver<Result<RecordBatch, datafusion::error::DataFusionError>>,
    file: String,
    format: Format,
    schema: SchemaRef,
    rows: u64,
    total_rows: Option<u64>,
}

impl Source {
    /// Opens the file to read the columns given, which the contract's object describes.
    pub(crate) fn open(
        file: &InputFile,
        fields: &[FieldRef],
        object: &str,
    ) -> Result<Self, InputError> {
        let name = file.name();
        let unreadable = |reason: String| InputError::Unreadable {
            file: file.name(),
            reason: one_line(&reason),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| unreadable(error.to_string()))?;
        let frame = runtime.block_on(frame(file, fields))?;
        let present: Vec<String> =
            frame.schema().fields().iter().map(|field| field.name().clone()).collect();
        for field in fields {
            match present.iter().filter(|name| *name == field.name()).count() {
                1 => {}
                0 => {
                    return Err(InputError::MissingColumn {
                        file: name,
                        column: field.name().clone(),
                        object: object.to_owned(),
                        present: present.join(", "),
                    });
                }
                _ => {
                    let column = field.name().clone();
                    return Err(InputError::DuplicateColumn { file: name, column });
                }
            }
        }
        let columns: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        let frame =
            frame.select_columns(&columns).map_err(|error| unreadable(error.to_string()))?;
        let mut stream = runtime
            .block_on(frame.execute_stream())
            .map_err(|error| unreadable(error.to_string()))?;
        let (sender, batches) = mpsc::channel(AHEAD);
        runtime.spawn(async move {
            while let Some(batch) = stream.next().await {
                if sender.send(batch).await.is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            _runtime: runtime,
            batches,
            file: name,
            format: file.read.format,
            schema: Arc::new(Schema::new(fields.to_vec())),
            rows: 0,
            total_rows: match file.read.format {
                Format::Parquet => rows_of_parquet(&file.path),
                _ => None,
            },
        })
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows read so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows of the whole file, where its metadata says.
    pub(crate) fn total_rows(&self) -> Option<u64> {
        self.total_rows
    }

    /// The next batch, in the contract's types.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, InputError> {
        let Some(batch) = self.batches.blocking_recv() else { return Ok(None) };
        let batch = batch.map_err(|error| InputError::Unreadable {
            file: self.file.clone(),
            reason: one_line(&error.to_string()),
        })?;
        let columns = self
            .schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, array)| self.adapted(field, array))
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let typed = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options);
        let typed = typed.map_err(|error| InputError::Unreadable {
            file: self.file.clone(),
            reason: error.to_string(),
        })?;
        self.rows += typed.num_rows() as u64;
        Ok(Some(typed))
    }

    fn adapted(&self, field: &Field, array: &ArrayRef) -> Result<ArrayRef, InputError> {
        let expected = || bailiwick_governance::type_name(field.data_type());
        let result = if self.format == Format::Csv {
            parse_text(array, field.data_type())
        } else {
            adapt(array, field.data_type())
        };
        result.map_err(|problem| match problem {
            adapt::Problem::Type => InputError::Type {
                file: self.file.clone(),
                column: field.name().clone(),
                expected: expected(),
                found: bailiwick_governance::type_name(array.data_type()),
            },
            adapt::Problem::Value { row } => InputError::Value {
                file: self.file.clone(),
                row: self.rows + row as u64 + 1,
                column: field.name().clone(),
                expected: expected(),
            },
        })
    }
}

async fn frame(file: &InputFile, fields: &[FieldRef]) -> Result<DataFrame, InputError> {
    let unreadable =
        |reason: String| InputError::Unreadable { file: file.name(), reason: one_line(&reason) };
    // One partition: rows keep the order of the file.
    let config = SessionConfig::new()
        .with_target_partitions(1)
        .with_batch_size(BATCH_ROWS)
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false);
    let context = SessionContext::new_with_config(config);
    // As a URL, a path is taken as it is: `*` and `[` are characters of its name.
    let path = std::path::absolute(&file.path).map_err(|error| unreadable(error.to_string()))?;
    let url = url::Url::from_file_path(path)
        .map_err(|()| unreadable("its path is not absolute".into()))?
        .to_string();
    let extension = file.path.extension().unwrap_or_default().to_string_lossy();
    let extension = if extension.is_empty() { String::new() } else { format!(".{extension}") };
    let frame = match file.read.format {
        Format::Parquet => {
            let options = ParquetReadOptions::default().file_extension(&extension);
            context.read_parquet(url, options).await
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
        Format::Arrow => {
            let options = ArrowReadOptions { file_extension: &extension, ..Default::default() };
            context.read_arrow(url, options).await
        }
    };
    frame.map_err(|error| unreadable(error.to_string()))
}

/// The columns of a CSV file by its header, each as text.
fn text_schema(file: &InputFile) -> Result<Schema, InputError> {
    let unreadable = |reason: String| InputError::Unreadable { file: file.name(), reason };
    let reader = File::open(&file.path).map_err(|error| unreadable(error.to_string()))?;
    let format = arrow_csv::reader::Format::default().with_header(true);
    let (header, _) = format
        .infer_schema(BufReader::new(reader), Some(0))
        .map_err(|error| unreadable(one_line(&error.to_string())))?;
    if header.fields().is_empty() {
        return Err(unreadable("it has no header line; the first line names the columns".into()));
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
        return format!("{said}: a value is not of the contract's type");
    }
    reason.trim_end_matches('.').to_owned()
}
