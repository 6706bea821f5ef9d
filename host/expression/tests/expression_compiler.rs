//! What expressions compile to, and what is said of those that do not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use arrow_schema::{DataType, Field, TimeUnit};
use bailiwick_expression::{
    MAX_DEPTH, MAX_TEXT_BYTES, Purpose, columns_of, compile, compile_settings, with_sources,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn fields() -> Vec<Field> {
    let field = |name: &str, data_type| Field::new(name, data_type, true);
    vec![
        field("delay", DataType::Int32),
        field("distance", DataType::Float64),
        field("fare", DataType::Decimal128(10, 2)),
        field("origin", DataType::Utf8),
        field("day", DataType::Date32),
        field("at", DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))),
        field("local", DataType::Timestamp(TimeUnit::Second, None)),
        field("late", DataType::Boolean),
        field("legs", DataType::Binary),
        field("Odd name", DataType::Int64),
        field("user", DataType::Utf8),
    ]
}

fn program(sql: &str) -> Value {
    serde_json::to_value(compile(sql, &fields(), Purpose::Value).unwrap()).unwrap()
}

fn refused(sql: &str) -> String {
    match compile(sql, &fields(), Purpose::Predicate) {
        Err(error) => error.to_string(),
        Ok(program) => panic!("{sql}: {program:?}"),
    }
}

#[test]
fn names_are_resolved_types_checked_conversions_written_out() {
    assert_eq!(
        program("delay <= 60 and distance > delay"),
        json!({
            "sql": "delay <= 60 and distance > delay",
            "columns": [
                {"name": "delay", "part": "values", "type": "integer"},
                {"name": "distance", "part": "values", "type": "float"},
            ],
            "steps": [
                {"op": "column", "integer": 0},
                {"op": "integer", "integer": 60},
                {"op": "lt", "of": [1, 0]},
                {"op": "not", "of": [2]},
                {"op": "column", "integer": 1},
                {"op": "to-float", "of": [0], "integer": 0},
                {"op": "lt", "of": [5, 4]},
                {"op": "and", "of": [3, 6]},
            ],
            "type": "bool",
        })
    );
}

#[test]
fn what_is_computed_twice_is_computed_once() {
    let steps = program("case when delay * 2 > 10 then delay * 2 end")["steps"].clone();
    let products = steps.as_array().unwrap().iter().filter(|step| step["op"] == "mul");
    assert_eq!(products.count(), 1);
}

#[test]
fn of_a_column_that_is_asked_for_presence_alone_no_value_is_read() {
    let columns = |sql| program(sql)["columns"].clone();
    assert_eq!(columns("legs is not null"), json!([{"name": "legs", "part": "presence"}]));
    assert_eq!(
        columns("(delay) is null or delay > 1"),
        json!([{"name": "delay", "part": "values", "type": "integer"}])
    );
}

#[test]
fn names_in_quotes_are_names_and_may_be_words() {
    assert_eq!(program("\"Odd name\" + 1")["columns"][0]["name"], "Odd name");
    assert_eq!(program("user || 'x'")["columns"][0]["name"], "user");
    assert_eq!(program("\"day\" + 1")["type"], "date");
}

