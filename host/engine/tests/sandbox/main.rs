//! Modules in their sandbox: real components, signed and approved in a real
//! repository, honest ones and such as break every rule they can.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod admission;
mod cache;
mod checks;
mod compilation;
mod copied;
mod determinism;
mod echo;
mod encryption;
mod isolation;
mod lies;
mod lifecycle;
mod limits;
mod pseudonyms;
mod witness;
mod words;
