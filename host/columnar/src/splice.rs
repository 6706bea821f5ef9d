//! A step's answer back among the columns that never left the host.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{FieldRef, Schema};

use crate::{ColumnarError, Malformed};

/// The fields of a batch after a map: a written field stands where the one of its
/// name stood, or behind the others.
pub fn replaced_fields(fields: &[FieldRef], written: &[FieldRef]) -> Vec<FieldRef> {
    let mut fields = fields.to_vec();
    for field in written {
        match fields.iter_mut().find(|own| own.name() == field.name()) {
            Some(own) => *own = Arc::clone(field),
            None => fields.push(Arc::clone(field)),
        }
    }
    fields
}

/// The batch with the written columns in it, under `schema`, whose fields are those
/// of [`replaced_fields`]. Columns that were not written are shared, not copied.
///
/// # Errors
/// [`ColumnarError::Arrow`] when columns and schema do not fit each other.
pub fn replace_columns(
    batch: &RecordBatch,
    schema: &Arc<Schema>,
    written: &[(FieldRef, ArrayRef)],
) -> Result<RecordBatch, ColumnarError> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            let own = written.iter().find(|(own, _)| own.name() == field.name());
            own.map(|(_, array)| array)
                .or_else(|| batch.column_by_name(field.name()))
                .cloned()
                .ok_or(ColumnarError::MissingColumn {
                    column: field.name().clone(),
                    present: String::new(),
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

/// The rows of a batch whose bit is set. A batch of which all rows stay is shared,
/// not copied.
///
/// # Errors
/// [`Malformed::Count`] when there are not as many bits as rows.
pub fn keep_rows(batch: &RecordBatch, keep: &BooleanBuffer) -> Result<RecordBatch, ColumnarError> {
    let (expected, found) = (batch.num_rows(), keep.len());
    if expected != found {
        let field = String::from("a bitmap");
        return Err(Malformed::Count { field, what: "bits", expected, found }.into());
    }
    if keep.count_set_bits() == found {
        return Ok(batch.clone());
    }
    let predicate = BooleanArray::new(keep.clone(), None);
    Ok(arrow_select::filter::filter_record_batch(batch, &predicate)?)
}
