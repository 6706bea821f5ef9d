//! Values of several columns as bytes that compare as the values do: to group by
//! them, to sort by them, to find them again.
//!
//! Nulls come first. Numbers, dates and times compare by value, with all NaN equal
//! and greatest, and `-0` equal to `0`; text and bytes compare bytewise, which for
//! text is the order of its characters.

mod hash;
mod order;
mod records;
mod write;

use crate::{
    Array, Batch, BinaryBuilder, BinaryColumn, Bits, BoolBuilder, BoolColumn, Column, DataType,
    Error, Field, FixedBinaryBuilder, FixedBinaryColumn, Result,
};

pub use hash::{KeyHasher, KeyMap, KeySet};
use order::{Sign, from_ordered, to_ordered};
pub(crate) use records::{LONG, code, set_codes};
pub use records::{Layout, RECORDS, hash, hashes};

const NULL: u8 = 0;
const VALUE: u8 = 1;
/// Ends text and bytes, within which a 0 is followed by [`ESCAPE`].
const END: [u8; 2] = [0, 0];
const ESCAPE: u8 = 0xff;

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Bool(BoolColumn<'a>),
    Fixed(FixedBinaryColumn<'a>, Sign),
    Bytes(BinaryColumn<'a>),
}

/// Whether values of this type have a key: all do but lists, structs, float16 and
/// decimal256.
pub fn has_key(data_type: &DataType) -> bool {
    Sign::of(data_type).is_some()
        || data_type.is_text()
        || matches!(data_type, DataType::Bool | DataType::Binary | DataType::LargeBinary)
}

/// The keys of the values of one column.
#[derive(Debug, Clone, Copy)]
pub struct KeyColumn<'a> {
    values: Values<'a>,
    validity: Option<Bits<'a>>,
}

impl<'a> KeyColumn<'a> {
    /// Of a column whose type has keys.
    pub fn new(column: Column<'a>) -> Result<Self> {
        let data_type = column.data_type();
        let values = if let Some(sign) = Sign::of(data_type) {
            Values::Fixed(column.as_fixed_binary()?, sign)
        } else if let Ok(bytes) = column.as_binary() {
            Values::Bytes(bytes)
        } else if let Ok(bools) = column.as_bool() {
            Values::Bool(bools)
        } else {
            return Err(column.field().unexpected("of a type with keys"));
        };
        Ok(Self { values, validity: column.validity() })
    }

    /// Whether the row is null.
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        self.validity.is_some_and(|bits| !bits.get(row))
    }

    /// Writes the key of a row behind others.
    #[inline]
    pub fn write(&self, row: usize, key: &mut Vec<u8>) {
        if self.is_null(row) {
            key.push(NULL);
            return;
        }
        match &self.values {
            Values::Bool(bools) => {
                key.extend_from_slice(&[VALUE, u8::from(bools.values().get(row))]);
            }
            Values::Fixed(values, sign) => write::fixed(values, row, *sign, key),
            Values::Bytes(values) => write::bytes(values, row, key),
        }
    }

    /// The keys of all rows as numbers that compare as they do: a key is a byte of 1 and
    /// then, big-endian, as many bytes of its number as the type has. At a null, any
    /// number. None where the type has not 1, 2, 4 or 8 bytes a value.
    pub fn words(&self) -> Option<Vec<u64>> {
        let Values::Fixed(values, sign) = self.values else { return None };
        let (bytes, width) = (values.bytes(), values.width());
        match width {
            1 => Some(words_of::<1>(bytes, sign)),
            2 => Some(words_of::<2>(bytes, sign)),
            4 => Some(words_of::<4>(bytes, sign)),
            8 => Some(words_of::<8>(bytes, sign)),
            _ => None,
        }
    }
}

/// Bytes without a sign are big-endian as they are.
fn words_of<const WIDTH: usize>(bytes: &[u8], sign: Sign) -> Vec<u64> {
    let values = bytes.as_chunks::<WIDTH>().0.iter().map(|value| word(value));
    let width = WIDTH as u32 * 8;
    match sign {
        Sign::Unsigned => values.collect(),
        Sign::Signed => values.map(|bits| to_ordered(bits, width, Sign::Signed)).collect(),
        Sign::Float => values.map(|bits| to_ordered(bits, width, Sign::Float)).collect(),
    }
}

/// Up to 8 bytes, little-endian, as a number.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The keys of all columns of a batch, row by row.
pub fn key_columns(rows: &Batch) -> Result<Vec<KeyColumn<'_>>> {
    rows.columns().map(KeyColumn::new).collect()
}

/// A column out of keys that were written of a column of the same type, one in each
/// slice; takes each key off the front of its slice.
pub fn decode(field: &Field, keys: &mut [&[u8]]) -> Result<Array> {
    let broken = || Error::data("a key does not have the form of its column's type");
    let mut values = FixedBinaryBuilder::with_capacity(0, 0);
    let mut bytes = BinaryBuilder::with_capacity(keys.len(), 0);
    let mut bools = BoolBuilder::with_capacity(keys.len());
    let sign = Sign::of(&field.data_type);
    let width = field.data_type.width().unwrap_or(1);
    if sign.is_some() {
        let width = u32::try_from(width).map_err(|_| broken())?;
        values = FixedBinaryBuilder::with_capacity(keys.len(), width);
    }
    let is_bool = field.data_type == DataType::Bool;
    let mut scratch = Vec::new();
    for key in keys {
        let (tag, rest) = key.split_first().ok_or_else(broken)?;
        *key = rest;
        let is_null = *tag == NULL;
        match sign {
            Some(_) if is_null => values.push_null(),
            None if is_null && is_bool => bools.push_null(),
            None if is_null => bytes.push_null(),
            Some(sign) => {
                let (value, rest) = key.split_at_checked(width).ok_or_else(broken)?;
                scratch.clear();
                scratch.extend_from_slice(value);
                from_ordered(&mut scratch, sign);
                scratch.reverse();
                values.push(&scratch)?;
                *key = rest;
            }
            None if is_bool => {
                let (value, rest) = key.split_first().ok_or_else(broken)?;
                bools.push(*value != 0);
                *key = rest;
            }
            None => {
                scratch.clear();
                *key = unescape(key, &mut scratch).ok_or_else(broken)?;
                bytes.push(&scratch);
            }
        }
    }
    if is_bool {
        return Ok(bools.finish());
    }
    if sign.is_none() {
        let array = bytes.finish();
        return if field.data_type.is_text() {
            array.into_text()?.as_type(&field.data_type)
        } else {
            array.as_type(&field.data_type)
        };
    }
    Ok(values.finish().reinterpreted(field.data_type.clone()))
}

/// Takes an escaped value off the front; gives the rest.
fn unescape<'a>(mut key: &'a [u8], value: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let at = key.iter().position(|byte| *byte == 0)?;
        value.extend_from_slice(key.get(..at)?);
        let (mark, rest) = key.get(at + 1..)?.split_first()?;
        key = rest;
        if *mark == ESCAPE {
            value.push(0);
        } else {
            return Some(key);
        }
    }
}
