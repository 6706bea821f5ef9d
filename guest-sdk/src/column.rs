//! A column of any type, and what it is once its type is asked for.

use std::borrow::Cow;

use crate::storage::{Body, Storage};
use crate::view::{
    BinaryColumn, BoolColumn, Decimal128Column, FixedBinaryColumn, ListColumn, PrimitiveColumn,
    StructColumn, Utf8Column,
};
use crate::{Array, Bits, DataType, Error, Field, Native, Result};

/// A column of a batch, or a child of one: borrowed, copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    field: &'a Field,
    data: &'a Storage,
}

impl<'a> Column<'a> {
    pub(crate) fn new(field: &'a Field, data: &'a Storage) -> Self {
        Self { field, data }
    }

    /// The column's field.
    pub fn field(self) -> &'a Field {
        self.field
    }

    /// The column's name.
    pub fn name(self) -> &'a str {
        &self.field.name
    }

    /// The column's type.
    pub fn data_type(self) -> &'a DataType {
        &self.field.data_type
    }

    /// Number of values, valid or null.
    pub fn len(self) -> usize {
        self.data.length
    }

    /// Whether there are no values.
    pub fn is_empty(self) -> bool {
        self.data.length == 0
    }

    /// Number of nulls.
    pub fn null_count(self) -> usize {
        self.data.null_count
    }

    /// A set bit for each valid value; none where all of them are valid.
    pub fn validity(self) -> Option<Bits<'a>> {
        if self.data.null_count == 0 { None } else { Bits::new(&self.data.validity, self.len()) }
    }

    /// A set bit for each valid value of rows `64 * at` to `64 * at + 63`; what is said of rows
    /// behind the last means nothing.
    #[inline]
    pub fn validity_word(self, at: usize) -> u64 {
        self.validity().map_or(u64::MAX, |bits| bits.word(at))
    }

    /// Whether the value at `index` is there and valid.
    pub fn is_valid(self, index: usize) -> bool {
        index < self.len() && self.validity().is_none_or(|bits| bits.get(index))
    }

    /// The values of an integer, float, date, time, timestamp or duration column,
    /// as the type they are stored in: see [`Native`].
    pub fn as_primitive<T: Native>(self) -> Result<PrimitiveColumn<'a, T>> {
        match &self.data.body {
            Body::Fixed(values) if T::stores(self.data_type()) => {
                PrimitiveColumn::new(self, values.values()).ok_or_else(|| self.broken())
            }
            _ => Err(self.field.unexpected(T::NAMES)),
        }
    }

    /// The values of a bool column.
    pub fn as_bool(self) -> Result<BoolColumn<'a>> {
        match &self.data.body {
            Body::Bits(bits) => {
                let values = Bits::new(bits, self.len()).ok_or_else(|| self.broken())?;
                Ok(BoolColumn::new(self, values))
            }
            _ => Err(self.field.unexpected("bool")),
        }
    }

    /// The values of a utf8 or large utf8 column. Checks that they are UTF-8.
    pub fn as_utf8(self) -> Result<Utf8Column<'a>> {
        match &self.data.body {
            Body::Bytes { offsets, bytes } if self.data_type().is_text() => {
                Utf8Column::new(self, offsets.values(), bytes)
            }
            _ => Err(self.field.unexpected("utf8")),
        }
    }

    /// The values of a column of bytes or text, without a check for UTF-8.
    pub fn as_binary(self) -> Result<BinaryColumn<'a>> {
        match &self.data.body {
            Body::Bytes { offsets, bytes } => Ok(BinaryColumn::new(self, offsets.values(), bytes)),
            _ => Err(self.field.unexpected("binary or utf8")),
        }
    }

    /// The values of a fixed-size binary column, or the bytes, little-endian, of
    /// those of any other type of fixed width.
    pub fn as_fixed_binary(self) -> Result<FixedBinaryColumn<'a>> {
        match (&self.data.body, self.data_type().width()) {
            (Body::Fixed(values), Some(width)) => {
                Ok(FixedBinaryColumn::new(self, width, values.bytes()))
            }
            _ => Err(self.field.unexpected("of a type of fixed width")),
        }
    }

    /// The values of a decimal128 column.
    pub fn as_decimal128(self) -> Result<Decimal128Column<'a>> {
        match (&self.data.body, self.data_type()) {
            (Body::Fixed(values), DataType::Decimal128 { precision, scale }) => {
                Ok(Decimal128Column::new(self, values.bytes(), *precision, *scale))
            }
            _ => Err(self.field.unexpected("decimal128")),
        }
    }

    /// The values of a list or large list column.
    pub fn as_list(self) -> Result<ListColumn<'a>> {
        let child = self.field.children.first().zip(self.data.children.first());
        match (&self.data.body, child) {
            (Body::List(offsets), Some((field, data))) => {
                Ok(ListColumn::new(self, offsets.values(), Column::new(field, data)))
            }
            _ => Err(self.field.unexpected("list")),
        }
    }

    /// The values of a struct column.
    pub fn as_struct(self) -> Result<StructColumn<'a>> {
        match &self.data.body {
            Body::Struct => Ok(StructColumn::new(self, &self.field.children, &self.data.children)),
            _ => Err(self.field.unexpected("struct")),
        }
    }

    /// The bytes of each value, to hash: value `i` is the bytes from offset `i` up to the
    /// next. Of text and bytes these are themselves, of numbers, dates and times their bytes,
    /// little-endian; at a null, any.
    ///
    /// # Errors
    /// For a type that has none: bools, lists and structs.
    pub fn value_bytes(self) -> Result<(Cow<'a, [u32]>, &'a [u8])> {
        if let Ok(values) = self.as_binary() {
            return Ok((Cow::Borrowed(values.offsets()), values.bytes()));
        }
        let values = self.as_fixed_binary()?;
        let ends = (0..=self.len()).map(|row| u32::try_from(row * values.width()));
        let ends = ends.collect::<Result<Vec<u32>, _>>();
        let ends = ends.map_err(|_| Error::data("a batch has more bytes than 2³²"))?;
        Ok((Cow::Owned(ends), values.bytes()))
    }

    /// A copy of the whole column, to give back as it is or under other nulls.
    pub fn to_array(self) -> Array {
        Array::copy_of(self.field, self.data)
    }

    /// Every buffer of the column and its children, as the host sent them.
    pub fn buffers(self) -> Vec<&'a [u8]> {
        let mut buffers = Vec::new();
        self.data.buffers(&mut buffers);
        buffers
    }

    fn broken(self) -> Error {
        Error::data(format!("column \"{}\" has fewer values than its length", self.name()))
    }
}
