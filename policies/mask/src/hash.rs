//! Keyed hashes, made by the host: the key is not in here.

use bailiwick_guest::{Array, Result, Utf8Column, pseudonym};

/// Bytes of HMAC-SHA-256.
const BYTES: usize = 32;

pub(crate) fn keyed_hash(column: Utf8Column<'_>, key: &str) -> Result<Array> {
    Array::from_hex(BYTES, &pseudonym::hash(key, column.offsets(), column.text().as_bytes())?)
}
