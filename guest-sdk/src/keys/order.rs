//! What values of a fixed width become, so that their bytes compare as they do.

use crate::DataType;

/// How the bits of a value stand for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Unsigned,
    Signed,
    Float,
}

impl Sign {
    /// That of a type of fixed width with order.
    pub(super) fn of(data_type: &DataType) -> Option<Self> {
        use DataType as D;
        Some(match data_type {
            D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 | D::FixedSizeBinary(_) => Self::Unsigned,
            D::Float32 | D::Float64 => Self::Float,
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
            | D::Duration(_) => Self::Signed,
            _ => return None,
        })
    }
}

/// A number of so many bits to one that compares, unsigned, as it does. Only a width
/// of 32 or 64 bits is a float's.
#[inline(always)]
pub(super) fn to_ordered(bits: u64, width: u32, sign: Sign) -> u64 {
    let top = 1 << (width - 1);
    let all = u64::MAX >> (64 - width);
    match sign {
        Sign::Unsigned => bits,
        Sign::Signed => bits ^ top,
        Sign::Float => {
            let infinity: u64 = if width == 32 { 0x7f80_0000 } else { 0x7ff0_0000_0000_0000 };
            let magnitude = bits & !top;
            // A negative zero is not below zero.
            let is_negative = bits > top;
            let ordered = if is_negative { bits ^ all } else { magnitude | top };
            if magnitude > infinity { all } else { ordered }
        }
    }
}

/// The big-endian bytes that [`to_ordered`] made of a value, back to that value's.
pub(super) fn from_ordered(bytes: &mut [u8], sign: Sign) {
    let Some(first) = bytes.first_mut() else { return };
    match sign {
        Sign::Unsigned => {}
        Sign::Float if *first & 0x80 == 0 => bytes.iter_mut().for_each(|byte| *byte = !*byte),
        Sign::Signed | Sign::Float => *first ^= 0x80,
    }
}
