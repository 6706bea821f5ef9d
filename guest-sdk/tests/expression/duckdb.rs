//! `expressions.txt`, whose results `compute_expected.py` had DuckDB compute.

use std::collections::BTreeMap;

use bailiwick_guest::testing::Rows;
use bailiwick_guest::{Array, DataType, DecimalBuilder, Field, TimeUnit};
use serde::Deserialize;
use serde_json::Value;

use crate::modules::{holds, values};

#[derive(Deserialize)]
struct Expected {
    columns: BTreeMap<String, Column>,
    expressions: Vec<Of>,
}

#[derive(Deserialize)]
struct Column {
    r#type: String,
    values: Vec<Value>,
}

#[derive(Deserialize)]
struct Of {
    sql: String,
    r#type: String,
    values: Vec<Value>,
}

/// The rows are repeated so often, so that they are more than are computed at once, and
/// chunks end within a word.
const TIMES: usize = 15;

fn expected() -> Expected {
    serde_json::from_str(include_str!("expected.json")).unwrap()
}

fn repeated<T>(values: &[Value], of: impl Fn(&Value) -> T) -> Vec<Option<T>> {
    let one = |value: &Value| (!value.is_null()).then(|| of(value));
    (0..TIMES).flat_map(|_| values.iter().map(one)).collect()
}

fn float(value: &Value) -> f64 {
    match value.as_str().unwrap() {
        "nan" => f64::NAN,
        bits => f64::from_bits(u64::from_str_radix(bits, 16).unwrap()),
    }
}

fn decimal(name: &str) -> DataType {
    let inside = name.strip_prefix("DECIMAL(").unwrap().strip_suffix(')').unwrap();
    let (precision, scale) = inside.split_once(',').unwrap();
    DataType::Decimal128 { precision: precision.parse().unwrap(), scale: scale.parse().unwrap() }
}

fn rows(columns: &BTreeMap<String, Column>) -> Rows {
    columns.iter().fold(Rows::new(), |rows, (name, Column { r#type, values })| match &**r#type {
        "BOOLEAN" => rows.column(name, repeated(values, |value| value.as_bool().unwrap())),
        "TINYINT" => rows.column(name, repeated(values, |value| value.as_i64().unwrap() as i8)),
        "BIGINT" => rows.column(name, repeated(values, |value| value.as_i64().unwrap())),
        "UBIGINT" => {
            let of = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
            rows.column(name, repeated(values, of))
        }
        "DOUBLE" => rows.column(name, repeated(values, float)),
        "FLOAT" => rows.column(name, repeated(values, |value| float(value) as f32)),
        "VARCHAR" => {
            rows.column(name, repeated(values, |value| value.as_str().unwrap().to_owned()))
        }
        "DATE" => {
            let days = repeated(values, |value| value.as_i64().unwrap() as i32);
            rows.column_as(name, DataType::Date32, days)
        }
        "TIMESTAMP" => {
            let unit = DataType::Timestamp(TimeUnit::Microsecond, None);
            rows.column_as(name, unit, repeated(values, |value| value.as_i64().unwrap()))
        }
        other => {
            let data_type = decimal(other);
            rows.array(Field::new(name, data_type.clone()), decimals(&data_type, values))
        }
    })
}

fn decimals(data_type: &DataType, values: &[Value]) -> Array {
    let DataType::Decimal128 { precision, scale } = data_type else { panic!("{data_type}") };
    let mut out = DecimalBuilder::with_capacity(0, *precision, *scale);
    let of = |value: &Value| value.as_str().unwrap().parse::<i128>().unwrap();
    repeated(values, of).into_iter().for_each(|value| out.push_option(value));
    out.finish()
}

/// Values of a result as text, floats by their bits but for NaN and the sign of 0.
fn shown(result: &Rows) -> Vec<Option<String>> {
    let name = "result";
    fn text<T: ToString>(values: Vec<Option<T>>) -> Vec<Option<String>> {
        values.into_iter().map(|value| value.map(|value| value.to_string())).collect()
    }
    match &result.schema().fields[0].data_type {
        DataType::Bool => text(result.bools(name)),
        DataType::Int64 | DataType::Timestamp(..) => text(result.values::<i64>(name)),
        DataType::Date32 => text(result.values::<i32>(name)),
        DataType::Float64 => {
            text(result.values::<f64>(name).into_iter().map(|value| value.map(bits)).collect())
        }
        DataType::Decimal128 { .. } => text(result.decimals(name)),
        _ => result.texts(name),
    }
}

fn bits(value: f64) -> String {
    // -0 and 0 are the same number.
    if value.is_nan() { "nan".into() } else { format!("{:016x}", (value + 0.0).to_bits()) }
}

fn data_type(of: &str) -> DataType {
    match of {
        "BOOLEAN" => DataType::Bool,
        "BIGINT" => DataType::Int64,
        "DOUBLE" => DataType::Float64,
        "VARCHAR" => DataType::Utf8,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => decimal(other),
    }
}

#[test]
fn every_expression_gives_what_duckdb_gives() {
    let Expected { columns, expressions } = expected();
    let rows = rows(&columns);
    let mut wrong = Vec::new();
    for Of { sql, r#type, values: theirs } in &expressions {
        let result = match values(sql, &rows) {
            Ok(result) => result,
            Err(error) => {
                wrong.push(format!("{sql}: {error}"));
                continue;
            }
        };
        let found = &result.schema().fields[0].data_type;
        let fits = match (found, data_type(r#type)) {
            // DuckDB's precision is its own affair, the scale is not.
            (DataType::Decimal128 { scale: a, .. }, DataType::Decimal128 { scale: b, .. }) => {
                *a == b
            }
            (found, expected) => *found == expected,
        };
        if !fits {
            wrong.push(format!("{sql}: found {found}, expected {}", r#type));
        }
        let theirs = repeated(theirs, |value| match value {
            Value::String(text) if r#type == "DOUBLE" && text != "nan" => bits(float(value)),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let ours = shown(&result);
        assert_eq!(ours.len(), theirs.len());
        if let Some(row) = (0..ours.len()).find(|row| ours[*row] != theirs[*row]) {
            wrong.push(format!(
                "{sql}: row {row}: found {:?}, expected {:?}",
                ours[row], theirs[row]
            ));
        }
        if r#type == "BOOLEAN" {
            let keeps: Vec<bool> =
                theirs.iter().map(|value| value.as_deref() == Some("true")).collect();
            assert_eq!(holds(sql, &rows).unwrap(), keeps, "{sql}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), expressions.len(), wrong.join("\n"));
}

#[test]
fn the_expressions_are_those_of_the_list() {
    let list = include_str!("expressions.txt").lines().map(str::trim);
    let list = list.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let ours: Vec<&str> =
        list.map(|line| line.split_once(" => ").map_or(line, |(ours, _)| ours)).collect();
    let computed = expected().expressions;
    assert_eq!(ours, computed.iter().map(|of| of.sql.as_str()).collect::<Vec<_>>());
}
