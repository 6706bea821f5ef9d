//! The types that a module may see.

use std::fmt;

/// The unit of a time, a timestamp or a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Milliseconds, 10⁻³ s.
    Millisecond,
    /// Microseconds, 10⁻⁶ s.
    Microsecond,
    /// Nanoseconds, 10⁻⁹ s.
    Nanosecond,
}

impl TimeUnit {
    /// How many of the unit make a second.
    pub fn per_second(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Millisecond => 1_000,
            Self::Microsecond => 1_000_000,
            Self::Nanosecond => 1_000_000_000,
        }
    }

    pub(crate) fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Millisecond => 'm',
            Self::Microsecond => 'u',
            Self::Nanosecond => 'n',
        }
    }

    pub(crate) fn of(letter: u8) -> Option<Self> {
        Some(match letter {
            b's' => Self::Second,
            b'm' => Self::Millisecond,
            b'u' => Self::Microsecond,
            b'n' => Self::Nanosecond,
            _ => return None,
        })
    }
}

/// The type of a field. Lists and structs have their children in the
/// [`Field`](crate::Field).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DataType {
    /// True or false, one bit a value.
    Bool,
    /// 8-bit integer.
    Int8,
    /// 8-bit integer, not negative.
    UInt8,
    /// 16-bit integer.
    Int16,
    /// 16-bit integer, not negative.
    UInt16,
    /// 32-bit integer.
    Int32,
    /// 32-bit integer, not negative.
    UInt32,
    /// 64-bit integer.
    Int64,
    /// 64-bit integer, not negative.
    UInt64,
    /// 16-bit float; a module sees its bits as `u16`.
    Float16,
    /// 32-bit float.
    Float32,
    /// 64-bit float.
    Float64,
    /// A 128-bit integer, times 10 to the power of minus the scale.
    Decimal128 {
        /// Number of digits, 1 to 38.
        precision: u8,
        /// Digits behind the point; negative: zeros before it.
        scale: i8,
    },
    /// A 256-bit integer, times 10 to the power of minus the scale.
    Decimal256 {
        /// Number of digits, 1 to 76.
        precision: u8,
        /// Digits behind the point; negative: zeros before it.
        scale: i8,
    },
    /// Text with 32-bit offsets.
    Utf8,
    /// Text with 64-bit offsets.
    LargeUtf8,
    /// Bytes with 32-bit offsets.
    Binary,
    /// Bytes with 64-bit offsets.
    LargeBinary,
    /// So many bytes a value.
    FixedSizeBinary(u32),
    /// Days since 1970-01-01, as `i32`.
    Date32,
    /// Milliseconds since 1970-01-01, whole days, as `i64`.
    Date64,
    /// Time of day in seconds or milliseconds, as `i32`.
    Time32(TimeUnit),
    /// Time of day in microseconds or nanoseconds, as `i64`.
    Time64(TimeUnit),
    /// Time since 1970-01-01T00:00:00, as `i64`; in UTC where a time zone is
    /// given, else in whatever local time the data means.
    Timestamp(TimeUnit, Option<String>),
    /// A length of time, as `i64`.
    Duration(TimeUnit),
    /// Lists with 32-bit offsets, of the one child.
    List,
    /// Lists with 64-bit offsets, of the one child.
    LargeList,
    /// One value of each child.
    Struct,
}

impl DataType {
    /// Reads a format string of the Arrow C data interface; none for a type that
    /// a module cannot be given.
    pub fn from_format(format: &str) -> Option<Self> {
        Some(match format {
            "b" => Self::Bool,
            "c" => Self::Int8,
            "C" => Self::UInt8,
            "s" => Self::Int16,
            "S" => Self::UInt16,
            "i" => Self::Int32,
            "I" => Self::UInt32,
            "l" => Self::Int64,
            "L" => Self::UInt64,
            "e" => Self::Float16,
            "f" => Self::Float32,
            "g" => Self::Float64,
            "u" => Self::Utf8,
            "U" => Self::LargeUtf8,
            "z" => Self::Binary,
            "Z" => Self::LargeBinary,
            "tdD" => Self::Date32,
            "tdm" => Self::Date64,
            "tts" => Self::Time32(TimeUnit::Second),
            "ttm" => Self::Time32(TimeUnit::Millisecond),
            "ttu" => Self::Time64(TimeUnit::Microsecond),
            "ttn" => Self::Time64(TimeUnit::Nanosecond),
            "+l" => Self::List,
            "+L" => Self::LargeList,
            "+s" => Self::Struct,
            _ => return Self::from_long_format(format),
        })
    }

