//! Rows out of the JSON of `expected/`, and of modules' own tests.

use std::collections::BTreeMap;
use std::ops::Range;

use bailiwick_guest::testing::Rows;
use bailiwick_guest::{
    Array, DataType, Field, ListBuilder, Native, TimeUnit, Utf8Builder, calendar,
};
use serde::Deserialize;
use serde_json::Value;

/// Columns by name.
pub type Columns = BTreeMap<String, Values>;

/// The values of a column: floats as text, which is read to the last bit, or as numbers; dates
/// and times as they are stored, or as text; decimals as they are stored, or as text; others
/// as JSON.
#[derive(Debug, Clone, Deserialize)]
pub struct Values {
    /// The type, as the fixtures or contracts call it.
    pub r#type: String,
    values: Vec<Value>,
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn slice(&self, range: Range<usize>) -> &[Value] {
        self.values.get(range).unwrap_or_default()
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

fn integer<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    value.as_i64().and_then(|value| T::try_from(value).ok())
}

fn stored<T: Native + TryFrom<i64>>(name: &str, data_type: DataType, values: &[Value]) -> Rows
where
    Option<T>: bailiwick_guest::testing::Literals,
{
    let text = |text: &str| match data_type {
        DataType::Date32 => calendar::parse_date(text).map(i64::from),
        _ => calendar::parse_timestamp(text, TimeUnit::Microsecond),
    };
    let of = |value: &Value| match value.as_str() {
        Some(written) => text(written).and_then(|value| T::try_from(value).ok()),
        None => integer::<T>(value),
    };
    let values: Vec<Option<T>> = values.iter().map(of).collect();
    Rows::new().column_as(name, data_type, values)
}

/// A decimal of two places, as it is stored.
fn hundredths(value: &Value) -> Option<i128> {
    let Some(text) = value.as_str() else { return integer::<i64>(value).map(i128::from) };
    let (whole, places) = text.split_once('.')?;
    format!("{whole}{places:0<2}").parse().ok()
}

/// Lists of texts.
#[expect(clippy::panic, reason = "a test fails by a panic")]
fn lists(name: &str, values: &[Value]) -> Rows {
    let mut lists = ListBuilder::with_capacity(values.len());
    let mut texts = Utf8Builder::with_capacity(0, 0);
    for value in values {
        match value.as_array() {
            Some(list) => {
                list.iter().for_each(|text| texts.push_option(text.as_str()));
                lists.push(list.len());
            }
            None => lists.push_null(),
        }
    }
    let Ok(array) = lists.finish(texts.finish()) else { panic!("column {name:?} is no list") };
    let item = Field::new("item", DataType::Utf8);
    Rows::new().array(Field::new(name, DataType::List).with_children([item]), array)
}

/// These columns' values of these rows, in that order of columns.
///
/// # Panics
/// If there is no such column, or none of its type.
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub fn rows(columns: &Columns, names: &[String], range: Range<usize>) -> Rows {
    let mut all = Rows::new();
    for name in names {
        let Some(column) = columns.get(name) else { panic!("there is no column {name:?}") };
        let values = column.slice(range.clone());
        let one = match column.r#type.as_str() {
            "float64" | "double" => Rows::new().column(name, values.iter().map(float)),
            "float32" => Rows::new()
                .column(name, values.iter().map(|value| float(value).map(|value| value as f32))),
            "int64" => Rows::new().column(name, values.iter().map(integer::<i64>)),
            "int32" => Rows::new().column(name, values.iter().map(integer::<i32>)),
            "int8" => Rows::new().column(name, values.iter().map(integer::<i8>)),
            "utf8" | "string" => Rows::new().column(name, values.iter().map(Value::as_str)),
            "bool" => Rows::new().column(name, values.iter().map(Value::as_bool)),
            "date32" | "date" => stored::<i32>(name, DataType::Date32, values),
            "timestamp" => {
                let data_type = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".to_owned()));
                stored::<i64>(name, data_type, values)
            }
            "decimal" | "decimal(20, 2)" => {
                let mut builder = bailiwick_guest::DecimalBuilder::with_capacity(0, 20, 2);
                values.iter().for_each(|value| {
                    builder.push_option(hundredths(value));
                });
                let array: Array = builder.finish();
                let field = Field::new(name, DataType::Decimal128 { precision: 20, scale: 2 });
                Rows::new().array(field, array)
            }
            "binary" => Rows::new().column(
                name,
                values.iter().map(|text| text.as_str().map(|t| t.as_bytes().to_vec())),
            ),
            "list<utf8>" | "list<string>" => lists(name, values),
            other if other.starts_with("timestamp[us") || other.starts_with("timestamp(us") => {
                let zone =
                    other.split_once(", ").map(|(_, zone)| zone.trim_end_matches([']', ')']));
                let data_type =
                    DataType::Timestamp(TimeUnit::Microsecond, zone.map(ToOwned::to_owned));
                stored::<i64>(name, data_type, values)
            }
            other => panic!("column {name:?} is of type {other:?}, which no test has"),
        };
        let batch = one.batch();
        let Ok(column) = batch.column(name) else { panic!("column {name:?} was not made") };
        all = all.array(column.field().clone(), column.to_array());
    }
    all
}
