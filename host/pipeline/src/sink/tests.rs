//! Files of every format, written on one thread and on several.

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::statistics::Statistics;
use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, StringArray, StructArray};
use arrow_schema::{DataType, Field, Fields, Schema};
use arrow_select::concat::concat_batches;
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest, Sha256};

use super::*;

const FORMATS: [Format; 4] = [Format::Parquet, Format::Csv, Format::Ndjson, Format::Arrow];
/// Rows of a row group, as the format's document states them.
const ROW_GROUP_ROWS: usize = 131_072;

fn workers(threads: usize) -> Workers {
    Workers::start(NonZeroUsize::new(threads).unwrap()).unwrap()
}

/// Rows with nulls, texts that repeat and texts that do not.
fn flat(rows: usize) -> RecordBatch {
    let number: Int64Array = (0..rows as i64).map(|at| (at % 7 != 0).then_some(at * 31)).collect();
    let word: StringArray = (0..rows).map(|at| Some(["red", "green", "blue"][at % 3])).collect();
    let id: StringArray =
        (0..rows).map(|at| (at % 11 != 0).then(|| format!("{:x}", at * 2_654_435_761))).collect();
    let schema = Schema::new(vec![
        Field::new("number", DataType::Int64, true),
        Field::new("word", DataType::Utf8, false),
        Field::new("id", DataType::Utf8, true),
    ]);
    let columns: Vec<ArrayRef> = vec![Arc::new(number), Arc::new(word), Arc::new(id)];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

/// Rows of flat columns, a list and a structure, with nulls at every level.
fn nested(rows: usize) -> RecordBatch {
    let flat = flat(rows);
    let mut list = ListBuilder::new(Int32Builder::new());
    for at in 0..rows {
        for value in 0..at % 4 {
            list.values().append_option((value != 2).then_some(value as i32));
        }
        list.append(at % 5 != 0);
    }
    let list = list.finish();
    let flag: BooleanArray = (0..rows).map(|at| (at % 3 != 0).then_some(at % 2 == 0)).collect();
    let fields = Fields::from(vec![
        Field::new("number", DataType::Int64, true),
        Field::new("flag", DataType::Boolean, true),
    ]);
    let parts: Vec<ArrayRef> = vec![flat.column(0).clone(), Arc::new(flag)];
    let nulls = (0..rows).map(|at| at % 13 != 0).collect();
    let structure = StructArray::new(fields, parts, Some(nulls));
    let mut columns = flat.columns().to_vec();
    let mut schema = flat.schema().fields().to_vec();
    schema.push(Arc::new(Field::new("list", list.data_type().clone(), true)));
    schema.push(Arc::new(Field::new("structure", structure.data_type().clone(), true)));
    columns.extend([Arc::new(list) as ArrayRef, Arc::new(structure)]);
    RecordBatch::try_new(Arc::new(Schema::new(schema)), columns).unwrap()
}

/// What a sink makes of the batches: its account of the file, and the file.
fn written(batches: &[RecordBatch], format: Format, threads: usize) -> (Written, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let schema = batches[0].schema();
    let mut sink = Sink::create(folder.path(), "rows", format, schema, &workers(threads)).unwrap();
    for batch in batches {
        sink.write(batch).unwrap();
    }
    let (written, _) = sink.close().unwrap();
    let bytes = fs::read(folder.path().join(&written.file)).unwrap();
    (written, bytes)
}

/// How many rows are in each row group.
fn row_groups(metadata: &ParquetMetaData) -> Vec<i64> {
    metadata.row_groups().iter().map(|group| group.num_rows()).collect()
}

/// The rows of a Parquet file, and how many are in each of its row groups.
fn read(parquet: Vec<u8>) -> (RecordBatch, Vec<i64>) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap();
    let groups = row_groups(reader.metadata());
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    (concat_batches(&schema, &batches).unwrap(), groups)
}

fn cut(batch: &RecordBatch, at: &[usize]) -> Vec<RecordBatch> {
    let ends = at.iter().copied().chain([batch.num_rows()]);
    let starts = [0].into_iter().chain(at.iter().copied());
    starts.zip(ends).map(|(start, end)| batch.slice(start, end - start)).collect()
}

#[test]
fn every_number_of_threads_writes_the_same_bytes() {
    for (rows, format) in [
        (nested(150_000), Format::Parquet),
        (nested(10_000), Format::Ndjson),
        (nested(10_000), Format::Arrow),
        (flat(10_000), Format::Csv),
    ] {
        let batches = cut(&rows, &[1, 4_000, 9_999]);
        let one = written(&batches, format, 1);
        for threads in 2..=4 {
            assert!(written(&batches, format, threads) == one, "{format} on {threads} threads");
        }
    }
}

#[test]
fn the_account_is_that_of_the_file() {
    for format in FORMATS {
        let batches = cut(&flat(5_000), &[700]);
        let (account, bytes) = written(&batches, format, 2);
        let expected = Written {
            file: format!("rows.{}", extension(format)),
            format,
            rows: 5_000,
            bytes: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(&bytes)),
        };
        assert_eq!(account, expected);
    }
}

