//! Native tests of a module, over the same path that a host takes.
//!
//! [`Rows`] are made of Rust literals. A run plans, projects the columns that the
//! plan reads, opens, pushes each batch as buffers, and holds what comes back to the
//! contract: types, lengths, null counts, offsets, UTF-8. What breaks the contract
//! fails the test by a panic that says how; what the module refuses is an `Err`.
//!
//! Settings are given as a binding has them: expressions are compiled for the rows.
//!
//! ```
//! use bailiwick_guest::testing::Rows;
//!
//! let rows = Rows::new()
//!     .column("email", [Some("jane@example.com"), None])
//!     .column("age", [31_i32, 40]);
//! assert_eq!(rows.texts("email"), [Some("jane@example.com".to_owned()), None]);
//! assert_eq!(rows.values::<i32>("age"), [Some(31), Some(40)]);
//! ```

#![expect(clippy::panic, reason = "a test fails by a panic")]

mod compile;
pub(crate) mod host;
mod literals;
mod lookups;
mod rows;
mod run;

pub use host::{logged, plan_lookups, set_key, set_table};
pub use literals::Literals;
pub use lookups::{Lookups, set_lookups};
pub use rows::Rows;
pub use run::{
    Verdict, check, check_in_parts, filter, map, plan_check, plan_filter, plan_map, plan_reshape,
    reshape, reshape_in_parts,
};
