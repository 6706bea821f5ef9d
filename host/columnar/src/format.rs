//! Types as format strings of the Arrow C data interface, and back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};

use crate::layout::{Layout, children, unsupported};
use crate::{ColumnarError, Malformed, Untrusted, WireField};

/// The deepest nesting of a type: Arrow's readers recurse over it.
const MAX_DEPTH: usize = 16;
/// The most fields of a schema, nested ones counted: far above any table, far
/// below what a hostile list could make the host allocate.
const MAX_FIELDS: usize = 10_000;
/// The longest name, format or metadata text of a declared field, bytes.
const MAX_TEXT_BYTES: usize = 4_096;

/// What a module will see of these fields, in depth-first pre-order.
///
/// Dictionaries and views appear as what they hold: see [`normalised`](crate::normalised).
///
/// # Errors
/// [`ColumnarError::UnsupportedType`] names the first column that cannot cross.
pub fn fields_to_wire(fields: &[FieldRef]) -> Result<Vec<WireField>, ColumnarError> {
    let mut wire = Vec::new();
    for field in fields {
        push_wire(field, field, 1, &mut wire)?;
    }
    Ok(wire)
}

fn push_wire(
    field: &Field,
    column: &Field,
    depth: usize,
    wire: &mut Vec<WireField>,
) -> Result<(), ColumnarError> {
    let refused = || unsupported(column.name(), column.data_type());
    // What could not come back does not go out.
    if depth > MAX_DEPTH {
        return Err(refused());
    }
    let data_type = wire_type(field.data_type());
    let format = format_of(&data_type).ok_or_else(refused)?;
    let children = children(&data_type);
    // Metadata is a hash map: sorted, so that a module is told the same every time.
    let mut metadata: Vec<_> =
        field.metadata().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    metadata.sort();
    wire.push(WireField {
        name: field.name().clone(),
        format,
        nullable: field.is_nullable(),
        children: u32::try_from(children.len()).map_err(|_| refused())?,
        metadata,
    });
    children.iter().try_for_each(|child| push_wire(child, column, depth + 1, wire))
}

/// The type in which a column crosses: dictionaries decoded, views made plain.
pub(crate) fn wire_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => wire_type(values),
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(child) => DataType::List(wire_field(child)),
        DataType::LargeList(child) => DataType::LargeList(wire_field(child)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(wire_field).collect()),
        other => other.clone(),
    }
}

pub(crate) fn wire_field(field: &FieldRef) -> FieldRef {
    let data_type = wire_type(field.data_type());
    if &data_type == field.data_type() {
        Arc::clone(field)
    } else {
        Arc::new(field.as_ref().clone().with_data_type(data_type))
    }
}

fn unit_of(unit: TimeUnit) -> char {
    match unit {
        TimeUnit::Second => 's',
        TimeUnit::Millisecond => 'm',
        TimeUnit::Microsecond => 'u',
        TimeUnit::Nanosecond => 'n',
    }
}

/// Arrow C data interface, "Data type description – format strings".
fn format_of(data_type: &DataType) -> Option<String> {
    Layout::of(data_type)?;
    Some(match data_type {
        DataType::Boolean => "b".into(),
        DataType::Int8 => "c".into(),
        DataType::UInt8 => "C".into(),
        DataType::Int16 => "s".into(),
        DataType::UInt16 => "S".into(),
        DataType::Int32 => "i".into(),
        DataType::UInt32 => "I".into(),
        DataType::Int64 => "l".into(),
        DataType::UInt64 => "L".into(),
        DataType::Float16 => "e".into(),
        DataType::Float32 => "f".into(),
        DataType::Float64 => "g".into(),
        DataType::Decimal128(precision, scale) => format!("d:{precision},{scale}"),
        DataType::Decimal256(precision, scale) => format!("d:{precision},{scale},256"),
        DataType::Utf8 => "u".into(),
        DataType::LargeUtf8 => "U".into(),
        DataType::Binary => "z".into(),
        DataType::LargeBinary => "Z".into(),
        DataType::FixedSizeBinary(width) => format!("w:{width}"),
        DataType::Date32 => "tdD".into(),
        DataType::Date64 => "tdm".into(),
        DataType::Time32(unit) | DataType::Time64(unit) => format!("tt{}", unit_of(*unit)),
        DataType::Timestamp(unit, zone) => {
            format!("ts{}:{}", unit_of(*unit), zone.as_deref().unwrap_or(""))
        }
        DataType::Duration(unit) => format!("tD{}", unit_of(*unit)),
        DataType::List(_) => "+l".into(),
        DataType::LargeList(_) => "+L".into(),
        DataType::Struct(_) => "+s".into(),
        _ => return None,
    })
}

