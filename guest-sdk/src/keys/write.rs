//! Keys of single values: pieces of a known length where that is possible, as copying
//! those takes no call.

use super::order::{Sign, to_ordered};
use super::{END, ESCAPE, VALUE};
use crate::{BinaryColumn, FixedBinaryColumn};

/// The bytes of a word, with the mark of a value before them.
#[inline(always)]
fn marked<const WIDTH: usize, const LEN: usize>(word: [u8; WIDTH]) -> [u8; LEN] {
    let mut key = [VALUE; LEN];
    if let Some(target) = key.last_chunk_mut::<WIDTH>() {
        *target = word;
    }
    key
}

/// Writes the key of a value that is not null.
#[inline]
pub(super) fn fixed(values: &FixedBinaryColumn<'_>, row: usize, sign: Sign, key: &mut Vec<u8>) {
    let (width, bytes) = (values.width(), values.bytes());
    match width {
        8 => {
            let bits = bytes.as_chunks().0.get(row).copied().unwrap_or_default();
            let ordered = to_ordered(u64::from_le_bytes(bits), 64, sign);
            key.extend_from_slice(&marked::<8, 9>(ordered.to_be_bytes()));
        }
        4 => {
            let bits = bytes.as_chunks().0.get(row).copied().unwrap_or_default();
            let ordered = to_ordered(u32::from_le_bytes(bits).into(), 32, sign) as u32;
            key.extend_from_slice(&marked::<4, 5>(ordered.to_be_bytes()));
        }
        _ => {
            // No float is of another width.
            key.push(VALUE);
            let (first, start) = (row.saturating_mul(width), key.len());
            let value = bytes.get(first..first.saturating_add(width)).unwrap_or_default();
            key.extend(value.iter().rev());
            if let (Sign::Signed, Some(first)) = (sign, key.get_mut(start)) {
                *first ^= 0x80;
            }
        }
    }
}

/// Writes the key of a value that is not null.
#[inline]
pub(super) fn bytes(values: &BinaryColumn<'_>, row: usize, key: &mut Vec<u8>) {
    let offsets = values.offsets();
    let start = offsets.get(row).copied().unwrap_or_default() as usize;
    let end = offsets.get(row + 1).copied().unwrap_or_default() as usize;
    let len = end.saturating_sub(start);
    if len <= 8
        && let Some(chunk) = values.bytes().get(start..).and_then(<[u8]>::first_chunk::<8>)
    {
        let behind = (u64::MAX << (len * 4)) << (len * 4);
        let word = u64::from_le_bytes(*chunk) & !behind;
        if !has_zero(word | behind) {
            // What is behind the value is 0 and ends it.
            let length = key.len() + 1 + len + END.len();
            key.extend_from_slice(&marked::<8, 9>(word.to_le_bytes()));
            key.extend_from_slice(&END);
            key.truncate(length);
            return;
        }
    }
    key.push(VALUE);
    escaped(values.bytes().get(start..end).unwrap_or_default(), key);
}

/// Whether one of the word's bytes is 0.
#[inline(always)]
fn has_zero(word: u64) -> bool {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0
}

fn escaped(value: &[u8], key: &mut Vec<u8>) {
    if value.contains(&0) {
        for byte in value {
            key.push(*byte);
            if *byte == 0 {
                key.push(ESCAPE);
            }
        }
    } else {
        key.extend_from_slice(value);
    }
    key.extend_from_slice(&END);
}
