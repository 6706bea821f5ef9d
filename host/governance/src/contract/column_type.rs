//! The Arrow type of a contract's column, and types in the words of contracts.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, TimeUnit};
use serde_json::Value;

use super::Property;
use super::type_text::{self, Parsed};

/// Why a contract's column has no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` {found}; {remedy}")]
pub struct ColumnTypeError {
    /// The column, or the part of a nested one as `column.part`.
    pub column: String,
    /// What the contract says.
    pub found: String,
    /// What it should say.
    pub remedy: String,
}

impl ColumnTypeError {
    fn new(column: &str, found: String, remedy: impl Into<String>) -> Self {
        Self { column: column.to_owned(), found, remedy: remedy.into() }
    }
}

/// Nested columns deeper than this are refused: no data needs it, and what follows
/// a type downwards must end.
const DEEPEST: usize = 16;

/// The type of a column: `physicalType` where it is one that we know, else what
/// `logicalType` stands for. Where both speak, they must agree.
pub(super) fn of(property: &Property) -> Result<DataType, ColumnTypeError> {
    of_part(property, &property.name, 0)
}

pub(super) fn physical_is_unknown(property: &Property) -> bool {
    let nested = property.items.is_some() || !property.properties.is_empty();
    !nested
        && property
            .physical_type
            .as_deref()
            .is_some_and(|text| matches!(type_text::parse(text), Parsed::Unknown))
}

fn of_part(property: &Property, path: &str, depth: usize) -> Result<DataType, ColumnTypeError> {
    if depth > DEEPEST {
        return Err(ColumnTypeError::new(
            path,
            format!("is nested more than {DEEPEST} levels deep"),
            "flatten it",
        ));
    }
    let physical = match property
        .physical_type
        .as_deref()
        .map(|text| (text, type_text::parse(text)))
    {
        Some((text, Parsed::Wrong(remedy))) => {
            return Err(ColumnTypeError::new(path, format!("has physicalType {text:?}"), remedy));
        }
        Some((text, Parsed::Type(data_type))) => Some((text, data_type)),
        Some((_, Parsed::Unknown)) | None => None,
    };
    match (physical, property.logical_type.as_deref()) {
        (Some((_, data_type)), None) => Ok(data_type),
        (Some((text, data_type)), Some(logical)) => {
            if agree(logical, &data_type) {
                Ok(data_type)
            } else {
                Err(ColumnTypeError::new(
                    path,
                    format!(
                        "has physicalType {text:?}, which contradicts its logicalType {logical:?}"
                    ),
                    "state types that mean the same, or leave one of them out",
                ))
            }
        }
        (None, Some("array")) => {
            let Some(items) = &property.items else {
                return Err(ColumnTypeError::new(
                    path,
                    "is an array of nothing known".to_owned(),
                    "state `items`, or a physicalType such as list<string>",
                ));
            };
            let item = of_part(items, &format!("{path}.items"), depth + 1)?;
            Ok(DataType::List(Arc::new(Field::new("item", item, true))))
        }
        (None, Some("object")) => {
            if property.properties.is_empty() {
                return Err(ColumnTypeError::new(
                    path,
                    "is an object without properties".to_owned(),
                    "state `properties`, or a physicalType such as string",
                ));
            }
            let fields: Result<Vec<Field>, ColumnTypeError> = property
                .properties
                .iter()
                .map(|part| {
                    let path = format!("{path}.{}", part.name);
                    Ok(Field::new(&part.name, of_part(part, &path, depth + 1)?, true))
                })
                .collect();
            Ok(DataType::Struct(Fields::from(fields?)))
        }
        (None, Some(logical)) => default_of(logical, property).ok_or_else(|| {
            ColumnTypeError::new(
                path,
                format!("has logicalType {logical:?}, which has no type of its own here"),
                "state a physicalType such as list<float32> or string",
            )
        }),
        (None, None) => Err(match &property.physical_type {
            Some(text) => ColumnTypeError::new(
                path,
                format!("has physicalType {text:?}, which is not known, and no logicalType"),
                "state a logicalType, or a physicalType such as int64, string or decimal(18, 2)",
            ),
            None => ColumnTypeError::new(
                path,
                "has neither physicalType nor logicalType".to_owned(),
                "state one of them",
            ),
        }),
    }
}

