//! A run: source, plan, sinks, quarantine and report.
//!
//! A [`Mesh`] says where things are on this machine. [`Pipeline::open`] verifies the
//! signed repository and sets up the sandbox; [`Pipeline::plan`] brings approvals,
//! modules and documents to the planner; [`Pipeline::run`] executes the plan:
//!
//! 1. the input file and those of reference tables are found and digested; with the plan's
//!    digest that names the run;
//! 2. record batches stream from it, in the contract's types, never more than a few
//!    at a time in memory;
//! 3. each passes through the steps of its segment: maps, filters and checks. Rows
//!    that a quarantining check marked stay in the batch until the segment's end, so
//!    that they are masked by the same steps, and then part from the others.
//!    Rows that a module faults on part at once, where its binding says so, with what
//!    is final of them;
//! 4. at the end checks conclude, every row is accounted for, and all files become
//!    visible at once, or none does.
//!
//! No step sees a file; no file code sees a module.
//!
//! [`Pipeline::test_leaks`] sends the input through the same steps with one column
//! changed, to see that nothing changes but what the plan says may.

mod accounting;
mod catalog;
mod delivery;
mod ending;
mod error;
mod fault;
mod faults;
mod gate;
mod history;
mod input;
mod judge;
mod lane;
mod lanes;
mod leak_test;
mod location;
mod marks;
mod memory;
mod mesh;
mod pipeline;
mod progress;
mod quarantine;
mod references;
mod report;
mod review;
mod run;
mod signed_tables;
mod sink;
mod source;
mod staging;
mod step;
mod table;
mod turns;
mod work;
mod workers;

pub use accounting::Accounting;
pub use error::{Blame, InputError, PipelineError, ReferenceError};
pub use history::{History, PastRun};
pub use input::{InputRead, SignedAs};
pub use leak_test::{ColumnTest, Leak, LeakTest, LeakTestOptions, Reached, leak_test_summary};
pub use location::Location;
pub use mesh::Mesh;
pub use pipeline::{Pipeline, Prepared};
pub use progress::{Progress, Quiet};
pub use report::{
    Delivery, FaultReport, FigureReport, Report, RuleReport, StepReport, history_page, junit, page,
    summary,
};
pub use review::{Review, Use};
pub use run::{Outcome, RunOptions};
pub use signed_tables::check_table;
pub use sink::Written;
pub use staging::Commit;
pub use table::{Table, parsed};
