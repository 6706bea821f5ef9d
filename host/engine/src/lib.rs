//! The sandbox: runs approved modules over record batches.
//!
//! This is the only crate that knows wasmtime. A module comes in as an
//! [`ApprovedModule`](bailiwick_trust::ApprovedModule), which only the trust crate
//! can make, and is looked at before it is compiled: its size, its kind, its
//! imports against the services that its approval grants. There is no WASI here
//! and nothing to escape to: no clock, no files, no network, no randomness.
//!
//! [`Engine::load`] compiles it, [`Module::plan_transform`] and
//! [`Module::plan_check`] ask it what it reads and writes, and a [`Stage`] or a
//! [`Check`] is one opened instance in a store of its own: its memory, time, fuel
//! and answers are limited by its own [`Limits`](bailiwick_terms::Limits), and when
//! it traps or goes past one, nothing but that store is lost.
//!
//! A [`CompiledCache`] keeps compiled code for the next process, which then starts in
//! a fraction of the time: [`Engine::with_cache`].
//!
//! Only the columns that the module said it reads ever enter its memory. Whatever a
//! call gives is [`Untrusted`](bailiwick_columnar::Untrusted) until the check of its
//! type made something of it: arrays are made by `bailiwick-columnar` alone, and words
//! are a [`GuestText`].
//!
//! A module may look rows up in [`References`], which the host holds once for all: what its
//! plan says of them, and nothing else.
//!
//! What all modules of a run hold together can be bounded too: by a [`MemoryAccount`].
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use arrow_array::RecordBatch;
//! # let (directory, root, now): (&std::path::Path, Vec<u8>, _) = todo!();
//! # let batch: RecordBatch = todo!();
//! use bailiwick_engine::{Conditions, Engine};
//! use bailiwick_trust::Repository;
//!
//! let repository = Repository::open(directory, &root, now)?;
//! let engine = Engine::new()?;
//! let mask = engine.load(&repository.module(&"governance/mask@0.1.0".parse()?)?)?;
//! let settings = r#"{"method": "email"}"#;
//! let mut stage = mask.stage(settings, &batch.schema(), &["email"], &Conditions::default())?;
//! let governed = stage.apply(&batch)?;
//! # Ok(())
//! # }
//! ```

mod abi;
mod account;
mod admission;
mod cache;
mod candidate;
mod check;
mod complexity;
mod description;
mod fault;
mod instance;
mod limiter;
mod linked;
mod load;
mod module;
mod plan;
mod reference;
mod rewind;
mod runtime;
mod sandbox;
mod services;
mod stage;

pub use account::{Held, MemoryAccount};
pub use bailiwick_columnar::GuestText;
pub use cache::{CacheError, CacheUsage, CompiledCache, DEFAULT_CACHE_BYTES};
pub use candidate::{Candidate, Trial, Tried};
pub use check::{Check, Measure};
pub use description::{Description, Inspection};
pub use fault::{Admission, Call, EngineError, Fault, LimitKind, Subject};
pub use module::{Conditions, Module};
pub use plan::{CheckPlan, Granularity, Kind, Rule, Scope, Shape, TransformPlan};
pub use reference::{
    DirectLookups, DirectMatches, Lookup, MAX_TABLE_BYTES, ReferenceTable, References,
    TableBuilder, TableError, TableSchemas,
};
pub use runtime::{Engine, MAX_OPEN};
pub use services::{KeyError, Keyring, LogLevel, LogLine, MIN_KEY_BYTES};
pub use stage::{Pushed, Stage};

/// The full name of an interface of ours, as components export and import it.
pub(crate) fn interface_name(interface: &str) -> String {
    format!("bailiwick:policy/{interface}@{}", bailiwick_terms::WIT_VERSION)
}
