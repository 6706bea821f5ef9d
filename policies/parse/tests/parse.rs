//! `parse`, natively, over the path that a host takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bailiwick_guest::testing::{Rows, map, plan_map};
use bailiwick_guest::{DataType, Error, TimeUnit};
use bailiwick_policy_parse::Parsing;
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;

fn parsed(settings: &str, values: &[Option<&str>]) -> bailiwick_guest::Result<Rows> {
    map::<Parsing>(settings, &Rows::new().column("c", values.iter().copied()))
}

/// What each becomes, null for what is no value.
fn or_null(settings: &str, values: &[&str]) -> Rows {
    let values: Vec<Option<&str>> = values.iter().copied().map(Some).collect();
    let settings = settings.replacen('{', r#"{"otherwise": "null", "#, 1);
    parsed(&settings, &values).unwrap()
}

fn days(date: &str) -> Option<i32> {
    let epoch = Date::constant(1970, 1, 1);
    date.parse::<Date>().ok().map(|date| (date - epoch).get_days())
}

#[test]
fn dates_by_the_first_format_that_fits() {
    let out = or_null(
        r#"{"to": "date", "formats": ["%d.%m.%Y", "%b %d, %Y", "%Y%%%m%%%d"]}"#,
        &[
            "4.7.2013",
            " 29.02.2000 ",
            "29.02.1900",
            "Jul 4, 2013",
            "DEC 31, 1969",
            "2013%1%2",
            "2013-07-04",
            "4.7.13",
            "31.4.2013",
            "1.1.2013x",
            "",
        ],
    );
    let mut expected = ["2013-07-04", "2000-02-29", "", "2013-07-04", "1969-12-31", "2013-01-02"]
        .map(days)
        .to_vec();
    expected.resize(11, None);
    assert_eq!(out.values::<i32>("c"), expected);
    let iso = or_null(r#"{"to": "date"}"#, &["2013-07-04", "04.07.2013"]);
    assert_eq!(iso.values::<i32>("c"), [days("2013-07-04"), None]);
}

#[test]
fn timestamps_with_fractions_and_offsets() {
    let micros = |text: &str| {
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let since = text.parse::<DateTime>().unwrap().duration_since(epoch);
        i64::try_from(since.as_micros()).ok()
    };
    let out = or_null(
        r#"{"to": "timestamp", "zone": "UTC", "formats": ["%d/%m/%Y %H:%M:%S.%f%z", "%d/%m/%Y %H:%M"]}"#,
        &[
            "04/07/2013 12:30:59.25+02:00",
            "4/7/2013 1:2:3.000001Z",
            "31/12/1969 23:59",
            "04/07/2013 24:00",
            "04/07/2013 12:30:59.1234567Z",
            "04/07/2013 12:30:59.25-0130",
        ],
    );
    assert_eq!(
        out.schema().fields[0].data_type,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    );
    assert_eq!(
        out.values::<i64>("c"),
        [
            micros("2013-07-04T10:30:59.25"),
            micros("2013-07-04T01:02:03.000001"),
            micros("1969-12-31T23:59:00"),
            None,
            None,
            micros("2013-07-04T14:00:59.25"),
        ]
    );
}

#[test]
fn numbers_with_marks() {
    let german = r#""decimal_mark": ",", "group_mark": "."}"#;
    let values = ["1.234,50", "-7", "+0,5", "1,2,3", ".5", "1.", "", "x", "12,345"];
    let out =
        or_null(&format!(r#"{{"to": "decimal", "precision": 8, "scale": 2, {german}"#), &values);
    assert_eq!(
        out.decimals("c"),
        [Some(123_450), Some(-700), Some(50), None, None, None, None, None, None]
    );
    let out =
        or_null(&format!(r#"{{"to": "float", {german}"#), &["1.234,5e2", "-,5", "e5", "1e999"]);
    assert_eq!(out.values::<f64>("c"), [Some(123_450.0), Some(-0.5), None, None]);
    let out = or_null(
        r#"{"to": "integer", "group_mark": " "}"#,
        &[
            "1 000",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1.0",
            "1  0",
        ],
    );
    assert_eq!(
        out.values::<i64>("c"),
        [Some(1_000), Some(i64::MAX), Some(i64::MIN), None, None, None]
    );
}

#[test]
fn bools_by_their_words() {
    let settings = r#"{"to": "bool", "true": ["Y", "yes"], "false": ["N"]}"#;
    let out = or_null(settings, &["Y", "N", "yes", "y", ""]);
    assert_eq!(out.bools("c"), [Some(true), Some(false), Some(true), None, None]);
}

#[test]
fn what_is_no_value_is_an_error_and_null_is_none() {
    let refused = parsed(r#"{"to": "integer"}"#, &[Some("1"), None, Some("x")]).unwrap_err();
    assert_eq!(
        refused,
        Error::data(
            "column \"c\": 1 of 3 texts are no such value: state `otherwise: null` to make them \
             null, or `on_fault: quarantine` to keep their rows back"
        )
    );
    let out = parsed(r#"{"to": "integer"}"#, &[Some("1"), None]).unwrap();
    assert_eq!(out.values::<i64>("c"), [Some(1), None]);
}

#[test]
fn settings_belong_to_their_type() {
    let rows = Rows::new().column("c", ["x"]);
    for settings in [
        r#"{"to": "decimal", "precision": 5}"#,
        r#"{"to": "decimal", "precision": 5, "scale": 6}"#,
        r#"{"to": "integer", "scale": 1}"#,
        r#"{"to": "date", "zone": "UTC"}"#,
        r#"{"to": "date", "formats": ["%Y-%m"]}"#,
        r#"{"to": "date", "formats": ["%Y-%m-%d %H"]}"#,
        r#"{"to": "timestamp", "formats": ["%Y-%m-%b-%d"]}"#,
        r#"{"to": "bool", "true": ["Y"]}"#,
    ] {
        let refused = plan_map::<Parsing>(settings, rows.schema()).unwrap_err();
        assert!(matches!(refused, Error::Settings(_)), "{settings}: {refused}");
    }
}

proptest! {
    #[test]
    fn integers_are_what_the_standard_library_reads(value: i64) {
        let text = value.to_string();
        let out = or_null(r#"{"to": "integer"}"#, &[&text]);
        prop_assert_eq!(out.values::<i64>("c"), [Some(value)]);
        let out = or_null(r#"{"to": "decimal", "precision": 38, "scale": 3}"#, &[&text]);
        prop_assert_eq!(out.decimals("c"), [Some(i128::from(value) * 1_000)]);
    }

    #[test]
    fn floats_are_what_the_standard_library_reads(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
        let text = value.to_string();
        let out = or_null(r#"{"to": "float"}"#, &[&text]);
        prop_assert_eq!(out.values::<f64>("c"), [Some(value)]);
    }

    #[test]
    fn dates_are_what_a_calendar_has(year in 1_i16..=9999, month in 1_i8..=12, day in 1_i8..=31) {
        let text = format!("{day}/{month}/{year:04}");
        let out = or_null(r#"{"to": "date", "formats": ["%d/%m/%Y"]}"#, &[&text]);
        let expected = Date::new(year, month, day).ok();
        let expected = expected.map(|date| (date - Date::constant(1970, 1, 1)).get_days());
        prop_assert_eq!(out.values::<i32>("c"), [expected]);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".*") {
        for settings in [
            r#"{"to": "date", "formats": ["%b%d%Y", "%Y%m%d"]}"#,
            r#"{"to": "timestamp", "formats": ["%Y%m%d%H%M%S%f%z"]}"#,
            r#"{"to": "float", "group_mark": ","}"#,
            r#"{"to": "decimal", "precision": 38, "scale": 38}"#,
        ] {
            or_null(settings, &[&text]);
        }
    }
}
