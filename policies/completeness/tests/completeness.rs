//! The rules of `completeness`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, check, check_in_parts, plan_check};
use bailiwick_guest::{DataType, Dimension, Error, Field, Read, Schema, schema_of};
use bailiwick_policy_completeness::{Completeness, Options};

const EMPTY_IS_MISSING: &str = r#"{"empty_is_missing":true}"#;

#[test]
fn each_column_has_its_rule() {
    let rows = Rows::new()
        .column("booking_id", [Some("a"), None, Some("")])
        .column("fare", [None, Some(f64::NAN), Some(0.0)])
        .column("flag", [true, false, true]);
    let verdict = check::<Completeness>("{}", &[rows]).unwrap();
    assert_eq!(verdict.failing("booking_id-complete"), [1]);
    assert_eq!(verdict.failing("fare-complete"), [0]);
    assert!(verdict.failing("flag-complete").is_empty());
    assert!(verdict.rules.iter().all(|rule| rule.dimension == Dimension::Completeness));
    assert!(verdict.measures.is_empty());
}

#[test]
fn empty_text_is_missing_where_settings_say_so() {
    let rows = Rows::new()
        .column("name", [Some(""), Some("é"), None, Some(" ")])
        .column_as("large", DataType::LargeUtf8, [Some("x"), Some(""), None, Some("y")])
        .column("age", [Some(1_i32), None, Some(3), Some(4)]);
    let verdict = check::<Completeness>(EMPTY_IS_MISSING, &[rows]).unwrap();
    assert_eq!(verdict.failing("name-complete"), [0, 2]);
    assert_eq!(verdict.failing("large-complete"), [1, 2]);
    assert_eq!(verdict.failing("age-complete"), [1]);
    let summaries = verdict.rules.iter().map(|rule| rule.summary.as_str()).collect::<Vec<_>>();
    assert_eq!(summaries[0], r#"column "name" is neither null nor empty"#);
    assert_eq!(summaries[2], r#"column "age" is never null"#);
}

#[test]
fn nested_columns_are_complete_where_they_are_not_null() {
    let child = Field::new("name", DataType::Utf8);
    let person = Field::new("person", DataType::Struct).with_children([child]);
    let schema = Schema::new([person, Field::new("flag", DataType::Bool)]);
    let plan = plan_check::<Completeness>("{}", &schema).unwrap();
    assert_eq!(plan.reads, ["person", "flag"].map(Read::presence));
    assert_eq!(plan.rules.len(), 2);
}

#[test]
fn words_of_64_rows_have_no_seams() {
    for rows in [1, 63, 64, 65, 128, 1_000] {
        let values = (0..rows).map(|row| (row % 3 == 0).then_some(row));
        let verdict = check::<Completeness>("{}", &[Rows::new().column("a", values)]).unwrap();
        let expected: Vec<usize> = (0..rows as usize).filter(|row| row % 3 != 0).collect();
        assert_eq!(verdict.failing("a-complete"), expected, "{rows} rows");
    }
}

#[test]
fn all_null_and_no_rows() {
    let nulls = Rows::new().column("c", vec![None::<i64>; 130]);
    let none = Rows::new().column("c", Vec::<Option<i64>>::new());
    let verdict = check::<Completeness>("{}", &[none.clone(), nulls, none]).unwrap();
    assert_eq!(verdict.failing("c-complete"), (0..130).collect::<Vec<_>>());
    let empty = Rows::new().column("c", Vec::<Option<&str>>::new());
    assert!(check::<Completeness>(EMPTY_IS_MISSING, &[empty]).unwrap().failing[0].is_empty());
}

#[test]
fn parts_say_the_same_as_one() {
    let batches: Vec<Rows> = [vec![Some("a"), None], vec![Some("")], vec![None, Some("b")]]
        .into_iter()
        .map(|values| Rows::new().column("c", values))
        .collect();
    let whole = check::<Completeness>(EMPTY_IS_MISSING, &batches).unwrap();
    let parts = check_in_parts::<Completeness>(EMPTY_IS_MISSING, &[&batches[..1], &batches[1..]]);
    assert_eq!(parts.unwrap(), whole);
    assert_eq!(whole.failing("c-complete"), [1, 2, 3]);
}

#[test]
fn ids_are_ids_whatever_the_names() {
    let long = "n".repeat(300);
    let names = ["prix €", "prix $", "größe", &long, &format!("{long}2"), "a-complete", "日本"];
    let schema = Schema::new(names.map(|name| Field::new(name, DataType::Utf8)));
    let plan = plan_check::<Completeness>("{}", &schema).unwrap();
    let ids: Vec<&str> = plan.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids[..3], ["prix__-complete", "prix__-complete-2", "gr__e-complete"]);
    for (at, id) in ids.iter().enumerate() {
        assert!(id.len() <= 64 && !ids[..at].contains(id), "{id}");
        assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{id}");
    }
    assert_eq!(plan.reads, names.map(Read::presence));
}

#[test]
fn settings_that_say_nothing_known_are_refused() {
    let rows = Rows::new().column("c", ["x"]);
    for settings in [r#"{"empty":true}"#, r#"{"empty_is_missing":"yes"}"#] {
        let refused = check::<Completeness>(settings, std::slice::from_ref(&rows)).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{settings}: {refused}");
    }
    let schema = schema_of::<Options>();
    assert!(!schema.contains("required"), "{schema}");
}

#[test]
fn no_column_at_all_is_refused() {
    let refused = plan_check::<Completeness>("{}", &Schema::default()).unwrap_err();
    assert!(matches!(refused, Error::Fields(_)), "{refused}");
}
