//! Files of every format, read on one thread and on several.

use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::thread;

use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::{Array, ArrayRef, Int32Array, Int64Array, StringArray};
use arrow_schema::{DataType, Field};
use arrow_select::concat::concat_batches;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use super::file_range::FileRange;
use super::*;

const ROWS: usize = 40_000;

fn workers(threads: usize) -> Workers {
    Workers::start(NonZeroUsize::new(threads).unwrap()).unwrap()
}

/// Rows of several types, with nulls.
fn rows() -> RecordBatch {
    let number: Int64Array = (0..ROWS as i64).map(|at| (at % 7 != 0).then_some(at * 31)).collect();
    let word: StringArray = (0..ROWS).map(|at| Some(["red", "green", "blue"][at % 3])).collect();
    let id: StringArray = (0..ROWS).map(|at| Some(format!("{:x}", at * 2_654_435_761))).collect();
    let mut list = ListBuilder::new(Int32Builder::new());
    for at in 0..ROWS {
        for value in 0..at % 4 {
            list.values().append_option((value != 2).then_some(value as i32));
        }
        list.append(at % 5 != 0);
    }
    let list = list.finish();
    let schema = Schema::new(vec![
        Field::new("number", DataType::Int64, true),
        Field::new("word", DataType::Utf8, true),
        Field::new("id", DataType::Utf8, true),
        Field::new("list", list.data_type().clone(), true),
    ]);
    let columns: Vec<ArrayRef> =
        vec![Arc::new(number), Arc::new(word), Arc::new(id), Arc::new(list)];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

/// Writes the rows to a Parquet file with so many of them in a row group.
fn parquet_file(folder: &Path, rows: &RecordBatch, in_group: usize) -> PathBuf {
    let path = folder.join("rows.parquet");
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(in_group)).build();
    let file = fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    path
}

fn open(
    path: &Path,
    format: Format,
    fields: &[FieldRef],
    threads: usize,
) -> Result<Source, InputError> {
    let file = InputFile::open(path.to_owned(), "rows", format, None).unwrap();
    Source::open(&file, fields, "rows", &workers(threads))
}

/// All batches, in the contract's types.
fn read(
    path: &Path,
    format: Format,
    fields: &[FieldRef],
    threads: usize,
) -> Result<Vec<RecordBatch>, InputError> {
    let mut source = open(path, format, fields, threads)?;
    let adapter = source.adapter();
    let mut batches = Vec::new();
    while let Some(raw) = source.next()? {
        batches.push(adapter.adapt(&raw)?);
    }
    Ok(batches)
}

/// Where a column's chunk of the first row group is in the file.
fn chunk(path: &Path, column: usize) -> (u64, u64) {
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    ColumnChunkMetaData::byte_range(reader.metadata().row_group(0).column(column))
}

#[test]
fn parquet_is_read_in_the_same_batches_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    for in_group in [7_000, ROWS] {
        let path = parquet_file(folder.path(), &rows, in_group);
        let fields = rows.schema().fields().to_vec();
        let batches = read(&path, Format::Parquet, &fields, 1).unwrap();
        let sizes: Vec<usize> = batches.iter().map(RecordBatch::num_rows).collect();
        assert_eq!(sizes, [BATCH_ROWS, BATCH_ROWS, ROWS - 2 * BATCH_ROWS]);
        assert_eq!(concat_batches(&rows.schema(), &batches).unwrap(), rows);
        for threads in 2..=4 {
            assert_eq!(read(&path, Format::Parquet, &fields, threads).unwrap(), batches);
        }
    }
}

#[test]
fn columns_come_in_the_order_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows, ROWS);
    let order = [2, 0];
    let asked = rows.project(&order).unwrap();
    let batches = read(&path, Format::Parquet, asked.schema().fields(), 2).unwrap();
    assert_eq!(concat_batches(&asked.schema(), &batches).unwrap(), asked);
}

#[test]
fn a_column_that_is_not_asked_for_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows, ROWS);
    let (start, length) = chunk(&path, 2);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&vec![0xff; usize::try_from(length).unwrap()], start).unwrap();

    let others = rows.project(&[0, 1, 3]).unwrap();
    let batches = read(&path, Format::Parquet, others.schema().fields(), 2).unwrap();
    assert_eq!(concat_batches(&others.schema(), &batches).unwrap(), others);
    let all = read(&path, Format::Parquet, rows.schema().fields(), 2);
    assert!(matches!(all, Err(InputError::Unreadable { .. })), "{all:?}");
}

