//! What the host does for a module, if its approval says so.
//!
//! A component imports a service only if its code calls it.

/// Keyed hashes, by the *name* of a key that never enters the module.
pub mod pseudonym {
    use crate::{Error, Result};

    /// HMAC-SHA-256 of each value under the named key: value `i` is `bytes` from
    /// `offsets[i]` up to `offsets[i + 1]`, the answer has 32 bytes a value.
    ///
    /// Natively, the key is one that a test set with `testing::set_key`.
    pub fn hash(key: &str, offsets: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
        let answer = super::host::hash(key, offsets, bytes)?;
        // The host is trusted; still, a short answer must not shift values.
        if answer.len() == offsets.len().saturating_sub(1) * 32 {
            Ok(answer)
        } else {
            Err(Error::data("the host's hashes are not one for each value"))
        }
    }
}

/// Format-preserving encryption, by the *name* of a key that never enters the module.
pub mod encryption {
    use crate::{Error, Result};

    /// The fewest values that there must be of a value's length (SP 800-38G Rev. 1,
    /// section 5.1).
    pub const MIN_DOMAIN: u64 = 1_000_000;
    /// The most numerals of a value.
    pub const MAX_NUMERALS: usize = 256;
    /// The longest tweak, bytes.
    pub const MAX_TWEAK_BYTES: usize = 256;

    /// FF1 with AES (NIST SP 800-38G) of each value under the named key: value `i` is
    /// `numerals` from `offsets[i]` up to `offsets[i + 1]`, each less than `radix`, and so
    /// is what it becomes.
    ///
    /// Natively, the key is one that a test set with `testing::set_key`.
    ///
    /// # Errors
    /// If there is no such key, or the values are none that can be encrypted.
    pub fn encrypt(
        key: &str,
        radix: u32,
        tweak: &[u8],
        offsets: &[u32],
        numerals: &[u16],
    ) -> Result<Vec<u16>> {
        let answer = super::host::encrypt(key, radix, tweak, offsets, numerals)?;
        // The host is trusted; still, a short answer must not shift values.
        if answer.len() == numerals.len() {
            Ok(answer)
        } else {
            Err(Error::data("the host's numerals are not as many as were given"))
        }
    }
}

/// Words for whoever runs the pipeline: bounded, escaped, and withheld where the
/// module read labelled columns.
pub mod log {
    /// For the author.
    pub fn debug(message: &str) {
        super::host::log(super::Level::Debug, message);
    }

    /// For whoever runs the pipeline.
    pub fn info(message: &str) {
        super::host::log(super::Level::Info, message);
    }

    /// Something is odd.
    pub fn warn(message: &str) {
        super::host::log(super::Level::Warn, message);
    }
}

/// How much a logged message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// To the author.
    Debug,
    /// To whoever runs the pipeline.
    Info,
    /// Something is odd.
    Warn,
}

#[cfg(target_arch = "wasm32")]
pub(crate) mod host {
    use super::Level;
    use crate::bindings::transform::bailiwick::policy::{encryption, log, lookup, pseudonym};
    use crate::export::{batch_in, batch_out, fields_in};
    use crate::lookup::Table;
    use crate::{Error, Result, Schema, wire};

    pub(super) fn hash(key: &str, offsets: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
        pseudonym::hash(key, offsets, bytes).map_err(|error| match error {
            pseudonym::Error::NoSuchKey(text) => Error::Settings(text),
            pseudonym::Error::Malformed(text) => Error::Data(text),
        })
    }

    pub(super) fn encrypt(
        key: &str,
        radix: u32,
        tweak: &[u8],
        offsets: &[u32],
        numerals: &[u16],
    ) -> Result<Vec<u16>> {
        let answer = encryption::encrypt(key, radix, tweak, offsets, numerals);
        answer.map_err(|error| match error {
            encryption::Error::NoSuchKey(text) => Error::Settings(text),
            encryption::Error::Malformed(text) | encryption::Error::TooShort(text) => {
                Error::Data(text)
            }
        })
    }

    pub(crate) fn tables() -> Result<Vec<Table>> {
        let tables = lookup::tables().into_iter();
        let table = |table: lookup::Table| {
            Ok(Table::new(table.name, Schema::from_wire(fields_in(table.fields))?))
        };
        tables.map(table).collect()
    }

    pub(crate) fn find(table: &str, keys: wire::Batch) -> Result<wire::Matches> {
        let found = lookup::find(table, &batch_out(keys)).map_err(error)?;
        let lookup::Matches { found, several, columns } = found;
        Ok(wire::Matches { found, several, columns: batch_in(columns) })
    }

    pub(crate) fn rows(table: &str, from: u64, most: u32) -> Result<wire::Batch> {
        lookup::rows(table, from, most).map(batch_in).map_err(error)
    }

    fn error(error: lookup::Error) -> Error {
        match error {
            lookup::Error::NoSuchTable(text) => Error::Settings(text),
            lookup::Error::Malformed(text) | lookup::Error::TooLarge(text) => Error::Data(text),
        }
    }

    pub(super) fn log(level: Level, message: &str) {
        let level = match level {
            Level::Debug => log::Level::Debug,
            Level::Info => log::Level::Info,
            Level::Warn => log::Level::Warn,
        };
        log::write(level, message);
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::host;
