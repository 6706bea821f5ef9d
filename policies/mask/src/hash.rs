//! Keyed hashes, made by the host: the key is not in here.

use bailiwick_guest::{Array, Error, Result, Utf8Column, pseudonym};

/// Hexadecimal digits of HMAC-SHA-256.
const DIGITS: usize = 64;

pub(crate) fn keyed_hash(column: Utf8Column<'_>, key: &str) -> Result<Array> {
    let hashes = pseudonym::hash(key, column.offsets(), column.text().as_bytes())?;
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let text = hashes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    let text = String::from_utf8(text).map_err(|_| Error::data("a hash has no digits"))?;
    let offsets = (0..=column.len()).map(|row| u32::try_from(row * DIGITS));
    let offsets: Vec<u32> =
        offsets.collect::<Result<_, _>>().map_err(|_| Error::data("too many rows in a batch"))?;
    Array::from_text(&offsets, text)
}
