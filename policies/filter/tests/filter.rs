//! Each comparison of `filter`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, filter, plan_filter};
use bailiwick_guest::{Array, DataType, Error, Field, Read, Schema, TimeUnit};
use bailiwick_policy_filter::Comparing;

fn kept(settings: &str, rows: &Rows) -> Vec<usize> {
    let keep = filter::<Comparing>(settings, rows).unwrap();
    keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row).collect()
}

#[test]
fn numbers_compare_by_value_and_nulls_are_dropped() {
    let rows = Rows::new().column("c", [Some(1_i32), Some(2), Some(3), None]);
    for (comparison, expected) in [
        ("eq", &[1][..]),
        ("ne", &[0, 2]),
        ("lt", &[0]),
        ("le", &[0, 1]),
        ("gt", &[2]),
        ("ge", &[1, 2]),
    ] {
        let settings = format!(r#"{{"comparison":"{comparison}","value":2}}"#);
        assert_eq!(kept(&settings, &rows), expected, "{comparison}");
    }
    assert_eq!(kept(r#"{"comparison":"in","values":[3,1,9]}"#, &rows), [0, 2]);
    assert_eq!(kept(r#"{"comparison":"in","values":[]}"#, &rows), [0_usize; 0]);
    assert_eq!(kept(r#"{"comparison":"is-null"}"#, &rows), [3]);
    assert_eq!(kept(r#"{"comparison":"is-not-null"}"#, &rows), [0, 1, 2]);
}

#[test]
fn a_number_that_is_none_fits_only_ne() {
    let rows = Rows::new().column("c", [f64::NAN, 1.0]);
    assert_eq!(kept(r#"{"comparison":"ge","value":0}"#, &rows), [1]);
    assert_eq!(kept(r#"{"comparison":"ne","value":1}"#, &rows), [0]);
}

#[test]
fn the_column_is_named_where_there_are_several() {
    let rows = Rows::new().column("a", ["x", "y"]).column("b", [true, false]);
    assert_eq!(kept(r#"{"column":"a","comparison":"gt","value":"x"}"#, &rows), [1]);
    assert_eq!(kept(r#"{"column":"b","comparison":"ne","value":false}"#, &rows), [0]);
    let read =
        plan_filter::<Comparing>(r#"{"column":"b","comparison":"eq","value":true}"#, rows.schema());
    assert_eq!(read.unwrap().reads, ["b"].map(Read::from));
    let refused = filter::<Comparing>(r#"{"comparison":"is-null"}"#, &rows).unwrap_err();
    assert!(matches!(refused, Error::Fields(_)), "{refused}");
    let refused =
        filter::<Comparing>(r#"{"column":"z","comparison":"is-null"}"#, &rows).unwrap_err();
    assert!(refused.text().contains("\"z\""), "{refused}");
}

#[test]
fn dates_timestamps_and_decimals_are_given_as_text() {
    let rows = Rows::new().column_as("c", DataType::Date32, [15_705, 15_706, 15_707]);
    assert_eq!(kept(r#"{"comparison":"ge","value":"2013-01-01"}"#, &rows), [1, 2]);

    let unit = DataType::Timestamp(TimeUnit::Millisecond, None);
    let rows = Rows::new().column_as("c", unit, [999_i64, 1_000, 1_500]);
    assert_eq!(kept(r#"{"comparison":"gt","value":"1970-01-01T00:00:01"}"#, &rows), [2]);
    assert_eq!(kept(r#"{"comparison":"eq","value":"1970-01-01T02:00:01.5+02:00"}"#, &rows), [2]);

    let field = Field::new("c", DataType::Decimal128 { precision: 9, scale: 2 });
    let rows = Rows::new().array(field, Array::from_decimals([150, -150], 9, 2));
    assert_eq!(kept(r#"{"comparison":"lt","value":1.5}"#, &rows), [1]);
    assert_eq!(kept(r#"{"comparison":"eq","value":"-1.5"}"#, &rows), [1]);
}

#[test]
fn more_rows_than_a_word_has_bits() {
    let rows = Rows::new().column("c", (0..200_u64).map(|value| (value % 5 != 0).then_some(value)));
    let expected: Vec<usize> = (0..200).filter(|row| row % 5 != 0 && *row >= 63).collect();
    assert_eq!(kept(r#"{"comparison":"ge","value":63}"#, &rows), expected);
}

#[test]
fn settings_that_do_not_fit_are_refused_when_planned() {
    let schema = Schema::new([Field::new("c", DataType::Int8)]);
    for settings in [
        r#"{"comparison":"eq"}"#,
        r#"{"comparison":"eq","value":"1"}"#,
        r#"{"comparison":"eq","value":300}"#,
        r#"{"comparison":"in","value":1}"#,
        r#"{"comparison":"is-null","value":1}"#,
        r#"{"comparison":"like","value":1}"#,
    ] {
        let refused = plan_filter::<Comparing>(settings, &schema).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{settings}: {refused}");
    }
    let bools = Schema::new([Field::new("c", DataType::Bool)]);
    assert!(plan_filter::<Comparing>(r#"{"comparison":"lt","value":true}"#, &bools).is_err());
}
