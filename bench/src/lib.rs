//! Benchmarks of Bailiwick: what the sandbox costs, and against what.
//!
//! `cargo xtask bench` builds the guests and runs the command of this package. What
//! it measures it shows as tables, and keeps in `target/bench/results.json`, section
//! by section; `cargo xtask bench plot` draws the charts.
//!
//! The parts are a library, so that peers with dependencies of their own can enter
//! the same contests from a workspace of their own:
//!
//! - [`Contest`] runs contestants interleaved, [`Outcome`] says what came of it;
//! - [`data`] has the rows, [`kernels`] the works that policies do on them, with what
//!   the answers must be;
//! - [`Modules`] signs, approves and loads components;
//! - [`Results`] is the file, [`Goal`] what a figure ought to be, [`Machine`] what it
//!   was taken on.
//!
//! All ratios are ratios within one round: see [`Contest`] for why.

pub mod call;
mod clock;
mod contest;
pub mod data;
pub mod gate;
mod goal;
pub mod kernels;
mod machine;
mod modules;
mod outcome;
pub mod plot;
mod repository;
mod results;
pub mod run;
pub mod scale;
pub mod table;

pub use clock::Clock;
pub use contest::{Contest, Rounds};
pub use goal::Goal;
pub use machine::Machine;
pub use modules::Modules;
pub use outcome::{Outcome, Spread, Timing};
pub use results::{Results, Section};
