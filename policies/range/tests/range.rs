//! Ranges over each type of column, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Literals, Rows, check, check_in_parts, plan_check};
use bailiwick_guest::{
    Array, DataType, Dimension, Error, Field, Read, Schema, TimeUnit, schema_of,
};
use bailiwick_policy_range::{Bounds, Range};

fn outside<L: Literals>(settings: &str, values: impl IntoIterator<Item = L>) -> Vec<usize> {
    let rows = Rows::new().column("c", values);
    check::<Range>(settings, &[rows]).unwrap().failing("in-range")
}

fn refused(settings: &str, data_type: DataType) -> Error {
    plan_check::<Range>(settings, &Schema::new([Field::new("c", data_type)])).unwrap_err()
}

#[test]
fn both_ends_pass_and_nulls_do() {
    let values = [Some(0_i32), Some(1), None, Some(2_359), Some(2_360), Some(-1)];
    assert_eq!(outside(r#"{"min":1,"max":2359}"#, values), [0, 4, 5]);
    assert_eq!(outside(r#"{"min":1}"#, values), [0, 5]);
    assert_eq!(outside(r#"{"max":1,"min":null}"#, values), [3, 4]);
    let exclusive = r#"{"min":0,"max":2360,"exclusive_min":true,"exclusive_max":true}"#;
    assert_eq!(outside(exclusive, values), [0, 4, 5]);
}

#[test]
fn bounds_past_the_type_bound_nothing() {
    assert!(outside(r#"{"min":-5,"max":300}"#, [0_u8, 255]).is_empty());
    assert!(outside(r#"{"max":18446744073709551615}"#, [i64::MIN, i64::MAX]).is_empty());
    assert_eq!(outside(r#"{"min":-9.3e18,"max":9223372036854775806}"#, [i64::MIN, i64::MAX]), [1]);
    assert_eq!(outside(r#"{"min":18446744073709551615}"#, [u64::MAX, u64::MAX - 1]), [1]);
}

#[test]
fn fractions_bound_whole_numbers() {
    let values = [-2_i16, -1, 0, 1, 2];
    assert_eq!(outside(r#"{"min":-1.5,"max":1.5}"#, values), [0, 4]);
    let exclusive = r#"{"min":-1.5,"max":1.0,"exclusive_min":true,"exclusive_max":true}"#;
    assert_eq!(outside(exclusive, values), [0, 3, 4]);
}

#[test]
fn what_is_not_a_number_fails_and_infinities_are_numbers() {
    let values =
        [Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY), None, Some(-0.0), Some(5.5)];
    assert_eq!(outside(r#"{"min":0}"#, values), [0, 2]);
    assert_eq!(outside(r#"{"max":5.5,"exclusive_max":true}"#, values), [0, 1, 5]);
}

#[test]
fn whatever_lies_at_a_null_passes() {
    let nulls = Rows::new().column("c", [None, Some(1)]).batch();
    let values = Array::from_values([f64::NAN, 7.0]).with_nulls_of(nulls.only().unwrap());
    let rows = Rows::new().array(Field::new("c", DataType::Float64), values);
    let verdict = check::<Range>(r#"{"max":5}"#, &[rows]).unwrap();
    assert_eq!(verdict.failing("in-range"), [1]);
}

#[test]
fn float32_values_are_held_to_the_nearest_bound() {
    assert!(outside(r#"{"min":0.1,"max":0.1}"#, [0.1_f32]).is_empty());
    let open = r#"{"min":0.1,"max":0.3,"exclusive_min":true,"exclusive_max":true}"#;
    assert_eq!(outside(open, [0.1_f32, 0.2, 0.3]), [0, 2]);
    let far = r#"{"min":-1e300,"max":1e300}"#;
    assert_eq!(outside(far, [f32::MIN, f32::MAX, f32::INFINITY, f32::NEG_INFINITY]), [2, 3]);
}

#[test]
fn dates_and_timestamps_are_text() {
    // 2013-01-01, 2013-12-31, 1969-12-31.
    let dates = [Some(15_706), Some(16_070), Some(-1), None];
    let dates = Rows::new().column_as("c", DataType::Date32, dates);
    let in_2013 = r#"{"min":"2013-01-01","max":"2013-12-31"}"#;
    let dated = check::<Range>(in_2013, &[dates]).unwrap();
    assert_eq!(dated.failing("in-range"), [2]);

    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".to_owned()));
    let noon = 15_706 * 86_400_000_000 + 43_200_000_000_i64;
    let times = Rows::new().column_as("c", utc, [Some(noon), Some(noon + 1), None]);
    let settings = r#"{"max":"2013-01-01T13:00:00+01:00"}"#;
    assert_eq!(check::<Range>(settings, &[times]).unwrap().failing("in-range"), [1]);
}

#[test]
fn decimals_are_exact() {
    let data_type = DataType::Decimal128 { precision: 10, scale: 2 };
    let cents = Array::from_decimals([1_000_000, 1_000_001, 0, -1], 10, 2);
    let rows = Rows::new().array(Field::new("c", data_type.clone()), cents);
    for settings in [r#"{"min":0,"max":10000}"#, r#"{"min":"0","max":"10000.00"}"#] {
        let verdict = check::<Range>(settings, std::slice::from_ref(&rows)).unwrap();
        assert_eq!(verdict.failing("in-range"), [1, 3]);
    }
    let open = r#"{"max":10000,"exclusive_max":true}"#;
    assert_eq!(check::<Range>(open, &[rows]).unwrap().failing("in-range"), [0, 1]);
    assert!(matches!(refused(r#"{"max":0.005}"#, data_type), Error::Settings(_)));
}

#[test]
fn long_batches_and_parts_say_the_same_as_a_plain_loop() {
    let values = |from: i32, to: i32| (from..to).map(|at| (at % 7 != 0).then_some(at % 101 - 50));
    let batches: Vec<Rows> = [(0, 0), (0, 64), (64, 1_000), (1_000, 1_129)]
        .map(|(from, to)| Rows::new().column("c", values(from, to)))
        .into();
    let settings = r#"{"min":-20,"max":33}"#;
    let whole = check::<Range>(settings, &batches).unwrap();
    let fails = |value: Option<i32>| value.is_some_and(|value| !(-20..=33).contains(&value));
    assert_eq!(whole.failing, [values(0, 1_129).map(fails).collect::<Vec<_>>()]);
    let parts = check_in_parts::<Range>(settings, &[&batches[..2], &batches[2..3], &batches[3..]]);
    assert_eq!(parts.unwrap(), whole);
}

#[test]
fn no_rows_and_all_null() {
    assert!(outside(r#"{"min":1}"#, Vec::<i64>::new()).is_empty());
    assert!(outside(r#"{"min":1}"#, vec![None::<f32>; 70]).is_empty());
}

#[test]
fn the_rule_says_what_must_hold() {
    let schema = Schema::new([Field::new("größe", DataType::Int32)]);
    let settings = r#"{"min":1,"exclusive_min":true,"max":9.5}"#;
    let plan = plan_check::<Range>(settings, &schema).unwrap();
    assert_eq!(plan.reads, ["größe"].map(Read::from));
    assert_eq!(plan.rules[0].summary, r#"column "größe" is above 1 and at most 9.5"#);
    assert_eq!(plan.rules[0].dimension, Dimension::Conformity);
}

#[test]
fn settings_that_bound_nothing_are_refused_when_planned() {
    for settings in [
        "{}",
        r#"{"exclusive_min":true,"max":1}"#,
        r#"{"min":2,"max":1}"#,
        r#"{"min":1,"max":1,"exclusive_max":true}"#,
        r#"{"min":1.2,"max":1.8}"#,
        r#"{"min":256}"#,
        r#"{"max":-1}"#,
        r#"{"min":"1"}"#,
        r#"{"min":true}"#,
        r#"{"min":1,"maximum":2}"#,
    ] {
        let error = refused(settings, DataType::UInt8);
        assert!(matches!(error, Error::Settings(_)), "{settings}: {error}");
    }
    let narrow = r#"{"min":1,"max":1,"exclusive_min":true}"#;
    assert!(matches!(refused(narrow, DataType::Float64), Error::Settings(_)));
    assert!(matches!(refused(r#"{"min":1e300}"#, DataType::Date32), Error::Settings(_)));
    assert!(matches!(refused(r#"{"min":"2013-02-30"}"#, DataType::Date32), Error::Settings(_)));
}

#[test]
fn columns_without_an_order_are_refused_when_planned() {
    for data_type in [
        DataType::Utf8,
        DataType::Bool,
        DataType::Binary,
        DataType::Float16,
        DataType::Decimal256 { precision: 40, scale: 0 },
    ] {
        let error = refused(r#"{"min":1}"#, data_type);
        assert!(matches!(error, Error::Fields(_)), "{error}");
    }
    assert!(!schema_of::<Bounds>().contains("required"));
}
