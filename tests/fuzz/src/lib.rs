//! Fuzzing: what comes from outside, made up.
//!
//! A target is a file of `tests/`, and states what must be true of any input at all:
//!
//! | target | given | must hold |
//! |---|---|---|
//! | `batches` | fields and a batch, as a module would give them | what is lifted is valid to Arrow's own full check, and crosses back unchanged |
//! | `documents` | the text of a contract, bindings or framework | what is read can be read again; an error is short and cannot steer a terminal |
//! | `plans` | settings and a JSON Schema for them | planning ends, and soon; a plan has the settings as they were bound |
//! | `settings` | JSON text | a module reads it as the host does, or refuses it |
//! | `repositories` | an approval, or what one role of a repository signs | what is found is approved and was signed; an error is short and cannot steer a terminal |
//! | `components` | a component, binary or as text | what is admitted imports nothing but services; a refusal is short and cannot steer a terminal |
//!
//! Each is run in two ways. `cargo test` replays the seeds and all that was ever found
//! (`tests/__fuzz__/TARGET/`, folders `corpus` and `crashes`), and then a fixed number of
//! seeds [`bent`](bent()), the same ones every time. `cargo xtask fuzz TARGET` runs the
//! target with coverage guidance (libFuzzer) for as long as one likes: what it finds is
//! put into `crashes` and stays there, once mended, as a test.

// Code that is instrumented is linked with the fuzzer's engine, in this crate's own tests too.
#[cfg(test)]
use bolero as _;

mod bent;
mod input;

pub use bent::bent;
pub use input::Input;
