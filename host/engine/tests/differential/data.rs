//! The example's tables, and their columns as vectors of options.

use std::fs::File;
use std::path::Path;
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, SchemaRef, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Rows of a batch: the host's usual, and the largest that a batch usually has.
const BATCH_ROWS: [usize; 2] = [8_192, 65_536];

/// Rows of `flights.parquet`.
pub(crate) const FLIGHTS: usize = 336_776;

/// Rows of `bookings.parquet`.
pub(crate) const BOOKINGS: usize = 20_000;

/// A value to group by or to count: nulls, as `None`, come before all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    Integer(i64),
    Text(String),
}

/// A table in batches.
#[derive(Debug, Clone)]
pub(crate) struct Table(pub(crate) Vec<RecordBatch>);

/// Every flight, in batches of each size.
pub(crate) fn flights() -> &'static [Table; 2] {
    static TABLES: LazyLock<[Table; 2]> = LazyLock::new(|| Table::read("flights", FLIGHTS));
    &TABLES
}

/// Every booking, in batches of each size.
pub(crate) fn bookings() -> &'static [Table; 2] {
    static TABLES: LazyLock<[Table; 2]> = LazyLock::new(|| Table::read("bookings", BOOKINGS));
    &TABLES
}

impl Table {
    fn read(name: &str, rows: usize) -> [Table; 2] {
        let path = format!("../../examples/flights/data/{name}.parquet");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        BATCH_ROWS.map(|batch_rows| {
            let file = File::open(&path).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            let batches = reader.with_batch_size(batch_rows).build().unwrap();
            let table = Table(batches.map(Result::unwrap).collect());
            assert_eq!(table.rows(), rows);
            table
        })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.0[0].schema()
    }

    pub(crate) fn rows(&self) -> usize {
        self.0.iter().map(RecordBatch::num_rows).sum()
    }

    pub(crate) fn field(&self, name: &str) -> Field {
        self.schema().field_with_name(name).unwrap().clone()
    }

    /// All its rows in so many parts of almost the same size, cut within batches.
    pub(crate) fn parts(&self, parts: usize) -> Vec<Table> {
        let ends: Vec<usize> = (0..=parts).map(|part| self.rows() * part / parts).collect();
        ends.windows(2).map(|ends| self.between(ends[0], ends[1])).collect()
    }

    fn between(&self, first: usize, end: usize) -> Table {
        let (mut at, mut batches) = (0, Vec::new());
        for batch in &self.0 {
            let from = first.clamp(at, at + batch.num_rows()) - at;
            let to = end.clamp(at, at + batch.num_rows()) - at;
            if from < to {
                batches.push(batch.slice(from, to - from));
            }
            at += batch.num_rows();
        }
        Table(batches)
    }

    /// The same rows with one more column.
    pub(crate) fn with(&self, name: &str, values: &[Option<f64>]) -> Table {
        let mut at = 0;
        let batches = self.0.iter().map(|batch| {
            let end = at + batch.num_rows();
            let column: arrow_array::Float64Array = values[at..end].iter().copied().collect();
            at = end;
            let field = Field::new(name, DataType::Float64, true);
            let fields =
                batch.schema().fields().iter().cloned().chain([field.into()]).collect::<Vec<_>>();
            let columns =
                batch.columns().iter().cloned().chain([std::sync::Arc::new(column) as ArrayRef]);
            RecordBatch::try_new(arrow_schema::Schema::new(fields).into(), columns.collect())
                .unwrap()
        });
        Table(batches.collect())
    }

    fn column<T>(
        &self,
        name: &str,
        values: impl Fn(&ArrayRef) -> Vec<Option<T>>,
    ) -> Vec<Option<T>> {
        self.0.iter().flat_map(|batch| values(batch.column_by_name(name).unwrap())).collect()
    }

    /// Integers; dates as days, timestamps as microseconds.
    pub(crate) fn integers(&self, name: &str) -> Vec<Option<i64>> {
        self.column(name, |column| match column.data_type() {
            DataType::Int32 => widened(column.as_primitive::<Int32Type>().iter()),
            DataType::Int64 => column.as_primitive::<Int64Type>().iter().collect(),
            DataType::Date32 => widened(column.as_primitive::<Date32Type>().iter()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                column.as_primitive::<TimestampMicrosecondType>().iter().collect()
            }
            other => panic!("column {name} of type {other} has no integers"),
        })
    }

    pub(crate) fn floats(&self, name: &str) -> Vec<Option<f64>> {
        self.column(name, |column| column.as_primitive::<Float64Type>().iter().collect())
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<Option<String>> {
        self.column(name, |column| {
            column.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
        })
    }

    pub(crate) fn cells(&self, name: &str) -> Vec<Option<Cell>> {
        if self.field(name).data_type() == &DataType::Utf8 {
            self.texts(name).into_iter().map(|value| value.map(Cell::Text)).collect()
        } else {
            self.integers(name).into_iter().map(|value| value.map(Cell::Integer)).collect()
        }
    }

    /// Whether each row is null.
    pub(crate) fn nulls(&self, name: &str) -> Vec<bool> {
        let nulls = |column: &ArrayRef| (0..column.len()).map(|row| column.is_null(row)).collect();
        self.0
            .iter()
            .flat_map(|batch| -> Vec<bool> { nulls(batch.column_by_name(name).unwrap()) })
            .collect()
    }
}

fn widened(values: impl Iterator<Item = Option<i32>>) -> Vec<Option<i64>> {
    values.map(|value| value.map(i64::from)).collect()
}
