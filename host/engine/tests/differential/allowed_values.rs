//! `allowed-values`: few and many, short and long, of text, integers and times.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::data::{Cell, Table, bookings, flights};
use crate::runs::assert_fails;

fn allowed(tables: &[Table; 2], column: &str, literals: &[Value], known: &BTreeSet<Cell>) {
    let fails = |value: &Option<Cell>| value.as_ref().is_some_and(|value| !known.contains(value));
    let expected: Vec<_> = tables[0].cells(column).iter().map(fails).collect();
    assert!(expected.contains(&true) && expected.contains(&false), "{literals:?} is a test");
    assert_fails(tables, "allowed-values", &json!({"values": literals}), column, &expected);
}

fn texts(tables: &[Table; 2], column: &str, values: &[&str]) {
    let literals: Vec<_> = values.iter().map(|value| json!(value)).collect();
    allowed(
        tables,
        column,
        &literals,
        &values.iter().map(|value| Cell::Text((*value).into())).collect(),
    );
}

fn integers(column: &str, values: impl Iterator<Item = i64>) {
    let values: Vec<_> = values.collect();
    let literals: Vec<_> = values.iter().map(|value| json!(value)).collect();
    allowed(flights(), column, &literals, &values.into_iter().map(Cell::Integer).collect());
}

#[test]
fn few_texts_and_many() {
    texts(flights(), "origin", &["JFK"]);
    texts(flights(), "origin", &["EWR", "LGA", "EWR"]);
    texts(flights(), "carrier", &["UA", "9E", "u", "UAL", "", "AA\0"]);
    let tails: Vec<_> = flights()[0].texts("tailnum").into_iter().flatten().collect();
    for count in [16, 17, 1_000] {
        let some: BTreeSet<&str> =
            tails.iter().step_by(97).map(String::as_str).take(count).collect();
        let mut some: Vec<&str> = some.into_iter().collect();
        some.extend(["n14228", "N14228 ", "N1422", "an aircraft that never flew"]);
        texts(flights(), "tailnum", &some);
    }
}

#[test]
fn texts_of_any_length() {
    texts(bookings(), "channel", &["web", "app", "agent", "phone"]);
    texts(bookings(), "loyalty_tier", &["gold", "platinum"]);
    let names: Vec<_> = bookings()[0].texts("passenger_name").into_iter().flatten().collect();
    let some: BTreeSet<&str> = names.iter().step_by(23).map(String::as_str).collect();
    let some: Vec<&str> = some.into_iter().collect();
    texts(bookings(), "passenger_name", &some);
    let emails: Vec<_> = bookings()[0].texts("email").into_iter().flatten().collect();
    let some: BTreeSet<&str> = emails.iter().step_by(29).map(String::as_str).collect();
    let some: Vec<&str> = some.into_iter().chain([""]).collect();
    texts(bookings(), "email", &some);
}

#[test]
fn few_integers_and_many() {
    integers("month", [6].into_iter());
    integers("month", [1, 2, 12, -1, i64::from(i32::MAX)].into_iter());
    integers("dep_delay", (-8..8).rev());
    integers("dep_delay", -8..9);
    integers("flight", (1..4_000).step_by(3));
}

#[test]
fn timestamps() {
    let times = ["2013-01-01T10:00:00Z", "2013-07-04T12:00:00Z"];
    let literals: Vec<_> = times.iter().map(|time| json!(time)).collect();
    let micros = |time: &&str| Cell::Integer(time.parse::<Timestamp>().unwrap().as_microsecond());
    allowed(flights(), "time_hour", &literals, &times.iter().map(micros).collect());
}
