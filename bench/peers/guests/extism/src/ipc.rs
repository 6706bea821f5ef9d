//! Rows as Arrow IPC streams.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, cast::AsArray,
    types::Float64Type,
};
use arrow_buffer::{BooleanBuffer, Buffer, OffsetBuffer, ScalarBuffer};
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};

pub(crate) fn govern(stream: Vec<u8>) -> Result<Vec<u8>, ArrowError> {
    let rows = decoded(stream)?;
    let masked: ArrayRef = Arc::new(masked(rows.column(0).as_string()));
    let clamped: Float64Array =
        rows.column(1).as_primitive::<Float64Type>().unary(peer_kernels::clamp);
    encoded(&RecordBatch::try_new(rows.schema(), vec![masked, Arc::new(clamped)])?)
}

pub(crate) fn judge(stream: Vec<u8>) -> Result<Vec<u8>, ArrowError> {
    let rows = decoded(stream)?;
    let amounts = rows.column(0).as_primitive::<Float64Type>();
    let values = amounts.values();
    let outside =
        BooleanBuffer::collect_bool(values.len(), |row| peer_kernels::outside(values[row]));
    let outside = BooleanArray::new(outside, amounts.nulls().cloned());
    let schema = Arc::new(Schema::new(vec![Field::new("outside", DataType::Boolean, true)]));
    encoded(&RecordBatch::try_new(schema, vec![Arc::new(outside)])?)
}

fn masked(column: &StringArray) -> StringArray {
    // SAFETY: the decoder checked that the values are text.
    let text = unsafe { std::str::from_utf8_unchecked(column.value_data()) };
    let (offsets, masked) = peer_kernels::mask_emails(column.value_offsets(), text);
    // SAFETY: the offsets are ends of whole values of the text, in order.
    unsafe {
        StringArray::new_unchecked(
            OffsetBuffer::new_unchecked(ScalarBuffer::from(offsets)),
            Buffer::from_vec(masked.into_bytes()),
            column.nulls().cloned(),
        )
    }
}

/// The one batch of a stream; its columns are slices of what was given.
fn decoded(stream: Vec<u8>) -> Result<RecordBatch, ArrowError> {
    let mut stream = Buffer::from_vec(stream);
    let batch = StreamDecoder::new().decode(&mut stream)?;
    batch.ok_or_else(|| ArrowError::IpcError("the stream has no rows".into()))
}

fn encoded(batch: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let mut stream = Vec::with_capacity(batch.get_array_memory_size() + 1024);
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    drop(writer);
    Ok(stream)
}
