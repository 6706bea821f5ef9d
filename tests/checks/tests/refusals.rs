//! Settings and columns that a check cannot work with are refused when it is planned, in
//! words that say what to do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use bailiwick_checks::plan;
use bailiwick_guest::{DataType, Field, Schema, TimeUnit};

fn refused(module: &str, columns: &[DataType], settings: &str) -> String {
    let names = ["a", "b", "c"];
    let fields = columns.iter().zip(names).map(|(of, name)| Field::new(name, of.clone()));
    match plan(module, settings, &Schema::new(fields)) {
        Ok(plan) => panic!("{module} with {settings} plans {plan:?}"),
        Err(error) => error.text().to_owned(),
    }
}

#[test]
fn what_a_check_cannot_work_with_is_refused() {
    use DataType as D;
    let time = D::Timestamp(TimeUnit::Second, None);
    let cases: [(&str, &[DataType], &str, &str); 38] = [
        ("row-count", &[], r#"{"min":1}"#, "unknown field `min`"),
        ("statistics", &[D::Utf8], r#"{"figures":["mean"]}"#, "an integer, float32, float64"),
        ("statistics", &[D::Date32], r#"{"figures":["mean"]}"#, "an integer, float32, float64"),
        ("statistics", &[D::Int8], "{}", "nothing is asked for"),
        ("statistics", &[D::Int8], r#"{"quantiles":[1.5]}"#, "between 0 and 1"),
        ("statistics", &[D::Int8], r#"{"quantiles":[0.5,0.5]}"#, "asked for twice"),
        ("statistics", &[D::Int8], r#"{"figures":["sum"],"of":"length"}"#, "text"),
        ("distinct", &[], r#"{"rules":["entropy"]}"#, "no column is bound"),
        ("distinct", &[D::Int8], r#"{"rules":[]}"#, "name at least one"),
        ("distinct", &[D::Int8], r#"{"rules":["entropy","entropy"]}"#, "names one twice"),
        ("distinct", &[D::Float16], r#"{"rules":["entropy"]}"#, "bool, a number"),
        ("length", &[D::Int8], r#"{"min":1}"#, "text, binary or a list"),
        ("length", &[D::Utf8], "{}", "neither `min` nor `max`"),
        ("length", &[D::Utf8], r#"{"min":3,"max":2}"#, "no length lies between"),
        ("length", &[D::Binary], r#"{"min":3,"unit":"characters"}"#, "leave it out"),
        ("format", &[D::Int8], r#"{"format":"uuid"}"#, "text"),
        ("format", &[D::Utf8], r#"{"format":"guid"}"#, "unknown variant `guid`"),
        ("comparison", &[D::Int8], r#"{"operator":"less"}"#, "expected two"),
        ("comparison", &[D::Int8, D::Utf8], r#"{"operator":"less"}"#, "two of one type"),
        ("comparison", &[D::Date32, time.clone()], r#"{"operator":"less"}"#, "two of one type"),
        ("comparison", &[D::Int8, D::Int8], r#"{"operator":"less","tolerance":1}"#, "for `equal`"),
        ("comparison", &[D::Int8, D::Int8], r#"{"operator":"equal","tolerance":-1}"#, "0 or more"),
        ("sequence", &[D::Bool], r#"{"order":"increasing"}"#, "a number, a date, a time or text"),
        ("sequence", &[D::Int8], "{}", "neither `order` nor `max_step`"),
        ("sequence", &[D::Int8], r#"{"strict":true,"max_step":1}"#, "without `order`"),
        ("sequence", &[D::Utf8], r#"{"max_step":1}"#, "the column is text"),
        ("sequence", &[D::Int8], r#"{"max_step":-1}"#, "0 or more"),
        ("correlation", &[D::Int8], "{}", "expected two"),
        ("correlation", &[D::Int8, D::Bool], "{}", "an integer, float32"),
        ("freshness", &[D::Int64], r#"{"reference":"2030-01-01"}"#, "a date or a timestamp"),
        (
            "freshness",
            std::slice::from_ref(&time),
            "{}",
            "set `reference`, or bind a second column",
        ),
        ("freshness", std::slice::from_ref(&time), r#"{"reference":"now"}"#, "is no time"),
        (
            "freshness",
            &[time.clone(), time.clone()],
            r#"{"reference":"2030-01-01"}"#,
            "leave out one",
        ),
        ("personal-data", &[D::Utf8], r#"{"kinds":[]}"#, "`kinds` is empty"),
        ("drift", &[D::Int8], r#"{"figures":["kolmogorov-smirnov"]}"#, "expected either"),
        (
            "drift",
            &[D::Int8],
            r#"{"figures":["population-stability"],"edges":[1,1],"shares":[0.5,0.2,0.3]}"#,
            "do not grow",
        ),
        (
            "drift",
            &[D::Int8],
            r#"{"figures":["population-stability"],"edges":[1],"shares":[0.5,0.2]}"#,
            "add up to 1",
        ),
        (
            "drift",
            &[D::Utf8],
            r#"{"figures":["kolmogorov-smirnov"],"categories":{"a":0.5}}"#,
            "texts have no edges",
        ),
    ];
    for (module, columns, settings, words) in cases {
        let found = refused(module, columns, settings);
        assert!(found.contains(words), "{module} with {settings}: {found:?} has no {words:?}");
    }
}
