//! Expressions in the settings of a test, compiled as the planner does.

use std::sync::Arc;

use arrow_schema as arrow;
use bailiwick_expression::compile_settings;
use serde_json::Value;

use crate::{DataType, Error, Field, Result, Schema, TimeUnit};

/// The settings with a program in the place of each expression, as the module's schema
/// says where those are.
pub(super) fn compiled(schema: &str, settings: &str, input: &Schema) -> Result<String> {
    let malformed = |error: serde_json::Error| Error::Settings(error.to_string());
    let schema: Value = serde_json::from_str(schema).map_err(malformed)?;
    // What is no JSON is for the module itself to refuse.
    let Ok(given) = serde_json::from_str::<Value>(settings) else { return Ok(settings.to_owned()) };
    let fields: Vec<arrow::Field> = input.fields.iter().map(field).collect();
    let compiled = compile_settings(&schema, &given, &fields).map_err(|errors| {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::Settings(texts.join("; "))
    })?;
    // The text as it was given where there is nothing to compile: numbers keep their form.
    Ok(if compiled == given { settings.to_owned() } else { compiled.to_string() })
}

fn field(field: &Field) -> arrow::Field {
    arrow::Field::new(&field.name, data_type(field), field.nullable)
}

fn data_type(of: &Field) -> arrow::DataType {
    use arrow::DataType as A;
    match &of.data_type {
        DataType::Bool => A::Boolean,
        DataType::Int8 => A::Int8,
        DataType::UInt8 => A::UInt8,
        DataType::Int16 => A::Int16,
        DataType::UInt16 => A::UInt16,
        DataType::Int32 => A::Int32,
        DataType::UInt32 => A::UInt32,
        DataType::Int64 => A::Int64,
        DataType::UInt64 => A::UInt64,
        DataType::Float16 => A::Float16,
        DataType::Float32 => A::Float32,
        DataType::Float64 => A::Float64,
        DataType::Decimal128 { precision, scale } => A::Decimal128(*precision, *scale),
        DataType::Decimal256 { precision, scale } => A::Decimal256(*precision, *scale),
        DataType::Utf8 => A::Utf8,
        DataType::LargeUtf8 => A::LargeUtf8,
        DataType::Binary => A::Binary,
        DataType::LargeBinary => A::LargeBinary,
        DataType::FixedSizeBinary(width) => {
            A::FixedSizeBinary(i32::try_from(*width).unwrap_or(i32::MAX))
        }
        DataType::Date32 => A::Date32,
        DataType::Date64 => A::Date64,
        DataType::Time32(of) => A::Time32(unit(*of)),
        DataType::Time64(of) => A::Time64(unit(*of)),
        DataType::Timestamp(of, zone) => A::Timestamp(unit(*of), zone.as_deref().map(Arc::from)),
        DataType::Duration(of) => A::Duration(unit(*of)),
        DataType::List | DataType::LargeList => A::List(Arc::new(
            of.children.first().map_or(arrow::Field::new("", A::Null, true), field),
        )),
        DataType::Struct => A::Struct(of.children.iter().map(field).collect()),
    }
}

fn unit(unit: TimeUnit) -> arrow::TimeUnit {
    match unit {
        TimeUnit::Second => arrow::TimeUnit::Second,
        TimeUnit::Millisecond => arrow::TimeUnit::Millisecond,
        TimeUnit::Microsecond => arrow::TimeUnit::Microsecond,
        TimeUnit::Nanosecond => arrow::TimeUnit::Nanosecond,
    }
}
