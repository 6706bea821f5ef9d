//! The wire to ours: nothing becomes an array before it is checked.
//!
//! A guest is hostile, so each number it gives is compared with one that the host
//! knows already: lengths with the rows, buffer sizes with lengths, offsets with
//! buffer sizes. The order of the checks matters only in that each uses nothing
//! but what was checked before it.

use std::sync::Arc;

use arrow_array::types::DecimalType;
use arrow_array::{
    ArrayRef, Decimal128Array, Decimal256Array, PrimitiveArray, RecordBatch, RecordBatchOptions,
    make_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, MutableBuffer, NullBuffer};
use arrow_data::{ArrayData, ArrayDataBuilder};
use arrow_schema::{DataType, Field, FieldRef, Schema};

use crate::bits::{any_past, bytes_for, count_set};
use crate::layout::{Layout, children, unsupported};
use crate::{ColumnarError, Malformed, Untrusted, WireBatch, WireNode};

/// The columns that a module wrote: of the fields planned, with exactly the rows
/// that were pushed.
///
/// # Errors
/// [`Malformed`], naming the field and what is wrong with it.
pub fn lift_columns(
    batch: Untrusted<WireBatch>,
    fields: &[FieldRef],
    rows: usize,
) -> Result<Vec<ArrayRef>, ColumnarError> {
    let batch = batch.into_inner();
    expect("the batch", "rows", rows, batch.rows as usize)?;
    let mut cursor = Cursor { nodes: batch.nodes.into_iter(), buffers: batch.buffers.into_iter() };
    let columns = fields
        .iter()
        .map(|field| Ok(make_array(cursor.take(field, &quoted(field), rows, None)?)))
        .collect::<Result<Vec<_>, ColumnarError>>()?;
    expect("the batch", "nodes left over", 0, cursor.nodes.len())?;
    expect("the batch", "buffers left over", 0, cursor.buffers.len())?;
    Ok(columns)
}

