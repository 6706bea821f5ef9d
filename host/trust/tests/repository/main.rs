//! The signed repository through its public interface: real keys, a real folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

mod blast_radius;
mod ceremonies;
mod clients;
mod crafted;
mod delegations;
mod denied;
mod expiries;
mod forger;
mod forging;
mod history;
mod hostile_files;
mod keys;
mod mesh;
mod modules;
mod publishing;
mod reading;
mod rollback;
mod rotations;
mod scopes;
mod secured;
mod served;
mod server;
mod signatures;
