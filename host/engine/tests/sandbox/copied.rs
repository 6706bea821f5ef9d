//! What is copied: the parts of columns that a step reads and what it gives, no byte more.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use bailiwick_engine::Conditions;
use bailiwick_terms::{Grants, Limits, Services};

use crate::support::{guest, guest_with};

/// Three columns of 100 rows, with nulls in two of them.
fn rows() -> RecordBatch {
    let text: StringArray =
        (0..100).map(|i| (i % 3 > 0).then(|| format!("user{i}@x.org"))).collect();
    let amount: Float64Array = (0..100).map(|i| (i % 7 > 0).then(|| f64::from(i))).collect();
    let id: Int64Array = (0..100).collect::<Vec<i64>>().into();
    RecordBatch::try_from_iter([
        ("id", Arc::new(id) as ArrayRef),
        ("email", Arc::new(text)),
        ("amount", Arc::new(amount)),
    ])
    .unwrap()
}

const VALIDITY: u64 = 13;

/// Bytes of a text column's buffers.
fn bytes_of_text(batch: &RecordBatch, name: &str) -> u64 {
    let column = batch.column_by_name(name).unwrap();
    let text = column.as_any().downcast_ref::<StringArray>().unwrap();
    let bytes = text.value_data().len() as u64;
    bytes + 101 * 4 + if text.null_count() > 0 { VALIDITY } else { 0 }
}

#[test]
fn a_map_copies_the_column_that_it_reads_and_the_one_that_it_writes() {
    let batch = rows();
    let settings = r#"{"method": "email"}"#;
    let services = Services { pseudonym: ["any".parse().unwrap()].into(), ..Services::default() };
    let mask = guest_with("mask", Grants { services, ..Grants::default() }, Limits::default());
    let mut stage =
        mask.stage(settings, &batch.schema(), &["email"], &Conditions::default()).unwrap();
    for pushed in 1..=3 {
        let masked = stage.apply(&batch).unwrap().unwrap();
        assert_eq!(stage.bytes_in(), pushed * bytes_of_text(&batch, "email"));
        assert_eq!(stage.bytes_out(), pushed * bytes_of_text(&masked, "email"));
        // What was not written is shared, not copied.
        for name in ["id", "amount"] {
            let (before, after) = (batch.column_by_name(name), masked.column_by_name(name));
            let (before, after) = (before.unwrap().to_data(), after.unwrap().to_data());
            assert!(before.ptr_eq(&after), "{name}");
        }
    }
}

#[test]
fn a_slice_copies_its_own_rows_alone() {
    let batch = rows();
    let range = guest("range");
    let mut check =
        range.check(r#"{"min": 5}"#, &batch.schema(), &["amount"], &Conditions::default()).unwrap();
    check.push(&batch.slice(8, 16)).unwrap();
    assert_eq!(check.bytes_in(), 16 * 8 + 2);
    assert_eq!(check.bytes_out(), 2);
}

#[test]
fn a_check_of_presence_copies_one_bit_a_row_whatever_the_type() {
    let batch = rows();
    let completeness = guest("completeness");
    let columns = ["email", "amount", "id"];
    let mut check =
        completeness.check("{}", &batch.schema(), &columns, &Conditions::default()).unwrap();
    let failing = check.push(&batch).unwrap();
    assert_eq!(check.bytes_in(), 3 * VALIDITY);
    assert_eq!(check.bytes_out(), 3 * VALIDITY);
    let missing: Vec<usize> = failing.iter().map(|bits| bits.count_set_bits()).collect();
    assert_eq!(missing, [34, 15, 0]);
}
