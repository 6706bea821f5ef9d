//! `derive`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, map, plan_map};
use bailiwick_guest::{DataType, Error, Read, schema_of};
use bailiwick_policy_derive::{Derive, Deriving, MAX_DEPTH};

fn of(op: &str, left: &str, right: &str) -> String {
    format!(r#"{{"op":"{op}","left":{left},"right":{right}}}"#)
}

fn settings(expression: &str) -> String {
    format!(r#"{{"into":"x","expression":{expression}}}"#)
}

const A: &str = r#"{"column":"a"}"#;
const B: &str = r#"{"column":"b"}"#;

#[test]
fn integers_stay_integers_until_they_are_divided() {
    let rows = Rows::new().column("a", [Some(7_i32), None, Some(-1)]).column("b", [2_u8, 2, 2]);
    let sum = map::<Deriving>(&settings(&of("add", A, &of("mul", B, r#"{"literal":10}"#))), &rows);
    assert_eq!(sum.unwrap().values::<i64>("x"), [Some(27), None, Some(19)]);
    let quotient = map::<Deriving>(&settings(&of("div", A, B)), &rows).unwrap();
    assert_eq!(quotient.values::<f64>("x"), [Some(3.5), None, Some(-0.5)]);
    let scaled = map::<Deriving>(&settings(&of("mul", A, r#"{"literal":0.5}"#)), &rows).unwrap();
    assert_eq!(scaled.values::<f64>("x"), [Some(3.5), None, Some(-0.5)]);
}

#[test]
fn a_division_by_zero_is_null() {
    let rows = Rows::new().column("a", [1.0, 0.0, 1.0]).column("b", [0.0, 0.0, 4.0]);
    let out = map::<Deriving>(&settings(&of("div", A, B)), &rows).unwrap();
    assert_eq!(out.values::<f64>("x"), [None, None, Some(0.25)]);
    let nested = of("add", &of("div", A, B), r#"{"literal":1}"#);
    let out = map::<Deriving>(&settings(&nested), &rows).unwrap();
    assert_eq!(out.values::<f64>("x"), [None, None, Some(1.25)]);
}

#[test]
fn an_integer_that_does_not_fit_is_an_error_and_no_wrong_number() {
    let rows = Rows::new().column("a", [i64::MAX, 1]).column("b", [1_i64, 1]);
    let refused = map::<Deriving>(&settings(&of("add", A, B)), &rows).unwrap_err();
    assert!(matches!(refused, Error::Data(_)), "{refused}");
    assert!(map::<Deriving>(&settings(&of("sub", A, B)), &rows).is_ok());
    let rows = Rows::new().column("a", [u64::MAX]);
    assert!(map::<Deriving>(&settings(&of("mul", A, A)), &rows).is_err());
}

#[test]
fn what_a_null_row_holds_does_not_overflow() {
    let rows = Rows::new().column("a", [Some(i64::MAX), Some(1)]).column("b", [None, Some(1_i64)]);
    let out =
        map::<Deriving>(&settings(&of("add", A, A)), &Rows::new().column("a", [Some(1_i64), None]));
    assert_eq!(out.unwrap().values::<i64>("x"), [Some(2), None]);
    let out = map::<Deriving>(&settings(&of("add", &of("mul", A, A), B)), &rows).unwrap();
    assert_eq!(out.values::<i64>("x"), [None, Some(2)]);
}

#[test]
fn only_the_columns_of_the_expression_are_read() {
    let rows = Rows::new().column("a", [1]).column("secret", ["s"]).column("b", [2]);
    let plan = plan_map::<Deriving>(&settings(&of("sub", B, &of("add", A, B))), rows.schema());
    let plan = plan.unwrap();
    assert_eq!(plan.reads, ["b", "a"].map(Read::from));
    assert_eq!(plan.writes.iter().map(|f| &f.data_type).collect::<Vec<_>>(), [&DataType::Int64]);
}

#[test]
fn what_cannot_be_computed_is_refused_when_planned() {
    let rows = Rows::new().column("a", ["text"]).column("b", [1]);
    for expression in
        [A.to_owned(), r#"{"column":"z"}"#.into(), r#"{"literal":1}"#.into(), of("pow", B, B)]
    {
        assert!(
            plan_map::<Deriving>(&settings(&expression), rows.schema()).is_err(),
            "{expression}"
        );
    }
    let deep = |depth: usize| (0..depth).fold(B.to_owned(), |inner, _| of("add", &inner, B));
    assert!(plan_map::<Deriving>(&settings(&deep(MAX_DEPTH)), rows.schema()).is_ok());
    assert!(plan_map::<Deriving>(&settings(&deep(MAX_DEPTH + 1)), rows.schema()).is_err());
}

#[test]
fn the_schema_of_an_expression_refers_to_itself() {
    let schema = schema_of::<Derive>();
    assert!(schema.contains(r##""$defs":{"Expression":"##), "{schema}");
    assert!(
        schema.contains(r##""left":{"description":"The first.","$ref":"#/$defs/Expression"}"##)
    );
}
