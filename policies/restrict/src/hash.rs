//! SHA-256 (FIPS 180-4), and HMAC of it by the host.

use bailiwick_guest::{Array, BinaryBuilder, Column, DataType, Result, pseudonym};
use sha2::{Digest, Sha256};

/// Bytes of a hash.
const BYTES: usize = 32;

pub(crate) fn can(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Int32
            | DataType::Int64
            | DataType::Binary
            | DataType::LargeBinary
    )
}

/// The hash of each value, as one of the column's type; keyed where a key is named.
pub(crate) fn column(column: Column<'_>, key: Option<&str>) -> Result<Array> {
    let data_type = column.data_type();
    let (offsets, bytes) = column.value_bytes()?;
    let hashes = match key {
        Some(key) => pseudonym::hash(key, &offsets, bytes)?,
        None => {
            let mut hashes = Vec::with_capacity(column.len() * BYTES);
            for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
                let value = bytes.get(*start as usize..*end as usize).unwrap_or_default();
                hashes.extend_from_slice(&Sha256::digest(value));
            }
            hashes
        }
    };
    let (each, _) = hashes.as_chunks::<BYTES>();
    Ok(match data_type {
        DataType::Int32 => Array::from_values(
            each.iter()
                .map(|hash| hash.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes))),
        ),
        DataType::Int64 => Array::from_values(
            each.iter()
                .map(|hash| hash.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))),
        ),
        DataType::Binary | DataType::LargeBinary => {
            let mut out = BinaryBuilder::with_capacity(column.len(), column.len() * BYTES);
            each.iter().for_each(|hash| out.push(hash));
            out.finish_as(data_type)?
        }
        _ => Array::from_hex(BYTES, &hashes)?,
    })
}
