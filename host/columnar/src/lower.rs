//! Ours to the wire: the columns that a step reads, as slices of their buffers.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, make_array};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use bailiwick_terms::{Part, Read};

use crate::bits::packed;
use crate::format::{fields_to_wire, wire_field, wire_type};
use crate::layout::{Layout, unsupported};
use crate::{ColumnarError, WireNode};

/// The most bytes of one buffer that can cross: what a 32-bit offset can address.
const MAX_BUFFER_BYTES: usize = i32::MAX as usize;

/// The columns which a step reads, found once and picked from every batch.
#[derive(Debug, Clone)]
pub struct Projection {
    picked: Vec<Picked>,
    /// The fields as a module sees them.
    fields: Vec<FieldRef>,
}

impl Projection {
    /// Finds the columns to read, in that order.
    ///
    /// # Errors
    /// [`ColumnarError::MissingColumn`] or [`ColumnarError::UnsupportedType`].
    pub fn new(schema: &Schema, reads: &[Read]) -> Result<Self, ColumnarError> {
        let mut picked = Vec::with_capacity(reads.len());
        let mut fields = Vec::with_capacity(reads.len());
        for Read { column, part } in reads {
            let (index, stored) =
                schema.fields().find(column).ok_or_else(|| missing(column, schema))?;
            // A type within the column's may be what cannot cross.
            fields_to_wire(std::slice::from_ref(stored))?;
            fields.push(match part {
                Part::Values => wire_field(stored),
                Part::Presence => Arc::new(Field::new(column, DataType::Boolean, false)),
            });
            picked.push(Picked { index, stored: Arc::clone(stored), part: *part });
        }
        Ok(Self { picked, fields })
    }

    /// The fields as a module sees them: dictionaries decoded, views made plain, a
    /// column of which only the presence is read as bool.
    pub fn fields(&self) -> &[FieldRef] {
        &self.fields
    }

    /// The projected columns of a batch, ready to cross.
    ///
    /// # Errors
    /// [`ColumnarError::TypeChanged`] or [`ColumnarError::MissingColumn`] when the batch
    /// is not of the schema that the projection was made for,
    /// [`ColumnarError::TooLarge`] past 2^32 - 1 rows or 2 GiB a buffer.
    pub fn lower(&self, batch: &RecordBatch) -> Result<Lowered, ColumnarError> {
        let rows = u32::try_from(batch.num_rows()).map_err(|_| ColumnarError::TooLarge {
            what: "the number of rows of a batch",
            found: batch.num_rows(),
            limit: u32::MAX as usize,
        })?;
        let mut lowered = Lowered { rows, nodes: Vec::new(), buffers: Vec::new() };
        for Picked { index, stored, part } in &self.picked {
            let Some(array) = batch.columns().get(*index) else {
                return Err(missing(stored.name(), &batch.schema()));
            };
            if array.data_type() != stored.data_type() {
                return Err(ColumnarError::TypeChanged {
                    column: stored.name().clone(),
                    expected: stored.data_type().to_string(),
                    found: array.data_type().to_string(),
                });
            }
            match part {
                Part::Values => lowered.push(&normalised(array)?, stored.name())?,
                Part::Presence => lowered.push_presence(array, rows),
            }
        }
        Ok(lowered)
    }
}

/// One column of a batch to read.
#[derive(Debug, Clone)]
struct Picked {
    index: usize,
    /// The field as it stands in the batch.
    stored: FieldRef,
    part: Part,
}

fn missing(column: &str, schema: &Schema) -> ColumnarError {
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    ColumnarError::MissingColumn { column: column.to_owned(), present: names.join(", ") }
}

/// The column in the type in which it crosses: dictionaries decoded, views made
/// plain, everything else as it is.
///
/// # Errors
/// [`ColumnarError::Arrow`] when a dictionary, decoded, is larger than its type can be.
pub fn normalised(array: &ArrayRef) -> Result<ArrayRef, ColumnarError> {
    let wanted = wire_type(array.data_type());
    if &wanted == array.data_type() {
        Ok(Arc::clone(array))
    } else {
        Ok(arrow_cast::cast(array, &wanted)?)
    }
}

/// Columns ready to cross: buffers shared with the batch wherever possible.
#[derive(Debug)]
pub struct Lowered {
    /// Number of rows.
    pub rows: u32,
    /// One a field, in depth-first pre-order.
    pub nodes: Vec<WireNode>,
    /// Each field's buffers, in the same order.
    pub buffers: Vec<Buffer>,
}

