//! The Rust types that numbers, dates and times are stored in.

use crate::{DataType, Exact};

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that values of some column types are stored in.
///
/// Beside the type of the same name: `i32` stores date32 and time32; `i64` stores
/// date64, time64, timestamps and durations; `u16` stores the bits of float16.
pub trait Native: sealed::Sealed + bytemuck::Pod + PartialOrd + std::fmt::Debug {
    /// The column type of the same name.
    const DATA_TYPE: DataType;
    /// The column types it stores, in words.
    const NAMES: &'static str;

    /// Whether values of that type are stored as this one.
    fn stores(data_type: &DataType) -> bool;

    /// The value of the settings as this type; none where it is of another kind or
    /// out of range.
    fn of(value: &Exact) -> Option<Self>;

    /// The value as the nearest float64; a date or time as it is stored.
    fn to_f64(self) -> f64;
}

macro_rules! integer {
    ($value:expr, $type:ident) => {
        match $value {
            Exact::Integer(value) => $type::try_from(*value).ok(),
            _ => None,
        }
    };
}

macro_rules! float {
    ($value:expr, $type:ident) => {
        match $value {
            Exact::Float(value) => Some(*value as $type),
            _ => None,
        }
    };
}

macro_rules! native {
    ($($type:ident, $names:literal, $($stored:pat),+ => $data_type:ident by $of:ident;)*) => {
        $(
            impl sealed::Sealed for $type {}

            impl Native for $type {
                const DATA_TYPE: DataType = DataType::$data_type;
                const NAMES: &'static str = $names;

                fn stores(data_type: &DataType) -> bool {
                    matches!(data_type, $($stored)|+)
                }

                fn of(value: &Exact) -> Option<Self> {
                    $of!(value, $type)
                }

                fn to_f64(self) -> f64 {
                    self as f64
                }
            }
        )*
    };
}

native! {
    i8, "int8", DataType::Int8 => Int8 by integer;
    u8, "uint8", DataType::UInt8 => UInt8 by integer;
    i16, "int16", DataType::Int16 => Int16 by integer;
    u16, "uint16 or float16", DataType::UInt16, DataType::Float16 => UInt16 by integer;
    i32, "int32, date32 or time32", DataType::Int32, DataType::Date32, DataType::Time32(_) => Int32 by integer;
    u32, "uint32", DataType::UInt32 => UInt32 by integer;
    i64, "int64, date64, time64, timestamp or duration", DataType::Int64, DataType::Date64,
        DataType::Time64(_), DataType::Timestamp(..), DataType::Duration(_) => Int64 by integer;
    u64, "uint64", DataType::UInt64 => UInt64 by integer;
    f32, "float32", DataType::Float32 => Float32 by float;
    f64, "float64", DataType::Float64 => Float64 by float;
}

/// Runs code with the type that a column's values are stored in, or other code
/// where they are no numbers, dates or times (float16 has none in Rust).
///
/// ```
/// use bailiwick_guest::{DataType, with_native};
///
/// let width = |of: &DataType| with_native!(of, T => size_of::<T>(), else 0);
/// assert_eq!(width(&DataType::Date32), 4);
/// assert_eq!(width(&DataType::Utf8), 0);
/// ```
#[macro_export]
macro_rules! with_native {
    ($data_type:expr, $type:ident => $body:expr, else $other:expr) => {
        match $data_type {
            $crate::DataType::Int8 => $crate::with_native!(@ i8, $type, $body),
            $crate::DataType::UInt8 => $crate::with_native!(@ u8, $type, $body),
            $crate::DataType::Int16 => $crate::with_native!(@ i16, $type, $body),
            $crate::DataType::UInt16 => $crate::with_native!(@ u16, $type, $body),
            $crate::DataType::Int32
            | $crate::DataType::Date32
            | $crate::DataType::Time32(_) => $crate::with_native!(@ i32, $type, $body),
            $crate::DataType::UInt32 => $crate::with_native!(@ u32, $type, $body),
            $crate::DataType::Int64
            | $crate::DataType::Date64
            | $crate::DataType::Time64(_)
            | $crate::DataType::Timestamp(..)
            | $crate::DataType::Duration(_) => $crate::with_native!(@ i64, $type, $body),
            $crate::DataType::UInt64 => $crate::with_native!(@ u64, $type, $body),
            $crate::DataType::Float32 => $crate::with_native!(@ f32, $type, $body),
            $crate::DataType::Float64 => $crate::with_native!(@ f64, $type, $body),
            _ => $other,
        }
    };
    (@ $native:ident, $type:ident, $body:expr) => {{
        type $type = $native;
        $body
    }};
}
