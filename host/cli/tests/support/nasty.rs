//! Rows of what data is not supposed to hold, and files of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int8Array,
    Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, TimestampNanosecondArray,
};

/// How many rows there are.
pub const ROWS: usize = 2_000;

/// Columns that every format can hold as they are.
pub const PLAIN: [&str; 4] = ["select", "null", "desc", "a \"b\" \\ c: #d"];

fn texts(of: impl Fn(usize) -> Option<String>) -> ArrayRef {
    Arc::new((0..ROWS).map(of).collect::<StringArray>())
}

/// Nulls, what is not a number, infinities, empty and foreign texts, the ends of time,
/// and names that are words of languages.
pub fn nasty() -> RecordBatch {
    let every = |n: usize, row: usize| row.is_multiple_of(n);
    let whole = |row: usize| match row {
        7 => Some(i64::MIN),
        8 => Some(i64::MAX),
        row if every(13, row) => None,
        row => Some(row as i64 % 300 - 150),
    };
    let float = |row: usize| match row % 50 {
        0 => Some(f64::NAN),
        1 => Some(f64::INFINITY),
        2 => Some(f64::NEG_INFINITY),
        3 => None,
        _ => Some(row as f64 / 7.0 - 100.0),
    };
    let words = ["true", "yes", "~", "\u{2603} ünïcode", "- no"];
    let odd = |row: usize| match row % 6 {
        0 => Some(String::new()),
        1 => None,
        2 => Some(format!("Straße {row} \u{1f600}")),
        3 => Some(format!("a,\"b\"\n{row}\u{85}\u{2028}")),
        4 => Some(" ".repeat(row % 40)),
        _ => Some("x".repeat(row)),
    };
    let ends = |row: usize| match row % 4 {
        0 => Some(i64::MIN),
        1 => Some(i64::MAX),
        2 => None,
        _ => Some(row as i64),
    };
    let days = |row: usize| match row % 3 {
        0 => Some(i32::MIN),
        1 => Some(i32::MAX),
        _ => Some(row as i32),
    };
    let mut list = ListBuilder::new(Int32Builder::new());
    for row in 0..ROWS {
        list.values().append_option((row % 2 == 0).then_some(row as i32));
        list.append(row % 5 != 0);
    }
    let decimals =
        (0..ROWS).map(|row| Some(row as i128 * 101 - 9_000)).collect::<Decimal128Array>();
    let all = 0..ROWS;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("select", Arc::new(all.clone().map(whole).collect::<Int64Array>())),
        ("order by", Arc::new(all.clone().map(float).collect::<Float64Array>())),
        ("null", texts(|row| Some(words[row % words.len()].to_owned()))),
        ("größe", texts(odd)),
        ("true", texts(|_| None)),
        ("empty", texts(|_| Some(String::new()))),
        ("no", texts(|row| Some(format!("{row:05}")))),
        (
            "when",
            Arc::new(
                all.clone().map(ends).collect::<TimestampNanosecondArray>().with_timezone("UTC"),
            ),
        ),
        ("since", Arc::new(all.clone().map(ends).collect::<TimestampMicrosecondArray>())),
        ("day", Arc::new(all.clone().map(days).collect::<Date32Array>())),
        (
            "desc",
            Arc::new(
                all.clone()
                    .map(|row| (row % 9 != 0).then_some((row % 5) as i8))
                    .collect::<Int8Array>(),
            ),
        ),
        ("amount", Arc::new(decimals.with_precision_and_scale(10, 2).unwrap())),
        ("is", Arc::new(all.clone().map(|row| Some(row % 2 == 0)).collect::<BooleanArray>())),
        ("list", Arc::new(list.finish())),
        (
            "blob",
            Arc::new(all.clone().map(|row| Some(vec![row as u8, 0])).collect::<BinaryArray>()),
        ),
        ("a \"b\" \\ c: #d", Arc::new(all.map(|row| Some(row as i64)).collect::<Int64Array>())),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

/// The columns that every format can hold.
pub fn plain(rows: &RecordBatch) -> RecordBatch {
    let schema = rows.schema();
    let at: Vec<usize> = PLAIN.iter().map(|name| schema.index_of(name).unwrap()).collect();
    rows.project(&at).unwrap()
}

pub fn write_parquet(folder: &Path, rows: &RecordBatch) -> PathBuf {
    let path = folder.join("rows.parquet");
    let file = File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, rows.schema(), None).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    path
}

pub fn write_arrow(folder: &Path, rows: &RecordBatch) -> PathBuf {
    let path = folder.join("rows.arrow");
    let file = File::create(&path).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &rows.schema()).unwrap();
    writer.write(rows).unwrap();
    writer.finish().unwrap();
    path
}

pub fn write_ndjson(folder: &Path, rows: &RecordBatch) -> PathBuf {
    let path = folder.join("rows.ndjson");
    let mut writer = arrow_json::LineDelimitedWriter::new(File::create(&path).unwrap());
    writer.write(rows).unwrap();
    writer.finish().unwrap();
    path
}

pub fn write_csv(folder: &Path, rows: &RecordBatch) -> PathBuf {
    let path = folder.join("rows.csv");
    let mut writer = arrow_csv::Writer::new(File::create(&path).unwrap());
    writer.write(rows).unwrap();
    path
}
