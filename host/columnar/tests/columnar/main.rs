//! Columns across the wire and back, through the public functions alone.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod bitmaps;
mod columns;
mod crossing;
mod fields;
mod hostile_batches;
mod mutations;
mod refusals;
mod round_trip;
mod sharing;
mod slices;
mod splicing;
