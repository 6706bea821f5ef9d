//! Numbers, cut down to the least of their bucket.

use bailiwick_guest::{
    Array, Column, DataType, Error, Exact, Field, Native, Result, Scalar, with_native,
};

/// Buckets of one width. Integers and decimals are counted, as they are stored.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Buckets {
    Counted { size: i128, origin: i128 },
    Measured { size: f64, origin: f64 },
}

impl Buckets {
    pub(crate) fn new(size: &Scalar, origin: Option<&Scalar>, field: &Field) -> Result<Self> {
        let of = &field.data_type;
        if !of.is_integer() && !of.is_float() && !matches!(of, DataType::Decimal128 { .. }) {
            return Err(field.unexpected("an integer, a float or decimal128"));
        }
        let origin = origin.map(|origin| origin.exact(field)).transpose()?;
        let buckets = match (size.exact(field)?, origin) {
            (Exact::Integer(size), None) => Self::Counted { size, origin: 0 },
            (Exact::Integer(size), Some(Exact::Integer(origin))) => Self::Counted { size, origin },
            (Exact::Float(size), None) => Self::Measured { size, origin: 0.0 },
            (Exact::Float(size), Some(Exact::Float(origin))) => Self::Measured { size, origin },
            _ => return Err(Error::settings("`size` and `origin` are numbers")),
        };
        let positive = match buckets {
            Self::Counted { size, .. } => size > 0,
            Self::Measured { size, .. } => size > 0.0 && size.is_finite(),
        };
        if positive { Ok(buckets) } else { Err(Error::settings("`size` must be greater than 0")) }
    }

    /// The least number of the bucket that a counted one is in.
    fn counted(self, value: i128) -> i128 {
        match self {
            Self::Counted { size, origin } => {
                let since = value.saturating_sub(origin).rem_euclid(size);
                value.saturating_sub(since)
            }
            Self::Measured { .. } => value,
        }
    }

    /// The same of a measured one. What is not finite has no bucket, and stays.
    fn measured(self, value: f64) -> f64 {
        match self {
            Self::Measured { size, origin } if value.is_finite() => {
                ((value - origin) / size).floor() * size + origin
            }
            _ => value,
        }
    }

    pub(crate) fn of(self, column: Column<'_>) -> Result<Array> {
        if let DataType::Decimal128 { precision, scale } = column.data_type() {
            let values = column.as_decimal128()?;
            let values = values.iter().map(|value| self.counted(value.unwrap_or_default()));
            return Ok(Array::from_decimals(values, *precision, *scale));
        }
        with_native!(column.data_type(), T => {
            let values = column.as_primitive::<T>()?.values();
            Ok(Array::map(values, |value| self.native(value)))
        }, else Err(column.field().unexpected("an integer, a float or decimal128")))
    }

    fn native<T: Native + Number>(self, value: T) -> T {
        value.cut(self)
    }
}

/// A type of numbers.
trait Number: Copy {
    /// The least number of the value's bucket.
    fn cut(self, buckets: Buckets) -> Self;
}

macro_rules! counted {
    ($($type:ident)*) => {
        $(
            impl Number for $type {
                #[allow(clippy::unnecessary_fallible_conversions, reason = "for some of them it is not")]
                fn cut(self, buckets: Buckets) -> Self {
                    // Below the type's range there is its least number.
                    $type::try_from(buckets.counted(i128::from(self))).unwrap_or($type::MIN)
                }
            }
        )*
    };
}

counted!(i8 u8 i16 u16 i32 u32 i64 u64);

impl Number for f32 {
    fn cut(self, buckets: Buckets) -> Self {
        buckets.measured(f64::from(self)) as Self
    }
}

impl Number for f64 {
    fn cut(self, buckets: Buckets) -> Self {
        buckets.measured(self)
    }
}
