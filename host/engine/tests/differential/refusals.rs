//! What each policy says, when it is planned, of a column that is not for it.

use std::sync::Arc;

use arrow_schema::{DataType, Field, IntervalUnit, Schema};
use bailiwick_engine::Kind;
use serde_json::{Value, json};

use crate::data::{bookings, flights};
use crate::runs::{compiled, module};
use crate::support::words;

fn refused(name: &'static str, settings: &Value, columns: &[Field]) -> String {
    let module = module(name);
    let settings = compiled(&module, settings, columns);
    let columns = Schema::new(columns.to_vec());
    match module.description().kind {
        Kind::Transform => words(module.plan_transform(&settings, &columns)),
        Kind::Quality => words(module.plan_check(&settings, &columns)),
    }
}

#[test]
fn columns_of_the_wrong_type() {
    let (flights, bookings) = (&flights()[0], &bookings()[0]);
    let delay = [flights.field("dep_delay")];
    let tail = [flights.field("tailnum")];
    let fare = [bookings.field("fare")];
    let item = Arc::new(Field::new("item", DataType::Int32, true));
    let list = [Field::new("legs", DataType::List(item), true)];
    let interval = [Field::new("layover", DataType::Interval(IntervalUnit::DayTime), true)];
    let calls = [
        ("mask", json!({"method": "email"}), &delay),
        ("mask", json!({"method": "keyed-hash", "key": "travellers"}), &delay),
        ("mask", json!({"method": "truncate-date", "to": "year"}), &tail),
        ("clean", json!({"operations": [{"op": "trim"}]}), &delay),
        ("clean", json!({"operations": [{"op": "clamp", "min": 0}]}), &tail),
        ("filter", json!({"where": "layover is null"}), &interval),
        (
            "aggregate",
            json!({"measures": [{"function": "sum", "column": "tailnum", "as": "x"}]}),
            &tail,
        ),
        ("completeness", json!({}), &interval),
        ("range", json!({"min": 0}), &tail),
        ("pattern", json!({"pattern": "[A-Z]+"}), &delay),
        ("allowed-values", json!({"values": [1]}), &fare),
        ("unique", json!({}), &list),
    ];
    let said: Vec<_> =
        calls.iter().map(|(name, settings, columns)| refused(name, settings, *columns)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    module testers/mask@0.1.0 failed in plan: it rejects its columns: column "dep_delay" is int32, expected utf8
    module testers/mask@0.1.0 failed in plan: it rejects its columns: column "dep_delay" is int32, expected utf8
    module testers/mask@0.1.0 failed in plan: it rejects its columns: column "tailnum" is utf8, expected date32, date64 or timestamp
    module testers/clean@0.1.0 failed in plan: it rejects its columns: column "dep_delay" is int32, expected utf8 for `trim`, `case`, `null-tokens`, `regex-replace`, `regex-extract` and `nfc`
    module testers/clean@0.1.0 failed in plan: it rejects its columns: column "tailnum" is utf8, expected a number, date or timestamp for `clamp`
    module testers/filter@0.1.0 cannot be given its columns: column "layover" has type Interval(DayTime), which cannot enter a module; cast it to a supported type before, or leave it out of the binding's columns
    module testers/aggregate@0.1.0 failed in plan: it rejects its columns: column "tailnum" is utf8, expected a number
    module testers/completeness@0.1.0 cannot be given its columns: column "layover" has type Interval(DayTime), which cannot enter a module; cast it to a supported type before, or leave it out of the binding's columns
    module testers/range@0.1.0 failed in plan: it rejects its columns: column "tailnum" is utf8, expected an integer, a float, decimal128, a date, a time, a timestamp or a duration
    module testers/pattern@0.1.0 failed in plan: it rejects its columns: column "dep_delay" is int32, expected utf8
    module testers/allowed-values@0.1.0 failed in plan: it rejects its columns: column "fare" is float64, expected text, bool, an integer, decimal128, a date or a time: bind `range` to it
    module testers/unique@0.1.0 failed in plan: it rejects its columns: column "legs" is list, expected bool, a number, a date, a time, text or bytes
    "#);
}

#[test]
fn columns_of_another_type_than_an_expression_was_made_for() {
    let made_for = [Field::new("tailnum", DataType::Int32, true)];
    let tail = Schema::new(vec![flights()[0].field("tailnum")]);
    let settings = compiled(&module("filter"), &json!({"where": "tailnum > 1"}), &made_for);
    assert_eq!(
        words(module("filter").plan_transform(&settings, &tail)),
        "module testers/filter@0.1.0 failed in plan: it rejects its columns: column \"tailnum\" \
         is utf8, expected integer, which `tailnum > 1` was made for"
    );
}

#[test]
fn literals_of_another_type() {
    let tail = [flights()[0].field("tailnum")];
    let calls = [
        ("mask", json!({"method": "fixed", "value": 1})),
        ("clean", json!({"operations": [{"op": "fill", "value": 1}]})),
        ("allowed-values", json!({"values": ["N14228", 1]})),
    ];
    for (name, settings) in calls {
        let said = refused(name, &settings, &tail);
        let expected = "is no value of column \"tailnum\" of type utf8";
        assert!(said.contains("rejects its settings") && said.ends_with(expected), "{said}");
    }
}
