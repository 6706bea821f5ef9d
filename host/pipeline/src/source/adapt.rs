//! Columns of a file's types to columns of the contract's, without loss.

use arrow_array::{Array, ArrayRef};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;

/// Why a column is not of the contract's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No value of its type can be.
    Type,
    /// This row's value is not.
    Value { row: usize },
}

/// A text column as the type given. No text stands for no value.
pub(crate) fn parse_text(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Problem> {
    cast(array, wanted)
}

/// A column of a typed file as the type given.
pub(crate) fn adapt(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Problem> {
    if array.data_type() == wanted {
        return Ok(array.clone());
    }
    if !lossless(array.data_type(), wanted) {
        return Err(Problem::Type);
    }
    cast(array, wanted)
}

/// Casts, and finds the first value that did not come through.
fn cast(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Problem> {
    let options = CastOptions { safe: true, ..CastOptions::default() };
    let cast = cast_with_options(array, wanted, &options).map_err(|_| Problem::Type)?;
    if cast.null_count() != array.logical_null_count() {
        let before = array.logical_nulls();
        let lost = |row: &usize| {
            cast.is_null(*row) && before.as_ref().is_none_or(|nulls| nulls.is_valid(*row))
        };
        if let Some(row) = (0..array.len()).find(lost) {
            return Err(Problem::Value { row });
        }
    }
    Ok(cast)
}

/// Whether values of one type are values of the other, or are found out by the
/// cast itself where one is not.
fn lossless(from: &DataType, to: &DataType) -> bool {
    use DataType::{
        Binary, BinaryView, Date32, Date64, Decimal128, Dictionary, FixedSizeBinary, Float16,
        Float32, Float64, Int8, Int16, Int32, LargeBinary, LargeList, LargeUtf8, List, Struct,
        Timestamp, UInt8, UInt16, UInt32, Utf8, Utf8View,
    };
    match (from, to) {
        _ if from == to => true,
        (Dictionary(_, values), _) => lossless(values, to),
        (Utf8 | LargeUtf8 | Utf8View, Utf8 | LargeUtf8) => true,
        (Binary | LargeBinary | BinaryView | FixedSizeBinary(_), Binary | LargeBinary) => true,
        // A value that does not fit fails in the cast.
        _ if from.is_integer() && to.is_integer() => true,
        (Int8 | Int16 | UInt8 | UInt16, Float32 | Float64) => true,
        (Int32 | UInt32 | Float16 | Float32, Float64) => true,
        (Float16, Float32) => true,
        (Decimal128(from_digits, from_scale), Decimal128(to_digits, to_scale)) => {
            from_scale <= to_scale
                && i16::from(*to_digits) - i16::from(*to_scale)
                    >= i16::from(*from_digits) - i16::from(*from_scale)
        }
        (Date32, Date64) => true,
        (Timestamp(from_unit, from_zone), Timestamp(to_unit, to_zone)) => {
            // Units are ordered from seconds to nanoseconds.
            from_unit <= to_unit && zone(from_zone.as_deref()) == zone(to_zone.as_deref())
        }
        (List(from) | LargeList(from), List(to) | LargeList(to)) => {
            lossless(from.data_type(), to.data_type())
        }
        (Struct(from), Struct(to)) => {
            from.len() == to.len()
                && from.iter().zip(to).all(|(from, to)| {
                    from.name() == to.name() && lossless(from.data_type(), to.data_type())
                })
        }
        _ => false,
    }
}

/// The names of one zone are one.
fn zone(zone: Option<&str>) -> Option<&str> {
    match zone {
        Some("UTC" | "+00:00" | "Z" | "Etc/UTC") => Some("UTC"),
        other => other,
    }
}
