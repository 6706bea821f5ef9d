//! `shift-dates`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Rows, map, plan_map, set_key};
use bailiwick_guest::{DataType, Error, TimeUnit};
use bailiwick_policy_shift_dates::Shifting;
use hmac::{Hmac, Mac};
use proptest::prelude::*;
use sha2::Sha256;

const KEY: &[u8] = b"0123456789abcdef";
const SETTINGS: &str = r#"{"entity": "who", "key": "patient", "days": 30}"#;

fn rows(who: &[Option<&str>], seen: &[Option<i32>]) -> Rows {
    let at = seen.iter().map(|days| days.map(|days| i64::from(days) * 86_400_000 + 5));
    Rows::new()
        .column("who", who.iter().copied())
        .column_as("seen", DataType::Date32, seen.iter().copied())
        .column_as("at", DataType::Timestamp(TimeUnit::Millisecond, None), at)
}

/// By how many days, computed here.
fn days(who: &str) -> i32 {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(who.as_bytes());
    let hash = mac.finalize().into_bytes();
    (u64::from_le_bytes(hash[..8].try_into().unwrap()) % 61) as i32 - 30
}

#[test]
fn all_dates_of_an_entity_move_alike() {
    set_key("patient", KEY);
    let who = [Some("a"), Some("b"), Some("a"), None, Some("a")];
    let seen = [Some(10), Some(10), Some(400), Some(10), None];
    let out = map::<Shifting>(SETTINGS, &rows(&who, &seen)).unwrap();
    let (a, b) = (days("a"), days("b"));
    assert_eq!(out.values::<i32>("seen"), [Some(10 + a), Some(10 + b), Some(400 + a), None, None]);
    let at = |days: i32| Some(i64::from(days) * 86_400_000 + 5);
    assert_eq!(out.values::<i64>("at"), [at(10 + a), at(10 + b), at(400 + a), None, None]);
    assert_ne!(a, b);
}

#[test]
fn a_date_that_would_leave_its_range_is_an_error_unless_it_is_null() {
    set_key("patient", KEY);
    // One of both moves on, whatever the shift's sign.
    let out = map::<Shifting>(SETTINGS, &rows(&[Some("b"); 2], &[Some(i32::MAX), Some(i32::MIN)]));
    assert!(matches!(out, Err(Error::Data(_))));
    let out = map::<Shifting>(SETTINGS, &rows(&[None; 2], &[Some(i32::MAX), Some(i32::MIN)]));
    assert_eq!(out.unwrap().values::<i32>("seen"), [None, None]);
}

#[test]
fn other_columns_are_refused() {
    let rows = rows(&[Some("a")], &[Some(1)]);
    let other = rows.clone().column("c", [1.5]);
    let refused = plan_map::<Shifting>(SETTINGS, other.schema()).unwrap_err();
    assert_eq!(
        refused,
        Error::fields("column \"c\" is float64, expected date32, date64 or timestamp")
    );
    let by_float = SETTINGS.replace("who", "c");
    assert!(plan_map::<Shifting>(&by_float, other.schema()).is_err());
    let alone = Rows::new().column("who", ["a"]);
    assert!(plan_map::<Shifting>(SETTINGS, alone.schema()).is_err());
}

proptest! {
    #[test]
    fn what_lies_between_dates_stays(who in ".{0,12}", first in -100_000..100_000, gap in 0..10_000) {
        set_key("patient", KEY);
        let rows = rows(&[Some(&who), Some(&who)], &[Some(first), Some(first + gap)]);
        let out = map::<Shifting>(SETTINGS, &rows).unwrap().values::<i32>("seen");
        prop_assert_eq!(out[1].unwrap() - out[0].unwrap(), gap);
        prop_assert!((out[0].unwrap() - first).abs() <= 30);
    }
}
