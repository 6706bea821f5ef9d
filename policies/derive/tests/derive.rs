//! `derive`, natively, over the path that a host takes. The language of its expressions is
//! tested in the SDK.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, map, plan_map};
use bailiwick_guest::{DataType, Error, Field, Read};
use bailiwick_policy_derive::Deriving;

fn settings(expression: &str) -> String {
    format!(r#"{{"into": "x", "expression": "{expression}"}}"#)
}

fn rows() -> Rows {
    Rows::new().column("a", [Some(7_i32), None, Some(-1)]).column("b", [2_u8, 0, 2])
}

#[test]
fn the_column_has_the_expressions_type() {
    let rows = rows().column("s", ["x", "y", "z"]);
    for (expression, data_type) in [
        ("a + b", DataType::Int64),
        ("a / b", DataType::Float64),
        ("a > b", DataType::Bool),
        ("s || '!'", DataType::Utf8),
        ("cast(a as decimal(10,2))", DataType::Decimal128 { precision: 10, scale: 2 }),
        ("date '2013-01-01' + a", DataType::Date32),
    ] {
        let plan = plan_map::<Deriving>(&settings(expression), rows.schema()).unwrap();
        assert_eq!(plan.writes, [Field::new("x", data_type)], "{expression}");
    }
}

#[test]
fn it_is_null_where_the_expression_is() {
    let sum = map::<Deriving>(&settings("a + b * 10"), &rows()).unwrap();
    assert_eq!(sum.values::<i64>("x"), [Some(27), None, Some(19)]);
    let quotient = map::<Deriving>(&settings("a / b"), &rows()).unwrap();
    assert_eq!(quotient.values::<f64>("x"), [Some(3.5), None, Some(-0.5)]);
    let zero = map::<Deriving>(&settings("b / b"), &rows()).unwrap();
    assert_eq!(zero.values::<f64>("x"), [Some(1.0), None, Some(1.0)]);
}

#[test]
fn only_what_the_expression_names_is_read() {
    let plan = plan_map::<Deriving>(&settings("b * b"), rows().schema()).unwrap();
    assert_eq!(plan.reads, [Read::from("b")]);
}

#[test]
fn a_result_that_does_not_fit_is_an_error() {
    let rows = Rows::new().column("a", [i64::MAX]);
    let refused = map::<Deriving>(&settings("a + 1"), &rows).unwrap_err();
    assert!(matches!(refused, Error::Data(_)), "{refused}");
}

#[test]
fn an_expression_without_a_column_is_refused() {
    let refused = plan_map::<Deriving>(&settings("1 + 1"), rows().schema()).unwrap_err();
    assert!(refused.text().contains("names no column"), "{refused}");
}
