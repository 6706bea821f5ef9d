//! Expressions, compiled and evaluated, against what DuckDB makes of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod duckdb;
mod failures;
mod modules;
mod properties;
mod refusals;
