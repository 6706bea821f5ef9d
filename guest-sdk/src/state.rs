//! What a module holds, as bytes and back: for `state` and `merge`.

use crate::{Error, Result};

/// Writes numbers and bytes one behind the other, little-endian.
///
/// ```
/// use bailiwick_guest::state::{Reader, Writer};
///
/// let mut writer = Writer::new();
/// writer.u64(3);
/// writer.bytes(b"abc");
/// let state = writer.finish();
/// let mut reader = Reader::new(&state);
/// assert_eq!(reader.u64()?, 3);
/// assert_eq!(reader.bytes()?, b"abc");
/// assert!(reader.is_at_end());
/// # Ok::<(), bailiwick_guest::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a number.
    pub fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Writes a number.
    pub fn i128(&mut self, value: i128) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Writes a number, bit by bit.
    pub fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }

    /// Writes bytes and how many they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.u64(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what a [`Writer`] wrote, in the same order.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// At the beginning.
    pub fn new(state: &'a [u8]) -> Self {
        Self(state)
    }

    /// Whether all is read.
    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (value, rest) = self.0.split_first_chunk().ok_or_else(broken)?;
        self.0 = rest;
        Ok(*value)
    }

    /// Reads a number.
    pub fn u64(&mut self) -> Result<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Reads a number.
    pub fn i128(&mut self) -> Result<i128> {
        self.take().map(i128::from_le_bytes)
    }

    /// Reads a number, bit by bit.
    pub fn f64(&mut self) -> Result<f64> {
        self.u64().map(f64::from_bits)
    }

    /// Reads bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = usize::try_from(self.u64()?).map_err(|_| broken())?;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or_else(broken)?;
        self.0 = rest;
        Ok(bytes)
    }
}

fn broken() -> Error {
    Error::data("the state to merge is not of this module and these settings")
}
