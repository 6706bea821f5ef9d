//! Numbers, dates and timestamps.

use bailiwick_guest::{Array, Bitmap, Column, DataType, Exact, Native};

use crate::Step;

pub(crate) fn can_clamp(data_type: &DataType) -> bool {
    data_type.is_integer()
        || data_type.is_float()
        || matches!(
            data_type,
            DataType::Date32
                | DataType::Date64
                | DataType::Timestamp(..)
                | DataType::Duration(_)
                | DataType::Decimal128 { .. }
        )
}

pub(crate) fn in_order(min: &Exact, max: &Exact) -> bool {
    match (min, max) {
        (Exact::Integer(min), Exact::Integer(max)) => min <= max,
        (Exact::Float(min), Exact::Float(max)) => min <= max,
        _ => true,
    }
}

/// The values, none below the one bound nor above the other: the most usual cleaning, in
/// one pass without branches.
pub(crate) fn clamp<T: Native>(values: &[T], min: Option<T>, max: Option<T>) -> Array {
    let raised = |value: T, min: T| if value < min { min } else { value };
    let lowered = |value: T, max: T| if value > max { max } else { value };
    match (min, max) {
        (Some(min), Some(max)) => Array::map(values, |value| lowered(raised(value, min), max)),
        (Some(min), None) => Array::map(values, |value| raised(value, min)),
        (None, Some(max)) => Array::map(values, |value| lowered(value, max)),
        (None, None) => Array::from_slice(values),
    }
}

/// The values after all steps, and which of them are valid. Bounds and
/// fills are values of the type: that was checked when they were read.
pub(crate) fn clean<T: Copy + PartialOrd>(
    mut values: Vec<T>,
    column: Column<'_>,
    steps: &[Step],
    of: impl Fn(&Exact) -> Option<T>,
) -> (Vec<T>, Option<Bitmap>) {
    let mut validity = column.validity().map(|bits| bits.to_bitmap());
    for step in steps {
        match step {
            Step::Clamp(min, max) => {
                if let Some(min) = min.as_ref().and_then(&of) {
                    values
                        .iter_mut()
                        .for_each(|value| *value = if *value < min { min } else { *value });
                }
                if let Some(max) = max.as_ref().and_then(&of) {
                    values
                        .iter_mut()
                        .for_each(|value| *value = if *value > max { max } else { *value });
                }
            }
            Step::Fill(value) => {
                if let (Some(value), Some(valid)) = (of(value), validity.take()) {
                    for (target, valid) in values.iter_mut().zip(valid.bits().iter()) {
                        *target = if valid { *target } else { value };
                    }
                }
            }
            Step::Trim
            | Step::Case(_)
            | Step::NullTokens(_)
            | Step::Replace(..)
            | Step::Extract(..)
            | Step::Nfc => {}
        }
    }
    (values, validity)
}
