//! What a file holds, and what contract and checks this suggests.
//!
//! [`profile`] reads a file, a batch at a time, and finds for each column its type,
//! missing and different values, ends, spread, lengths, forms, well-known formats, and
//! whether it is suspected to hold personal data. Where two columns together could tell all
//! rows apart, it reads the file again, until it is known which do. [`suggest`] makes a data
//! contract and bindings of it, which the same file then meets.
//!
//! # By what code
//!
//! The figures are those of the standard modules `distinct`, `statistics`, `format` and
//! `personal-data`: their crates, opened here natively, over the path that a host takes
//! ([`bailiwick_guest::Batch`]). So a profile and the checks that are suggested by it count
//! alike. They are not run in the sandbox, for nothing is governed here: a profile is made
//! where there is no repository yet, of which approved modules could come, and reads as its
//! user what that user can read anyway. Common values are counted by a sketch of Apache
//! DataSketches.
//!
//! # In what memory
//!
//! [`Options::memory_bytes`] is shared out among the columns. Up to so many different
//! values as fit, distinct counts are exact; past them the module `distinct` estimates, and
//! the profile says so, with the standard error. Common values and forms are counted in
//! tables of fixed size, each with a bound of its error. The rest is a batch.
//!
//! # What it does not tell
//!
//! A profile is handed around, so it must not leak. Of a column that is suspected to hold
//! personal data, by its values or its name and however faintly, no value is stated: no
//! common ones, no ends, no quantiles, no mean. Of others, values are stated that many rows
//! have, or all where there are few different ones. [`Options::show_values`] states all.

mod column;
mod common;
mod ends;
mod error;
mod keys;
mod module;
mod names;
mod numbers;
mod profile;
mod profiler;
mod shape;
mod suggest;
mod summary;
mod suspicion;
mod texts;
mod typed;

pub use error::ProfileError;
pub use profile::{
    Column, Common, Confidence, Counted, Distinct, Form, FormatFound, Keys, Lengths, NotFinite,
    PROFILE_VERSION, Profile, Quantile, Suspicion,
};
pub use profiler::{Options, profile};
pub use suggest::{SuggestOptions, Suggestion, Wrote, suggest};
pub use summary::summary;
