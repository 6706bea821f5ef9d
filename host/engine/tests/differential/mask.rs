//! `mask`: every method.

use bailiwick_engine::{Conditions, Keyring};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::comparison::{assert_same, assert_same_bits};
use crate::data::{Table, bookings, flights};
use crate::runs::{KEY, Policy};

/// Masks a text column in batches of each size, against a function of one value.
fn texts(
    tables: &[Table; 2],
    column: &str,
    settings: &Value,
    native: impl Fn(&str) -> Option<String>,
) {
    let given = tables[0].texts(column);
    let expected: Vec<_> = given.iter().map(|value| value.as_deref().and_then(&native)).collect();
    let columns = [column];
    let policy = Policy::new("mask", settings.clone(), &columns);
    for table in tables {
        let found = policy.map(table);
        assert_same(&format!("{settings} of {column}"), &expected, &found.texts(column));
    }
}

/// As [`texts`], for integers, dates as days and timestamps as microseconds.
fn integers(
    tables: &[Table; 2],
    column: &str,
    settings: &Value,
    native: impl Fn(i64) -> Option<i64>,
) {
    let given = tables[0].integers(column);
    let expected: Vec<_> = given.iter().map(|value| value.and_then(&native)).collect();
    let columns = [column];
    let policy = Policy::new("mask", settings.clone(), &columns);
    for table in tables {
        let found = policy.map(table);
        assert_eq!(found.field(column).data_type(), table.field(column).data_type());
        assert_same(&format!("{settings} of {column}"), &expected, &found.integers(column));
    }
}

#[test]
fn null() {
    let settings = json!({"method": "null"});
    texts(flights(), "tailnum", &settings, |_| None);
    integers(flights(), "distance", &settings, |_| None);
    integers(flights(), "time_hour", &settings, |_| None);
    integers(bookings(), "date_of_birth", &settings, |_| None);
    for table in bookings() {
        let found = Policy::new("mask", settings.clone(), &["fare"]).map(table);
        assert_same_bits("null of fare", &vec![None; table.rows()], &found.floats("fare"));
    }
}

#[test]
fn fixed() {
    let fixed = |value: Value| json!({"method": "fixed", "value": value});
    texts(flights(), "tailnum", &fixed(json!("wéggelaten")), |_| Some("wéggelaten".into()));
    texts(flights(), "dest", &fixed(json!("")), |_| Some(String::new()));
    integers(flights(), "arr_delay", &fixed(json!(-1)), |_| Some(-1));
    let new_year = "2013-01-01T00:00:00Z";
    let micros = new_year.parse::<Timestamp>().unwrap().as_microsecond();
    integers(flights(), "time_hour", &fixed(json!(new_year)), |_| Some(micros));
    integers(bookings(), "date_of_birth", &fixed(json!("1969-12-31")), |_| Some(-1));
    let expected: Vec<_> =
        bookings()[0].floats("fare").iter().map(|fare| fare.map(|_| 9.75)).collect();
    for table in bookings() {
        let found = Policy::new("mask", fixed(json!(9.75)), &["fare"]).map(table);
        assert_same_bits("fixed of fare", &expected, &found.floats("fare"));
    }
}

fn redacted(value: &str, with: char) -> String {
    let hides = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
    value.chars().map(|c| if hides(c) { with } else { c }).collect()
}

#[test]
fn redact() {
    let redact = json!({"method": "redact"});
    texts(flights(), "tailnum", &redact, |value| Some(redacted(value, '*')));
    for column in ["passenger_name", "phone", "email", "channel"] {
        texts(bookings(), column, &redact, |value| Some(redacted(value, '*')));
    }
    for with in ['x', '█'] {
        let redact = json!({"method": "redact", "with": with});
        texts(flights(), "carrier", &redact, |value| Some(redacted(value, with)));
        texts(bookings(), "passenger_name", &redact, |value| Some(redacted(value, with)));
    }
}

