//! Every type goes through a module and comes back.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema};
use bailiwick_columnar::normalised;
use bailiwick_engine::{Conditions, Stage};

use crate::support::guest;

#[path = "../../../columnar/tests/columnar/columns.rs"]
mod columns;

use columns::{NULLS, Nulls, column, types};

fn batch(rows: usize, nulls: Nulls) -> RecordBatch {
    let types = types().into_iter().enumerate();
    let columns =
        types.map(|(at, (data_type, _))| (format!("c{at}"), column(&data_type, rows, nulls), true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn echo(batch: &RecordBatch) -> Stage {
    let schema = batch.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    guest("echo").stage("{}", &schema, &names, &Conditions::default()).unwrap()
}

#[test]
fn every_type_comes_back_from_a_module() {
    let mut stage = echo(&batch(0, Nulls::None));
    for rows in [0, 1, 13, 64, 1_000] {
        for nulls in NULLS {
            let sent = batch(rows, nulls);
            assert_eq!(stage.apply(&sent).unwrap(), Some(sent), "{rows} rows, {nulls:?}");
        }
    }
    assert_eq!(stage.finish().unwrap(), None);
}

#[test]
fn slices_come_back_from_a_module() {
    let whole = batch(100, Nulls::Some);
    let mut stage = echo(&whole);
    for (start, length) in [(1, 9), (8, 16), (13, 86), (99, 1), (50, 0)] {
        let sent = whole.slice(start, length);
        assert_eq!(stage.apply(&sent).unwrap(), Some(sent), "{start}+{length}");
    }
}

#[test]
fn dictionaries_and_views_come_back_plain() {
    let texts = column(&DataType::Utf8, 20, Nulls::Some);
    let key = || Box::new(DataType::Int16);
    let stored = [
        DataType::Utf8View,
        DataType::BinaryView,
        DataType::Dictionary(key(), Box::new(DataType::Utf8)),
    ];
    let columns: Vec<(String, ArrayRef)> = stored
        .iter()
        .map(|stored| (stored.to_string(), arrow_cast::cast(&texts, stored).unwrap()))
        .collect();
    let sent = RecordBatch::try_from_iter(columns).unwrap();
    let back = echo(&sent).apply(&sent).unwrap().unwrap();
    for (sent, back) in sent.columns().iter().zip(back.columns()) {
        assert_eq!(&normalised(sent).unwrap(), back);
    }
}

#[test]
fn field_metadata_and_nullability_come_back() {
    let metadata = [("unit".to_owned(), "mile".to_owned())].into();
    let field = Field::new("distance", DataType::Int32, false).with_metadata(metadata);
    let schema = Arc::new(Schema::new(vec![field]));
    let values = column(&DataType::Int32, 5, Nulls::None);
    let sent = RecordBatch::try_new(Arc::clone(&schema), vec![values]).unwrap();
    let mut stage = echo(&sent);
    assert_eq!(stage.schema(), &schema);
    assert_eq!(stage.apply(&sent).unwrap(), Some(sent));
}

#[test]
fn columns_that_are_not_read_pass_by_uncopied_whatever_their_type() {
    let read = column(&DataType::Utf8, 9, Nulls::Some);
    let passing: ArrayRef = Arc::new(arrow_array::NullArray::new(9));
    let sent = RecordBatch::try_from_iter_with_nullable([
        ("passing", Arc::clone(&passing), true),
        ("read", read, true),
    ])
    .unwrap();
    let conditions = Conditions::default();
    let mut stage = guest("echo").stage("{}", &sent.schema(), &["read"], &conditions).unwrap();
    let back = stage.apply(&sent).unwrap().unwrap();
    assert!(Arc::ptr_eq(back.column(0), &passing));
    assert_eq!(back, sent);
    let only_what_is_read = sent.project(&[1]).unwrap();
    let mut other = echo(&only_what_is_read);
    other.apply(&only_what_is_read).unwrap();
    assert_eq!(stage.bytes_in(), other.bytes_in());
}

#[test]
fn columns_that_cannot_enter_a_module_are_refused_by_name_when_it_is_planned() {
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let odd = Arc::new(Schema::new(vec![Field::new("odd", DataType::Null, true)]));
    let columns: Vec<ArrayRef> = vec![Arc::new(arrow_array::NullArray::new(1))];
    let batch = RecordBatch::try_new_with_options(odd, columns, &options).unwrap();
    let refused = guest("echo").stage("{}", &batch.schema(), &["odd"], &Conditions::default());
    insta::assert_snapshot!(crate::support::words(refused), @r#"module testers/echo@0.1.0 cannot be given its columns: column "odd" has type Null, which cannot enter a module; cast it to a supported type before, or leave it out of the binding's columns"#);
}
