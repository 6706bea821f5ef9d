//! The rows that everything is measured on.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt32Array,
    builder::{Int64Builder, ListBuilder, StringBuilder},
};
use arrow_cast::cast;
use arrow_schema::{DataType, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tpchgen::generators::LineItemGenerator;
use tpchgen_arrow::LineItemArrow;

/// Rows that one run of a kernel works on, whatever the batches: the largest batch
/// that is measured, and what all smaller ones add up to.
pub const RUN_ROWS: usize = 65_536;

/// A table in batches.
#[derive(Debug, Clone)]
pub struct Table {
    batches: Vec<RecordBatch>,
    schema: SchemaRef,
}

impl Table {
    /// A table of one batch.
    pub fn new(batch: RecordBatch) -> Self {
        Self { schema: batch.schema(), batches: vec![batch] }
    }

    /// Its schema.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Its batches.
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The first rows in batches of so many, each with buffers of its own, as a reader
    /// gives them: a slice of a larger batch would be lowered another way.
    ///
    /// # Errors
    /// Where arrow cannot put the rows together.
    pub fn in_batches(&self, rows: usize, batch_rows: usize) -> anyhow::Result<Self> {
        let whole = concat_batches(&self.schema, &self.batches)?;
        let rows = rows.min(whole.num_rows());
        let mut batches = Vec::with_capacity(rows.div_ceil(batch_rows));
        for first in (0..rows).step_by(batch_rows) {
            let end = rows.min(first + batch_rows);
            let indices: UInt32Array = (first..end).map(|row| row as u32).collect();
            batches.push(take_record_batch(&whole, &indices)?);
        }
        Ok(Self { batches, schema: Arc::clone(&self.schema) })
    }
}

/// All flights of the example: 336,776 rows, 19 columns.
///
/// # Errors
/// Where `flights.parquet` in that folder cannot be read.
pub fn flights(folder: &Path) -> anyhow::Result<Table> {
    let path = folder.join("flights.parquet");
    let context = || format!("{}: the flights cannot be read", path.display());
    let file = File::open(&path).with_context(context)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).with_context(context)?.build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>().with_context(context)?;
    let schema = batches.first().map(RecordBatch::schema).with_context(context)?;
    Ok(Table::new(concat_batches(&schema, &batches)?))
}

/// The first rows of the table `lineitem` of TPC-H: text as utf8, decimals as float64.
///
/// # Errors
/// Where arrow cannot convert a column.
pub fn lineitem(rows: usize) -> anyhow::Result<Table> {
    let mut items = LineItemArrow::new(LineItemGenerator::new(1.0, 1, 1)).with_batch_size(rows);
    let batch = items.next().context("no line items were generated")??;
    Ok(Table::new(plain(&batch)?))
}

/// A batch with text as utf8, decimals as float64.
///
/// # Errors
/// Where arrow cannot convert a column.
pub fn plain(batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let plain = |column: &ArrayRef| match column.data_type() {
        DataType::Utf8View => cast(column, &DataType::Utf8),
        DataType::Decimal128(..) => cast(column, &DataType::Float64),
        _ => Ok(Arc::clone(column)),
    };
    let columns = batch.columns().iter().map(plain).collect::<Result<Vec<_>, _>>()?;
    let schema = batch.schema();
    let fields =
        schema.fields().iter().zip(&columns).map(|(field, column)| {
            field.as_ref().clone().with_data_type(column.data_type().clone())
        });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// The first columns of a batch; where it has fewer, they are repeated, their names
/// followed by `_2`, `_3` and so on.
///
/// # Errors
/// Where arrow cannot put them together.
pub fn widened(batch: &RecordBatch, columns: usize) -> anyhow::Result<RecordBatch> {
    let schema = batch.schema();
    let of_column = |at: usize| {
        let (turn, own) = (at / batch.num_columns(), at % batch.num_columns());
        let field = schema.field(own).clone();
        let name = match turn {
            0 => field.name().clone(),
            turn => format!("{}_{}", field.name(), turn + 1),
        };
        (field.with_name(name), Arc::clone(batch.column(own)))
    };
    let (fields, arrays): (Vec<_>, Vec<_>) = (0..columns).map(of_column).unzip();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// Contacts: `email`, one in 13 null, and `amount`, from -500 up to 1,500, one in 17
/// null. A rule of arithmetic, so that peers in other languages make the same.
///
/// # Errors
/// Where arrow cannot make a batch of them.
pub fn contacts(rows: usize) -> anyhow::Result<Table> {
    let mut emails = StringBuilder::with_capacity(rows, rows * 28);
    for row in 0..rows {
        if row % 13 == 0 {
            emails.append_null();
        } else {
            write!(emails, "user{}@mail{}.example.com", row * 7_919 % 100_003, row % 97)?;
            emails.append_value("");
        }
    }
    let amount = |row: usize| (row * 2_654_435_761 % 2_000_000) as f64 / 1_000.0 - 500.0;
    let amounts = (0..rows).map(|row| (row % 17 != 0).then(|| amount(row)));
    let emails: StringArray = emails.finish();
    let amounts: Float64Array = amounts.collect();
    let columns: [(&str, ArrayRef); 2] =
        [("email", Arc::new(emails)), ("amount", Arc::new(amounts))];
    Ok(Table::new(RecordBatch::try_from_iter_with_nullable(
        columns.map(|(name, column)| (name, column, true)),
    )?))
}

/// Orders: `order`, numbered, `ordered_on`, a date as text, one in 19 null, `ordered_at`, a
/// timestamp without a zone, and `amounts`, a list of up to four numbers, one in 11 null.
///
/// # Errors
/// Where arrow cannot make a batch of them.
pub fn orders(rows: usize) -> anyhow::Result<Table> {
    let numbers: Int64Array = (0..rows as i64).collect();
    let date = |row: usize| {
        let day = row * 7_919 % 10_000;
        format!("{}-{:02}-{:02}", 1_990 + day % 31, 1 + day % 12, 1 + day % 28)
    };
    let dates = (0..rows).map(|row| (row % 19 != 0).then(|| date(row)));
    let mut amounts = ListBuilder::new(Int64Builder::new());
    for row in 0..rows {
        (0..row % 5).for_each(|at| amounts.values().append_value((row + at) as i64));
        amounts.append(row % 11 != 0);
    }
    let seconds = (0..rows as i64).map(|row| (1_500_000_000 + row * 977) * 1_000_000);
    let columns: [(&str, ArrayRef); 4] = [
        ("order", Arc::new(numbers)),
        ("ordered_on", Arc::new(dates.collect::<StringArray>())),
        ("ordered_at", Arc::new(TimestampMicrosecondArray::from_iter_values(seconds))),
        ("amounts", Arc::new(amounts.finish())),
    ];
    Ok(Table::new(RecordBatch::try_from_iter_with_nullable(
        columns.map(|(name, column)| (name, column, true)),
    )?))
}