fn first_shown(value: &str, n: usize, with: char) -> String {
    let count = value.chars().count();
    let shown: String = value.chars().take(if count > n { n } else { 0 }).collect();
    let rest: String = value.chars().skip(shown.chars().count()).collect();
    shown + &redacted(&rest, with)
}

fn last_shown(value: &str, n: usize, with: char) -> String {
    let backwards: String = value.chars().rev().collect();
    first_shown(&backwards, n, with).chars().rev().collect()
}

#[test]
fn show_first_n_and_show_last_n() {
    // A tail number has 5 or 6 characters, so 5 and 6 are at its length.
    for n in [0, 1, 4, 5, 6, 7, u32::MAX] {
        let characters = n as usize;
        let first = json!({"method": "show-first-n", "n": n});
        texts(flights(), "tailnum", &first, |value| Some(first_shown(value, characters, '*')));
        let last = json!({"method": "show-last-n", "n": n});
        texts(flights(), "tailnum", &last, |value| Some(last_shown(value, characters, '*')));
    }
    for column in ["passenger_name", "card_number", "phone"] {
        for with in ['*', '·'] {
            let first = json!({"method": "show-first-n", "n": 3, "with": with});
            texts(bookings(), column, &first, |value| Some(first_shown(value, 3, with)));
            let last = json!({"method": "show-last-n", "n": 4, "with": with});
            texts(bookings(), column, &last, |value| Some(last_shown(value, 4, with)));
        }
    }
}

fn email_masked(value: &str, with: char) -> String {
    let hidden: String = [with; 3].iter().collect();
    match value.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() => {
            let first: String = local.chars().take(1).collect();
            format!("{first}{hidden}@{domain}")
        }
        _ => hidden,
    }
}

#[test]
fn email() {
    let email = json!({"method": "email"});
    texts(bookings(), "email", &email, |value| Some(email_masked(value, '*')));
    // None of these is an address.
    texts(bookings(), "passenger_name", &email, |value| Some(email_masked(value, '*')));
    texts(flights(), "tailnum", &email, |value| Some(email_masked(value, '*')));
    let dots = json!({"method": "email", "with": "…"});
    texts(bookings(), "email", &dots, |value| Some(email_masked(value, '…')));
}

fn first_day(day: Date, part: &str) -> Date {
    match part {
        "year" => date(day.year(), 1, 1),
        "month" => date(day.year(), day.month(), 1),
        _ => day,
    }
}

#[test]
fn truncate_date() {
    for part in ["year", "month", "day"] {
        let settings = json!({"method": "truncate-date", "to": part});
        for (tables, column) in [(flights(), "time_hour"), (bookings(), "booked_at")] {
            integers(tables, column, &settings, |micros| {
                let time = Timestamp::from_microsecond(micros).unwrap();
                let day = first_day(time.to_zoned(TimeZone::UTC).date(), part);
                Some(day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond())
            });
        }
        integers(bookings(), "date_of_birth", &settings, |days| {
            let epoch = date(1970, 1, 1);
            let day = epoch.checked_add(jiff::Span::new().days(days)).unwrap();
            Some(i64::from((first_day(day, part) - epoch).get_days()))
        });
    }
}

#[test]
fn keyed_hash() {
    let key = [0x5a_u8; 32];
    let mut keys = Keyring::default();
    keys.insert(KEY.parse().unwrap(), &key).unwrap();
    let conditions = Conditions { keys, ..Conditions::default() };
    let hashed = |value: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    for (tables, column) in [
        (flights(), "tailnum"),
        (bookings(), "passenger_id"),
        (bookings(), "passenger_name"),
        (bookings(), "email"),
    ] {
        let given = tables[0].texts(column);
        let expected: Vec<_> = given.iter().map(|value| value.as_deref().map(hashed)).collect();
        let settings = json!({"method": "keyed-hash", "key": KEY});
        let columns = [column];
        let policy = Policy::new("mask", settings, &columns).under(conditions.clone());
        for table in tables {
            let found = policy.map(table).texts(column);
            assert_same(&format!("keyed-hash of {column}"), &expected, &found);
        }
    }
}
