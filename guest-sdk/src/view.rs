//! Columns whose type is known.
//!
//! Every view has `len`, `null_count`, `validity`, `is_valid`, `get` (none for null) and `iter`
//! (the same, value by value). For speed, work on all values, nulls too (a null's
//! value is there, whatever it is), and carry the validity over: see
//! [`Array::with_validity`](crate::Array::with_validity).

mod bytes;
mod fixed;
mod nested;

pub use bytes::{BinaryColumn, Utf8Column};
pub use fixed::{BoolColumn, Decimal128Column, FixedBinaryColumn, PrimitiveColumn};
pub use nested::{ListColumn, StructColumn};

/// What all views have.
macro_rules! common {
    ($name:ident $(<$generic:ident: $bound:ident>)?, $item:ty) => {
        impl<'a $(, $generic: $bound)?> $name<'a $(, $generic)?> {
            /// The column, its type left open.
            pub fn column(self) -> Column<'a> {
                self.column
            }

            /// Number of values, valid or null.
            pub fn len(self) -> usize {
                self.column.len()
            }

            /// Whether there are no values.
            pub fn is_empty(self) -> bool {
                self.column.is_empty()
            }

            /// Number of nulls.
            pub fn null_count(self) -> usize {
                self.column.null_count()
            }

            /// A set bit for each valid value; none where all of them are valid.
            pub fn validity(self) -> Option<Bits<'a>> {
                self.column.validity()
            }

            /// Whether the value at `index` is there and valid.
            pub fn is_valid(self, index: usize) -> bool {
                self.column.is_valid(index)
            }

            /// The values one by one, none for null.
            pub fn iter(self) -> impl ExactSizeIterator<Item = Option<$item>> + 'a {
                (0..self.len()).map(move |index| self.get(index))
            }
        }
    };
}

pub(crate) use common;
