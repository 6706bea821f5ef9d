//! Columns of a fixed width.

use super::common;
use crate::{Bits, Column, Native};

/// Numbers, dates, times: values of up to 8 bytes.
#[derive(Debug, Clone, Copy)]
pub struct PrimitiveColumn<'a, T> {
    column: Column<'a>,
    values: &'a [T],
}

common!(PrimitiveColumn<T: Native>, T);

impl<'a, T: Native> PrimitiveColumn<'a, T> {
    pub(crate) fn new(column: Column<'a>, values: &'a [T]) -> Option<Self> {
        values.get(..column.len()).map(|values| Self { column, values })
    }

    /// All values, one for each row; at a null, any value.
    pub fn values(self) -> &'a [T] {
        self.values
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<T> {
        if self.is_valid(index) { self.values.get(index).copied() } else { None }
    }
}

/// True or false.
#[derive(Debug, Clone, Copy)]
pub struct BoolColumn<'a> {
    column: Column<'a>,
    values: Bits<'a>,
}

common!(BoolColumn, bool);

impl<'a> BoolColumn<'a> {
    pub(crate) fn new(column: Column<'a>, values: Bits<'a>) -> Self {
        Self { column, values }
    }

    /// All values, one bit for each row; at a null, any value.
    pub fn values(self) -> Bits<'a> {
        self.values
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<bool> {
        self.is_valid(index).then(|| self.values.get(index))
    }
}

/// Decimals of 128 bits: integers, each times 10 to the power of minus the scale.
#[derive(Debug, Clone, Copy)]
pub struct Decimal128Column<'a> {
    column: Column<'a>,
    // Memory here may be aligned to 8 bytes only, so values are read bytewise.
    values: &'a [[u8; 16]],
    precision: u8,
    scale: i8,
}

common!(Decimal128Column, i128);

impl<'a> Decimal128Column<'a> {
    pub(crate) fn new(column: Column<'a>, bytes: &'a [u8], precision: u8, scale: i8) -> Self {
        Self { column, values: bytes.as_chunks().0, precision, scale }
    }

    /// Number of digits.
    pub fn precision(self) -> u8 {
        self.precision
    }

    /// Digits behind the point; negative: zeros before it.
    pub fn scale(self) -> i8 {
        self.scale
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<i128> {
        let value = self.values.get(index).filter(|_| self.is_valid(index));
        value.map(|bytes| i128::from_le_bytes(*bytes))
    }
}

/// Values of the same number of bytes each.
#[derive(Debug, Clone, Copy)]
pub struct FixedBinaryColumn<'a> {
    column: Column<'a>,
    width: usize,
    bytes: &'a [u8],
}

common!(FixedBinaryColumn, &'a [u8]);

impl<'a> FixedBinaryColumn<'a> {
    pub(crate) fn new(column: Column<'a>, width: usize, bytes: &'a [u8]) -> Self {
        Self { column, width, bytes }
    }

    /// Bytes a value.
    pub fn width(self) -> usize {
        self.width
    }

    /// All values, one behind the other; at a null, any bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<&'a [u8]> {
        if !self.is_valid(index) {
            return None;
        }
        let start = index.checked_mul(self.width)?;
        self.bytes.get(start..start.checked_add(self.width)?)
    }
}
