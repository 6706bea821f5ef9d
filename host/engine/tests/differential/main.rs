//! The standard policies against plain native code, row by row, over the flights of
//! 2013: what a module makes in its sandbox is what its documentation says.
//!
//! The native side is written for the reader, over vectors of options. It shares no
//! code with the policies and their SDK.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other tests of the sandbox use what these do not")]
mod support;

mod aggregate;
mod allowed_values;
mod checks;
mod clean;
mod comparison;
mod completeness;
mod data;
mod derive;
mod filter;
mod mask;
mod pattern;
mod range;
mod references;
mod refusals;
mod runs;
mod unique;
