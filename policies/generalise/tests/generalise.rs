//! Each method of `generalise`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Rows, map, plan_map};
use bailiwick_guest::{DataType, DecimalBuilder, Error, Field};
use bailiwick_policy_generalise::Generalising;
use proptest::prelude::*;

fn buckets(size: &str, origin: &str) -> String {
    format!(r#"{{"method": "bucket", "size": {size}, "origin": {origin}}}"#)
}

#[test]
fn a_number_becomes_the_least_of_its_bucket() {
    let rows = Rows::new().column("c", [Some(37_i32), Some(30), Some(-1), Some(0), None]);
    let out = map::<Generalising>(&buckets("10", "0"), &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(30), Some(30), Some(-10), Some(0), None]);
    let out = map::<Generalising>(&buckets("10", "5"), &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(35), Some(25), Some(-5), Some(-5), None]);
    let rows = Rows::new().column("c", [2.6, -0.1, f64::NAN, f64::INFINITY]);
    let out = map::<Generalising>(&buckets("0.5", "0"), &rows).unwrap().values::<f64>("c");
    assert_eq!(out[..2], [Some(2.5), Some(-0.5)]);
    assert!(out[2].unwrap().is_nan() && out[3] == Some(f64::INFINITY));
}

#[test]
fn a_bucket_that_begins_below_the_range_begins_with_it() {
    let rows = Rows::new().column("c", [i8::MIN, i8::MAX]);
    let out = map::<Generalising>(&buckets("100", "0"), &rows).unwrap();
    assert_eq!(out.values::<i8>("c"), [Some(i8::MIN), Some(100)]);
    let rows = Rows::new().column("c", [3_u8]);
    let out = map::<Generalising>(&buckets("10", "5"), &rows).unwrap();
    assert_eq!(out.values::<u8>("c"), [Some(0)]);
}

#[test]
fn decimals_are_counted_exactly() {
    let mut values = DecimalBuilder::with_capacity(2, 10, 2);
    values.push(1_234);
    values.push_null();
    let field = Field::new("c", DataType::Decimal128 { precision: 10, scale: 2 });
    let rows = Rows::new().array(field, values.finish());
    let out = map::<Generalising>(&buckets("\"0.50\"", "0"), &rows).unwrap();
    assert_eq!(out.decimals("c"), [Some(1_200), None]);
}

#[test]
fn the_first_characters_stay() {
    let rows = Rows::new().column("c", [Some("10115"), Some("äöü-x"), Some("ab"), None]);
    let out = map::<Generalising>(r#"{"method": "prefix", "n": 3}"#, &rows).unwrap();
    let expected = [Some("101**"), Some("äöü**"), Some("ab"), None];
    assert_eq!(out.texts("c"), expected.map(|text| text.map(str::to_owned)));
}

#[test]
fn what_a_dictionary_does_not_know_never_stays() {
    let rows = Rows::new().column("c", [Some("Berlin"), Some("Ulm"), None]);
    let known = r#""method": "dictionary", "values": {"Berlin": "DE"}"#;
    let out = map::<Generalising>(&format!("{{{known}}}"), &rows).unwrap();
    assert_eq!(out.texts("c"), [Some("DE".to_owned()), None, None]);
    let out = map::<Generalising>(&format!(r#"{{{known}, "otherwise": "?"}}"#), &rows).unwrap();
    assert_eq!(out.texts("c"), [Some("DE".to_owned()), Some("?".to_owned()), None]);
}

#[test]
fn members_belong_to_their_method_and_columns_to_theirs() {
    let number = Rows::new().column("c", [1_i64]);
    let text = Rows::new().column("c", ["x"]);
    for (settings, rows) in [
        (r#"{"method": "bucket"}"#, &number),
        (r#"{"method": "bucket", "size": 0}"#, &number),
        (r#"{"method": "bucket", "size": 10, "n": 1}"#, &number),
        (r#"{"method": "bucket", "size": 2.5}"#, &number),
        (r#"{"method": "prefix"}"#, &text),
    ] {
        let refused = plan_map::<Generalising>(settings, rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{settings}: {refused}");
    }
    for (settings, rows) in [
        (r#"{"method": "bucket", "size": 10}"#, &text),
        (r#"{"method": "prefix", "n": 1}"#, &number),
    ] {
        let refused = plan_map::<Generalising>(settings, rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Fields(_)), "{settings}: {refused}");
    }
}

proptest! {
    #[test]
    fn a_bucket_holds_its_numbers(values in prop::collection::vec(any::<i32>(), 1..50), size in 1_i32..1_000_000, origin: i32) {
        let rows = Rows::new().column("c", values.clone());
        let settings = buckets(&size.to_string(), &origin.to_string());
        let out = map::<Generalising>(&settings, &rows).unwrap().values::<i32>("c");
        for (value, least) in values.into_iter().zip(out) {
            let (value, least) = (i64::from(value), i64::from(least.unwrap()));
            prop_assert!(least <= value && value - least < i64::from(size));
            let begins = (least - i64::from(origin)).rem_euclid(i64::from(size)) == 0;
            prop_assert!(begins || least == i64::from(i32::MIN));
        }
    }
}
