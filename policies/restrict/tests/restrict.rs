//! Each action of `restrict`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Rows, map, plan_map, set_key};
use bailiwick_guest::{DataType, Error, TimeUnit};
use bailiwick_policy_restrict::Restricting;
use proptest::prelude::*;

fn settings(action: &str) -> String {
    format!(r#"{{"action": "{action}"}}"#)
}

fn texts(action: &str, values: &[Option<&str>]) -> Vec<Option<String>> {
    let rows = Rows::new().column("c", values.iter().copied());
    map::<Restricting>(&settings(action), &rows).unwrap().texts("c")
}

fn one(action: &str, value: &str) -> String {
    texts(action, &[Some(value)])[0].clone().unwrap()
}

#[test]
fn alphanum_keeps_what_shapes_a_number_or_an_address() {
    assert_eq!(one("mask-alphanum", "Jane.Doe-7@example.com"), "xxxx.xxx-n@xxxxxxx.xxx");
    assert_eq!(one("mask-alphanum", "(555) 123-4567, x/y"), "(nnn)xnnn-nnnn,xxxx");
    assert_eq!(one("mask-alphanum", "Ünïcode 日本"), "xxxxxxxxxx");
    assert_eq!(one("mask-alphanum", ""), "");
    assert_eq!(texts("mask-alphanum", &[None, Some("a1")]), [None, Some("xn".into())]);
}

#[test]
fn four_characters_are_shown() {
    assert_eq!(one("show-first-4", "4111-1111"), "4111-nnnn");
    assert_eq!(one("show-last-4", "4111-1111"), "nnnn-1111");
    assert_eq!(one("show-last-4", "日本語日本語"), "xx語日本語");
    // Their meaning, and not that of the module `mask`.
    assert_eq!(one("show-first-4", "1234"), "1234");
    assert_eq!(one("show-last-4", "ab"), "ab");
}

#[test]
fn dates_begin_anew() {
    let rows = Rows::new().column_as("c", DataType::Date32, [Some(15_905), None, Some(-1)]);
    let of = |action| map::<Restricting>(&settings(action), &rows).unwrap().values::<i32>("c");
    // 2013-07-19 and 1969-12-31.
    assert_eq!(of("truncate-to-month"), [Some(15_887), None, Some(-31)]);
    assert_eq!(of("truncate-to-year"), [Some(15_706), None, Some(-365)]);
    let unit = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let rows = Rows::new().column_as("c", unit, [15_905 * 86_400_000_000_i64 + 5, -1]);
    let out = map::<Restricting>(&settings("truncate-to-month"), &rows).unwrap();
    assert_eq!(out.values::<i64>("c"), [Some(15_887 * 86_400_000_000), Some(-31 * 86_400_000_000)]);
}

#[test]
fn a_default_says_nothing_and_null_stays_null() {
    assert_eq!(
        texts("mask-to-default", &[Some("Jane"), None]),
        [Some("XXXXXXXX".to_owned()), None]
    );
    let rows = Rows::new().column("c", [Some(7_i64), None]);
    for action in ["mask-to-default", "mask-to-fixed-value"] {
        let out = map::<Restricting>(&settings(action), &rows).unwrap();
        assert_eq!(out.values::<i64>("c"), [Some(999_999_999), None]);
    }
    let nanos = DataType::Timestamp(TimeUnit::Nanosecond, None);
    let rows = Rows::new().column_as("c", nanos, [0_i64]);
    let out = map::<Restricting>(&settings("mask-to-default"), &rows).unwrap();
    // 2261-12-31, since nanoseconds of 9999 do not fit 64 bits.
    assert_eq!(out.values::<i64>("c"), [Some(106_650 * 86_400_000_000_000)]);
    let rows = Rows::new().column_as("c", DataType::Date32, [1]);
    let out = map::<Restricting>(&settings("mask-to-default"), &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(2_932_896)]);
}

#[test]
fn null_is_null_of_any_type() {
    let rows = Rows::new().column("c", [true, false]);
    let out = map::<Restricting>(&settings("replace-with-null"), &rows).unwrap();
    assert_eq!(out.bools("c"), [None, None]);
}

#[test]
fn hashes_are_sha_256_in_the_columns_type() {
    // Of the standard's own example, `abc`.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(one("sha-256-global", "abc"), abc);
    let hash = hex::decode(abc).unwrap();
    let rows = Rows::new().column("c", [Some(b"abc".to_vec()), None]);
    let out = map::<Restricting>(&settings("sha-256-global"), &rows).unwrap();
    assert_eq!(out.bytes("c"), [Some(hash), None]);
    // The four bytes of 0, of which the hash begins with df 3f 61 98.
    let rows = Rows::new().column("c", [0_i32]);
    let out = map::<Restricting>(&settings("sha-256-global"), &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(i32::from_le_bytes([0xdf, 0x3f, 0x61, 0x98]))]);
}

#[test]
fn a_local_hash_is_keyed() {
    set_key("customer", b"0123456789abcdef");
    let rows = Rows::new().column("c", ["abc", "abc", "abd"]);
    let keyed = r#"{"action": "sha-256-query-local", "key": "customer"}"#;
    let out = map::<Restricting>(keyed, &rows).unwrap().texts("c");
    assert_eq!(out[0], out[1]);
    assert_ne!(out[0], out[2]);
    assert_ne!(out[0], Some(one("sha-256-global", "abc")));
    for wrong in [
        settings("sha-256-query-local"),
        r#"{"action": "mask-alphanum", "key": "customer"}"#.to_owned(),
    ] {
        let refused = plan_map::<Restricting>(&wrong, rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{refused}");
    }
}

#[test]
fn an_action_is_for_its_types() {
    let number = Rows::new().column("c", [1.5_f64]);
    let text = Rows::new().column("c", ["x"]);
    for (action, rows) in [
        ("mask-alphanum", &number),
        ("show-last-4", &number),
        ("truncate-to-year", &text),
        ("sha-256-global", &number),
    ] {
        let refused = plan_map::<Restricting>(&settings(action), rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Fields(_)), "{action}: {refused}");
    }
}

proptest! {
    #[test]
    fn alphanum_keeps_the_length_and_no_letter_or_digit(value in ".*") {
        let masked = one("mask-alphanum", &value);
        prop_assert_eq!(masked.chars().count(), value.chars().count());
        prop_assert!(masked.chars().all(|c| "xn(),.-@".contains(c)));
    }

    #[test]
    fn what_is_shown_is_what_was_there(value in ".{5,40}") {
        let given: Vec<char> = value.chars().collect();
        let first: Vec<char> = one("show-first-4", &value).chars().collect();
        let last: Vec<char> = one("show-last-4", &value).chars().collect();
        prop_assert_eq!(&first[..4], &given[..4]);
        prop_assert_eq!(&last[last.len() - 4..], &given[given.len() - 4..]);
        prop_assert!(first[4..].iter().all(|c| "xn(),.-@".contains(*c)));
        prop_assert!(last[..last.len() - 4].iter().all(|c| "xn(),.-@".contains(*c)));
    }
}