    fn from_long_format(format: &str) -> Option<Self> {
        if let Some(rest) = format.strip_prefix("d:") {
            let mut parts = rest.split(',');
            let precision: u8 = parts.next()?.parse().ok()?;
            let scale: i8 = parts.next()?.parse().ok()?;
            let bits = parts.next();
            return match (bits, parts.next()) {
                (None | Some("128"), None) if (1..=38).contains(&precision) => {
                    Some(Self::Decimal128 { precision, scale })
                }
                (Some("256"), None) if (1..=76).contains(&precision) => {
                    Some(Self::Decimal256 { precision, scale })
                }
                _ => None,
            };
        }
        if let Some(width) = format.strip_prefix("w:") {
            return width.parse().ok().map(Self::FixedSizeBinary);
        }
        match *format.as_bytes() {
            [b't', b's', unit, b':', ..] => {
                let zone = format.get(4..).filter(|zone| !zone.is_empty());
                Some(Self::Timestamp(TimeUnit::of(unit)?, zone.map(str::to_owned)))
            }
            [b't', b'D', unit] => Some(Self::Duration(TimeUnit::of(unit)?)),
            _ => None,
        }
    }

    /// The format string of the Arrow C data interface.
    pub fn format(&self) -> String {
        let text = match self {
            Self::Bool => "b",
            Self::Int8 => "c",
            Self::UInt8 => "C",
            Self::Int16 => "s",
            Self::UInt16 => "S",
            Self::Int32 => "i",
            Self::UInt32 => "I",
            Self::Int64 => "l",
            Self::UInt64 => "L",
            Self::Float16 => "e",
            Self::Float32 => "f",
            Self::Float64 => "g",
            Self::Utf8 => "u",
            Self::LargeUtf8 => "U",
            Self::Binary => "z",
            Self::LargeBinary => "Z",
            Self::Date32 => "tdD",
            Self::Date64 => "tdm",
            Self::List => "+l",
            Self::LargeList => "+L",
            Self::Struct => "+s",
            Self::Decimal128 { precision, scale } => return format!("d:{precision},{scale}"),
            Self::Decimal256 { precision, scale } => return format!("d:{precision},{scale},256"),
            Self::FixedSizeBinary(width) => return format!("w:{width}"),
            Self::Time32(unit) | Self::Time64(unit) => return format!("tt{}", unit.letter()),
            Self::Timestamp(unit, zone) => {
                return format!("ts{}:{}", unit.letter(), zone.as_deref().unwrap_or_default());
            }
            Self::Duration(unit) => return format!("tD{}", unit.letter()),
        };
        text.to_owned()
    }

    /// Whether this is text, with either width of offsets.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Utf8 | Self::LargeUtf8)
    }

    /// Whether this is an integer type (dates, times and decimals are not).
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::Int8
                | Self::UInt8
                | Self::Int16
                | Self::UInt16
                | Self::Int32
                | Self::UInt32
                | Self::Int64
                | Self::UInt64
        )
    }

    /// Whether this is a 32-bit or 64-bit float.
    pub fn is_float(&self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    /// Bytes a value takes in the values buffer; none where that is not a whole
    /// number of bytes or differs from value to value.
    pub(crate) fn width(&self) -> Option<usize> {
        Some(match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 | Self::Float16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 | Self::Date32 | Self::Time32(_) => 4,
            Self::Int64
            | Self::UInt64
            | Self::Float64
            | Self::Date64
            | Self::Time64(_)
            | Self::Timestamp(..)
            | Self::Duration(_) => 8,
            Self::Decimal128 { .. } => 16,
            Self::Decimal256 { .. } => 32,
            Self::FixedSizeBinary(width) => *width as usize,
            Self::Bool
            | Self::Utf8
            | Self::LargeUtf8
            | Self::Binary
            | Self::LargeBinary
            | Self::List
            | Self::LargeList
            | Self::Struct => return None,
        })
    }
}

impl fmt::Display for DataType {
    /// The type in words, as error texts name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::UInt8 => "uint8",
            Self::Int16 => "int16",
            Self::UInt16 => "uint16",
            Self::Int32 => "int32",
            Self::UInt32 => "uint32",
            Self::Int64 => "int64",
            Self::UInt64 => "uint64",
            Self::Float16 => "float16",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Utf8 => "utf8",
            Self::LargeUtf8 => "large utf8",
            Self::Binary => "binary",
            Self::LargeBinary => "large binary",
            Self::Date32 => "date32",
            Self::Date64 => "date64",
            Self::Time32(_) => "time32",
            Self::Time64(_) => "time64",
            Self::Timestamp(..) => "timestamp",
            Self::Duration(_) => "duration",
            Self::List => "list",
            Self::LargeList => "large list",
            Self::Struct => "struct",
            Self::Decimal128 { .. } => "decimal128",
            Self::Decimal256 { .. } => "decimal256",
            Self::FixedSizeBinary(_) => "fixed-size binary",
        };
        f.write_str(text)
    }
}
