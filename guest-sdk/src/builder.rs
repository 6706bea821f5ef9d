//! Columns built value by value.
//!
//! A builder takes values and nulls in the order of the rows; `finish` makes an
//! [`Array`](crate::Array) of them. Give `with_capacity` what is known of the size:
//! a module's memory is never given back to the host, only grown.

mod bytes;
mod fixed;
mod nested;
mod validity;

pub use bytes::{BinaryBuilder, Utf8Builder, ValueWriter};
pub use fixed::{BoolBuilder, DecimalBuilder, FixedBinaryBuilder, PrimitiveBuilder};
pub use nested::{ListBuilder, StructBuilder};
pub(crate) use validity::ValidityBuilder;