#[test]
fn parquet_gives_back_the_rows_of_several_row_groups() {
    let rows = nested(2 * ROW_GROUP_ROWS + 5);
    // The second batch has more rows than a row group.
    let (account, bytes) = written(&cut(&rows, &[100]), Format::Parquet, 2);
    let (back, groups) = read(bytes);
    assert_eq!(back, rows);
    assert_eq!(groups, [ROW_GROUP_ROWS as i64, ROW_GROUP_ROWS as i64, 5]);
    assert_eq!(account.rows, rows.num_rows() as u64);
}

#[test]
fn a_row_group_of_large_values_ends_early() {
    // Values that neither a dictionary nor Zstandard makes much smaller, 12,000 bytes each.
    let mut state = 1_u64;
    let mut large = || -> String {
        let letter = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(32 + (state >> 57) as u8 % 95)
        };
        (0..12_000).map(letter).collect()
    };
    let values: StringArray = (0..200).map(|_| Some(large())).collect();
    let schema = Schema::new(vec![Field::new("value", DataType::Utf8, false)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(values)]).unwrap();
    let (_, bytes) = written(&vec![batch; 82], Format::Parquet, 2);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    assert_eq!(row_groups(reader.metadata()), [16_384, 16]);
}

#[test]
fn rows_count_from_when_they_are_given_until_their_row_group_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let rows = flat(ROW_GROUP_ROWS);
    let mut sink =
        Sink::create(folder.path(), "rows", Format::Parquet, rows.schema(), &workers(2)).unwrap();
    assert_eq!(sink.held_bytes(), 0);
    sink.write(&rows.slice(0, 1_000)).unwrap();
    let waiting = sink.held_bytes();
    assert_eq!(waiting, crate::memory::bytes_of(&rows.slice(0, 1_000)));
    sink.write(&rows.slice(1_000, ROW_GROUP_ROWS - 1_001)).unwrap();
    assert!(sink.held_bytes() > waiting);
    sink.write(&rows.slice(ROW_GROUP_ROWS - 1, 1)).unwrap();
    assert_eq!(sink.held_bytes(), 0);
}

#[test]
fn a_file_of_no_rows_has_its_columns() {
    let none = nested(0);
    let (account, bytes) = written(std::slice::from_ref(&none), Format::Parquet, 2);
    assert_eq!(account.rows, 0);
    let (back, groups) = read(bytes);
    assert_eq!(back, none);
    assert!(groups.is_empty());
    let (_, csv) = written(&[flat(0)], Format::Csv, 2);
    assert_eq!(csv, b"number,word,id\n");
    let (_, ndjson) = written(&[flat(0)], Format::Ndjson, 2);
    assert!(ndjson.is_empty());
}

#[test]
fn text_has_one_line_a_row_in_order() {
    let rows = flat(5_000);
    let (_, csv) = written(std::slice::from_ref(&rows), Format::Csv, 2);
    let csv = String::from_utf8(csv).unwrap();
    let numbers = csv.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().ok());
    let expected: Vec<Option<i64>> =
        (0..5_000).map(|at| (at % 7 != 0).then_some(at * 31)).collect();
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
    let (_, ndjson) = written(&[rows.slice(0, 2)], Format::Ndjson, 2);
    assert_eq!(
        String::from_utf8(ndjson).unwrap(),
        "{\"number\":null,\"word\":\"red\",\"id\":null}\n\
         {\"number\":31,\"word\":\"green\",\"id\":\"9e3779b1\"}\n"
    );
}

#[test]
fn chunks_say_their_least_and_their_greatest() {
    let (_, bytes) = written(&[flat(1_000)], Format::Parquet, 1);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let chunk = reader.metadata().row_group(0).column(0).statistics().unwrap();
    let Statistics::Int64(chunk) = chunk else { panic!("{chunk:?}") };
    assert_eq!((chunk.min_opt(), chunk.max_opt()), (Some(&31), Some(&(999 * 31))));
    assert_eq!(chunk.null_count_opt(), Some(143));
}

#[test]
fn a_full_disk_is_an_error() {
    for format in FORMATS {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let rows = flat(200_000);
        let ended = Writer::begin(Digesting::of(full), format, &rows.schema(), &workers(2))
            .and_then(|mut writer| writer.write(&rows).map(|()| writer))
            .and_then(Writer::end)
            .and_then(|out| Ok(out.end()?));
        let failure = ended.err().unwrap().to_string();
        assert!(failure.contains("No space left on device"), "{format}: {failure}");
    }
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.parquet"), "mine").unwrap();
    let schema = flat(0).schema();
    let refused = Sink::create(folder.path(), "rows", Format::Parquet, schema, &workers(1));
    let Err(PipelineError::Output { path, reason }) = refused.map(|_| ()) else {
        panic!("it was written over");
    };
    assert_eq!(path, folder.path().join("rows.parquet"));
    assert!(reason.contains("File exists"), "{reason}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn where_batches_end_does_not_show(cuts in prop::collection::vec(any::<Index>(), 0..9)) {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(40_000)).collect();
        at.sort_unstable();
        for (rows, formats) in [
            (nested(40_000), &[Format::Parquet, Format::Ndjson][..]),
            (flat(40_000), &[Format::Csv][..]),
        ] {
            for format in formats {
                let whole = written(std::slice::from_ref(&rows), *format, 2);
                prop_assert!(written(&cut(&rows, &at), *format, 2) == whole, "{format}");
            }
        }
    }
}
