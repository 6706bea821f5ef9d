//! `derive`: arithmetic over nulls and zeros. The whole language is tested in the SDK.

use arrow_schema::DataType;
use serde_json::json;

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{FLIGHTS, bookings, flights};
use crate::runs::Policy;
use crate::support::words;

fn policy<'a>(expression: &str, columns: &'a [&'a str]) -> Policy<'a> {
    Policy::new("derive", json!({"into": "result", "expression": expression}), columns)
}

/// An integer result over all flights, against a function of each row's values.
fn integers(columns: &[&str], expression: &str, native: impl Fn(&[i64]) -> i64) {
    let expected: Vec<_> = rows(columns).iter().map(|row| row.as_deref().map(&native)).collect();
    for table in flights() {
        let found = policy(expression, columns).map(table);
        assert_eq!(found.field("result").data_type(), &DataType::Int64);
        assert_same(expression, &expected, &found.integers("result"));
    }
}

/// A float result over all flights, against a function that may have none.
fn floats(columns: &[&str], expression: &str, native: impl Fn(&[i64]) -> Option<f64>) {
    let expected: Vec<_> =
        rows(columns).iter().map(|row| row.as_deref().and_then(&native)).collect();
    for table in flights() {
        let found = policy(expression, columns).map(table);
        assert_eq!(found.field("result").data_type(), &DataType::Float64);
        assert_same_bits(expression, &expected, &found.floats("result"));
    }
}

/// The values of each row, if none is null.
fn rows(columns: &[&str]) -> Vec<Option<Vec<i64>>> {
    let columns: Vec<_> = columns.iter().map(|name| flights()[0].integers(name)).collect();
    (0..FLIGHTS).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

#[test]
fn whole_numbers_stay_whole() {
    let both = ["arr_delay", "dep_delay"];
    integers(&both, "arr_delay + dep_delay", |row| row[0] + row[1]);
    integers(&both, "arr_delay - dep_delay", |row| row[0] - row[1]);
    integers(&both, "arr_delay * dep_delay", |row| row[0] * row[1]);
    integers(&both, "60 - arr_delay", |row| 60 - row[0]);
    integers(&["flight"], "flight * -1000000", |row| row[0] * -1_000_000);
    integers(&["distance"], "distance", |row| row[0]);
    integers(&["distance"], "distance % 7", |row| row[0] % 7);
}

#[test]
fn a_fraction_makes_floats() {
    let one = ["dep_delay"];
    floats(&one, "dep_delay + 0.1", |row| Some(row[0] as f64 + 0.1));
    floats(&one, "dep_delay - 0.1", |row| Some(row[0] as f64 - 0.1));
    floats(&one, "dep_delay * 0.1", |row| Some(row[0] as f64 * 0.1));
    floats(&one, "dep_delay / 0.1", |row| Some(row[0] as f64 / 0.1));
}

#[test]
fn a_division_by_zero_is_null() {
    let quotient = |a: i64, b: i64| (b != 0).then(|| a as f64 / b as f64);
    let both = ["distance", "dep_delay"];
    assert!(flights()[0].integers("dep_delay").contains(&Some(0)));
    floats(&both, "distance / dep_delay", |row| quotient(row[0], row[1]));
    // A null on the way stays null.
    floats(&both, "distance / dep_delay + 1", |row| {
        quotient(row[0], row[1]).map(|value| value + 1.0)
    });
    floats(&both, "0 * (distance / dep_delay)", |row| {
        quotient(row[0], row[1]).map(|value| 0.0 * value)
    });
    floats(&["distance"], "distance / 0", |_| None);
    floats(&["distance", "minute"], "distance / minute", |row| quotient(row[0], row[1]));
}

#[test]
fn expressions_nest() {
    floats(&["air_time", "distance"], "distance / (air_time / 60)", |row| {
        let hours = row[0] as f64 / 60.0;
        (hours != 0.0).then(|| row[1] as f64 / hours)
    });
    let gained = "(dep_delay - arr_delay) * (dep_delay - arr_delay) + 3 * day";
    integers(&["dep_delay", "arr_delay", "day"], gained, |row| {
        (row[0] - row[1]) * (row[0] - row[1]) + 3 * row[2]
    });
}

#[test]
fn a_column_of_that_name_is_replaced_in_its_place() {
    let expected: Vec<_> = flights()[0]
        .integers("distance")
        .iter()
        .map(|miles| miles.map(|miles| miles as f64 * 1.609344))
        .collect();
    for table in flights() {
        let settings = json!({"into": "distance", "expression": "distance * 1.609344"});
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
    for table in bookings() {
        let found = policy("fare / flight - 0.01", &["fare", "flight"]).map(table);
        assert_same_bits("fares", &expected, &found.floats("result"));
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    // 2⁵³ times a flight's number fits as long as that is below 1,024.
    let table = &flights()[0];
    let policy = policy("flight * 9007199254740992", &["flight"]);
    let mut stage = policy.stage(table).unwrap();
    let said = words(table.0.iter().try_for_each(|batch| stage.push(batch).map(drop)));
    assert_eq!(
        said,
        "module testers/derive@0.1.0 failed in push: it rejects its rows: a result does not fit its \
         type in `flight * 9007199254740992`: cast an operand to double, or guard it with `case`"
    );
}
