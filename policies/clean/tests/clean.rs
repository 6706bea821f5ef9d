//! Each operation of `clean`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, map, plan_map};
use bailiwick_guest::{Array, DataType, Error, Field, Schema};
use bailiwick_policy_clean::Cleaner;

fn operations(operations: &str) -> String {
    format!(r#"{{"operations":[{operations}]}}"#)
}

fn texts(steps: &str, values: &[Option<&str>]) -> Vec<Option<String>> {
    let rows = Rows::new().column("c", values.iter().copied());
    map::<Cleaner>(&operations(steps), &rows).unwrap().texts("c")
}

fn owned(values: &[Option<&str>]) -> Vec<Option<String>> {
    values.iter().map(|value| value.map(str::to_owned)).collect()
}

#[test]
fn text_operations_follow_one_another() {
    let steps = r#"{"op":"trim"},{"op":"regex-replace","pattern":"\\s+","with":" "},
        {"op":"case","to":"upper"},{"op":"null-tokens","tokens":["","NA"]},
        {"op":"fill","value":"UNKNOWN"}"#;
    let given = [Some("  new \t york "), Some("na"), Some(" "), None, Some("straße")];
    let cleaned =
        [Some("NEW YORK"), Some("UNKNOWN"), Some("UNKNOWN"), Some("UNKNOWN"), Some("STRASSE")];
    assert_eq!(texts(steps, &given), owned(&cleaned));
}

#[test]
fn the_order_of_operations_matters() {
    let filled_first = r#"{"op":"fill","value":"NA"},{"op":"null-tokens","tokens":["NA"]}"#;
    assert_eq!(texts(filled_first, &[None, Some("a")]), owned(&[None, Some("a")]));
}

#[test]
fn groups_of_a_pattern_are_put_in() {
    let steps = r#"{"op":"regex-replace","pattern":"(\\d+)-(\\d+)","with":"$2/$1"}"#;
    assert_eq!(texts(steps, &[Some("12-34"), Some("x")]), owned(&[Some("34/12"), Some("x")]));
}

#[test]
fn numbers_are_clamped_and_filled() {
    let rows = Rows::new().column("c", [Some(-5_i16), Some(7), None, Some(900)]);
    let steps = operations(r#"{"op":"clamp","min":0,"max":100},{"op":"fill","value":-1}"#);
    let out = map::<Cleaner>(&steps, &rows).unwrap();
    assert_eq!(out.values::<i16>("c"), [Some(0), Some(7), Some(-1), Some(100)]);

    let rows = Rows::new().column("c", [Some(0.5), Some(f64::INFINITY), None]);
    let out = map::<Cleaner>(&operations(r#"{"op":"clamp","max":1.5}"#), &rows).unwrap();
    assert_eq!(out.values::<f64>("c"), [Some(0.5), Some(1.5), None]);
}

#[test]
fn dates_decimals_and_bools_are_filled() {
    let rows = Rows::new().column_as("c", DataType::Date32, [Some(0), None]);
    let out = map::<Cleaner>(&operations(r#"{"op":"fill","value":"1970-01-03"}"#), &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(0), Some(2)]);

    let rows = Rows::new().column("c", [Some(false), None, Some(true), None]);
    for value in [true, false] {
        let steps = operations(&format!(r#"{{"op":"fill","value":{value}}}"#));
        let out = map::<Cleaner>(&steps, &rows).unwrap();
        assert_eq!(out.bools("c"), [Some(false), Some(value), Some(true), Some(value)]);
    }

    let field = Field::new("c", DataType::Decimal128 { precision: 5, scale: 2 });
    let rows = Rows::new().array(field, Array::from_decimals([12_345, 1], 5, 2));
    let out = map::<Cleaner>(&operations(r#"{"op":"clamp","max":"99.9"}"#), &rows).unwrap();
    assert_eq!(out.decimals("c"), [Some(9_990), Some(1)]);
}

#[test]
fn what_does_not_fit_the_column_is_refused_when_planned() {
    let text = Schema::new([Field::new("c", DataType::Utf8)]);
    let number = Schema::new([Field::new("c", DataType::Int8)]);
    for (schema, steps) in [
        (&text, r#"{"op":"clamp","min":1}"#),
        (&number, r#"{"op":"trim"}"#),
        (&number, r#"{"op":"fill","value":"x"}"#),
        (&number, r#"{"op":"fill","value":128}"#),
        (&number, r#"{"op":"clamp","max":1000}"#),
        (&number, r#"{"op":"clamp","min":2,"max":1}"#),
        (&text, r#"{"op":"regex-replace","pattern":"(","with":""}"#),
        (&text, r#"{"op":"polish"}"#),
    ] {
        let refused = plan_map::<Cleaner>(&operations(steps), schema).unwrap_err();
        assert!(matches!(refused, Error::Settings(_) | Error::Fields(_)), "{steps}: {refused}");
    }
}

#[test]
fn null_tokens_make_the_column_nullable() {
    let schema = Schema::new([Field::new("c", DataType::Utf8).required()]);
    let nullable = |steps: &str| {
        plan_map::<Cleaner>(&operations(steps), &schema).unwrap().writes.iter().any(|f| f.nullable)
    };
    assert!(nullable(r#"{"op":"null-tokens","tokens":[""]}"#));
    assert!(!nullable(r#"{"op":"trim"}"#));
}

#[test]
fn what_a_group_matches_is_taken_out() {
    let values = [Some("order 4711 of 2013"), Some("none"), None, Some("é 12")];
    let whole = r#"{"op":"regex-extract","pattern":"[0-9]+"}"#;
    assert_eq!(texts(whole, &values), owned(&[Some("4711"), None, None, Some("12")]));
    let group = r#"{"op":"case","to":"upper"},{"op":"regex-extract","pattern":"OF (\\d+)( AD)?","group":1}"#;
    assert_eq!(texts(group, &values), owned(&[Some("2013"), None, None, None]));
    // A group that took no part in the match has no value.
    let other = group.replace(r#""group":1"#, r#""group":2"#);
    assert_eq!(texts(&other, &values), owned(&[None, None, None, None]));
    let rows = Rows::new().column("c", ["x"]);
    let missing = operations(&group.replace(r#""group":1"#, r#""group":3"#));
    let refused = plan_map::<Cleaner>(&missing, rows.schema()).unwrap_err();
    assert!(refused.text().contains("has no group 3: it has 2"), "{refused}");
    let plan = plan_map::<Cleaner>(&operations(whole), rows.schema()).unwrap();
    assert!(plan.writes.iter().all(|field| field.nullable));
}

#[test]
fn characters_are_written_in_one_way() {
    // The examples of Unicode Standard Annex 15, figures 3 and 5.
    let values = [
        Some("A\u{30a}"),
        Some("\u{212b}"),
        Some("s\u{323}\u{307}"),
        Some("s\u{307}\u{323}"),
        Some("\u{1112}\u{1161}\u{11ab}"),
        Some("plain"),
        None,
    ];
    let expected = [
        Some("\u{c5}"),
        Some("\u{c5}"),
        Some("\u{1e69}"),
        Some("\u{1e69}"),
        Some("\u{d55c}"),
        Some("plain"),
        None,
    ];
    assert_eq!(texts(r#"{"op":"nfc"}"#, &values), owned(&expected));
    assert_eq!(texts(r#"{"op":"nfc"}"#, &[Some("ascii")]), owned(&[Some("ascii")]));
}
