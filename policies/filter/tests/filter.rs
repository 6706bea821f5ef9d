//! `filter`, natively, over the path that a host takes. The language of its predicates is
//! tested in the SDK.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, filter, plan_filter};
use bailiwick_guest::{Error, Read, schema_of};
use bailiwick_policy_filter::{Condition, Filtering};

fn kept(predicate: &str, rows: &Rows) -> Vec<usize> {
    let keep = filter::<Filtering>(&format!(r#"{{"where": "{predicate}"}}"#), rows).unwrap();
    keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row).collect()
}

#[test]
fn rows_stay_where_the_predicate_is_true() {
    let rows = Rows::new()
        .column("delay", [Some(1_i32), Some(60), Some(61), None])
        .column("origin", [Some("EWR"), None, Some("JFK"), Some("JFK")]);
    assert_eq!(kept("delay <= 60", &rows), [0, 1]);
    assert_eq!(kept("delay <= 60 and origin in ('EWR', 'JFK')", &rows), [0]);
    assert_eq!(kept("delay <= 60 or origin = 'JFK'", &rows), [0, 1, 2, 3]);
    assert_eq!(kept("delay is null", &rows), [3]);
    assert_eq!(kept("not delay > 60", &rows), [0, 1]);
}

#[test]
fn only_what_the_predicate_names_is_read() {
    let rows = Rows::new().column("a", [1_i64]).column("b", ["x"]).column("c", [true]);
    let reads = |predicate: &str| {
        let settings = format!(r#"{{"where": "{predicate}"}}"#);
        plan_filter::<Filtering>(&settings, rows.schema()).unwrap().reads
    };
    assert_eq!(reads("c"), [Read::from("c")]);
    assert_eq!(reads("b is not null"), [Read::presence("b")]);
    assert_eq!(reads("b is null or b = 'x' and a > 1"), [Read::from("b"), Read::from("a")]);
}

#[test]
fn what_is_no_predicate_over_the_columns_is_refused() {
    let rows = Rows::new().column("delay", [1_i64]);
    for (predicate, said) in [
        (
            "delya > 1",
            "setting `where`: at character 1: there is no column `delya` among those that it can \
             name (delay): name one of them, or bind the policy to it",
        ),
        (
            "delay + 1",
            "setting `where`: at character 1: the expression is an integer, expected a bool: \
             compare it with something",
        ),
    ] {
        let settings = format!(r#"{{"where": "{predicate}"}}"#);
        let refused = plan_filter::<Filtering>(&settings, rows.schema()).unwrap_err();
        assert_eq!(refused, Error::settings(said));
    }
}

#[test]
fn the_schema_says_that_the_predicate_is_one() {
    let schema = schema_of::<Condition>();
    assert!(schema.contains(r#""type":"string","format":"sql-predicate""#), "{schema}");
    assert!(schema.contains(r#""required":["where"]"#), "{schema}");
}
