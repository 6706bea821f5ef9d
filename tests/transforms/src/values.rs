//! What came of a transform, in the terms of `expected/`.

use bailiwick_guest::testing::Rows;
use bailiwick_guest::{DataType, Field};
use serde_json::Value;

/// The type of a column, as the fixtures call it.
pub fn kind_of(field: &Field) -> String {
    match &field.data_type {
        DataType::Utf8 | DataType::LargeUtf8 => "utf8".to_owned(),
        DataType::Timestamp(_, None) => "timestamp[us]".to_owned(),
        DataType::Timestamp(_, Some(zone)) => format!("timestamp[us, {zone}]"),
        DataType::Decimal128 { .. } => "decimal".to_owned(),
        other => other.to_string(),
    }
}

/// A column's values: floats as text, bytes as hexadecimal digits, dates and times as they
/// are stored, others as JSON.
///
/// # Panics
/// If there is no such column, or its type is none that the fixtures have.
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub fn values(rows: &Rows, name: &str) -> Vec<Value> {
    fn of<T: Into<Value>>(values: Vec<Option<T>>) -> Vec<Value> {
        values.into_iter().map(|value| value.map_or(Value::Null, Into::into)).collect()
    }
    let Ok(field) = rows.schema().field(name) else { panic!("there is no column {name:?}") };
    match &field.data_type {
        DataType::Utf8 | DataType::LargeUtf8 => of(rows.texts(name)),
        DataType::Bool => of(rows.bools(name)),
        DataType::Int32 | DataType::Date32 => of(rows.values::<i32>(name)),
        DataType::Int64 | DataType::Timestamp(..) => of(rows.values::<i64>(name)),
        DataType::Float64 => {
            let text = |value: Option<f64>| value.map(|value| format!("{value:?}").to_lowercase());
            of(rows.values::<f64>(name).into_iter().map(text).collect())
        }
        DataType::Decimal128 { .. } => {
            let stored = |value: Option<i128>| value.and_then(|value| i64::try_from(value).ok());
            of(rows.decimals(name).into_iter().map(stored).collect())
        }
        DataType::Binary | DataType::FixedSizeBinary(_) => {
            let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let text = |bytes: Option<Vec<u8>>| bytes.map::<String, _>(hex);
            of(rows.bytes(name).into_iter().map(text).collect())
        }
        other => panic!("column {name:?} is of type {other}, which no test compares"),
    }
}