impl Lowered {
    /// Bytes that will be copied into the module.
    pub fn bytes(&self) -> usize {
        self.buffers.iter().map(Buffer::len).sum()
    }

    fn push(&mut self, array: &dyn Array, column: &str) -> Result<(), ColumnarError> {
        let length = u32::try_from(array.len()).map_err(|_| ColumnarError::TooLarge {
            what: "the number of values of a column",
            found: array.len(),
            limit: u32::MAX as usize,
        })?;
        let null_count = array.null_count();
        self.nodes.push(WireNode {
            length,
            // INVARIANT: a null count is at most the length, which fits.
            null_count: null_count as u32,
        });
        let validity = array.nulls().filter(|_| null_count > 0);
        self.buffers.push(validity.map_or_else(Buffer::default, |nulls| packed(nulls.inner())));

        let data_type = array.data_type();
        match Layout::of(data_type).ok_or_else(|| unsupported(column, data_type))? {
            Layout::Bits => self.buffers.push(packed(array.as_boolean().values())),
            Layout::Fixed(width) => {
                let data = array.to_data();
                let start = data.offset() * width;
                let values = data.buffers().first().cloned().unwrap_or_default();
                self.push_buffer(values.slice_with_length(start, array.len() * width))?;
            }
            Layout::Bytes { large: false, .. } => self.push_bytes::<i32>(array)?,
            Layout::Bytes { large: true, .. } => self.push_bytes::<i64>(array)?,
            Layout::List { large } => {
                let data = array.to_data();
                let (start, end) = if large {
                    self.push_offsets::<i64>(data.buffers().first(), data.offset(), data.len())?
                } else {
                    self.push_offsets::<i32>(data.buffers().first(), data.offset(), data.len())?
                };
                if let Some(child) = data.child_data().first() {
                    let child = make_array(child.clone()).slice(start, end - start);
                    self.push(&child, column)?;
                }
            }
            Layout::Struct => {
                for child in array.as_struct().columns() {
                    self.push(child, column)?;
                }
            }
        }
        Ok(())
    }

    /// A bool for each row: whether the column has a value there.
    fn push_presence(&mut self, array: &dyn Array, rows: u32) {
        self.nodes.push(WireNode { length: rows, null_count: 0 });
        self.buffers.push(Buffer::default());
        self.buffers.push(match array.logical_nulls() {
            Some(nulls) => packed(nulls.inner()),
            None => packed(&BooleanBuffer::new_set(array.len())),
        });
    }

    fn push_buffer(&mut self, buffer: Buffer) -> Result<(), ColumnarError> {
        if buffer.len() > MAX_BUFFER_BYTES {
            return Err(ColumnarError::TooLarge {
                what: "the size in bytes of a buffer",
                found: buffer.len(),
                limit: MAX_BUFFER_BYTES,
            });
        }
        self.buffers.push(buffer);
        Ok(())
    }

    fn push_bytes<O: ArrowNativeType + std::ops::Sub<Output = O>>(
        &mut self,
        array: &dyn Array,
    ) -> Result<(), ColumnarError> {
        let data = array.to_data();
        let (start, end) =
            self.push_offsets::<O>(data.buffers().first(), data.offset(), data.len())?;
        let bytes = data.buffers().get(1).cloned().unwrap_or_default();
        self.push_buffer(bytes.slice_with_length(start, end - start))
    }

    /// Pushes the offsets of a slice, rebased to begin at 0, and gives the range of
    /// values that they span.
    fn push_offsets<O: ArrowNativeType + std::ops::Sub<Output = O>>(
        &mut self,
        offsets: Option<&Buffer>,
        offset: usize,
        len: usize,
    ) -> Result<(usize, usize), ColumnarError> {
        let width = size_of::<O>();
        let all = offsets.map_or(&[][..], |buffer| buffer.typed_data::<O>());
        let Some(own) = all.get(offset..=offset + len) else {
            // An array of no values may come without offsets.
            self.buffers.push(Buffer::from_vec(vec![0u8; width]));
            return Ok((0, 0));
        };
        let (Some(first), Some(last)) = (own.first().copied(), own.last().copied()) else {
            return Ok((0, 0));
        };
        if first.as_usize() == 0
            && let Some(buffer) = offsets
        {
            self.push_buffer(buffer.slice_with_length(offset * width, (len + 1) * width))?;
        } else {
            let rebased: Vec<O> = own.iter().map(|offset| *offset - first).collect();
            self.push_buffer(Buffer::from_vec(rebased))?;
        }
        Ok((first.as_usize(), last.as_usize()))
    }
}