#[test]
fn rows_are_counted_without_any_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = parquet_file(folder.path(), &rows(), 9_000);
    let batches = read(&path, Format::Parquet, &[], 2).unwrap();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), ROWS);
}

#[test]
fn a_parquet_file_of_no_rows_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows.slice(0, 0), ROWS);
    assert!(read(&path, Format::Parquet, rows.schema().fields(), 2).unwrap().is_empty());
}

#[test]
fn a_cut_parquet_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows, ROWS);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let cut = read(&path, Format::Parquet, rows.schema().fields(), 2);
    assert!(matches!(cut, Err(InputError::Unreadable { .. })), "{cut:?}");
}

#[test]
fn a_page_that_claims_more_than_the_file_has_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows, ROWS);
    let range = FileRange::of(fs::File::open(&path).unwrap()).unwrap();
    let bytes = fs::metadata(&path).unwrap().len();
    let all = usize::try_from(bytes).unwrap();
    assert_eq!(range.get_bytes(0, all).unwrap(), fs::read(&path).unwrap());
    assert!(range.get_bytes(0, all + 1).is_err());
    assert!(range.get_bytes(bytes, 1).is_err());
    assert!(range.get_bytes(u64::MAX, 1).is_err());
}

#[test]
fn the_footer_says_how_many_rows_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let path = parquet_file(folder.path(), &rows, 9_000);
    let mut source = open(&path, Format::Parquet, rows.schema().fields(), 2).unwrap();
    assert_eq!((source.rows(), source.total_rows()), (0, Some(ROWS as u64)));
    source.next().unwrap().unwrap();
    assert_eq!(source.rows(), BATCH_ROWS as u64);
}

#[test]
fn integers_become_the_contracts_where_they_fit() {
    let folder = tempfile::tempdir().unwrap();
    let field = Arc::new(Field::new("number", DataType::Int32, true));
    let of = |values: Vec<i64>| {
        let schema = Schema::new(vec![Field::new("number", DataType::Int64, true)]);
        let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(values))];
        let batch = RecordBatch::try_new(Arc::new(schema), columns).unwrap();
        parquet_file(folder.path(), &batch, 10)
    };
    let path = of(vec![1, -2]);
    let batches = read(&path, Format::Parquet, std::slice::from_ref(&field), 1).unwrap();
    let expected: ArrayRef = Arc::new(Int32Array::from(vec![1, -2]));
    assert_eq!(batches[0].column(0), &expected);
    let path = of(vec![1, 1 << 40]);
    let refused = read(&path, Format::Parquet, &[field], 1).unwrap_err().to_string();
    assert!(refused.starts_with("row 2 of input"), "{refused}");
}

#[test]
fn text_is_parsed_on_any_thread_and_a_bad_value_found_by_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let lines: Vec<String> = (0..ROWS).map(|at| format!("{at},x")).collect();
    let field: FieldRef = Arc::new(Field::new("number", DataType::Int64, true));
    fs::write(&path, format!("number,word\n{}\n", lines.join("\n"))).unwrap();

    let mut source = open(&path, Format::Csv, std::slice::from_ref(&field), 2).unwrap();
    let mut raw = Vec::new();
    while let Some(batch) = source.next().unwrap() {
        raw.push(batch);
    }
    let parsed: Vec<RecordBatch> = thread::scope(|scope| {
        let on_its_own = |batch| {
            let adapter = source.adapter();
            scope.spawn(move || adapter.adapt(batch).unwrap())
        };
        let threads: Vec<_> = raw.iter().map(on_its_own).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let parsed = concat_batches(source.schema(), &parsed).unwrap();
    let expected: ArrayRef = Arc::new(Int64Array::from_iter_values(0..ROWS as i64));
    assert_eq!(parsed.column(0), &expected);

    let mut lines = lines;
    lines[30_000] = "secret,x".into();
    fs::write(&path, format!("number,word\n{}\n", lines.join("\n"))).unwrap();
    let refused = read(&path, Format::Csv, &[field], 2).unwrap_err();
    assert!(matches!(refused, InputError::Value { row: 30_001, .. }), "{refused:?}");
}

#[test]
fn ndjson_and_arrow_are_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    for format in [Format::Ndjson, Format::Arrow] {
        let mut sink =
            crate::sink::Sink::create(folder.path(), "rows", format, rows.schema(), &workers(2))
                .unwrap();
        sink.write(&rows).unwrap();
        let path = folder.path().join(sink.close().unwrap().0.file);
        let batches = read(&path, format, rows.schema().fields(), 2).unwrap();
        assert_eq!(concat_batches(&rows.schema(), &batches).unwrap(), rows, "{format}");
    }
}
