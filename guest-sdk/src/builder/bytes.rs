//! Builders of text and of bytes.

use std::fmt;

use super::ValidityBuilder;
use crate::short_copy::append;
use crate::{Array, DataType, Result};

/// Builds bytes of any length.
///
/// All values together stay below 4 GiB, which is more than a module can address;
/// past 2 GiB the module's answer is an error, unless finished as `large binary`.
#[derive(Debug, Clone)]
pub struct BinaryBuilder {
    // Little-endian, as they cross.
    offsets: Vec<u8>,
    bytes: Vec<u8>,
    validity: ValidityBuilder,
}

impl BinaryBuilder {
    /// An empty one with room for so many values of so many bytes together.
    pub fn with_capacity(values: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity((values + 1) * 4);
        offsets.extend_from_slice(&[0; 4]);
        Self { offsets, bytes: Vec::with_capacity(bytes), validity: ValidityBuilder::default() }
    }

    /// Makes room for so many bytes more.
    pub fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: &[u8]) {
        append(&mut self.bytes, value);
        self.end(true);
    }

    /// Adds a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.end(false);
    }

    /// Adds a value, or a null for none.
    #[inline]
    pub fn push_option(&mut self, value: Option<&[u8]>) {
        append(&mut self.bytes, value.unwrap_or_default());
        self.end(value.is_some());
    }

    #[inline]
    fn end(&mut self, valid: bool) {
        // Saturated, it is past the 2 GiB that `Array` refuses.
        let offset = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.offsets.extend_from_slice(&offset.to_le_bytes());
        self.validity.push(valid);
    }

    /// Number of values and nulls so far.
    pub fn len(&self) -> usize {
        self.validity.len()
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The column, as `binary`.
    pub fn finish(self) -> Array {
        self.finish_raw(DataType::Binary)
    }

    /// The column, as `binary` or `large binary`.
    pub fn finish_as(self, data_type: &DataType) -> Result<Array> {
        self.finish().as_type(data_type)
    }

    fn finish_raw(self, data_type: DataType) -> Array {
        let array = Array::new(data_type, self.validity.len(), vec![self.offsets, self.bytes]);
        self.validity.apply(array)
    }
}

/// Builds text.
///
/// All values together stay below 4 GiB, which is more than a module can address;
/// past 2 GiB the module's answer is an error, unless finished as `large utf8`.
#[derive(Debug, Clone)]
pub struct Utf8Builder {
    // INVARIANT: each value is whole UTF-8.
    inner: BinaryBuilder,
}

impl Utf8Builder {
    /// An empty one with room for so many values of so many bytes together.
    pub fn with_capacity(values: usize, bytes: usize) -> Self {
        Self { inner: BinaryBuilder::with_capacity(values, bytes) }
    }

    /// Makes room for so many bytes more.
    pub fn reserve(&mut self, bytes: usize) {
        self.inner.reserve(bytes);
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: &str) {
        self.inner.push(value.as_bytes());
    }

    /// Adds a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.inner.push_null();
    }

    /// Adds a value, or a null for none.
    #[inline]
    pub fn push_option(&mut self, value: Option<&str>) {
        self.inner.push_option(value.map(str::as_bytes));
    }

    /// Adds a value written piece by piece, with no string in between.
    ///
    /// ```
    /// # use bailiwick_guest::Utf8Builder;
    /// let mut out = Utf8Builder::with_capacity(1, 8);
    /// out.write(|value| {
    ///     value.push('j');
    ///     value.push_str("***");
    /// });
    /// assert_eq!(out.len(), 1);
    /// ```
    #[inline]
    pub fn write(&mut self, write: impl FnOnce(&mut ValueWriter<'_>)) {
        write(&mut ValueWriter { bytes: &mut self.inner.bytes });
        self.inner.end(true);
    }

    /// Number of values and nulls so far.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// The column, as `utf8`.
    pub fn finish(self) -> Array {
        self.inner.finish_raw(DataType::Utf8)
    }

    /// The column, as `utf8` or `large utf8`: give the type of the field written.
    pub fn finish_as(self, data_type: &DataType) -> Result<Array> {
        self.finish().as_type(data_type)
    }
}

/// The value that a [`Utf8Builder`] is at.
#[derive(Debug)]
pub struct ValueWriter<'a> {
    bytes: &'a mut Vec<u8>,
}

impl ValueWriter<'_> {
    /// Adds text.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        append(self.bytes, text.as_bytes());
    }

    /// Adds a character.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    /// Adds a character several times.
    pub fn push_run(&mut self, character: char, count: usize) {
        if character.is_ascii() {
            self.bytes.resize(self.bytes.len() + count, character as u8);
        } else {
            (0..count).for_each(|_| self.push(character));
        }
    }
}

impl fmt::Write for ValueWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}
