//! Which buffers a type has on the wire.

use arrow_schema::{DataType, Field};

use crate::ColumnarError;

/// The widest fixed-size binary, bytes.
const MAX_FIXED_WIDTH: i32 = 1 << 20;

/// The buffers behind the validity buffer, in order (Arrow columnar format,
/// "Buffer listing for each layout").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One bit a value.
    Bits,
    /// So many bytes a value.
    Fixed(usize),
    /// Offsets, then bytes.
    Bytes { large: bool, utf8: bool },
    /// Offsets; one child.
    List { large: bool },
    /// Nothing; children as many as there are fields.
    Struct,
}

impl Layout {
    /// The layout of a type that may cross, or none.
    pub(crate) fn of(data_type: &DataType) -> Option<Layout> {
        Some(match data_type {
            DataType::Boolean => Layout::Bits,
            DataType::Utf8 => Layout::Bytes { large: false, utf8: true },
            DataType::LargeUtf8 => Layout::Bytes { large: true, utf8: true },
            DataType::Binary => Layout::Bytes { large: false, utf8: false },
            DataType::LargeBinary => Layout::Bytes { large: true, utf8: false },
            DataType::FixedSizeBinary(width) if !(1..=MAX_FIXED_WIDTH).contains(width) => {
                return None;
            }
            DataType::FixedSizeBinary(width) => Layout::Fixed(usize::try_from(*width).ok()?),
            DataType::List(_) => Layout::List { large: false },
            DataType::LargeList(_) => Layout::List { large: true },
            DataType::Struct(_) => Layout::Struct,
            // These are primitive too, but not of the contract.
            DataType::Interval(_) | DataType::Decimal32(..) | DataType::Decimal64(..) => {
                return None;
            }
            other => Layout::Fixed(other.primitive_width()?),
        })
    }

    /// The alignment that Arrow wants of the values, bytes.
    pub(crate) fn alignment(self, data_type: &DataType) -> usize {
        match (self, data_type) {
            (_, DataType::FixedSizeBinary(_)) => 1,
            // i128 and i256 are aligned to 16 on the hosts we run on.
            (Layout::Fixed(width), _) => width.min(16),
            _ => 1,
        }
    }
}

/// The child fields of a type, in order.
pub(crate) fn children(data_type: &DataType) -> &[std::sync::Arc<Field>] {
    match data_type {
        DataType::List(child) | DataType::LargeList(child) => std::slice::from_ref(child),
        DataType::Struct(fields) => fields,
        _ => &[],
    }
}

pub(crate) fn unsupported(column: &str, data_type: &DataType) -> ColumnarError {
    ColumnarError::UnsupportedType { column: column.to_owned(), found: data_type.to_string() }
}
