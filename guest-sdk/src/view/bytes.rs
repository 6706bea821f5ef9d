//! Columns of text and of bytes.

use super::common;
use crate::{Bits, Column, Error, Result, lanes};

/// Bytes of any length. Offsets are 32-bit whatever the column's type.
#[derive(Debug, Clone, Copy)]
pub struct BinaryColumn<'a> {
    column: Column<'a>,
    // INVARIANT (`Storage`): never falling, the last within `bytes`; one more than
    // values, or none.
    offsets: &'a [u32],
    bytes: &'a [u8],
}

common!(BinaryColumn, &'a [u8]);

impl<'a> BinaryColumn<'a> {
    pub(crate) fn new(column: Column<'a>, offsets: &'a [u32], bytes: &'a [u8]) -> Self {
        Self { column, offsets, bytes }
    }

    /// Where each value begins in [`bytes`](Self::bytes), and where the last one
    /// ends: one more than values.
    pub fn offsets(self) -> &'a [u32] {
        if self.offsets.is_empty() { &[0] } else { self.offsets }
    }

    /// All values, one behind the other.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<&'a [u8]> {
        if !self.is_valid(index) {
            return None;
        }
        let (start, end) = (self.offsets.get(index)?, self.offsets.get(index + 1)?);
        self.bytes.get(*start as usize..*end as usize)
    }

    /// All values one by one; at a null, any bytes. Faster than `iter`.
    pub fn values(self) -> impl ExactSizeIterator<Item = &'a [u8]> + 'a {
        let ends = self.offsets.iter().skip(1);
        self.offsets.iter().zip(ends).map(move |(start, end)| {
            self.bytes.get(*start as usize..*end as usize).unwrap_or_default()
        })
    }
}

/// Text, checked. Offsets are 32-bit whatever the column's type.
#[derive(Debug, Clone, Copy)]
pub struct Utf8Column<'a> {
    column: Column<'a>,
    // INVARIANT: as in `BinaryColumn`, and each lies between two characters of `text`.
    offsets: &'a [u32],
    text: &'a str,
    is_ascii: bool,
}

common!(Utf8Column, &'a str);

impl<'a> Utf8Column<'a> {
    pub(crate) fn new(column: Column<'a>, offsets: &'a [u32], bytes: &'a [u8]) -> Result<Self> {
        let used = offsets.last().copied().unwrap_or_default() as usize;
        let bytes = bytes.get(..used).unwrap_or_default();
        let is_ascii = lanes::is_ascii(bytes);
        let refused = || Error::data(format!("column \"{}\" is not valid utf-8", column.name()));
        let text = if is_ascii {
            // SAFETY: ASCII is UTF-8.
            unsafe { std::str::from_utf8_unchecked(bytes) }
        } else {
            std::str::from_utf8(bytes).map_err(|_| refused())?
        };
        if !is_ascii && !offsets.iter().all(|offset| text.is_char_boundary(*offset as usize)) {
            return Err(refused());
        }
        Ok(Self { column, offsets, text, is_ascii })
    }

    /// Where each value begins in [`text`](Self::text), and where the last one
    /// ends: one more than values.
    pub fn offsets(self) -> &'a [u32] {
        if self.offsets.is_empty() { &[0] } else { self.offsets }
    }

    /// All values, one behind the other.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// Whether all of the text is ASCII, so that bytes are characters.
    pub fn is_ascii(self) -> bool {
        self.is_ascii
    }

    /// The value at `index`; none for null and behind the last.
    #[inline]
    pub fn get(self, index: usize) -> Option<&'a str> {
        if !self.is_valid(index) {
            return None;
        }
        let (start, end) = (self.offsets.get(index)?, self.offsets.get(index + 1)?);
        Some(self.slice(*start, *end))
    }

    /// All values one by one; at a null, any text. Faster than `iter`.
    pub fn values(self) -> impl ExactSizeIterator<Item = &'a str> + 'a {
        let ends = self.offsets.iter().skip(1);
        self.offsets.iter().zip(ends).map(move |(start, end)| self.slice(*start, *end))
    }

    #[inline]
    fn slice(self, start: u32, end: u32) -> &'a str {
        // SAFETY: both are neighbouring offsets, so `start <= end <= text.len()`, and
        // lie between characters: the invariant of `offsets`.
        unsafe { self.text.get_unchecked(start as usize..end as usize) }
    }
}
