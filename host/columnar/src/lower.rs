//! Ours to the wire: the columns that a step reads, as slices of their buffers.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use arrow_array::cast::AsArray;
use arrow_array::types::{BinaryType, ByteArrayType, LargeBinaryType, LargeUtf8Type, Utf8Type};
use arrow_array::{
    Array, ArrayRef, GenericByteArray, GenericListArray, OffsetSizeTrait, RecordBatch,
    downcast_primitive_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, OffsetBuffer};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use bailiwick_terms::{Part, Read};

use crate::bits::packed;
use crate::format::{fields_to_wire, wire_field, wire_type};
use crate::layout::{Layout, unsupported};
use crate::{ColumnarError, WireNode};

/// What takes the place of a validity that says nothing: made once, as each is allocated.
static EMPTY: LazyLock<Buffer> = LazyLock::new(Buffer::default);

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
            let wire = wire_field(stored);
            let (as_it_is, stored) = (wire.data_type() == stored.data_type(), Arc::clone(stored));
            fields.push(match part {
                Part::Values => wire,
                Part::Presence => Arc::new(Field::new(column, DataType::Boolean, false)),
            });
            picked.push(Picked { index, stored, as_it_is, part: *part });
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
        // Mostly so many: only nested columns have more.
        let columns = self.picked.len();
        let (nodes, buffers) = (Vec::with_capacity(columns), Vec::with_capacity(3 * columns));
        let mut lowered = Lowered { rows, nodes, buffers };
        for Picked { index, stored, as_it_is, part } in &self.picked {
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
                Part::Values if *as_it_is => lowered.push(array, stored.name())?,
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
    /// Whether it crosses in the type in which it is stored.
    as_it_is: bool,
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
        self.buffers.push(validity.map_or_else(|| EMPTY.clone(), |nulls| packed(nulls.inner())));

        let data_type = array.data_type();
        match Layout::of(data_type).ok_or_else(|| unsupported(column, data_type))? {
            Layout::Bits => self.buffers.push(packed(array.as_boolean().values())),
            Layout::Fixed(_) => self.push_buffer(fixed_values(array))?,
            Layout::Bytes { large: false, utf8: true } => {
                self.push_bytes(array.as_bytes::<Utf8Type>())?;
            }
            Layout::Bytes { large: false, utf8: false } => {
                self.push_bytes(array.as_bytes::<BinaryType>())?;
            }
            Layout::Bytes { large: true, utf8: true } => {
                self.push_bytes(array.as_bytes::<LargeUtf8Type>())?;
            }
            Layout::Bytes { large: true, utf8: false } => {
                self.push_bytes(array.as_bytes::<LargeBinaryType>())?;
            }
            Layout::List { large: false } => self.push_list(array.as_list::<i32>(), column)?,
            Layout::List { large: true } => self.push_list(array.as_list::<i64>(), column)?,
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
        self.buffers.push(EMPTY.clone());
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

    fn push_bytes<T: ByteArrayType>(
        &mut self,
        array: &GenericByteArray<T>,
    ) -> Result<(), ColumnarError> {
        let Range { start, end } = self.push_offsets(array.offsets())?;
        self.push_buffer(array.values().slice_with_length(start, end - start))
    }

    fn push_list<O: OffsetSizeTrait>(
        &mut self,
        array: &GenericListArray<O>,
        column: &str,
    ) -> Result<(), ColumnarError> {
        let Range { start, end } = self.push_offsets(array.offsets())?;
        self.push(&array.values().slice(start, end - start), column)
    }

    /// Pushes offsets, rebased to begin at 0, and gives the range of values that they
    /// span.
    fn push_offsets<O: OffsetSizeTrait>(
        &mut self,
        offsets: &OffsetBuffer<O>,
    ) -> Result<Range<usize>, ColumnarError> {
        // INVARIANT (arrow): there is always one more offset than values.
        let (first, last) = (offsets.first().copied(), offsets.last().copied());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        self.push_buffer(if first == O::default() {
            offsets.inner().inner().clone()
        } else {
            offsets.iter().map(|offset| *offset - first).collect::<Vec<O>>().into()
        })?;
        Ok(first.as_usize()..last.as_usize())
    }
}

/// The values of a type of fixed width.
fn fixed_values(array: &dyn Array) -> Buffer {
    downcast_primitive_array!(
        array => array.values().inner().clone(),
        _ => array.as_fixed_size_binary().values().clone(),
    )
}
