//! Arrow record batches to and from the wire that modules speak.
//!
//! A module sees a batch as Arrow's own buffers, unrolled (`wit/columnar.wit`):
//! no IPC messages, no padding, the schema once. This crate is the only one that
//! touches bytes which a module gave back, and it knows nothing of wasm: what
//! enters it is plain vectors.
//!
//! Data flows through in one direction:
//!
//! 1. [`fields_to_wire`] says what a module will see, as a list of fields, and
//!    refuses by name the columns that cannot cross.
//! 2. [`Projection`] picks the columns which a step reads and [`lower`](Projection::lower)s
//!    them: a slice of an existing buffer wherever that is enough.
//! 3. What the module answers is [`Untrusted`]. Lengths, counts, offsets, UTF-8 and
//!    decimals are checked by [`lift_columns`], [`lift_rows`] and [`lift_bitmap`]:
//!    there is no other way to a value inside, so nothing unchecked becomes an array.
//!    Texts become [`GuestText`]; what else a module can say has its check where its
//!    type is, by [`Validate`].
//! 4. [`replace_columns`] and [`keep_rows`] put the answer back among the columns
//!    that never left.

mod bits;
mod error;
mod format;
mod layout;
mod lift;
mod lower;
mod splice;
mod text;
mod untrusted;
mod wire;

pub use error::{ColumnarError, Malformed};
pub use format::{fields_from_wire, fields_to_wire};
pub use lift::{lift_bitmap, lift_columns, lift_rows, lift_state};
pub use lower::{Lowered, Projection, normalised};
pub use splice::{keep_rows, replace_columns, replaced_fields};
pub use text::GuestText;
pub use untrusted::{Untrusted, Validate};
pub use wire::{WireBatch, WireField, WireNode};
