//! Settings and columns that a transform cannot work with are refused when it is planned, and
//! values that it cannot work with when they come, in words that say what to do.
#![allow(clippy::unwrap_used, clippy::panic)]

use bailiwick_guest::testing::{Rows, set_key};
use bailiwick_guest::{DataType, Field, Schema, TimeUnit};
use bailiwick_transforms::{plan, run};

fn refused(module: &str, columns: &[DataType], settings: &str) -> String {
    let names = ["a", "b", "c"];
    let fields = columns.iter().zip(names).map(|(of, name)| Field::new(name, of.clone()));
    match plan(module, settings, &Schema::new(fields)) {
        Ok(plan) => panic!("{module} with {settings} plans {plan:?}"),
        Err(error) => error.text().to_owned(),
    }
}

#[test]
fn what_a_transform_cannot_work_with_is_refused() {
    use DataType as D;
    let time = D::Timestamp(TimeUnit::Second, None);
    let zoned = D::Timestamp(TimeUnit::Second, Some("Europe/Atlantis".to_owned()));
    let cases: [(&str, &[DataType], &str, &str); 39] = [
        ("bucket", &[D::Utf8], r#"{"edges":[1],"labels":["a","b"]}"#, "a number, a date"),
        ("bucket", &[D::Int8], r#"{"edges":[1],"labels":["a"]}"#, "1 edges make 2 ranges"),
        ("bucket", &[D::Int8], r#"{"edges":[],"labels":["a"]}"#, "0 edges make 1 ranges"),
        ("bucket", &[D::Int8], r#"{"edges":[2,2],"labels":["a","b","c"]}"#, "do not grow"),
        ("bucket", &[D::Int8], r#"{"edges":[300],"labels":["a","b"]}"#, "out of the range"),
        ("bucket", &[D::Date32], r#"{"edges":["2024"],"labels":["a","b"]}"#, "give a date as"),
        ("convert-units", &[D::Utf8], r#"{"from":"m","to":"km"}"#, "an integer, float32"),
        ("convert-units", &[D::Int8], r#"{"from":"m","to":"kg"}"#, "these are mm, cm, m, km"),
        ("convert-units", &[D::Int8], r#"{"from":"parsec","to":"km"}"#, "\"parsec\" is no unit"),
        ("encrypt", &[D::Int8], r#"{"key":"k"}"#, "utf8"),
        ("encrypt", &[D::Utf8], r#"{"key":"k","alphabet":"0"}"#, "fewer than two"),
        ("encrypt", &[D::Utf8], r#"{"key":"k","alphabet":"010"}"#, "has '0' twice"),
        ("encrypt", &[D::Utf8], r#"{"key":"k","alphabet":"aßß"}"#, "has 'ß' twice"),
        ("encrypt", &[D::Utf8], "{}", "key"),
        ("local-time", std::slice::from_ref(&zoned), r#"{"zone":"UTC"}"#, "without a time zone"),
        ("local-time", &[D::Date32], r#"{"zone":"UTC"}"#, "without a time zone"),
        ("local-time", std::slice::from_ref(&time), r#"{"zone":"Atlantis"}"#, "is no time zone"),
        ("local-time", std::slice::from_ref(&time), r#"{"zone":"+2:00"}"#, "is no time zone"),
        ("local-time", std::slice::from_ref(&time), r#"{"zone":"+24:00"}"#, "is no time zone"),
        ("merge", &[D::Utf8], r#"{"columns":[],"into":"x"}"#, "names no column"),
        ("merge", &[D::Int8], r#"{"columns":["a"],"into":"x"}"#, "cast it before"),
        ("merge", &[D::Utf8], r#"{"columns":["z"],"into":"x"}"#, "no column \"z\""),
        ("project", &[D::Int8], r#"{"columns":[],"others":"keep"}"#, "names no column"),
        (
            "project",
            &[D::Int8, D::Int8],
            r#"{"columns":[{"column":"a","as":"b"}],"others":"keep"}"#,
            "two columns would be named `b`",
        ),
        ("split", &[D::Int8], r#"{"column":"a","separator":",","into":["x"]}"#, "utf8"),
        ("split", &[D::Utf8], r#"{"column":"a","separator":"","into":["x"]}"#, "is empty"),
        ("split", &[D::Utf8], r#"{"column":"a","separator":",","into":[]}"#, "names no column"),
        (
            "split",
            &[D::Utf8],
            r#"{"column":"a","separator":",","into":["x","x"]}"#,
            "two columns would be named `x`",
        ),
        ("top-k", &[D::Int8], r#"{"order_by":[],"k":1}"#, "`order_by` names no column"),
        ("top-k", &[D::Int8], r#"{"order_by":[{"column":"a"}],"k":0}"#, "from 1 to 65536"),
        ("top-k", &[D::Int8], r#"{"order_by":[{"column":"a"}],"k":65537}"#, "from 1 to 65536"),
        ("top-k", &[D::Float16], r#"{"order_by":[{"column":"a"}],"k":1}"#, "no list, no struct"),
        (
            "top-k",
            &[D::Int8],
            r#"{"order_by":[{"column":"a"}],"k":1,"rank":"a"}"#,
            "two columns would be named `a`",
        ),
        ("window", &[D::Int8], &window(1, "day", ""), "a timestamp or date32"),
        ("window", &[D::Date32], &window(1, "hour", ""), "windows are of days and more"),
        ("window", std::slice::from_ref(&time), &window(0, "day", ""), "at least 1"),
        (
            "window",
            std::slice::from_ref(&time),
            &window(1, "month", r#","origin":"2000-01-02""#),
            "a first of a month",
        ),
        (
            "window",
            std::slice::from_ref(&time),
            &window(1, "day", r#","origin":"noon""#),
            "is no time",
        ),
        ("window", std::slice::from_ref(&zoned), &window(1, "day", ""), "is no time zone"),
    ];
    for (module, columns, settings, words) in cases {
        let found = refused(module, columns, settings);
        assert!(found.contains(words), "{module} with {settings}: {found:?} has no {words:?}");
    }
}

fn window(width: u32, unit: &str, more: &str) -> String {
    format!(r#"{{"column":"a","width":{width},"unit":"{unit}","into":"w"{more}}}"#)
}

#[test]
fn values_that_cannot_be_worked_with_are_errors_that_say_what_to_do() {
    set_key("k", &[7; 16]);
    let at = |times: [i64; 1]| {
        let local = DataType::Timestamp(TimeUnit::Second, None);
        Rows::new().column_as("a", local, times)
    };
    let text = |text: &str| Rows::new().column("a", [text]);
    let berlin = r#"{"zone":"Europe/Berlin"}"#;
    let split = r#"{"column":"a","separator":",","into":["x"],"rest":"error"}"#;
    let no_others = r#"{"key":"k","others":"error"}"#;
    let cases = [
        // Clocks showed 02:30 twice on 2013-10-27, and never on 2013-03-31.
        ("local-time", at([1_382_841_000]), berlin, "showed 1 of 1 times twice"),
        ("local-time", at([1_364_697_000]), berlin, "twice and 1 never"),
        ("local-time", at([i64::MAX]), berlin, "so far off is not known"),
        ("window", at([i64::MIN + 5]), &window(1, "week", ""), "outside the range of its type"),
        ("window", at([i64::MAX]), &window(1, "month", ""), "outside the range of its type"),
        ("split", text("1,2"), split, "1 of 1 texts have more than 1 parts"),
        ("encrypt", text("12345"), r#"{"key":"k"}"#, "fewer than 6 or more than 256"),
        ("encrypt", text("123-456"), no_others, "characters that the alphabet has not"),
        ("encrypt", text("123456"), r#"{"key":"other"}"#, "no key \"other\""),
    ];
    for (module, rows, settings, words) in cases {
        let said = match run(module, settings, &[&[rows]]) {
            Ok(made) => panic!("{module} with {settings} makes {made:?}"),
            Err(error) => error.to_string(),
        };
        assert!(said.contains(words), "{module} with {settings}: {said:?} has no {words:?}");
    }
}

#[test]
fn top_rows_are_the_same_however_many_are_held() {
    // More than are held at once, in the order in which each drives out another.
    let settings = r#"{"by":["g"],"order_by":[{"column":"n","descending":true}],"k":3}"#;
    let batch = |from: i64| {
        let numbers = from..from + 1_000;
        Rows::new().column("g", numbers.clone().map(|n| n % 7)).column("n", numbers)
    };
    let batches: Vec<Rows> = (0..60).map(|at| batch(at * 1_000)).collect();
    let made = run("top-k", settings, &[&batches]).unwrap();
    let all: Vec<i64> = made.last().unwrap().values::<i64>("n").into_iter().flatten().collect();
    let last = |group: i64| (0..60_000).rev().filter(move |n| n % 7 == group).take(3);
    assert_eq!(all, (0..7).flat_map(last).collect::<Vec<i64>>());
}