fn default_of(logical: &str, property: &Property) -> Option<DataType> {
    Some(match logical {
        "string" => DataType::Utf8,
        "integer" => DataType::Int64,
        "number" => DataType::Float64,
        "boolean" => DataType::Boolean,
        "date" => DataType::Date32,
        "timestamp" => {
            DataType::Timestamp(TimeUnit::Microsecond, zone(&property.logical_type_options))
        }
        "time" => DataType::Time64(TimeUnit::Microsecond),
        _ => return None,
    })
}

/// The time zone of a timestamp (ODCS 3.1, `logicalTypeOptions`).
fn zone(options: &Value) -> Option<Arc<str>> {
    if options.get("timezone").and_then(Value::as_bool) != Some(true) {
        return None;
    }
    Some(options.get("defaultTimezone").and_then(Value::as_str).unwrap_or("UTC").into())
}

/// Whether values of a type can be what a logical type says. Text can hold dates,
/// times and nested values: that is how CSV and many databases keep them. In ODCS
/// 3.0 `date` stands for timestamps and times too.
fn agree(logical: &str, data_type: &DataType) -> bool {
    let text = matches!(data_type, DataType::Utf8 | DataType::LargeUtf8);
    match logical {
        "string" => {
            text || matches!(
                data_type,
                DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_)
            )
        }
        "date" => {
            text || matches!(
                data_type,
                DataType::Date32
                    | DataType::Date64
                    | DataType::Timestamp(..)
                    | DataType::Time32(_)
                    | DataType::Time64(_)
            )
        }
        "timestamp" => text || matches!(data_type, DataType::Timestamp(..)),
        "time" => text || matches!(data_type, DataType::Time32(_) | DataType::Time64(_)),
        "number" => data_type.is_numeric() || matches!(data_type, DataType::Duration(_)),
        "integer" => {
            data_type.is_integer()
                || matches!(
                    data_type,
                    DataType::Decimal128(_, 0) | DataType::Decimal256(_, 0) | DataType::Duration(_)
                )
        }
        "boolean" => matches!(data_type, DataType::Boolean),
        "array" | "vector" => {
            text || matches!(data_type, DataType::List(_) | DataType::LargeList(_))
        }
        "object" | "map" => text || matches!(data_type, DataType::Struct(_)),
        _ => true,
    }
}

/// Whether two types hold the same values: what a list calls its elements, whether
/// nested values may be null, and metadata make no difference.
pub fn same_type(a: &DataType, b: &DataType) -> bool {
    match (a, b) {
        (DataType::List(a), DataType::List(b))
        | (DataType::LargeList(a), DataType::LargeList(b)) => {
            same_type(a.data_type(), b.data_type())
        }
        (DataType::Struct(a), DataType::Struct(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| a.name() == b.name() && same_type(a.data_type(), b.data_type()))
        }
        (a, b) => a == b,
    }
}

/// The type that a text names, in the words of `physicalType`.
///
/// # Errors
/// What to write where it names none.
pub fn named_type(text: &str) -> Result<DataType, String> {
    match type_text::parse(text) {
        Parsed::Type(data_type) => Ok(data_type),
        Parsed::Wrong(remedy) => Err(remedy),
        Parsed::Unknown => {
            Err("write a type such as int64, string, timestamp(us, UTC) or decimal(18, 2)".into())
        }
    }
}

/// A type in the words that `physicalType` is written in.
pub fn type_name(data_type: &DataType) -> String {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    match data_type {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Utf8 => "string".to_owned(),
        DataType::LargeUtf8 => "large_string".to_owned(),
        DataType::LargeBinary => "large_binary".to_owned(),
        DataType::FixedSizeBinary(size) => format!("fixed_binary({size})"),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            format!("decimal({precision}, {scale})")
        }
        DataType::Date32 => "date".to_owned(),
        DataType::Time32(u) | DataType::Time64(u) => format!("time({})", unit(u)),
        DataType::Timestamp(u, None) => format!("timestamp({})", unit(u)),
        DataType::Timestamp(u, Some(zone)) => format!("timestamp({}, {zone})", unit(u)),
        DataType::Duration(u) => format!("duration({})", unit(u)),
        DataType::List(item) => format!("list<{}>", type_name(item.data_type())),
        DataType::LargeList(item) => format!("large_list<{}>", type_name(item.data_type())),
        DataType::Struct(fields) => {
            let parts: Vec<String> = fields
                .iter()
                .map(|part| format!("{}: {}", part.name(), type_name(part.data_type())))
                .collect();
            format!("struct<{}>", parts.join(", "))
        }
        // The rest is called the same in lower case: int64, float32, binary, date64.
        other => other.to_string().to_ascii_lowercase(),
    }
}
