//! Settings as bindings give them: read, refused with a place, described.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use bailiwick_guest::testing::{Rows, map};
use bailiwick_guest::{
    About, Array, Batch, Error, Map, Result, Scalar, Schema, Scope, Settings, about, schema_of,
};
use serde::Deserialize;

/// Everything that settings are made of.
#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Everything {
    flag: Option<bool>,
    /// A number.
    #[settings(minimum = 1, maximum = 9.5)]
    float: Option<f64>,
    small: Option<i8>,
    #[serde(rename = "named")]
    texts: Option<Vec<String>>,
    by_name: Option<BTreeMap<String, Choice>>,
    scalar: Option<Scalar>,
    letter: Option<char>,
    nested: Option<Box<Everything>>,
    #[serde(default)]
    plain: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize, Settings)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Plain {
    #[default]
    FirstOne,
    /// The other.
    SecondOne,
}

#[derive(Debug, Clone, PartialEq, Deserialize, Settings)]
enum Choice {
    Unit,
    Held(u8),
    Fields { a: u8 },
}

/// Gives its settings back as what they were read as.
struct Echo(Everything);

thread_local! {
    static READ: std::cell::RefCell<Option<Everything>> = const { std::cell::RefCell::new(None) };
}

impl Map for Echo {
    type Settings = Everything;
    const ABOUT: About = about!("echo", Scope::Columns, "Reads settings.");

    fn open(settings: Everything, _reads: &Schema) -> Result<Self> {
        Ok(Self(settings))
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        READ.set(Some(self.0.clone()));
        Ok(rows.columns().map(|column| column.to_array()).collect())
    }
}

fn read(settings: &str) -> Result<Everything> {
    map::<Echo>(settings, &Rows::new().column("c", [1]))?;
    Ok(READ.take().unwrap())
}

#[test]
fn every_kind_of_value_is_read() {
    let everything = read(
        r#" { "flag" : true , "float": -1.25e1, "small": -128, "named": ["a\"\\\/\n\u00e9\ud83d\ude00", ""],
            "by-name": {"u": "Unit", "h": {"Held": 7}, "f": {"Fields": {"a": 1}}},
            "scalar": 18446744073709551615, "letter": "é", "nested": {"flag": null},
            "plain": "SECOND_ONE" } "#,
    )
    .unwrap();
    assert_eq!(everything.flag, Some(true));
    assert_eq!(everything.float, Some(-12.5));
    assert_eq!(everything.small, Some(-128));
    assert_eq!(everything.texts.unwrap(), ["a\"\\/\né😀", ""]);
    let choices: Vec<Choice> = everything.by_name.unwrap().into_values().collect();
    assert_eq!(choices, [Choice::Fields { a: 1 }, Choice::Held(7), Choice::Unit]);
    assert_eq!(everything.scalar, Some(Scalar::Integer(u64::MAX.into())));
    assert_eq!(everything.letter, Some('é'));
    assert_eq!(everything.nested.unwrap().flag, None);
    assert_eq!(everything.plain, Plain::SecondOne);
}

#[test]
fn floats_are_the_nearest_ones() {
    for text in [
        "0.1",
        "1.5",
        "99.95",
        "0.30000000000000004",
        "1e19",
        "1e38",
        "3.5e38",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "9007199254740993e-5",
        "1e-300",
        "123e100",
        "18446744073709551615e280",
        "9007199254740993e22",
        "1e23",
        "8.5e-30",
        "1.0e-19",
        "9007199254740993.0",
        "18446744073709551615e-19",
        "123456789012345678.5",
        "4503599627370496.5",
        "-0.7",
        "5e-1",
        "2.2250738585072014e-2",
        "8.41e18",
        "0.000123456789",
        "1234567890.1234567",
    ] {
        let read = read(&format!(r#"{{"float":{text}}}"#)).unwrap().float.unwrap();
        assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}: {read}");
    }
}

#[test]
fn floats_of_every_size_are_the_nearest_ones() {
    let mut state = 1_u64;
    for _ in 0..20_000 {
        // Steps of a linear congruential generator, as the bits of floats.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let float = f64::from_bits(state);
        if float.is_normal() {
            let text = format!("{float:e}");
            let read = read(&format!(r#"{{"float":{text}}}"#)).unwrap().float.unwrap();
            assert_eq!(read.to_bits(), float.to_bits(), "{text}");
        }
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        "{",
        "}",
        "[]",
        "{\"flag\":tru}",
        "{\"flag\" true}",
        "{\"flag\":true,}",
        "{,}",
        "{\"flag\":true}}",
        "{\"float\":01.5}",
        "{\"float\":1.}",
        "{\"float\":.5}",
        "{\"float\":1e}",
        "{\"float\":1e309}",
        "{\"float\":--1}",
        "{\"letter\":\"\\x\"}",
        "{\"letter\":\"\\ud800\"}",
        "{\"letter\":\"\n\"}",
        "{\"letter\":\"a",
        "{\"small\":128}",
        "{\"small\":1.5}",
        "{\"scalar\":18446744073709551616}",
        "{'flag':true}",
        "{\"named\":[\"a\",]}",
        "{\"plain\":{}}",
        "{\"by-name\":{\"a\":{\"Held\":1,\"Unit\":null}}}",
    ] {
        let refused = read(text).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{text}: {refused}");
    }
}

#[test]
fn nesting_has_an_end() {
    let nested = |depth: usize| {
        format!("{}{{}}{}", r#"{"nested":"#.repeat(depth - 1), "}".repeat(depth - 1))
    };
    assert!(read(&nested(128)).is_ok());
    assert!(read(&nested(129)).is_err());
}

#[test]
fn a_mistake_has_a_place() {
    let text = |settings: &str| read(settings).unwrap_err().text().to_owned();
    assert_eq!(
        text(r#"{"nested":{"named":["a",1]}}"#),
        "nested.named[1]: expected a string, found a number"
    );
    assert_eq!(
        text(r#"{"by-name":{"x":{"Fields":{"a":300}}}}"#),
        "by-name.x.a: expected u8, found a value out of range"
    );
    assert!(text(r#"{"plain":"THIRD"}"#).starts_with("plain: unknown variant `THIRD`"));
    assert!(text(r#"{"flog":true}"#).starts_with("unknown field `flog`"));
}

#[test]
fn the_schema_follows_serde() {
    let schema = schema_of::<Everything>();
    for part in [
        r##""by-name":{"anyOf":[{"type":"object","additionalProperties":{"$ref":"#/$defs/Choice"}}"##,
        r#""float":{"description":"A number.","anyOf":[{"type":"number"},{"type":"null"}],"minimum":1,"maximum":9.5}"#,
        r##""nested":{"anyOf":[{"$ref":"#/$defs/Everything"},{"type":"null"}]}"##,
        r#""Plain":{"oneOf":[{"const":"FIRST_ONE"},{"description":"The other.","const":"SECOND_ONE"}]}"#,
        r#"{"type":"object","properties":{"Held":{"type":"integer","minimum":0,"maximum":255}},"required":["Held"],"additionalProperties":false}"#,
        r#""description":"Everything that settings are made of.""#,
    ] {
        assert!(schema.contains(part), "{part}\nis not in\n{schema}");
    }
    // All members may be left out: some are options, one has a default.
    assert!(!schema.contains(r#""required":["flag"#), "{schema}");
}
