//! Which rows fail a rule. A null passes all but `completeness`.

use std::sync::Arc;

use arrow_arith::boolean::{is_null, not, or};
use arrow_array::{ArrayRef, BooleanArray, Datum, Float64Array, Int32Array, RecordBatch, Scalar};
use arrow_buffer::BooleanBuffer;
use arrow_ord::cmp::{gt, lt};
use arrow_string::regexp::regexp_is_match_scalar;
use hashbrown::HashSet;

use super::{ArrowKernel, bitmap, column, floats, integers, texts};

pub(crate) fn completeness(names: &'static [&'static str]) -> Box<dyn ArrowKernel> {
    Box::new(move |batch: &RecordBatch| {
        let missing =
            |name: &&str| Ok(Arc::new(is_null(column(batch, name)?.as_ref())?) as ArrayRef);
        names.iter().map(missing).collect()
    })
}

fn outside(column: &dyn Datum, low: &dyn Datum, high: &dyn Datum) -> anyhow::Result<Vec<ArrayRef>> {
    let outside = or(&lt(column, low)?, &gt(column, high)?)?;
    Ok(vec![bitmap(&outside)])
}

pub(crate) fn range_of_delay() -> Box<dyn ArrowKernel> {
    let low = Scalar::new(Int32Array::from(vec![-60]));
    let high = Scalar::new(Int32Array::from(vec![300]));
    Box::new(move |batch: &RecordBatch| outside(integers(batch, "arr_delay")?, &low, &high))
}

pub(crate) fn range_of_amount() -> Box<dyn ArrowKernel> {
    let low = Scalar::new(Float64Array::from(vec![0.0]));
    let high = Scalar::new(Float64Array::from(vec![1_000.0]));
    Box::new(move |batch: &RecordBatch| outside(floats(batch, "amount")?, &low, &high))
}

pub(crate) fn pattern(name: &'static str, expression: &str) -> Box<dyn ArrowKernel> {
    let whole = format!("^(?:{expression})$");
    Box::new(move |batch: &RecordBatch| {
        let matches = regexp_is_match_scalar(texts(batch, name)?, &whole, None)?;
        Ok(vec![bitmap(&not(&matches)?)])
    })
}

pub(crate) fn allowed_values(name: &'static str, values: &[&'static str]) -> Box<dyn ArrowKernel> {
    let allowed: HashSet<&str> = values.iter().copied().collect();
    Box::new(move |batch: &RecordBatch| {
        let column = texts(batch, name)?;
        let fails = |value: Option<&str>| value.is_some_and(|value| !allowed.contains(value));
        let failing = BooleanBuffer::from_iter(column.iter().map(fails));
        Ok(vec![Arc::new(BooleanArray::new(failing, None)) as ArrayRef])
    })
}
