//! Values of several columns as bytes that compare as the values do: to group by
//! them, to sort by them, to find them again.
//!
//! Nulls come first. Numbers, dates and times compare by value, with all NaN equal
//! and greatest, and `-0` equal to `0`; text and bytes compare bytewise, which for
//! text is the order of its characters.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::{
    Array, Batch, BinaryBuilder, BinaryColumn, Bits, BoolBuilder, BoolColumn, Column, DataType,
    Error, Field, FixedBinaryBuilder, FixedBinaryColumn, Result,
};

const NULL: u8 = 0;
const VALUE: u8 = 1;
/// Ends text and bytes, within which a 0 is followed by [`ESCAPE`].
const END: [u8; 2] = [0, 0];
const ESCAPE: u8 = 0xff;

/// What a fixed-width value becomes before its bytes compare as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Unsigned,
    Signed,
    Float,
}

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Bool(BoolColumn<'a>),
    Fixed(FixedBinaryColumn<'a>, Sign),
    Bytes(BinaryColumn<'a>),
}

/// Whether values of this type have a key: all do but lists, structs, float16 and
/// decimal256.
pub fn has_key(data_type: &DataType) -> bool {
    sign_of(data_type).is_some()
        || data_type.is_text()
        || matches!(data_type, DataType::Bool | DataType::Binary | DataType::LargeBinary)
}

fn sign_of(data_type: &DataType) -> Option<Sign> {
    use DataType as D;
    Some(match data_type {
        D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 | D::FixedSizeBinary(_) => Sign::Unsigned,
        D::Float32 | D::Float64 => Sign::Float,
        D::Int8
        | D::Int16
        | D::Int32
        | D::Int64
        | D::Decimal128 { .. }
        | D::Date32
        | D::Date64
        | D::Time32(_)
        | D::Time64(_)
        | D::Timestamp(..)
        | D::Duration(_) => Sign::Signed,
        _ => return None,
    })
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
        let values = if let Some(sign) = sign_of(data_type) {
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
        key.push(VALUE);
        match &self.values {
            Values::Bool(bools) => key.push(u8::from(bools.values().get(row))),
            Values::Fixed(values, sign) => {
                let start = key.len();
                key.extend(values.get(row).unwrap_or_default().iter().rev());
                to_ordered(key.get_mut(start..).unwrap_or_default(), *sign);
            }
            Values::Bytes(values) => {
                let mut parts = values.get(row).unwrap_or_default().split(|byte| *byte == 0);
                key.extend_from_slice(parts.next().unwrap_or_default());
                for part in parts {
                    key.extend_from_slice(&[0, ESCAPE]);
                    key.extend_from_slice(part);
                }
                key.extend_from_slice(&END);
            }
        }
    }
}

/// The keys of all columns of a batch, row by row.
pub fn key_columns(rows: &Batch) -> Result<Vec<KeyColumn<'_>>> {
    rows.columns().map(KeyColumn::new).collect()
}

/// Big-endian bytes of a value to bytes that compare as it does.
#[inline]
fn to_ordered(bytes: &mut [u8], sign: Sign) {
    let Some(first) = bytes.first().copied() else { return };
    match sign {
        Sign::Unsigned => {}
        Sign::Float if is_nan(bytes) => bytes.fill(0xff),
        Sign::Float if first & 0x80 != 0 && !is_zero(bytes) => {
            bytes.iter_mut().for_each(|byte| *byte = !*byte);
        }
        Sign::Signed | Sign::Float => {
            if let Some(first) = bytes.first_mut() {
                // A negative zero becomes a zero here: its only set bit is the sign.
                *first = if sign == Sign::Float { *first | 0x80 } else { *first ^ 0x80 };
            }
        }
    }
}

fn from_ordered(bytes: &mut [u8], sign: Sign) {
    let Some(first) = bytes.first_mut() else { return };
    match sign {
        Sign::Unsigned => {}
        Sign::Float if *first & 0x80 == 0 => bytes.iter_mut().for_each(|byte| *byte = !*byte),
        Sign::Signed | Sign::Float => *first ^= 0x80,
    }
}

fn is_zero(float: &[u8]) -> bool {
    matches!(float, [0x80, rest @ ..] if rest.iter().all(|byte| *byte == 0))
}

fn is_nan(float: &[u8]) -> bool {
    match *float {
        [a, b, c, d] => f32::from_be_bytes([a, b, c, d]).is_nan(),
        [a, b, c, d, e, f, g, h] => f64::from_be_bytes([a, b, c, d, e, f, g, h]).is_nan(),
        _ => false,
    }
}

/// A column out of keys that were written of a column of the same type, one in each
/// slice; takes each key off the front of its slice.
pub fn decode(field: &Field, keys: &mut [&[u8]]) -> Result<Array> {
    let broken = || Error::data("a key does not have the form of its column's type");
    let mut values = FixedBinaryBuilder::with_capacity(0, 0);
    let mut bytes = BinaryBuilder::with_capacity(keys.len(), 0);
    let mut bools = BoolBuilder::with_capacity(keys.len());
    let sign = sign_of(&field.data_type);
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

/// A map by keys, the same in every run.
pub type KeyMap<V> = HashMap<Box<[u8]>, V, BuildHasherDefault<KeyHasher>>;

/// A set of keys, the same in every run.
pub type KeySet = HashSet<Box<[u8]>, BuildHasherDefault<KeyHasher>>;

/// Hashes keys: multiply and rotate, eight bytes at a time. Not for keys that
/// someone chose to collide; a module's own limits bound what that costs.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyHasher(u64);

impl KeyHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        // 2⁶⁴ divided by the golden ratio, made odd: Knuth's multiplicative hashing.
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for KeyHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.add(last ^ (bytes.len() as u64) << 56);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
