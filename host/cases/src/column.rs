//! Columns of a case: their type, and their values as JSON.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, new_empty_array};
use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema};
use bailiwick_governance::named_type;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::file::printable;

/// A column with its values.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) field: Arc<Field>,
    pub(crate) values: ArrayRef,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.field == other.field && self.values.as_ref() == other.values.as_ref()
    }
}

/// A column as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnText {
    name: String,
    r#type: String,
    #[serde(default = "yes")]
    nullable: bool,
    values: Vec<Value>,
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = ColumnText::deserialize(deserializer)?;
        Column::of(&text).map_err(serde::de::Error::custom)
    }
}

impl Column {
    fn of(text: &ColumnText) -> Result<Self, String> {
        let ColumnText { name, r#type, nullable, values } = text;
        let data_type = named_type(r#type)
            .map_err(|remedy| format!("column {name:?} is of no type {type:?}; {remedy}"))?;
        for (row, value) in values.iter().enumerate() {
            let (row, what) = (row + 1, type_words(&data_type));
            if value.is_null() && !nullable {
                return Err(format!(
                    "column {name:?}, row {row} is null, and the column is not nullable; give a value"
                ));
            }
            // What would be cut off in silence.
            if data_type.is_integer() && value.is_f64() {
                return Err(format!("column {name:?}, row {row} is {value}; write {what}"));
            }
        }
        let field = Arc::new(Field::new(name, data_type, *nullable));
        let values = match decoded(&field, values) {
            Ok(values) => values,
            Err(error) => {
                let alone = |value: &Value| decoded(&field, std::slice::from_ref(value)).is_err();
                let first = values.iter().position(alone);
                let row = first.map_or(String::new(), |row| format!(", row {}", row + 1));
                let what = type_words(field.data_type());
                return Err(format!("column {name:?}{row}: {}; write {what}", printable(&error)));
            }
        };
        Ok(Self { field, values })
    }

    pub(crate) fn name(&self) -> &str {
        self.field.name()
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}

/// How a value of a type is written.
fn type_words(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "true or false",
        DataType::Utf8 | DataType::LargeUtf8 => "a text",
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => {
            "bytes as hexadecimal digits in a text"
        }
        DataType::Date32 | DataType::Date64 => "a date such as \"2013-07-19\"",
        DataType::Timestamp(..) => "a time such as \"2013-07-19T12:30:00\"",
        DataType::Time32(_) | DataType::Time64(_) => "a time such as \"12:30:00\"",
        DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "a decimal number, as text where it has many digits"
        }
        DataType::List(_) | DataType::LargeList(_) => "a list in brackets",
        DataType::Struct(_) => "an object with the parts as its members",
        data_type if data_type.is_integer() => "a whole number within the type's range",
        data_type if data_type.is_floating() => "a number, or \"NaN\", \"inf\" or \"-inf\"",
        _ => "a value of the column's type",
    }
}

fn decoded(field: &Arc<Field>, values: &[Value]) -> Result<ArrayRef, String> {
    if values.is_empty() {
        return Ok(new_empty_array(field.data_type()));
    }
    let said = |error: arrow_schema::ArrowError| error.to_string();
    let mut decoder =
        ReaderBuilder::new_with_field(Arc::clone(field)).build_decoder().map_err(said)?;
    decoder.serialize(values).map_err(said)?;
    let batch = decoder.flush().map_err(said)?;
    let column = batch.and_then(|batch| batch.columns().first().cloned());
    column.ok_or_else(|| "there is nothing in it".to_owned())
}

/// Columns as a batch.
pub(crate) fn batch(columns: &[Column]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let fields: Vec<_> = columns.iter().map(|column| Arc::clone(&column.field)).collect();
    let values = columns.iter().map(|column| Arc::clone(&column.values)).collect();
    let rows = columns.first().map_or(0, Column::len);
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), values, &options)
}
