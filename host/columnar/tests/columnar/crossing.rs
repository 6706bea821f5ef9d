//! The way into a module and back, with nobody on the other side.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, FieldRef, Schema};
use bailiwick_columnar::{ColumnarError, Lowered, Projection, Untrusted, WireBatch, lift_columns};
use bailiwick_terms::Read;

/// A batch of this one column, called `value`.
pub fn batch(column: &ArrayRef) -> RecordBatch {
    let field = Field::new("value", column.data_type().clone(), true);
    let schema = Arc::new(Schema::new(vec![field]));
    RecordBatch::try_new(schema, vec![Arc::clone(column)]).unwrap()
}

pub fn lowered(column: &ArrayRef) -> (Vec<FieldRef>, Lowered) {
    let batch = batch(column);
    let projection = Projection::new(&batch.schema(), &["value"].map(Read::values)).unwrap();
    (projection.fields().to_vec(), projection.lower(&batch).unwrap())
}

/// What a module would be given, and might give back.
pub fn wire(column: &ArrayRef) -> (Vec<FieldRef>, WireBatch) {
    let (fields, Lowered { rows, nodes, buffers }) = lowered(column);
    let buffers = buffers.iter().map(|buffer| buffer.to_vec()).collect();
    (fields, WireBatch { rows, nodes, buffers })
}

pub fn lifted(
    fields: &[FieldRef],
    batch: WireBatch,
    rows: usize,
) -> Result<Vec<ArrayRef>, ColumnarError> {
    lift_columns(Untrusted::new(batch), fields, rows)
}

/// The column as it comes back.
pub fn crossed(column: &ArrayRef) -> ArrayRef {
    let (fields, batch) = wire(column);
    let mut columns = lifted(&fields, batch, column.len()).unwrap();
    assert_eq!(columns.len(), 1);
    columns.pop().unwrap()
}
