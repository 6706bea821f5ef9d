//! Builders of fixed width.

use std::marker::PhantomData;

use super::ValidityBuilder;
use crate::{Array, BitmapBuilder, DataType, Error, Native, Result};

/// Builds numbers, dates, times.
///
/// Where the nulls are those of an input column, [`Array::map`] is faster.
#[derive(Debug, Clone)]
pub struct PrimitiveBuilder<T> {
    // Bytes, as that is what crosses: nothing is copied when it is finished.
    bytes: Vec<u8>,
    of: PhantomData<T>,
    validity: ValidityBuilder,
}

impl<T: Native> PrimitiveBuilder<T> {
    /// An empty one with room for so many values.
    pub fn with_capacity(values: usize) -> Self {
        let bytes = Vec::with_capacity(values.saturating_mul(size_of::<T>()));
        Self { bytes, of: PhantomData, validity: ValidityBuilder::default() }
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: T) {
        self.bytes.extend_from_slice(bytemuck::bytes_of(&value));
        self.validity.push(true);
    }

    /// Adds a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.bytes.extend_from_slice(bytemuck::bytes_of(&T::zeroed()));
        self.validity.push(false);
    }

    /// Adds a value, or a null for none.
    #[inline]
    pub fn push_option(&mut self, value: Option<T>) {
        self.bytes.extend_from_slice(bytemuck::bytes_of(&value.unwrap_or_else(T::zeroed)));
        self.validity.push(value.is_some());
    }

    /// Adds several values.
    pub fn extend_from_slice(&mut self, values: &[T]) {
        self.bytes.extend_from_slice(bytemuck::cast_slice(values));
        self.validity.push_run(true, values.len());
    }

    /// Number of values and nulls so far.
    pub fn len(&self) -> usize {
        self.validity.len()
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The column.
    pub fn finish(self) -> Array {
        let array = Array::new(T::DATA_TYPE, self.validity.len(), vec![self.bytes]);
        self.validity.apply(array)
    }

    /// The column, as another type that is stored the same way, such as `date32`.
    pub fn finish_as(self, data_type: &DataType) -> Result<Array> {
        self.finish().as_type(data_type)
    }
}

/// Builds bools.
#[derive(Debug, Clone, Default)]
pub struct BoolBuilder {
    values: BitmapBuilder,
    validity: ValidityBuilder,
}

impl BoolBuilder {
    /// An empty one with room for so many values.
    pub fn with_capacity(values: usize) -> Self {
        Self { values: BitmapBuilder::with_capacity(values), validity: ValidityBuilder::default() }
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: bool) {
        self.push_option(Some(value));
    }

    /// Adds a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.push_option(None);
    }

    /// Adds a value, or a null for none.
    #[inline]
    pub fn push_option(&mut self, value: Option<bool>) {
        self.values.push(value.unwrap_or_default());
        self.validity.push(value.is_some());
    }

    /// The column.
    pub fn finish(self) -> Array {
        self.validity.apply(Array::from_bools(self.values.finish()))
    }
}

/// Builds decimals of 128 bits.
#[derive(Debug, Clone)]
pub struct DecimalBuilder {
    values: Vec<i128>,
    validity: ValidityBuilder,
    precision: u8,
    scale: i8,
}

impl DecimalBuilder {
    /// An empty one with room for so many values.
    pub fn with_capacity(values: usize, precision: u8, scale: i8) -> Self {
        let values = Vec::with_capacity(values);
        Self { values, validity: ValidityBuilder::default(), precision, scale }
    }

    /// Adds a value: the decimal times 10 to the power of the scale.
    #[inline]
    pub fn push(&mut self, value: i128) {
        self.push_option(Some(value));
    }

    /// Adds a null.
    #[inline]
    pub fn push_null(&mut self) {
        self.push_option(None);
    }

    /// Adds a value, or a null for none.
    #[inline]
    pub fn push_option(&mut self, value: Option<i128>) {
        self.values.push(value.unwrap_or_default());
        self.validity.push(value.is_some());
    }

    /// The column.
    pub fn finish(self) -> Array {
        self.validity.apply(Array::from_decimals(self.values, self.precision, self.scale))
    }
}

/// Builds bytes of one width.
#[derive(Debug, Clone)]
pub struct FixedBinaryBuilder {
    width: u32,
    bytes: Vec<u8>,
    validity: ValidityBuilder,
}

impl FixedBinaryBuilder {
    /// An empty one with room for so many values of so many bytes.
    pub fn with_capacity(values: usize, width: u32) -> Self {
        let bytes = Vec::with_capacity(values.saturating_mul(width as usize));
        Self { width, bytes, validity: ValidityBuilder::default() }
    }

    /// Adds a value of exactly the width.
    pub fn push(&mut self, value: &[u8]) -> Result<()> {
        if value.len() != self.width as usize {
            return Err(Error::data(format!(
                "a value has {} bytes in a column of {} bytes a value",
                value.len(),
                self.width
            )));
        }
        self.bytes.extend_from_slice(value);
        self.validity.push(true);
        Ok(())
    }

    /// Adds a null.
    pub fn push_null(&mut self) {
        self.bytes.resize(self.bytes.len() + self.width as usize, 0);
        self.validity.push(false);
    }

    /// The column.
    pub fn finish(self) -> Array {
        let data_type = DataType::FixedSizeBinary(self.width);
        let array = Array::new(data_type, self.validity.len(), vec![self.bytes]);
        self.validity.apply(array)
    }
}
