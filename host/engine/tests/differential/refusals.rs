//! What each policy says, when it is planned, of a column that is not for it.

use std::sync::Arc;

use arrow_schema::{DataType, Field, IntervalUnit, Schema};
use bailiwick_engine::Kind;
use serde_json::{Value, json};

use crate::data::{bookings, flights};
use crate::runs::module;
use crate::support::words;

fn refused(name: &'static str, settings: &Value, columns: &[Field]) -> String {
    let (module, settings) = (module(name), settings.to_string());
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
        ("mask", json!({"method": "fixed", "value": "x"}), &delay),
        ("clean", json!({"operations": [{"op": "trim"}]}), &delay),
        ("clean", json!({"operations": [{"op": "clamp", "min": 0}]}), &tail),
        ("clean", json!({"operations": [{"op": "fill", "value": "none"}]}), &delay),
        ("filter", json!({"comparison": "eq", "value": 1}), &tail),
        ("filter", json!({"comparison": "is-null"}), &interval),
        ("derive", json!({"into": "x", "expression": {"column": "tailnum"}}), &tail),
        (
            "aggregate",
            json!({"measures": [{"function": "sum", "column": "tailnum", "as": "x"}]}),
            &tail,
        ),
        ("aggregate", json!({"group_by": ["legs"], "measures": []}), &list),
        ("completeness", json!({}), &interval),
        ("range", json!({"min": 0}), &tail),
        ("pattern", json!({"pattern": "[A-Z]+"}), &delay),
        ("allowed-values", json!({"values": [1]}), &fare),
        ("unique", json!({}), &list),
    ];
    let said: Vec<_> =
        calls.iter().map(|(name, settings, columns)| refused(name, settings, *columns)).collect();
    insta::assert_snapshot!(said.join("\n"), @"");
}
