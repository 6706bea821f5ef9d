//! The types that expressions compute with.

use std::fmt;

use arrow_schema::{DataType, TimeUnit};

/// The most digits of a decimal.
pub(crate) const MAX_PRECISION: u8 = 38;

/// A type that expressions compute with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// Any integer of up to 64 bits with a sign, computed with as `int64`.
    Integer,
    /// `float32` and `float64`, computed with as `float64`.
    Float,
    /// `decimal128`; `uint64` is one of 20 digits.
    Decimal {
        /// Number of digits.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Text.
    Text,
    /// `date32` and `date64`, as `date32`.
    Date,
    /// A timestamp.
    Timestamp {
        /// What it counts.
        unit: TimeUnit,
        /// Its time zone, if it has one.
        zone: Option<String>,
    },
}

/// How many of a unit a second has.
pub(crate) fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

impl Type {
    /// The type of a column; none for one that expressions do not compute with.
    pub fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Boolean => Self::Bool,
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Self::Integer,
            DataType::UInt64 => Self::Decimal { precision: 20, scale: 0 },
            DataType::Float32 | DataType::Float64 => Self::Float,
            DataType::Decimal128(precision, scale) => {
                Self::Decimal { precision: *precision, scale: u8::try_from(*scale).ok()? }
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(unit, zone) => {
                Self::Timestamp { unit: *unit, zone: zone.as_ref().map(|zone| zone.to_string()) }
            }
            DataType::Dictionary(_, values) => return Self::of(values),
            _ => return None,
        })
    }

    /// How values are held: what modules need to know to move them.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Integer | Self::Date | Self::Timestamp { .. } => "integer",
            Self::Float => "float",
            Self::Decimal { .. } => "decimal",
            Self::Text => "text",
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal { .. })
    }

    /// The type in words, for a message.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Bool => "a bool".into(),
            Self::Integer => "an integer".into(),
            Self::Float => "a float".into(),
            Self::Decimal { precision, scale } => {
                format!("a decimal of {precision} digits, {scale} of them behind the point")
            }
            Self::Text => "a text".into(),
            Self::Date => "a date".into(),
            Self::Timestamp { zone: None, .. } => "a timestamp without a time zone".into(),
            Self::Timestamp { zone: Some(_), .. } => "a timestamp with a time zone".into(),
        }
    }
}

impl fmt::Display for Type {
    /// The type as a program writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Integer => f.write_str("integer"),
            Self::Float => f.write_str("float"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Timestamp { unit, zone } => {
                let unit = match unit {
                    TimeUnit::Second => "s",
                    TimeUnit::Millisecond => "m",
                    TimeUnit::Microsecond => "u",
                    TimeUnit::Nanosecond => "n",
                };
                write!(f, "timestamp({unit},{})", zone.as_deref().unwrap_or_default())
            }
        }
    }
}
