//! `filter`: comparisons over the flights and bookings. The whole language is tested in the SDK.

use arrow_schema::DataType;
use jiff::Timestamp;
use serde_json::json;

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{Table, bookings, flights};
use crate::runs::Policy;

/// Filters in batches of each size; the bitmap and what is left must be those of `keep`.
fn kept(tables: &[Table; 2], column: &str, predicate: &str, keep: &[bool]) {
    let what = predicate;
    let columns = [column];
    let policy = Policy::new("filter", json!({ "where": predicate }), &columns);
    for table in tables {
        let (bitmap, left) = policy.filter(table);
        assert_same(what, keep, &bitmap);
        // The other columns are cut down along with it.
        for name in [column, "carrier", "dest"] {
            if table.field(name).data_type() == &DataType::Float64 {
                assert_same_bits(what, &only(table.floats(name), keep), &left.floats(name));
            } else {
                assert_same(what, &only(table.cells(name), keep), &left.cells(name));
            }
        }
    }
}

fn only<T>(values: Vec<T>, keep: &[bool]) -> Vec<T> {
    values.into_iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| value).collect()
}

/// Whether a value fits a comparison with another.
type Fits<T> = fn(&T, &T) -> bool;

/// The six comparisons of a value that is there with another.
fn comparisons<T: PartialOrd>(
    tables: &[Table; 2],
    column: &str,
    values: &[Option<T>],
    (literal, operand): (&str, &T),
) {
    let is: [(&str, Fits<T>); 6] = [
        ("=", |a, b| a == b),
        ("<>", |a, b| a != b),
        ("<", |a, b| a < b),
        ("<=", |a, b| a <= b),
        (">", |a, b| a > b),
        (">=", |a, b| a >= b),
    ];
    for (comparison, fits) in is {
        let keep: Vec<_> = values
            .iter()
            .map(|value| value.as_ref().is_some_and(|value| fits(value, operand)))
            .collect();
        assert!(keep.contains(&true) && keep.contains(&false), "{comparison} {literal} is a test");
        kept(tables, column, &format!("{column} {comparison} {literal}"), &keep);
    }
}

#[test]
fn numbers_with_nulls() {
    let delays = flights()[0].integers("dep_delay");
    comparisons(flights(), "dep_delay", &delays, ("0", &0));
    comparisons(flights(), "dep_delay", &delays, ("-10", &-10));
    let fares = bookings()[0].floats("fare");
    comparisons(bookings(), "fare", &fares, ("171.95", &171.95));
}

#[test]
fn text() {
    let tails = flights()[0].texts("tailnum");
    comparisons(flights(), "tailnum", &tails, ("'N619AA'", &"N619AA".into()));
    let names = bookings()[0].texts("passenger_name");
    comparisons(bookings(), "passenger_name", &names, ("'Jürgen Turner'", &"Jürgen Turner".into()));
}

#[test]
fn timestamps_and_dates() {
    let times = flights()[0].integers("time_hour");
    let july = "2013-07-04T12:00:00Z";
    let micros = july.parse::<Timestamp>().unwrap().as_microsecond();
    comparisons(flights(), "time_hour", &times, (&format!("'{july}'"), &micros));
    let births = bookings()[0].integers("date_of_birth");
    // 5,769 days after 1970-01-01.
    comparisons(bookings(), "date_of_birth", &births, ("'1985-10-18'", &5_769));
}

#[test]
fn one_of_several() {
    let of_texts = |column: &str, values: &[&str]| {
        let is_one =
            |value: &Option<String>| value.as_deref().is_some_and(|value| values.contains(&value));
        let keep: Vec<_> = flights()[0].texts(column).iter().map(is_one).collect();
        let list = format!("'{}'", values.join("', '"));
        kept(flights(), column, &format!("{column} in ({list})"), &keep);
    };
    of_texts("origin", &["EWR", "JFK"]);
    of_texts("tailnum", &["N14228", "N24211", "N619AA", "nowhere", ""]);
    let delays = [0, 7, -3, 1_301, 99_999];
    let is_one = |value: &Option<i64>| value.is_some_and(|value| delays.contains(&value));
    let keep: Vec<_> = flights()[0].integers("dep_delay").iter().map(is_one).collect();
    kept(flights(), "dep_delay", "dep_delay in (0, 7, -3, 1301, 99999)", &keep);
}

#[test]
fn null_and_not() {
    for (tables, column) in [
        (flights(), "tailnum"),
        (flights(), "dep_time"),
        (flights(), "origin"),
        (bookings(), "fare"),
    ] {
        let is_null = tables[0].nulls(column);
        let is_not_null: Vec<_> = is_null.iter().map(|null| !null).collect();
        kept(tables, column, &format!("{column} is null"), &is_null);
        kept(tables, column, &format!("{column} is not null"), &is_not_null);
    }
}

#[test]
fn several_columns_decide_together() {
    let (months, tails) = (flights()[0].integers("month"), flights()[0].texts("tailnum"));
    let keep: Vec<_> = months
        .iter()
        .zip(&tails)
        .map(|(month, tail)| {
            month.unwrap() > 6 || tail.as_ref().is_some_and(|tail| tail.ends_with("AA"))
        })
        .collect();
    let settings = json!({"where": "month > 6 or tailnum like '%AA'"});
    for table in flights() {
        let columns = ["carrier", "month", "tailnum"];
        let (found, _) = Policy::new("filter", settings.clone(), &columns).filter(table);
        assert_same("month or tail", &keep, &found);
    }
}
