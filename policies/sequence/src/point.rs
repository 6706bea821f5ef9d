//! One value of a sequence, whatever its type.

use bailiwick_guest::state::{Reader, Writer};
use bailiwick_guest::{BinaryColumn, Column, DataType, Error, Result, numbers, with_native};

/// A value: two of the same column have an order.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Point {
    /// As an integer, a date, a time or a decimal is stored.
    Whole(i128),
    /// Of a float column.
    Float(f64),
    /// Of a text column.
    Text(Box<[u8]>),
}

impl Point {
    /// How far two numbers lie apart, in the column's units; exact up to 2⁵³.
    pub(crate) fn distance(&self, other: &Self) -> Option<f64> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.abs_diff(*b) as f64),
            // Of two infinities of one sign it is 0.
            (Self::Float(a), Self::Float(b)) if a == b => Some(0.0),
            (Self::Float(a), Self::Float(b)) => Some((a - b).abs()),
            _ => None,
        }
    }

    pub(crate) fn write(point: Option<&Self>, state: &mut Writer) {
        match point {
            None => state.u64(0),
            Some(Self::Whole(value)) => {
                state.u64(1);
                state.i128(*value);
            }
            Some(Self::Float(value)) => {
                state.u64(2);
                state.f64(*value);
            }
            Some(Self::Text(text)) => {
                state.u64(3);
                state.bytes(text);
            }
        }
    }

    pub(crate) fn read(state: &mut Reader<'_>) -> Result<Option<Self>> {
        Ok(match state.u64()? {
            0 => None,
            1 => Some(Self::Whole(state.i128()?)),
            2 => Some(Self::Float(state.f64()?)),
            3 => Some(Self::Text(state.bytes()?.into())),
            _ => return Err(Error::data("the state to merge is not one of this check")),
        })
    }
}

enum Values<'a> {
    Whole(Vec<i128>),
    Float(Vec<f64>),
    Text(BinaryColumn<'a>),
}

/// The values of a column.
pub(crate) struct Points<'a> {
    column: Column<'a>,
    values: Values<'a>,
}

impl<'a> Points<'a> {
    pub(crate) fn new(column: Column<'a>) -> Result<Self> {
        let data_type = column.data_type();
        let values = if data_type.is_text() {
            Values::Text(column.as_binary()?)
        } else if matches!(data_type, DataType::Float32 | DataType::Float64) {
            Values::Float(numbers::floats(column)?)
        } else if let DataType::Decimal128 { .. } = data_type {
            let bytes = column.as_fixed_binary()?.bytes().as_chunks::<16>().0;
            Values::Whole(bytes.iter().map(|bytes| i128::from_le_bytes(*bytes)).collect())
        } else {
            with_native!(
                data_type,
                T => {
                    let values = column.as_primitive::<T>()?.values();
                    Values::Whole(values.iter().map(|value| *value as i128).collect())
                },
                else return Err(column.field().unexpected("a number, a date, a time or text"))
            )
        };
        Ok(Self { column, values })
    }

    /// The value of a row; none for null.
    #[inline]
    pub(crate) fn at(&self, row: usize) -> Option<Point> {
        if !self.column.is_valid(row) {
            return None;
        }
        match &self.values {
            Values::Whole(values) => values.get(row).copied().map(Point::Whole),
            Values::Float(values) => values.get(row).copied().map(Point::Float),
            Values::Text(values) => values.get(row).map(|text| Point::Text(text.into())),
        }
    }
}