#[test]
fn results_have_the_type_that_sql_gives_them() {
    for (sql, of) in [
        ("delay / 2", "float"),
        ("delay * 0.5", "float"),
        ("delay + 1", "integer"),
        ("fare * 2", "decimal(38,2)"),
        ("fare * 0.125", "decimal(38,5)"),
        ("fare + distance", "float"),
        ("coalesce(fare, 0)", "decimal(10,2)"),
        ("day - 7", "date"),
        ("day - date '2013-01-01'", "integer"),
        ("date_trunc('hour', at)", "timestamp(u,UTC)"),
        ("case when late then local end", "timestamp(s,)"),
        ("try_cast(origin as decimal(9,4))", "decimal(9,4)"),
        ("extract(year from at)", "integer"),
    ] {
        assert_eq!(program(sql)["type"], of, "{sql}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_to_do() {
    let mut wrong = Vec::new();
    for (sql, said) in [
        ("", "this is no SQL expression: expected: an expression, found: EOF"),
        ("delay >", "this is no SQL expression"),
        (
            "delay > 1 origin",
            "at character 11: the expression ends before `origin`: join expressions by `and` or `or`",
        ),
        (
            "delay > 1 and\n  orign = 'EWR'",
            "at line 2, character 3: there is no column `orign` among",
        ),
        (
            "origin > 1",
            "at character 10: `>` takes values of one type, found a text and an integer: write numbers without quotes and texts in single quotes, or `cast` one",
        ),
        ("delay = '1'", "`=` takes values of one type, found an integer and a text"),
        (
            "day > '2013-02-30'",
            "at character 7: `'2013-02-30'` is no date: write one as '2013-12-31'",
        ),
        (
            "at > local",
            "`>` takes values of one type, found a timestamp with a time zone and a timestamp without a time zone: without a time zone it is not known which instant one means",
        ),
        (
            "legs = 'x'",
            "at character 1: column `legs` is Binary, which expressions only ask whether it is null",
        ),
        ("delay", "the expression is an integer, expected a bool: compare it with something"),
        ("not origin", "`not` is a text, expected a bool: compare it with something"),
        ("delay and late", "`and` is an integer, expected a bool"),
        ("origin + origin = 'x'", "an operand of `+` is a text, expected a number"),
        ("upper(delay) = 'X'", "`upper` is an integer, expected a text: write `cast(… as text)`"),
        ("length(origin, 2) > 1", "`length` takes one value, found 2"),
        ("sqrt(distance) > 1", "the function `sqrt` is not supported: there are abs, ceil"),
        (
            "sum(delay) > 1",
            "`sum` is not supported: an expression sees one row; bind the module `aggregate`",
        ),
        (
            "day < current_date",
            "at character 7: `current_date` is not supported: a run must give the same whenever it is repeated, so write the value out",
        ),
        ("at < now()", "`now` is not supported"),
        ("random() < 1", "`random` is not supported"),
        ("delay in (select 1)", "a subquery is not supported"),
        ("exists (select 1)", "a subquery is not supported"),
        ("at > local + interval '1 day'", "an interval is not supported"),
        ("origin like upper('x')", "a pattern that is not a text in quotes is not supported"),
        ("origin ~ 'E'", "the operator `~` is not supported"),
        ("flight.delay > 1", "a name with a point, as in `flight.delay`, is not supported"),
        (
            "cast(delay as integer) > 1",
            "a cast to integer is not supported: cast to boolean, bigint",
        ),
        ("cast(fare as decimal(40,2)) > 1", "`decimal(40,2)` is no type of decimals"),
        (
            "cast(distance as text) = '1'",
            "a cast of a float to text is not supported: cast it to a decimal first",
        ),
        ("extract(century from at) > 1", "the part `century` of a date is not supported"),
        (
            "hour(day) = 1",
            "what `hour` is taken of is a date, expected a timestamp: a date has no time of day",
        ),
        ("delay = 99999999999999999999", "`99999999999999999999` is no integer of 64 bits"),
        ("distance = 1e999", "`1e999` is no number that a float holds"),
        ("true", "the expression names no column, so it is the same in every row"),
    ] {
        let error = refused(sql);
        if !error.contains(said) {
            wrong.push(format!("{sql}\n  found    {error}\n  expected {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_expression_has_a_size_and_a_depth() {
    let chain = |terms: usize| format!("delay > 0{}", " or delay > 0".repeat(terms));
    assert!(compile(&chain(MAX_DEPTH - 2), &fields(), Purpose::Predicate).is_ok());
    assert!(refused(&chain(MAX_DEPTH)).contains("nests deeper than 256"));
    let nested = format!("{}late{}", "(".repeat(3_000), ")".repeat(3_000));
    assert!(refused(&nested).contains("nests deeper than"));
    let long = format!("origin = '{}'", "x".repeat(MAX_TEXT_BYTES - 11));
    assert_eq!(long.len(), MAX_TEXT_BYTES);
    assert!(compile(&long, &fields(), Purpose::Predicate).is_ok());
    assert_eq!(
        refused(&long.replacen('x', "xx", 1)),
        "the expression has 8193 bytes, at most 8192 are read: split it over several policies"
    );
}

/// Nothing takes twice as long for each level more: these would never end.
#[test]
fn what_nests_is_read_once() {
    for (open, inner, close) in [
        ("(", "late", ")"),
        ("not (", "late", ")"),
        ("coalesce(", "late", ")"),
        ("case when ", "late", " then late end"),
        ("cast(", "late", " as boolean)"),
        ("late in (", "late", ")"),
        ("(late = ", "late", ")"),
    ] {
        let nested = format!("{}{inner}{}", open.repeat(24), close.repeat(24));
        let compiled = compile(&nested, &fields(), Purpose::Predicate);
        assert!(compiled.is_ok(), "{nested}: {compiled:?}");
    }
}

#[test]
fn settings_are_compiled_where_their_schema_says_so() {
    let schema = json!({
        "type": "object",
        "properties": {
            "where": {"anyOf": [{"type": "string", "format": "sql-predicate"}, {"type": "null"}]},
            "into": {"type": "string"},
            "columns": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Value"}},
            "measures": {"type": "array", "items": {"$ref": "#/$defs/Measure"}},
        },
        "$defs": {
            "Value": {"type": "string", "format": "sql-expression"},
            "Measure": {"type": "object", "properties": {"of": {"$ref": "#/$defs/Value"}}},
        },
    });
    let settings = json!({
        "where": "delay > 1",
        "into": "delay > 1",
        "columns": {"a": "delay + 1"},
        "measures": [{"of": "fare * 2"}, {"as": "x"}],
    });
    let compiled = compile_settings(&schema, &settings, &fields()).unwrap();
    assert_eq!(compiled["into"], "delay > 1");
    assert_eq!(compiled["where"]["type"], "bool");
    assert_eq!(compiled["columns"]["a"]["type"], "integer");
    assert_eq!(compiled["measures"][0]["of"]["sql"], "fare * 2");
    assert_eq!(with_sources(&compiled), settings);
    assert_eq!(columns_of(&compiled), ["delay", "fare"]);
    assert!(columns_of(&settings).is_empty());

    let wrong = json!({"where": "delay", "measures": [{"of": "fare"}, {"of": "fair"}]});
    let errors = compile_settings(&schema, &wrong, &fields()).unwrap_err();
    let mut said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    said.sort();
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("setting `measures[1].of`: at character 1: there is no column"));
    assert!(said[1].starts_with("setting `where`: at character 1: the expression is an integer"));
}

#[test]
fn a_schema_that_refers_in_circles_ends() {
    let schema = json!({"$ref": "#", "anyOf": [{"$ref": "#"}, {"$ref": "#"}]});
    let settings = json!({"where": "delay > 1"});
    assert_eq!(compile_settings(&schema, &settings, &[]).unwrap(), settings);
}

/// Words that expressions are made of, in any order: mostly nonsense, now and then sense.
const WORDS: [&str; 40] = [
    "delay",
    "distance",
    "fare",
    "origin",
    "day",
    "at",
    "late",
    "legs",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "<",
    ">=",
    "||",
    "and",
    "or",
    "not",
    "in",
    "between",
    "is",
    "null",
    "case",
    "when",
    "then",
    "else",
    "end",
    "cast(",
    "as bigint)",
    "'2013-01-01'",
    "1",
    "2.5",
    "like",
    "coalesce(",
    "extract(year from",
];

proptest! {
    #[test]
    fn no_text_makes_it_panic(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..24), text in ".{0,60}") {
        for purpose in [Purpose::Value, Purpose::Predicate] {
            drop(compile(&words.join(" "), &fields(), purpose));
            drop(compile(&text, &fields(), purpose));
        }
    }
}
