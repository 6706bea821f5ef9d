//! The signed repository through its public interface: real keys, a real folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

mod ceremonies;
mod crafted;
mod delegations;
mod expiries;
mod history;
mod hostile_files;
mod keys;
mod mesh;
mod modules;
mod publishing;
mod reading;
mod rollback;
mod rotations;
mod signatures;
