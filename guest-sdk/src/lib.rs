//! What a domain team writes its modules with.
//!
//! A module works on columns, a batch of rows at a time, inside a sandbox: it has
//! no files, clock or network, and sees only the columns that its plan reads. An
//! author writes a struct of settings and implements one trait: [`Map`] (new
//! values), [`Filter`] (fewer rows), [`Reshape`] (a new batch) or [`Check`] (which
//! rows fail). One macro makes the crate a component. Tests are plain `cargo test`,
//! natively, through [`testing`].
//!
//! A whole module:
//!
//! ```
//! use bailiwick_guest::{About, Array, Batch, Map, Result, Schema, Scope, Settings, Utf8Builder, about};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, Settings)]
//! struct Options {
//!     /// What to put before each value.
//!     prefix: String,
//! }
//!
//! struct Prefix(Options);
//!
//! impl Map for Prefix {
//!     type Settings = Options;
//!     const ABOUT: About = about!("prefix", Scope::Column, "Puts a text before each value.");
//!
//!     fn open(settings: Options, _reads: &Schema) -> Result<Self> {
//!         Ok(Self(settings))
//!     }
//!
//!     fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
//!         let column = rows.only()?.as_utf8()?;
//!         let mut out = Utf8Builder::with_capacity(column.len(), column.text().len());
//!         column.values().for_each(|value| out.push(&format!("{}{value}", self.0.prefix)));
//!         Ok(vec![out.finish().with_nulls_of(column.column())])
//!     }
//! }
//!
//! bailiwick_guest::export_map!(Prefix);
//!
//! // Natively, in a test:
//! use bailiwick_guest::testing::{Rows, map};
//!
//! let rows = Rows::new().column("gate", [Some("12"), None]);
//! let out = map::<Prefix>(r#"{"prefix": "EWR-"}"#, &rows)?;
//! assert_eq!(out.texts("gate"), [Some("EWR-12".to_owned()), None]);
//! # Ok::<(), bailiwick_guest::Error>(())
//! ```
//!
//! # Other tables
//!
//! A module that needs rows of another table looks them up at the host, by keys: see
//! [`lookup`]. It has no other way to anything that does not come with its rows.
//!
//! # Speed
//!
//! A column is a slice: ask for its type once ([`Column::as_primitive`],
//! [`Column::as_utf8`], …), loop over all values, nulls too, without branches, and
//! carry the nulls over ([`Array::with_nulls_of`]). Such loops become vector code,
//! which modules are built with. [`Array::map`] and [`Bitmap::of`] are such loops.
//!
//! # Features
//!
//! - `arrow`: conversions from and to arrow arrays, for what the views lack. Costs
//!   some megabytes and most of the speed.

// The generated code and the derive macro name this crate as its users do.
extern crate self as bailiwick_guest;

mod about;
mod array;
#[cfg(feature = "arrow")]
mod arrow;
mod batch;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod bindings;
mod bits;
mod builder;
pub mod calendar;
mod column;
mod data_type;
mod error;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
#[allow(missing_docs, reason = "what the macros name; not for authors")]
pub mod export;
pub mod expression;
pub mod formats;
pub mod gather;
mod json;
pub mod keys;
pub mod lanes;
pub mod lookup;
mod module;
mod native;
pub mod numbers;
pub mod pieces;
mod plan;
mod read;
mod register;
#[doc(hidden)]
pub mod runtime;
mod scalar;
mod schema;
mod service;
#[doc(hidden)]
pub mod settings;
mod short_copy;
pub mod state;
mod storage;
pub mod sum;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod view;
pub mod wire;

pub use about::{About, Scope};
pub use array::Array;
pub use batch::Batch;
pub use bits::{Bitmap, BitmapBuilder, Bits};
pub use builder::{
    BinaryBuilder, BoolBuilder, DecimalBuilder, FixedBinaryBuilder, ListBuilder, PrimitiveBuilder,
    StructBuilder, Utf8Builder, ValueWriter,
};
pub use column::Column;
pub use data_type::{DataType, TimeUnit};
pub use error::{Error, Result};
pub use expression::{Expression, Predicate};
pub use lookup::Lookup;
pub use module::{Check, Filter, Map, Reshape};
pub use native::Native;
pub use plan::{CheckPlan, Dimension, Granularity, MAX_RULE_ID_BYTES, Measure, Plan, Rule};
pub use read::{Ordering, Part, Read};
pub use scalar::{Exact, Scalar};
pub use schema::{Field, Schema};
pub use service::{Level, encryption, log, pseudonym};
pub use settings::{Settings, schema_of};
pub use view::{
    BinaryColumn, BoolColumn, Decimal128Column, FixedBinaryColumn, ListColumn, PrimitiveColumn,
    StructColumn, Utf8Column,
};
