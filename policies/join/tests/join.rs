//! The module `join`, natively.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, map, plan_map, set_table};
use bailiwick_policy_join::Join;

fn airlines() {
    let table = Rows::new()
        .column("code", [Some("UA"), Some("DL"), None, Some("Ø9")])
        .column("name", [Some("United"), None, Some("nobody"), Some("Øresund")])
        .column("founded", [Some(1926_i32), Some(1925), None, None]);
    set_table("airlines", table);
}

fn carriers() -> Rows {
    Rows::new().column("carrier", [Some("DL"), None, Some("XX"), Some("Ø9"), Some("UA")])
}

fn refused(settings: &str) -> String {
    plan_map::<Join>(settings, carriers().schema()).unwrap_err().to_string()
}

fn text(of: [Option<&str>; 5]) -> Vec<Option<String>> {
    of.into_iter().map(|text| text.map(str::to_owned)).collect()
}

#[test]
fn columns_are_added_by_the_key() {
    airlines();
    let settings =
        r#"{"on": ["code"], "add": [{"column": "name"}, {"column": "founded", "as": "since"}]}"#;
    let out = map::<Join>(settings, &carriers()).unwrap();
    assert_eq!(out.texts("name"), text([None, None, None, Some("Øresund"), Some("United")]));
    assert_eq!(out.values::<i32>("since"), [Some(1925), None, None, None, Some(1926)]);
}

#[test]
fn a_default_is_for_rows_without_a_match_and_not_for_nulls_of_the_table() {
    airlines();
    let settings = r#"{"on": ["code"], "add": [{"column": "name", "default": "?"},
        {"column": "founded", "default": 0}, {"column": "founded", "as": "bare"}]}"#;
    let out = map::<Join>(settings, &carriers()).unwrap();
    let names = [None, Some("?"), Some("?"), Some("Øresund"), Some("United")];
    assert_eq!(out.texts("name"), text(names));
    assert_eq!(out.values::<i32>("founded"), [Some(1925), Some(0), Some(0), None, Some(1926)]);
    assert_eq!(out.values::<i32>("bare"), [Some(1925), None, None, None, Some(1926)]);
}

#[test]
fn a_row_without_a_match_can_be_rejected() {
    airlines();
    let settings = r#"{"on": ["code"], "add": [{"column": "name"}], "unmatched": "reject"}"#;
    let error = map::<Join>(settings, &carriers()).unwrap_err();
    assert_eq!(error.to_string(), "the key of 2 rows of the batch is that of no row of the table");
    let known = Rows::new().column("carrier", ["UA"]);
    assert_eq!(map::<Join>(settings, &known).unwrap().texts("name"), [Some("United".to_owned())]);
}

#[test]
fn several_matches_are_rejected_unless_the_first_is_asked_for() {
    let table = Rows::new().column("id", [7_i64, 7, 8]).column("of", ["first", "second", "third"]);
    set_table("things", table);
    let rows = Rows::new().column("id", [Some(8_i64), Some(7), None]);
    let settings = r#"{"add": [{"column": "of"}]}"#;
    let error = map::<Join>(settings, &rows).unwrap_err();
    let words = "the key of 1 rows of the batch is that of several rows of the table";
    assert_eq!(error.to_string(), words);
    let first = r#"{"add": [{"column": "of"}], "several": "first"}"#;
    let out = map::<Join>(first, &rows).unwrap();
    assert_eq!(out.texts("of"), [Some("third".to_owned()), Some("first".to_owned()), None]);
}

#[test]
fn settings_that_do_not_fit_the_table_are_refused() {
    airlines();
    assert_eq!(
        refused(r#"{"on": ["code"], "add": []}"#),
        "`add` is empty: name at least one column of the table"
    );
    assert_eq!(
        refused(r#"{"on": ["code"], "add": [{"column": "colour"}]}"#),
        "table \"airlines\" has no column \"colour\"; it has code, name, founded"
    );
    assert_eq!(
        refused(
            r#"{"on": ["code"], "add": [{"column": "name"}, {"column": "code", "as": "name"}]}"#
        ),
        "`add` has column \"name\" twice"
    );
    let of_another_type =
        refused(r#"{"on": ["code"], "add": [{"column": "founded", "default": "x"}]}"#);
    assert!(of_another_type.contains("founded"), "{of_another_type}");
}
