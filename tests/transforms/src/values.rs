//! What came of a transform, in the terms of `expected/`.

use bailiwick_guest::testing::Rows;
use bailiwick_guest::{DataType, Field, calendar};
use serde_json::Value;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

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

/// A column's values as people read them: dates and times as ISO 8601 has them.
///
/// # Panics
/// As [`values`].
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub fn shown(rows: &Rows, name: &str) -> Vec<String> {
    let Ok(field) = rows.schema().field(name) else { panic!("there is no column {name:?}") };
    if field.data_type == DataType::List {
        return lists(rows, name);
    }
    let scale = match field.data_type {
        DataType::Decimal128 { scale, .. } => scale,
        _ => 0,
    };
    let text = |value: Value| match (value, &field.data_type) {
        (Value::Null, _) => "null".to_owned(),
        (Value::String(text), DataType::Float64) => text,
        (Value::String(text), _) => format!("`{}`", text.replace('|', "\\|")),
        (Value::Number(days), DataType::Date32) => {
            calendar::write_date(days.as_i64().and_then(|days| days.try_into().ok()).unwrap_or(0))
        }
        (Value::Number(time), DataType::Timestamp(_, zone)) => {
            let (time, zone) = (time.as_i64().unwrap_or(0), zone.as_ref().map_or("", |_| "Z"));
            let (days, rest) = (time.div_euclid(DAY), time.rem_euclid(DAY) / 1_000_000);
            let day = calendar::write_date(days.try_into().unwrap_or(0));
            let (hours, minutes, seconds) = (rest / 3_600, rest / 60 % 60, rest % 60);
            format!("{day}T{hours:02}:{minutes:02}:{seconds:02}{zone}")
        }
        (Value::Number(value), DataType::Decimal128 { .. }) => {
            let value = value.as_f64().unwrap_or_default() / 10_f64.powi(scale.into());
            format!("{value:.*}", usize::try_from(scale).unwrap_or_default())
        }
        (other, _) => other.to_string(),
    };
    values(rows, name).into_iter().map(text).collect()
}

/// Lists of texts.
#[expect(clippy::panic, reason = "a test fails by a panic")]
fn lists(rows: &Rows, name: &str) -> Vec<String> {
    let batch = rows.batch();
    let lists = batch.column(name).and_then(|column| column.as_list());
    let Ok(lists) = lists else { panic!("column {name:?} is no list") };
    let Ok(texts) = lists.values().as_utf8() else { panic!("column {name:?} has no texts") };
    let item = |at: usize| texts.get(at).map_or("null".to_owned(), |text| format!("`{text}`"));
    let list = |list: Option<std::ops::Range<usize>>| match list {
        Some(list) => format!("[{}]", list.map(item).collect::<Vec<_>>().join(", ")),
        None => "null".to_owned(),
    };
    (0..rows.len()).map(|row| list(lists.get(row))).collect()
}