/// A whole batch that a module gave: of the schema planned, with at most
/// `limit_rows` rows.
///
/// # Errors
/// [`Malformed`], naming the field and what is wrong with it.
pub fn lift_rows(
    batch: Untrusted<WireBatch>,
    schema: &Arc<Schema>,
    limit_rows: u64,
) -> Result<RecordBatch, ColumnarError> {
    let batch = batch.into_inner();
    let rows = batch.rows as usize;
    if rows as u64 > limit_rows {
        return Err(Malformed::TooMany {
            field: "the batch".into(),
            what: "rows",
            limit: limit_rows,
            found: rows as u64,
        }
        .into());
    }
    let columns = lift_columns(Untrusted::new(batch), schema.fields(), rows)?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

/// One bit a row: exactly `ceil(rows / 8)` bytes and no set bit past the last row.
///
/// # Errors
/// [`Malformed::Count`] or [`Malformed::BitsPastRows`].
pub fn lift_bitmap(
    bitmap: Untrusted<Vec<u8>>,
    rows: usize,
) -> Result<BooleanBuffer, ColumnarError> {
    let bytes = bitmap.into_inner();
    expect("a bitmap", "bytes", bytes_for(rows), bytes.len())?;
    if any_past(&bytes, rows) {
        return Err(Malformed::BitsPastRows { rows }.into());
    }
    Ok(BooleanBuffer::new(Buffer::from_vec(bytes), 0, rows))
}

/// What a module holds, of at most so many bytes. Nobody but a module of its kind looks
/// inside: bytes are all that the host knows of it.
///
/// # Errors
/// [`Malformed::TooMany`].
pub fn lift_state(state: Untrusted<Vec<u8>>, limit_bytes: u64) -> Result<Vec<u8>, ColumnarError> {
    let state = state.into_inner();
    let found = state.len() as u64;
    if found > limit_bytes {
        let (field, what) = ("the state".into(), "bytes");
        return Err(Malformed::TooMany { field, what, limit: limit_bytes, found }.into());
    }
    Ok(state)
}

fn quoted(field: &Field) -> String {
    format!("column {:?}", field.name())
}

fn expect(field: &str, what: &'static str, expected: usize, found: usize) -> Result<(), Malformed> {
    if expected == found {
        Ok(())
    } else {
        Err(Malformed::Count { field: field.to_owned(), what, expected, found })
    }
}

/// Nodes and buffers not yet taken, in depth-first pre-order.
struct Cursor {
    nodes: std::vec::IntoIter<WireNode>,
    buffers: std::vec::IntoIter<Vec<u8>>,
}

impl Cursor {
    fn node(&mut self, name: &str) -> Result<WireNode, Malformed> {
        self.nodes.next().ok_or_else(|| missing(name, "nodes"))
    }

    fn buffer(&mut self, name: &str) -> Result<Vec<u8>, Malformed> {
        self.buffers.next().ok_or_else(|| missing(name, "buffers"))
    }

    /// Takes one field with all below it. `length` is what its parent says it must
    /// have, `masked` are the nulls of the struct that it is a child of.
    fn take(
        &mut self,
        field: &Field,
        name: &str,
        length: usize,
        masked: Option<&NullBuffer>,
    ) -> Result<ArrayData, ColumnarError> {
        let data_type = field.data_type();
        let layout = Layout::of(data_type).ok_or_else(|| unsupported(name, data_type))?;
        let node = self.node(name)?;
        expect(name, "length", length, node.length as usize)?;
        let nulls = self.nulls(field, name, length, node.null_count as usize, masked)?;

        let mut builder = ArrayDataBuilder::new(data_type.clone()).len(length);
        match layout {
            Layout::Bits => {
                let values = self.buffer(name)?;
                expect(name, "bytes of values", bytes_for(length), values.len())?;
                builder = builder.add_buffer(Buffer::from_vec(values));
            }
            Layout::Fixed(width) => {
                let values = self.buffer(name)?;
                // INVARIANT: a length is below 2^32 and a width at most 1 MiB: no overflow.
                expect(name, "bytes of values", length * width, values.len())?;
                builder = builder.add_buffer(aligned(values, layout.alignment(data_type)));
            }
            Layout::Bytes { large, utf8 } => {
                let offsets = self.buffer(name)?;
                let bytes = self.buffer(name)?;
                let offsets = self.offsets(offsets, large, name, length, Some(bytes.len()))?;
                if utf8 {
                    check_utf8(&bytes, &offsets, name)?;
                }
                builder = builder.add_buffer(offsets.buffer).add_buffer(Buffer::from_vec(bytes));
            }
            Layout::List { large } => {
                let offsets = self.buffer(name)?;
                let offsets = self.offsets(offsets, large, name, length, None)?;
                let mut parts = Vec::new();
                for child in children(data_type) {
                    parts.push(self.take(child, &nested(name, child), offsets.last, None)?);
                }
                builder = builder.add_buffer(offsets.buffer).child_data(parts);
            }
            Layout::Struct => {
                let mut parts = Vec::new();
                for child in children(data_type) {
                    parts.push(self.take(child, &nested(name, child), length, nulls.as_ref())?);
                }
                builder = builder.child_data(parts);
            }
        }
        // SAFETY: every buffer has the size, alignment and content that the layout of
        // `data_type` asks for, as checked above: validity by `nulls`, values by their
        // exact length, offsets by `offsets`, text by `check_utf8`, children by `take`.
        let data = unsafe { builder.nulls(nulls).build_unchecked() };
        check_precision(&data, name)?;
        Ok(data)
    }

    fn nulls(
        &mut self,
        field: &Field,
        name: &str,
        length: usize,
        null_count: usize,
        masked: Option<&NullBuffer>,
    ) -> Result<Option<NullBuffer>, Malformed> {
        let validity = self.buffer(name)?;
        if validity.is_empty() && null_count == 0 {
            return Ok(None);
        }
        expect(name, "bytes of validity", bytes_for(length), validity.len())?;
        expect(name, "nulls", length - count_set(&validity, length), null_count)?;
        if null_count == 0 {
            return Ok(None);
        }
        let bits = BooleanBuffer::new(Buffer::from_vec(validity), 0, length);
        // SAFETY: the count was just found to be that of the zero bits.
        let nulls = unsafe { NullBuffer::new_unchecked(bits, null_count) };
        // A field that must have values need not have them where its struct is null.
        if !field.is_nullable() && !masked.is_some_and(|masked| masked.contains(&nulls)) {
            return Err(Malformed::UnexpectedNulls { field: name.to_owned(), found: null_count });
        }
        Ok(Some(nulls))
    }

    fn offsets(
        &self,
        bytes: Vec<u8>,
        large: bool,
        name: &str,
        length: usize,
        values: Option<usize>,
    ) -> Result<Offsets, Malformed> {
        let width = if large { 8 } else { 4 };
        if bytes.is_empty() && length == 0 {
            let buffer = Buffer::from_vec(vec![0u8; width]);
            let offsets = Offsets { buffer: aligned(buffer.to_vec(), width), last: 0, large };
            return offsets.ending_at(values, name);
        }
        expect(name, "bytes of offsets", (length + 1) * width, bytes.len())?;
        let buffer = aligned(bytes, width);
        let problem = |problem| Malformed::Offsets { field: name.to_owned(), problem };
        let last = if large {
            check_offsets(buffer.typed_data::<i64>()).map_err(problem)?
        } else {
            check_offsets(buffer.typed_data::<i32>()).map_err(problem)?
        };
        Offsets { buffer, last, large }.ending_at(values, name)
    }
}

fn missing(name: &str, what: &'static str) -> Malformed {
    Malformed::Count { field: name.to_owned(), what, expected: 1, found: 0 }
}

fn nested(name: &str, child: &Field) -> String {
    format!("{name}, child {:?}", child.name())
}

/// Offsets that start at 0 and never fall.
struct Offsets {
    buffer: Buffer,
    last: usize,
    large: bool,
}

impl Offsets {
    fn ending_at(self, values: Option<usize>, name: &str) -> Result<Self, Malformed> {
        match values {
            Some(values) if values != self.last => Err(Malformed::Offsets {
                field: name.to_owned(),
                problem: "the last is not the number of bytes",
            }),
            _ => Ok(self),
        }
    }
}

fn check_offsets<O>(offsets: &[O]) -> Result<usize, &'static str>
where
    O: Copy + Default + PartialEq + PartialOrd + TryInto<u64>,
{
    let first = offsets.first().copied();
    if first != Some(O::default()) {
        return Err("the first is not 0");
    }
    // Folded without a branch, so that it is done many at a time.
    let falls = offsets
        .iter()
        .zip(offsets.get(1..).unwrap_or_default())
        .fold(false, |falls, (from, to)| falls | (to < from));
    if falls {
        return Err("they fall");
    }
    let last = offsets.last().copied().unwrap_or_default();
    let last: u64 = last.try_into().map_err(|_| "the last is negative")?;
    u32::try_from(last).map(|last| last as usize).map_err(|_| "the last is past 4 GiB")
}

fn check_utf8(bytes: &[u8], offsets: &Offsets, name: &str) -> Result<(), Malformed> {
    let not_utf8 = || Malformed::NotUtf8 { field: name.to_owned() };
    if bytes.is_ascii() {
        return Ok(());
    }
    let text = simdutf8::basic::from_utf8(bytes).map_err(|_| not_utf8())?;
    // Valid as a whole and cut only between characters: each value is valid.
    let whole = if offsets.large {
        offsets.buffer.typed_data::<i64>().iter().all(|at| text.is_char_boundary(*at as usize))
    } else {
        offsets.buffer.typed_data::<i32>().iter().all(|at| text.is_char_boundary(*at as usize))
    };
    if whole { Ok(()) } else { Err(not_utf8()) }
}

fn check_precision(data: &ArrayData, name: &str) -> Result<(), Malformed> {
    let fits = match data.data_type() {
        DataType::Decimal128(precision, _) => {
            digits_fit(&Decimal128Array::from(data.clone()), *precision)
        }
        DataType::Decimal256(precision, _) => {
            digits_fit(&Decimal256Array::from(data.clone()), *precision)
        }
        _ => true,
    };
    if fits { Ok(()) } else { Err(Malformed::DecimalPrecision { field: name.to_owned() }) }
}

/// Arrow's own check of a whole array takes a negative scale for one past the precision.
fn digits_fit<T: DecimalType>(decimals: &PrimitiveArray<T>, precision: u8) -> bool {
    decimals.iter().flatten().all(|value| T::is_valid_decimal_precision(value, precision))
}

/// The bytes as a buffer at that alignment: as they are where the allocator gave
/// it, else copied.
fn aligned(bytes: Vec<u8>, alignment: usize) -> Buffer {
    if bytes.is_empty() || (bytes.as_ptr() as usize).is_multiple_of(alignment) {
        if bytes.is_empty() {
            // An empty vector dangles at 1; Arrow wants even no bytes aligned.
            return MutableBuffer::new(0).into();
        }
        return Buffer::from_vec(bytes);
    }
    let mut buffer = MutableBuffer::new(bytes.len());
    buffer.extend_from_slice(&bytes);
    buffer.into()
}