/// The fields that a module declared, checked: known formats, children that add
/// up, unique names, bounded sizes.
///
/// # Errors
/// [`Malformed`], naming the field.
pub fn fields_from_wire(wire: Untrusted<Vec<WireField>>) -> Result<Vec<FieldRef>, ColumnarError> {
    let wire = wire.into_inner();
    if wire.len() > MAX_FIELDS {
        return Err(too_many("the declared schema", "fields", MAX_FIELDS, wire.len()).into());
    }
    for field in &wire {
        let longest = field
            .metadata
            .iter()
            .flat_map(|(key, value)| [key.len(), value.len()])
            .chain([field.name.len(), field.format.len()])
            .max()
            .unwrap_or(0);
        if longest > MAX_TEXT_BYTES {
            return Err(too_many("a declared field", "bytes", MAX_TEXT_BYTES, longest).into());
        }
    }
    let mut rest = wire.into_iter();
    let mut fields: Vec<FieldRef> = Vec::new();
    let mut names = HashSet::new();
    while let Some(next) = rest.next() {
        let field = take_field(next, &mut rest, 1)?;
        if !names.insert(field.name().clone()) {
            return Err(ColumnarError::DuplicateColumn { column: field.name().clone() });
        }
        fields.push(field);
    }
    Ok(fields)
}

fn too_many(field: &str, what: &'static str, limit: usize, found: usize) -> Malformed {
    Malformed::TooMany { field: field.into(), what, limit: limit as u64, found: found as u64 }
}

fn take_field(
    wire: WireField,
    rest: &mut std::vec::IntoIter<WireField>,
    depth: usize,
) -> Result<FieldRef, Malformed> {
    if depth > MAX_DEPTH {
        return Err(too_many("the declared schema", "levels of nesting", MAX_DEPTH, depth));
    }
    let mut inner: Vec<FieldRef> = Vec::new();
    for _ in 0..wire.children {
        let Some(child) = rest.next() else {
            return Err(Malformed::Schema { problem: "a field has fewer children than it says" });
        };
        inner.push(take_field(child, rest, depth + 1)?);
    }
    let unknown = || Malformed::Format { field: wire.name.clone(), format: wire.format.clone() };
    let data_type = match (wire.format.as_str(), inner.len()) {
        ("+s", _) => DataType::Struct(Fields::from(inner)),
        ("+l", 1) => DataType::List(inner.pop().ok_or_else(unknown)?),
        ("+L", 1) => DataType::LargeList(inner.pop().ok_or_else(unknown)?),
        ("+l" | "+L", _) => {
            return Err(Malformed::Schema { problem: "a list must have exactly one child" });
        }
        (format, 0) => type_of(format).ok_or_else(unknown)?,
        _ => return Err(Malformed::Schema { problem: "a field without nesting has children" }),
    };
    let metadata: HashMap<_, _> = wire.metadata.into_iter().collect();
    Ok(Arc::new(Field::new(wire.name, data_type, wire.nullable).with_metadata(metadata)))
}

fn time_unit(unit: &str) -> Option<TimeUnit> {
    Some(match unit {
        "s" => TimeUnit::Second,
        "m" => TimeUnit::Millisecond,
        "u" => TimeUnit::Microsecond,
        "n" => TimeUnit::Nanosecond,
        _ => return None,
    })
}

fn decimal_of(description: &str) -> Option<DataType> {
    let parts: Vec<&str> = description.split(',').collect();
    let (precision, scale, bits) = match parts.as_slice() {
        [precision, scale] | [precision, scale, "128"] => (precision, scale, 128),
        [precision, scale, "256"] => (precision, scale, 256),
        _ => return None,
    };
    let precision: u8 = precision.parse().ok()?;
    let scale: i8 = scale.parse().ok()?;
    let widest = if bits == 128 { 38 } else { 76 };
    let fits = (1..=widest).contains(&precision) && i16::from(scale) <= i16::from(precision);
    match (fits, bits) {
        (true, 128) => Some(DataType::Decimal128(precision, scale)),
        (true, _) => Some(DataType::Decimal256(precision, scale)),
        (false, _) => None,
    }
}

fn type_of(format: &str) -> Option<DataType> {
    if let Some(description) = format.strip_prefix("d:") {
        return decimal_of(description);
    }
    if let Some(width) = format.strip_prefix("w:") {
        let binary = DataType::FixedSizeBinary(width.parse().ok()?);
        return Layout::of(&binary).map(|_| binary);
    }
    if let Some((unit, zone)) = format.strip_prefix("ts").and_then(|rest| rest.split_once(':')) {
        let zone = (!zone.is_empty()).then(|| Arc::from(zone));
        return Some(DataType::Timestamp(time_unit(unit)?, zone));
    }
    if let Some(unit) = format.strip_prefix("tt") {
        let unit = time_unit(unit)?;
        return Some(match unit {
            TimeUnit::Second | TimeUnit::Millisecond => DataType::Time32(unit),
            TimeUnit::Microsecond | TimeUnit::Nanosecond => DataType::Time64(unit),
        });
    }
    if let Some(unit) = format.strip_prefix("tD") {
        return Some(DataType::Duration(time_unit(unit)?));
    }
    Some(match format {
        "b" => DataType::Boolean,
        "c" => DataType::Int8,
        "C" => DataType::UInt8,
        "s" => DataType::Int16,
        "S" => DataType::UInt16,
        "i" => DataType::Int32,
        "I" => DataType::UInt32,
        "l" => DataType::Int64,
        "L" => DataType::UInt64,
        "e" => DataType::Float16,
        "f" => DataType::Float32,
        "g" => DataType::Float64,
        "u" => DataType::Utf8,
        "U" => DataType::LargeUtf8,
        "z" => DataType::Binary,
        "Z" => DataType::LargeBinary,
        "tdD" => DataType::Date32,
        "tdm" => DataType::Date64,
        _ => return None,
    })
}
