//! SHA-256 (FIPS 180-4), and HMAC of it by the host.

use bailiwick_guest::{
    Array, BinaryBuilder, Column, DataType, Error, Result, Utf8Builder, pseudonym,
};
use sha2::{Digest, Sha256};

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
    // What is hashed of integers is their bytes, little-endian.
    let fixed;
    let (offsets, bytes) = if let Ok(values) = column.as_binary() {
        (values.offsets(), values.bytes())
    } else {
        let values = column.as_fixed_binary()?;
        let ends = (0..=column.len()).map(|row| u32::try_from(row * values.width()));
        fixed = ends.collect::<Result<Vec<u32>, _>>().map_err(|_| too_many())?;
        (fixed.as_slice(), values.bytes())
    };
    let hashes = match key {
        Some(key) => pseudonym::hash(key, offsets, bytes)?,
        None => {
            let mut hashes = Vec::with_capacity(column.len() * 32);
            for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
                let value = bytes.get(*start as usize..*end as usize).unwrap_or_default();
                hashes.extend_from_slice(&Sha256::digest(value));
            }
            hashes
        }
    };
    let (hashes, _) = hashes.as_chunks::<32>();
    Ok(match data_type {
        DataType::Int32 => Array::from_values(
            hashes
                .iter()
                .map(|hash| hash.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes))),
        ),
        DataType::Int64 => Array::from_values(
            hashes
                .iter()
                .map(|hash| hash.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))),
        ),
        DataType::Binary | DataType::LargeBinary => {
            let mut out = BinaryBuilder::with_capacity(column.len(), column.len() * 32);
            hashes.iter().for_each(|hash| out.push(hash));
            out.finish_as(data_type)?
        }
        _ => {
            let digit =
                |nibble: u8| char::from(nibble + if nibble < 10 { b'0' } else { b'a' - 10 });
            let mut out = Utf8Builder::with_capacity(column.len(), column.len() * 64);
            for hash in hashes {
                out.write(|out| {
                    for byte in hash {
                        out.push(digit(byte >> 4));
                        out.push(digit(byte & 15));
                    }
                });
            }
            out.finish()
        }
    })
}

fn too_many() -> Error {
    Error::data("a batch has too many rows to hash at once")
}
