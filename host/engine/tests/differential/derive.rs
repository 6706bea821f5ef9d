//! `derive`: every operator, over nulls and zeros.

use arrow_schema::DataType;
use serde_json::{Value, json};

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{FLIGHTS, bookings, flights};
use crate::runs::Policy;
use crate::support::words;

fn column(name: &str) -> Value {
    json!({"column": name})
}

fn literal(value: impl Into<Value>) -> Value {
    json!({"literal": value.into()})
}

fn operation(op: &str, left: &Value, right: &Value) -> Value {
    json!({"op": op, "left": left, "right": right})
}

fn policy<'a>(expression: &Value, columns: &'a [&'a str]) -> Policy<'a> {
    Policy::new("derive", json!({"into": "result", "expression": expression}), columns)
}

/// An integer result over all flights, against a function of each row's values.
fn integers(columns: &[&str], expression: &Value, native: impl Fn(&[i64]) -> i64) {
    let expected: Vec<_> = rows(columns).iter().map(|row| row.as_deref().map(&native)).collect();
    for table in flights() {
        let found = policy(expression, columns).map(table);
        assert_eq!(found.field("result").data_type(), &DataType::Int64);
        assert_same(&expression.to_string(), &expected, &found.integers("result"));
    }
}

/// A float result over all flights, against a function that may have none.
fn floats(columns: &[&str], expression: &Value, native: impl Fn(&[i64]) -> Option<f64>) {
    let expected: Vec<_> =
        rows(columns).iter().map(|row| row.as_deref().and_then(&native)).collect();
    for table in flights() {
        let found = policy(expression, columns).map(table);
        assert_eq!(found.field("result").data_type(), &DataType::Float64);
        assert_same_bits(&expression.to_string(), &expected, &found.floats("result"));
    }
}

/// The values of each row, if none is null.
fn rows(columns: &[&str]) -> Vec<Option<Vec<i64>>> {
    let columns: Vec<_> = columns.iter().map(|name| flights()[0].integers(name)).collect();
    (0..FLIGHTS).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

#[test]
fn whole_numbers_stay_whole() {
    let (dep, arr) = (column("dep_delay"), column("arr_delay"));
    let both = ["arr_delay", "dep_delay"];
    integers(&both, &operation("add", &arr, &dep), |row| row[0] + row[1]);
    integers(&both, &operation("sub", &arr, &dep), |row| row[0] - row[1]);
    integers(&both, &operation("mul", &arr, &dep), |row| row[0] * row[1]);
    integers(&both, &operation("sub", &literal(60), &arr), |row| 60 - row[0]);
    integers(&["flight"], &operation("mul", &column("flight"), &literal(-1_000_000)), |row| {
        row[0] * -1_000_000
    });
    integers(&["distance"], &column("distance"), |row| row[0]);
}

#[test]
fn a_fraction_makes_floats() {
    let (dep, half) = (column("dep_delay"), literal(0.1));
    let one = ["dep_delay"];
    floats(&one, &operation("add", &dep, &half), |row| Some(row[0] as f64 + 0.1));
    floats(&one, &operation("sub", &dep, &half), |row| Some(row[0] as f64 - 0.1));
    floats(&one, &operation("mul", &dep, &half), |row| Some(row[0] as f64 * 0.1));
    floats(&one, &operation("div", &dep, &half), |row| Some(row[0] as f64 / 0.1));
}

#[test]
fn a_division_by_zero_is_null() {
    let quotient = |a: i64, b: i64| (b != 0).then(|| a as f64 / b as f64);
    let both = ["distance", "dep_delay"];
    let by_delay = operation("div", &column("distance"), &column("dep_delay"));
    assert!(flights()[0].integers("dep_delay").contains(&Some(0)));
    floats(&both, &by_delay, |row| quotient(row[0], row[1]));
    // A null on the way stays null.
    let further = operation("add", &by_delay, &literal(1));
    floats(&both, &further, |row| quotient(row[0], row[1]).map(|value| value + 1.0));
    let times_zero = operation("mul", &literal(0), &by_delay);
    floats(&both, &times_zero, |row| quotient(row[0], row[1]).map(|value| 0.0 * value));
    let zero = operation("div", &column("distance"), &literal(0));
    floats(&["distance"], &zero, |_| None);
    let minutes = operation("div", &column("distance"), &column("minute"));
    floats(&["distance", "minute"], &minutes, |row| quotient(row[0], row[1]));
}

#[test]
fn expressions_nest() {
    let hours = operation("div", &column("air_time"), &literal(60));
    let speed = operation("div", &column("distance"), &hours);
    floats(&["air_time", "distance"], &speed, |row| {
        let hours = row[0] as f64 / 60.0;
        (hours != 0.0).then(|| row[1] as f64 / hours)
    });
    let gained = operation("sub", &column("dep_delay"), &column("arr_delay"));
    let squared = operation("mul", &gained, &gained);
    let shifted = operation("add", &squared, &operation("mul", &column("day"), &literal(3)));
    integers(&["dep_delay", "arr_delay", "day"], &shifted, |row| {
        (row[0] - row[1]) * (row[0] - row[1]) + 3 * row[2]
    });
}

#[test]
fn a_column_of_that_name_is_replaced_in_its_place() {
    let expression = operation("mul", &column("distance"), &literal(1.609344));
    let expected: Vec<_> = flights()[0]
        .integers("distance")
        .iter()
        .map(|miles| miles.map(|miles| miles as f64 * 1.609344))
        .collect();
    for table in flights() {
        let settings = json!({"into": "distance", "expression": expression});
        let found = Policy::new("derive", settings, &["distance"]).map(table);
        let names = |table: &crate::data::Table| {
            let schema = table.schema();
            schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&found), names(table));
        assert_same_bits("kilometres", &expected, &found.floats("distance"));
    }
}

#[test]
fn floats_are_computed_with() {
    let fares = bookings()[0].floats("fare");
    let flights = bookings()[0].integers("flight");
    let expected: Vec<_> = fares
        .iter()
        .zip(&flights)
        .map(|(fare, flight)| Some(fare.as_ref()? / flight.unwrap() as f64 - 0.01))
        .collect();
    let quotient = operation("div", &column("fare"), &column("flight"));
    let expression = operation("sub", &quotient, &literal(0.01));
    for table in bookings() {
        let found = policy(&expression, &["fare", "flight"]).map(table);
        assert_same_bits("fares", &expected, &found.floats("result"));
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    // 2⁵³ times a flight's number fits as long as that is below 1,024.
    let expression = operation("mul", &column("flight"), &literal(1_i64 << 53));
    let table = &flights()[0];
    let policy = policy(&expression, &["flight"]);
    let mut stage = policy.stage(table).unwrap();
    let said = words(table.0.iter().try_for_each(|batch| stage.push(batch).map(drop)));
    assert_eq!(
        said,
        "module testers/derive@0.1.0 failed in push: it rejects its rows: a result does not fit 64 \
         bits: write a literal as a fraction, such as 1.5, or divide, to compute with floats"
    );
}
