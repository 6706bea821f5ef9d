//! `range`: both bounds, each with and without its own value.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::data::{Table, bookings, flights};
use crate::runs::assert_fails;

/// A bound as settings have it and as the column has it.
type Bound<'a, T> = Option<(&'a Value, T)>;

/// All four ways to exclude the two bounds. Both must be values of the column, so
/// that it matters.
fn bounded<T: Copy + PartialOrd>(
    tables: &[Table; 2],
    column: &str,
    values: &[Option<T>],
    (min, max): (Bound<'_, T>, Bound<'_, T>),
) {
    for (_, bound) in [&min, &max].into_iter().flatten() {
        assert!(values.contains(&Some(*bound)), "a bound of {column} is one of its values");
    }
    for (exclusive_min, exclusive_max) in
        [(false, false), (false, true), (true, false), (true, true)]
    {
        let mut settings = Map::new();
        if let Some((literal, _)) = min {
            settings.insert("min".into(), literal.clone());
            settings.insert("exclusive_min".into(), exclusive_min.into());
        }
        if let Some((literal, _)) = max {
            settings.insert("max".into(), literal.clone());
            settings.insert("exclusive_max".into(), exclusive_max.into());
        }
        let is_below = |value: T| {
            min.is_some_and(|(_, min)| if exclusive_min { value <= min } else { value < min })
        };
        let is_above = |value: T| {
            max.is_some_and(|(_, max)| if exclusive_max { value >= max } else { value > max })
        };
        let fails =
            |value: &Option<T>| value.is_some_and(|value| is_below(value) || is_above(value));
        let expected: Vec<_> = values.iter().map(fails).collect();
        assert_fails(tables, "range", &settings.into(), column, &expected);
    }
}

#[test]
fn integers() {
    let delays = flights()[0].integers("dep_delay");
    let (low, high) = (json!(-5), json!(60));
    bounded(flights(), "dep_delay", &delays, (Some((&low, -5)), Some((&high, 60))));
    bounded(flights(), "dep_delay", &delays, (Some((&low, -5)), None));
    bounded(flights(), "dep_delay", &delays, (None, Some((&high, 60))));
    // The least and the greatest value themselves.
    let (least, greatest) = (json!(-43), json!(1_301));
    bounded(flights(), "dep_delay", &delays, (Some((&least, -43)), Some((&greatest, 1_301))));
    let hours = flights()[0].integers("hour");
    bounded(flights(), "hour", &hours, (Some((&json!(5), 5)), Some((&json!(23), 23))));
}

#[test]
fn a_fraction_bounds_the_integers_within() {
    let delays = flights()[0].integers("dep_delay");
    for exclusive in [false, true] {
        let settings = json!({"min": -5.5, "max": 60.5, "exclusive_min": exclusive, "exclusive_max": exclusive});
        let expected: Vec<_> = delays
            .iter()
            .map(|value| value.is_some_and(|value| !(-5..=60).contains(&value)))
            .collect();
        assert_fails(flights(), "range", &settings, "dep_delay", &expected);
    }
}

#[test]
fn timestamps_and_dates() {
    let times = flights()[0].integers("time_hour");
    let (spring, autumn) = ("2013-03-20T11:00:00Z", "2013-09-22T20:00:00Z");
    let micros = |time: &str| time.parse::<Timestamp>().unwrap().as_microsecond();
    let literals = (json!(spring), json!(autumn));
    let bounds = (Some((&literals.0, micros(spring))), Some((&literals.1, micros(autumn))));
    bounded(flights(), "time_hour", &times, bounds);
    let births = bookings()[0].integers("date_of_birth");
    // 5,769 days after 1970-01-01.
    bounded(bookings(), "date_of_birth", &births, (None, Some((&json!("1985-10-18"), 5_769))));
}

#[test]
fn floats() {
    let fares = bookings()[0].floats("fare");
    let bounds = (Some((&json!(68.29), 68.29)), Some((&json!(351), 351.0)));
    bounded(bookings(), "fare", &fares, bounds);
    bounded(bookings(), "fare", &fares, (Some((&json!(-518.25), -518.25)), None));
}
