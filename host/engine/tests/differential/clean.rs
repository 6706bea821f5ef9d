//! `clean`: every operation.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{Table, bookings, flights};
use crate::runs::Policy;

fn texts(
    tables: &[Table; 2],
    column: &str,
    operations: Value,
    native: impl Fn(Option<String>) -> Option<String>,
) {
    let what = format!("{operations} of {column}");
    let expected: Vec<_> = tables[0].texts(column).into_iter().map(native).collect();
    let columns = [column];
    let policy = Policy::new("clean", json!({"operations": operations}), &columns);
    for table in tables {
        assert_same(&what, &expected, &policy.map(table).texts(column));
    }
}

fn integers(
    tables: &[Table; 2],
    column: &str,
    operations: Value,
    native: impl Fn(Option<i64>) -> Option<i64>,
) {
    let what = format!("{operations} of {column}");
    let expected: Vec<_> = tables[0].integers(column).into_iter().map(native).collect();
    let columns = [column];
    let policy = Policy::new("clean", json!({"operations": operations}), &columns);
    for table in tables {
        let found = policy.map(table);
        assert_eq!(found.field(column).data_type(), table.field(column).data_type());
        assert_same(&what, &expected, &found.integers(column));
    }
}

fn floats(
    tables: &[Table; 2],
    column: &str,
    operations: Value,
    native: impl Fn(Option<f64>) -> Option<f64>,
) {
    let what = format!("{operations} of {column}");
    let expected: Vec<_> = tables[0].floats(column).into_iter().map(native).collect();
    let columns = [column];
    let policy = Policy::new("clean", json!({"operations": operations}), &columns);
    for table in tables {
        assert_same_bits(&what, &expected, &policy.map(table).floats(column));
    }
}

/// Both tables have text that no operation changes, and text that it does.
const TEXTS: [&str; 4] = ["passenger_name", "email", "channel", "phone"];

#[test]
fn trim() {
    let native = |value: Option<String>| value.map(|value| value.trim().to_owned());
    texts(flights(), "tailnum", json!([{"op": "trim"}]), native);
    for column in TEXTS {
        texts(bookings(), column, json!([{"op": "trim"}]), native);
    }
}

#[test]
fn case() {
    let lower = |value: Option<String>| value.map(|value| value.to_lowercase());
    let upper = |value: Option<String>| value.map(|value| value.to_uppercase());
    texts(flights(), "tailnum", json!([{"op": "case", "to": "lower"}]), lower);
    texts(flights(), "dest", json!([{"op": "case", "to": "upper"}]), upper);
    for column in TEXTS {
        texts(bookings(), column, json!([{"op": "case", "to": "lower"}]), lower);
        texts(bookings(), column, json!([{"op": "case", "to": "upper"}]), upper);
    }
}

#[test]
fn null_tokens() {
    let operations = |tokens: &[&str]| json!([{"op": "null-tokens", "tokens": tokens}]);
    let tokens = ["N14228", "N725MQ", "n722mq", ""];
    let native = |value: Option<String>| value.filter(|value| !tokens.contains(&value.as_str()));
    texts(flights(), "tailnum", operations(&tokens), native);
    // A column without nulls gets some.
    let tokens = ["EWR"];
    let native = |value: Option<String>| value.filter(|value| value != "EWR");
    texts(flights(), "origin", operations(&tokens), native);
    let tokens = ["", "n/a", "N/A", "none", "-", "unknown", "web"];
    let native = |value: Option<String>| value.filter(|value| !tokens.contains(&value.as_str()));
    for column in TEXTS {
        texts(bookings(), column, operations(&tokens), native);
    }
    texts(bookings(), "email", operations(&[]), |value| value);
}

#[test]
fn fill() {
    let fill = |value: Value| json!([{"op": "fill", "value": value}]);
    texts(flights(), "tailnum", fill(json!("ó")), |value| Some(value.unwrap_or("ó".into())));
    texts(bookings(), "loyalty_tier", fill(json!("")), |value| Some(value.unwrap_or_default()));
    integers(flights(), "arr_delay", fill(json!(-999)), |value| Some(value.unwrap_or(-999)));
    // Nothing is null here.
    integers(flights(), "distance", fill(json!(0)), |value| value);
    integers(bookings(), "date_of_birth", fill(json!("1970-01-31")), |value| {
        Some(value.unwrap_or(30))
    });
    floats(bookings(), "fare", fill(json!(0.1)), |value| Some(value.unwrap_or(0.1)));
}

