//! The input: the first rows of TPC-H's `lineitem`, as Parquet.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tpchgen::generators::LineItemGenerator;
use tpchgen_arrow::LineItemArrow;

use crate::data;

/// Rows of scale factor 1, a little less than there are.
const ROWS_PER_SCALE: usize = 6_000_000;
/// Rows generated at a time.
const BATCH_ROWS: usize = 65_536;
/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 20;

/// Writes so many rows of so many columns; beyond the table's own, they are repeated
/// under other names. The file is there whole, or not at all.
///
/// # Errors
/// Where a row cannot be made or the file not be written.
pub fn write(path: &Path, rows: usize, columns: usize) -> anyhow::Result<()> {
    let unfinished = path.with_extension("new");
    let file = File::create(&unfinished).with_context(|| unfinished.display().to_string())?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build();
    let scale = rows.div_ceil(ROWS_PER_SCALE).max(1);
    let generator = LineItemGenerator::new(scale as f64, 1, 1);
    let mut items = LineItemArrow::new(generator).with_batch_size(BATCH_ROWS);
    let first = items.next().context("no line items were generated")??;
    let schema = data::widened(&data::plain(&first)?, columns)?.schema();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties))?;
    let mut left = rows;
    for batch in std::iter::once(Ok(first)).chain(items) {
        let batch = data::widened(&data::plain(&batch?)?, columns)?;
        let batch = batch.slice(0, left.min(batch.num_rows()));
        writer.write(&batch)?;
        left -= batch.num_rows();
        if left == 0 {
            break;
        }
    }
    writer.close()?;
    fs::rename(&unfinished, path).with_context(|| path.display().to_string())
}

/// The schema of such a file.
pub(super) fn schema(path: &Path) -> anyhow::Result<SchemaRef> {
    let context = || path.display().to_string();
    let file = File::open(path).with_context(context)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).with_context(context)?;
    Ok(Arc::clone(reader.schema()))
}
