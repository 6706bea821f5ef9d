//! The value that `mask-to-default` puts in the place of all.

use bailiwick_guest::{Array, BinaryBuilder, DataType, Exact, Field, Result, TimeUnit, calendar};

/// Of text.
pub const TEXT: &str = "XXXXXXXX";
/// Of integers of 32 and more bits; of smaller ones their greatest value.
pub const INTEGER: i64 = 999_999_999;
/// Of dates, and of timestamps but those in nanoseconds: its first moment.
pub const DATE: calendar::Date = (9999, 12, 31);
/// Of timestamps in nanoseconds, which reach no further than the year 2262.
pub const DATE_OF_NANOSECONDS: calendar::Date = (2261, 12, 31);

/// So many rows of the value. Floats, decimals and times have 0, bools false, bytes none,
/// bytes of a fixed width zeros.
///
/// # Errors
/// For a type that has no such value: a list, a struct, float16, decimal256, a duration.
pub fn column(field: &Field, rows: usize) -> Result<Array> {
    let days = |date| i128::from(calendar::days_of(date));
    let exact = match &field.data_type {
        DataType::Bool => Exact::Bool(false),
        DataType::Utf8 | DataType::LargeUtf8 => Exact::Text(TEXT.to_owned()),
        DataType::Float32 | DataType::Float64 => Exact::Float(0.0),
        DataType::Int8 => Exact::Integer(i8::MAX.into()),
        DataType::UInt8 => Exact::Integer(u8::MAX.into()),
        DataType::Int16 => Exact::Integer(i16::MAX.into()),
        DataType::UInt16 => Exact::Integer(u16::MAX.into()),
        DataType::Date32 => Exact::Integer(days(DATE)),
        DataType::Date64 => Exact::Integer(days(DATE) * 86_400_000),
        DataType::Timestamp(unit, _) => {
            let date = match unit {
                TimeUnit::Nanosecond => DATE_OF_NANOSECONDS,
                _ => DATE,
            };
            Exact::Integer(days(date) * 86_400 * i128::from(unit.per_second()))
        }
        DataType::Decimal128 { .. } | DataType::Time32(_) | DataType::Time64(_) => {
            Exact::Integer(0)
        }
        DataType::FixedSizeBinary(width) => {
            return Ok(Array::from_fixed_binary(*width, vec![0; *width as usize * rows]));
        }
        DataType::Binary | DataType::LargeBinary => {
            let mut out = BinaryBuilder::with_capacity(rows, 0);
            (0..rows).for_each(|_| out.push(&[]));
            return out.finish_as(&field.data_type);
        }
        integer if integer.is_integer() => Exact::Integer(INTEGER.into()),
        _ => {
            return Err(field.unexpected("bool, a number, a date, a time, text or bytes"));
        }
    };
    Array::filled(field, &exact, rows)
}