#[test]
fn clamp() {
    let clamp = |min: Value, max: Value| json!([{"op": "clamp", "min": min, "max": max}]);
    let none = Value::Null;
    let delay = "dep_delay";
    integers(flights(), delay, clamp(json!(-5), json!(60)), |value| {
        value.map(|value| value.clamp(-5, 60))
    });
    integers(flights(), delay, clamp(json!(7), json!(7)), |value| value.map(|_| 7));
    integers(flights(), delay, clamp(none.clone(), json!(0)), |value| value.map(|v| v.min(0)));
    integers(flights(), delay, clamp(json!(0), none.clone()), |value| value.map(|v| v.max(0)));
    let (spring, summer) = ("2013-03-20T11:00:00Z", "2013-06-21T05:00:00Z");
    let micros = |time: &str| time.parse::<Timestamp>().unwrap().as_microsecond();
    integers(flights(), "time_hour", clamp(json!(spring), json!(summer)), |value| {
        value.map(|value| value.clamp(micros(spring), micros(summer)))
    });
    integers(bookings(), "date_of_birth", clamp(json!("1940-01-01"), none), |value| {
        value.map(|value| value.max(-10_958))
    });
    floats(bookings(), "fare", clamp(json!(0), json!(999.99)), |value| {
        value.map(|value| value.clamp(0.0, 999.99))
    });
}

#[test]
fn regex_replace() {
    let replace = |pattern: &str, with: &str| json!([{"op": "regex-replace", "pattern": pattern, "with": with}]);
    let digits_hidden = |value: Option<String>| {
        value.map(|value| value.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect())
    };
    texts(flights(), "tailnum", replace("[0-9]", "#"), digits_hidden);
    for column in TEXTS {
        texts(bookings(), column, replace("[0-9]", "#"), digits_hidden);
    }
    // A run of what is not a letter becomes one dollar.
    let runs = |value: Option<String>| {
        value.map(|value| {
            let mut out = String::new();
            let mut in_run = false;
            for c in value.chars() {
                if c.is_ascii_alphabetic() {
                    out.push(c);
                } else if !in_run {
                    out.push('$');
                }
                in_run = !c.is_ascii_alphabetic();
            }
            out
        })
    };
    texts(flights(), "tailnum", replace("[^A-Za-z]+", "$$"), runs);
    texts(bookings(), "passenger_name", replace("[^A-Za-z]+", "$$"), runs);
    // Groups change places, where the whole value has the form.
    let swapped = |value: Option<String>| {
        value.map(|value| {
            let rest = value.trim_start_matches('N');
            let letters = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = &rest[..rest.len() - letters.len()];
            let is_letters = letters.chars().all(|c| c.is_ascii_uppercase());
            if value.len() == rest.len() + 1 && !digits.is_empty() && is_letters {
                format!("{letters}-{digits}")
            } else {
                value
            }
        })
    };
    texts(flights(), "tailnum", replace("^N([0-9]+)([A-Z]*)$", "$2-$1"), swapped);
}

#[test]
fn operations_follow_one_another() {
    let operations = json!([
        {"op": "trim"},
        {"op": "case", "to": "lower"},
        {"op": "null-tokens", "tokens": ["", "n/a", "none", "-", "unknown"]},
        {"op": "fill", "value": "nobody@example.com"}
    ]);
    texts(bookings(), "email", operations, |value| {
        let tidy = value.map(|value| value.trim().to_lowercase());
        let tokens = ["", "n/a", "none", "-", "unknown"];
        let known = tidy.filter(|value| !tokens.contains(&value.as_str()));
        Some(known.unwrap_or("nobody@example.com".into()))
    });
    let operations = json!([
        {"op": "fill", "value": 5_000},
        {"op": "clamp", "min": 0, "max": 120},
        {"op": "fill", "value": 7}
    ]);
    integers(flights(), "arr_delay", operations, |value| {
        Some(value.unwrap_or(5_000).clamp(0, 120))
    });
}
