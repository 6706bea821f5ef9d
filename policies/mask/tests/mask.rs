//! Each method of `mask`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used)]

use bailiwick_guest::testing::{Rows, map, plan_map, set_key};
use bailiwick_guest::{DataType, Error, Field, Schema, TimeUnit, schema_of};
use bailiwick_policy_mask::{Mask, Method};

fn texts(settings: &str, values: &[Option<&str>]) -> Vec<Option<String>> {
    let rows = Rows::new().column("c", values.iter().copied());
    map::<Mask>(settings, &rows).unwrap().texts("c")
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|value| Some((*value).to_owned())).collect()
}

#[test]
fn null_hides_every_type_and_makes_the_column_nullable() {
    let field = Field::new("c", DataType::Int64).required();
    let plan = plan_map::<Mask>(r#"{"method":"null"}"#, &Schema::new([field])).unwrap();
    assert!(plan.writes.iter().all(|field| field.nullable));
    let rows = Rows::new().column("c", [1_i64, 2]);
    let out = map::<Mask>(r#"{"method":"null"}"#, &rows).unwrap();
    assert_eq!(out.values::<i64>("c"), [None, None]);
}

#[test]
fn fixed_values_have_the_columns_type_and_nulls_stay() {
    let text = r#"{"method":"fixed","value":"hidden"}"#;
    assert_eq!(texts(text, &[Some("a"), None]), [Some("hidden".to_owned()), None]);
    let rows = Rows::new().column_as("c", DataType::Date32, [Some(15_706), None]);
    let out = map::<Mask>(r#"{"method":"fixed","value":"2000-01-01"}"#, &rows).unwrap();
    assert_eq!(out.values::<i32>("c"), [Some(10_957), None]);
}

#[test]
fn a_fixed_value_of_another_type_is_refused_when_planned() {
    let schema = Schema::new([Field::new("age", DataType::UInt8)]);
    for value in ["\"x\"", "256", "-1", "1.5"] {
        let settings = format!(r#"{{"method":"fixed","value":{value}}}"#);
        let refused = plan_map::<Mask>(&settings, &schema).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{refused}");
    }
    assert!(plan_map::<Mask>(r#"{"method":"fixed","value":255}"#, &schema).is_ok());
}

#[test]
fn redact_keeps_length_and_punctuation() {
    let settings = r#"{"method":"redact"}"#;
    assert_eq!(
        texts(settings, &[Some("Jane-7 D."), Some(""), None]),
        [Some("****-* *.".to_owned()), Some(String::new()), None]
    );
    // One character outside ASCII takes the whole column another way: the same answer.
    assert_eq!(texts(settings, &[Some("Zoë-7"), Some("Jane-7")]), some(&["***-*", "****-*"]));
    assert_eq!(texts(r#"{"method":"redact","with":"█"}"#, &[Some("ab.c")]), some(&["██.█"]));
}

#[test]
fn shown_characters_stay_unless_they_are_all() {
    let first = r#"{"method":"show-first-n","n":2}"#;
    let last = r#"{"method":"show-last-n","n":2,"with":"x"}"#;
    assert_eq!(texts(first, &[Some("4111 12"), Some("41")]), some(&["41** **", "**"]));
    assert_eq!(
        texts(last, &[Some("4111 12"), Some("41"), Some("411")]),
        some(&["xxxx 12", "xx", "x11"])
    );
    assert_eq!(texts(last, &[Some("Zoë12"), Some("ë1")]), some(&["xxx12", "xx"]));
    assert_eq!(texts(r#"{"method":"show-last-n","n":0}"#, &[Some("ab")]), some(&["**"]));
}

#[test]
fn email_keeps_first_character_and_domain() {
    let given = ["jane@example.com", "j@x.org", "nobody", "@x.org", "", "\"a@b\"@c.de", "zoë@é.fr"];
    let hidden = ["j***@example.com", "j***@x.org", "***", "***", "***", "\"***@c.de", "z***@é.fr"];
    let given: Vec<_> = given.into_iter().map(Some).collect();
    assert_eq!(texts(r#"{"method":"email"}"#, &given), some(&hidden));
}

#[test]
fn dates_are_cut_to_their_part_before_1970_too() {
    let dated = |to: &str, days: [i32; 3]| {
        let rows = Rows::new().column_as("c", DataType::Date32, days);
        let settings = format!(r#"{{"method":"truncate-date","to":"{to}"}}"#);
        map::<Mask>(&settings, &rows).unwrap().values::<i32>("c")
    };
    // 2013-07-19, 1969-12-31, 2000-02-29.
    let days = [15_905, -1, 11_016];
    assert_eq!(dated("year", days), [Some(15_706), Some(-365), Some(10_957)]);
    assert_eq!(dated("month", days), [Some(15_887), Some(-31), Some(10_988)]);
    assert_eq!(dated("day", days), days.map(Some));

    let unit = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".to_owned()));
    let rows = Rows::new().column_as("c", unit, [1_i64, -1]);
    let out = map::<Mask>(r#"{"method":"truncate-date","to":"day"}"#, &rows).unwrap();
    assert_eq!(out.values::<i64>("c"), [Some(0), Some(-86_400_000_000)]);
}

#[test]
fn moments_of_one_day_and_of_many_are_cut_alike() {
    const A_DAY: i64 = 86_400_000_000_000;
    let cut = |moments: Vec<i64>| {
        let unit = DataType::Timestamp(TimeUnit::Nanosecond, None);
        let rows = Rows::new().column_as("c", unit, moments);
        let out = map::<Mask>(r#"{"method":"truncate-date","to":"day"}"#, &rows).unwrap();
        out.values::<i64>("c")
    };
    // A whole day, hour by hour, then a jump back and forth over its end.
    let mut moments: Vec<i64> = (0..240).map(|hour| hour % 24 * (A_DAY / 24)).collect();
    moments.extend((0..150).map(|at| if at % 3 == 0 { A_DAY } else { A_DAY - 1 }));
    let expected: Vec<_> =
        moments.iter().map(|moment| Some(moment.div_euclid(A_DAY) * A_DAY)).collect();
    assert_eq!(cut(moments), expected);

    // The first day and the last one do not fit into 64 bits whole, and are far apart.
    let (least, greatest) = (i64::MIN, i64::MAX);
    let ends = cut([least, greatest, least + A_DAY, greatest - A_DAY].repeat(20));
    let last = greatest.div_euclid(A_DAY) * A_DAY;
    let second = (least + A_DAY).div_euclid(A_DAY) * A_DAY;
    let expected = [Some(least), Some(last), Some(second), Some(last - A_DAY)];
    assert_eq!(ends, expected.repeat(20));
}

#[test]
fn keyed_hashes_are_hmac_sha_256() {
    set_key("names", b"Jefe");
    let settings = r#"{"method":"keyed-hash","key":"names"}"#;
    // RFC 4231, test case 2.
    let given = "what do ya want for nothing?";
    let hash = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let out = texts(settings, &[Some(given), None, Some(given)]);
    assert_eq!(out, [Some(hash.to_owned()), None, Some(hash.to_owned())]);
    let rows = Rows::new().column("c", ["x"]);
    let refused = map::<Mask>(r#"{"method":"keyed-hash","key":"other"}"#, &rows).unwrap_err();
    assert!(matches!(refused, Error::Settings(_)), "{refused}");
}

#[test]
fn large_text_stays_large() {
    let rows = Rows::new().column_as("c", DataType::LargeUtf8, [Some("ab"), None]);
    let hide = r#"{"method":"redact"}"#;
    let email = r#"{"method":"email"}"#;
    assert_eq!(map::<Mask>(hide, &rows).unwrap().texts("c"), [Some("**".to_owned()), None]);
    assert_eq!(map::<Mask>(email, &rows).unwrap().texts("c"), [Some("***".to_owned()), None]);
}

#[test]
fn no_rows_give_no_rows() {
    for settings in [
        r#"{"method":"null"}"#,
        r#"{"method":"redact"}"#,
        r#"{"method":"show-last-n","n":1}"#,
        r#"{"method":"email"}"#,
    ] {
        assert!(texts(settings, &[]).is_empty());
    }
}

#[test]
fn settings_that_say_nothing_known_are_refused() {
    let rows = Rows::new().column("c", ["x"]);
    for settings in [
        "{}",
        r#"{"method":"shred"}"#,
        r#"{"method":"redact","wiht":"-"}"#,
        r#"{"method":"redact","with":"--"}"#,
        r#"{"method":"show-first-n"}"#,
        r#"{"method":"redact","n":1}"#,
        r#"{"method":"null","with":"-"}"#,
    ] {
        let refused = map::<Mask>(settings, &rows).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{settings}: {refused}");
    }
}

#[test]
fn the_schema_names_every_method() {
    let schema = schema_of::<Method>();
    for method in [
        "null",
        "fixed",
        "redact",
        "show-first-n",
        "show-last-n",
        "email",
        "truncate-date",
        "keyed-hash",
    ] {
        assert!(schema.contains(&format!(r#"{{"const":"{method}"}}"#)), "{schema}");
    }
}
