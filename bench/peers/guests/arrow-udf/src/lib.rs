//! The work as functions for `arrow-udf-runtime`: as its book has them, one value at
//! a time, and a second time over whole columns, which is the most that it offers.

use std::fmt::Write;

use arrow_array::{Array, BooleanArray, Float64Array, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, OffsetBuffer, ScalarBuffer};
use arrow_udf::function;

/// Masks one address.
#[function("mask_email(string) -> string")]
fn mask_email(value: &str, out: &mut impl Write) {
    let mut masked = String::with_capacity(value.len() + 4);
    peer_kernels::mask_email(value, &mut masked);
    out.write_str(&masked).expect("text can be written to memory");
}

/// Puts one amount within its bounds.
#[function("clamp(float64) -> float64")]
fn clamp(value: f64) -> f64 {
    peer_kernels::clamp(value)
}

/// Whether one amount is out of bounds; null where there is none.
#[function("outside(float64) -> boolean")]
fn outside(value: f64) -> bool {
    peer_kernels::outside(value)
}

/// Masks a column.
#[function("mask_emails(string) -> string", batch_fn = "mask_column")]
fn mask_column(column: &StringArray) -> StringArray {
    let text = std::str::from_utf8(column.values()).expect("a string array holds text");
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

/// Puts a column within its bounds.
#[function("clamps(float64) -> float64", batch_fn = "clamp_column")]
fn clamp_column(column: &Float64Array) -> Float64Array {
    column.unary(peer_kernels::clamp)
}

/// Which amounts of a column are out of bounds.
#[function("outsides(float64) -> boolean", batch_fn = "outside_column")]
fn outside_column(column: &Float64Array) -> BooleanArray {
    let values = column.values();
    let outside =
        BooleanBuffer::collect_bool(values.len(), |row| peer_kernels::outside(values[row]));
    BooleanArray::new(outside, column.nulls().cloned())
}
