//! The two bounds in terms of one column's type.

use bailiwick_guest::{DataType, Error, Exact, Field, Native, Result, Scalar, with_native};

use crate::Bounds;

/// The types of columns that have a range, in words.
pub(crate) const EXPECTED: &str = "an integer, a float, decimal128, a date, a time, a timestamp \
                                   or a duration";

/// The values that pass, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Interval {
    /// As integers are stored; decimals times 10 to the power of the scale.
    Whole(i128, i128),
    /// Of a float column; exact in that column's type.
    Float(f64, f64),
}

/// Which of the two bounds.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Min,
    Max,
}

impl Interval {
    /// An error where the settings bound nothing, are no bounds of the column's
    /// type, or leave none of its values.
    pub(crate) fn new(bounds: &Bounds, field: &Field) -> Result<Self> {
        let Bounds { min, max, exclusive_min, exclusive_max } = bounds;
        if min.is_none() && max.is_none() {
            return Err(Error::settings("neither `min` nor `max` is given: give one or both"));
        }
        for (bound, exclusive, name) in [(min, exclusive_min, "min"), (max, exclusive_max, "max")] {
            if *exclusive && bound.is_none() {
                return Err(Error::settings(format!(
                    "`exclusive_{name}` is set without `{name}`: give both or neither"
                )));
            }
        }
        let interval = match &field.data_type {
            DataType::Float32 | DataType::Float64 => {
                let end = |bound: &Scalar, side, exclusive| float(bound, field, side, exclusive);
                let low = min.as_ref().map(|bound| end(bound, Side::Min, *exclusive_min));
                let high = max.as_ref().map(|bound| end(bound, Side::Max, *exclusive_max));
                Self::Float(
                    low.transpose()?.unwrap_or(f64::NEG_INFINITY),
                    high.transpose()?.unwrap_or(f64::INFINITY),
                )
            }
            other if is_whole(other) => {
                let end = |bound: &Scalar, side, exclusive| whole(bound, field, side, exclusive);
                let low = min.as_ref().map(|bound| end(bound, Side::Min, *exclusive_min));
                let high = max.as_ref().map(|bound| end(bound, Side::Max, *exclusive_max));
                Self::Whole(
                    low.transpose()?.unwrap_or(i128::MIN),
                    high.transpose()?.unwrap_or(i128::MAX),
                )
            }
            _ => return Err(field.unexpected(EXPECTED)),
        };
        if interval.is_empty(&field.data_type) {
            return Err(Error::settings(format!(
                "no value of column {:?} of type {} lies within the range: correct `min` or `max`",
                field.name, field.data_type
            )));
        }
        Ok(interval)
    }

    fn is_empty(&self, data_type: &DataType) -> bool {
        with_native!(data_type, T => { let (low, high) = T::ends(self); low > high }, else {
            let (low, high) = self.decimal();
            low > high
        })
    }

    /// The ends for a decimal column.
    pub(crate) fn decimal(&self) -> (i128, i128) {
        match *self {
            Self::Whole(low, high) => (low, high),
            Self::Float(..) => NO_DECIMAL,
        }
    }
}

/// Ends that no value lies between.
const NO_DECIMAL: (i128, i128) = (1, 0);

/// Whether values are stored as integers; of float16 only the bits are.
fn is_whole(data_type: &DataType) -> bool {
    let decimal = matches!(data_type, DataType::Decimal128 { .. });
    decimal || with_native!(data_type, T => T::DATA_TYPE.is_integer(), else false)
}

fn whole(bound: &Scalar, field: &Field, side: Side, exclusive: bool) -> Result<i128> {
    let (end, exclusive) = match bound {
        Scalar::Number(number) if field.data_type.is_integer() => {
            let inward = if side == Side::Min { number.ceil() } else { number.floor() };
            // The number itself is a value only where it is whole.
            (inward as i128, exclusive && inward == *number)
        }
        _ => match bound.exact(field)? {
            Exact::Integer(end) => (end, exclusive),
            _ => return Err(field.unexpected(EXPECTED)),
        },
    };
    Ok(match side {
        Side::Min => end.saturating_add(exclusive.into()),
        Side::Max => end.saturating_sub(exclusive.into()),
    })
}

fn float(bound: &Scalar, field: &Field, side: Side, exclusive: bool) -> Result<f64> {
    let Exact::Float(end) = bound.exact(field)? else {
        return Err(field.unexpected(EXPECTED));
    };
    if field.data_type == DataType::Float64 {
        return Ok(match (exclusive, side) {
            (false, _) => end,
            (true, Side::Min) => end.next_up(),
            (true, Side::Max) => end.next_down(),
        });
    }
    // The nearest, so that a value written as `0.1` is at the bound written as `0.1`;
    // what is past the greatest of the type stays past it.
    let nearest = end as f32;
    let (nearest, exclusive) = match side {
        Side::Min if nearest == f32::NEG_INFINITY => (f32::MIN, false),
        Side::Max if nearest == f32::INFINITY => (f32::MAX, false),
        _ => (nearest, exclusive),
    };
    Ok(f64::from(match (exclusive, side) {
        (false, _) => nearest,
        (true, Side::Min) => nearest.next_up(),
        (true, Side::Max) => nearest.next_down(),
    }))
}

/// A type in which values are compared.
pub(crate) trait Ordered: Native {
    /// The ends in this type; the first is the greater one where it has no value
    /// within.
    fn ends(interval: &Interval) -> (Self, Self);
}

macro_rules! integers {
    ($($type:ident),*) => {
        $(
            impl Ordered for $type {
                fn ends(interval: &Interval) -> (Self, Self) {
                    let Interval::Whole(low, high) = *interval else { return (1, 0) };
                    let low = $type::try_from(low.max($type::MIN.into()));
                    let high = $type::try_from(high.min($type::MAX.into()));
                    // What does not fit now is past the other end of the type.
                    match (low, high) {
                        (Ok(low), Ok(high)) => (low, high),
                        _ => (1, 0),
                    }
                }
            }
        )*
    };
}

integers!(i8, u8, i16, u16, i32, u32, i64, u64);

macro_rules! floats {
    ($($type:ident),*) => {
        $(
            impl Ordered for $type {
                fn ends(interval: &Interval) -> (Self, Self) {
                    match *interval {
                        Interval::Float(low, high) => (low as $type, high as $type),
                        Interval::Whole(..) => (1.0, 0.0),
                    }
                }
            }
        )*
    };
}

floats!(f32, f64);
