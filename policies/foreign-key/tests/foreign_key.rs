//! The module `foreign-key`, natively.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, check, check_in_parts, plan_check, set_table};
use bailiwick_policy_foreign_key::ForeignKey;

fn airlines() {
    let codes = [Some("UA"), Some("DL"), None, Some("Ø9"), Some("DL")];
    set_table(
        "airlines",
        Rows::new().column("code", codes).column("name", ["U", "D", "?", "Ø", "d"]),
    );
}

fn carriers() -> Rows {
    Rows::new().column("carrier", [Some("UA"), None, Some("ua"), Some("Ø9"), Some("")])
}

fn refused(settings: &str, rows: &Rows) -> String {
    plan_check::<ForeignKey>(settings, rows.schema()).unwrap_err().to_string()
}

#[test]
fn keys_that_no_row_has_fail_and_nulls_pass() {
    airlines();
    let found = check::<ForeignKey>(r#"{"on": ["code"]}"#, &[carriers(), carriers()]).unwrap();
    assert_eq!(found.failing("referenced"), [2, 4, 7, 9]);
}

#[test]
fn it_looks_up_nothing_but_whether_there_is_a_row() {
    airlines();
    let plan = plan_check::<ForeignKey>(r#"{"on": ["code"]}"#, carriers().schema()).unwrap();
    let [lookup] = plan.lookups.as_slice() else { panic!("{:?}", plan.lookups) };
    assert_eq!((lookup.table.as_str(), lookup.on.len(), lookup.columns.len()), ("airlines", 1, 0));
    assert_eq!(lookup.on[0].name, "code");
}

#[test]
fn a_key_of_several_columns_is_found_as_a_whole() {
    let table = Rows::new().column("a", [1_i64, 1, 2]).column("b", [Some("x"), Some("y"), None]);
    set_table("pairs", table);
    let a = [Some(1_i64), Some(2), None, Some(1), Some(2)];
    let b = [Some("y"), Some("y"), Some("x"), Some("x"), None];
    let rows = Rows::new().column("a", a).column("b", b);
    let found = check::<ForeignKey>("{}", &[rows]).unwrap();
    assert_eq!(found.failing("referenced"), [1], "a part that is null is nobody's key");
}

#[test]
fn parts_find_what_the_whole_does() {
    airlines();
    let settings = r#"{"table": "airlines", "on": ["code"]}"#;
    let whole = check::<ForeignKey>(settings, &[carriers(), carriers()]).unwrap();
    let parts = check_in_parts::<ForeignKey>(settings, &[&[carriers()], &[carriers()]]).unwrap();
    assert_eq!(parts, whole);
}

#[test]
fn what_cannot_be_looked_up_is_refused_when_it_is_planned() {
    assert_eq!(
        refused("{}", &carriers()),
        "settings must say which reference table is meant; the binding gives none: name one \
         under its `references`"
    );
    airlines();
    assert_eq!(
        refused(r#"{"table": "airports"}"#, &carriers()),
        "there is no reference table \"airports\"; the binding gives airlines"
    );
    assert_eq!(
        refused("{}", &carriers()),
        "table \"airlines\" has no column \"carrier\"; it has code, name"
    );
    assert_eq!(
        refused(r#"{"on": ["code", "name"]}"#, &carriers()),
        "`on` names 2 columns of table \"airlines\", and 1 are bound: name one for each"
    );
    let number = Rows::new().column("code", [1.5_f64]);
    assert_eq!(
        refused("{}", &number),
        "column \"code\" is of type float64 and column \"code\" of table \"airlines\" of type \
         utf8: expected two of one type that is no float, two of integers, or two of texts"
    );
    assert_eq!(
        refused("{}", &Rows::new()),
        "no columns are bound: bind those that rows are found by"
    );
}
