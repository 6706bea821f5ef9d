//! What a step costs per batch, whatever the rows: a push of four columns into a
//! check that looks at none of them.
//!
//! | contestant | what it does |
//! |---|---|
//! | `push` | all of it |
//! | `bare call` | a call without columns: enters the sandbox, sets its limits, leaves it |
//! | `lower` | the columns as slices of their buffers |
//! | `lift` | the check of the one bitmap that came back, and its making |
//! | `memcpy` | a copy of the bytes that go in |
//!
//! What is left of `push` is the component model's passing of lists, one allocation
//! in the module for each, and the module's own reading of them.

use std::hint::black_box;

use bailiwick_columnar::{Projection, Untrusted, lift_bitmap};
use bailiwick_engine::Conditions;
use bailiwick_terms::Read;

use crate::data::Table;
use crate::{Clock, Contest, Goal, Modules, Outcome, Rounds};

/// Rows a batch that calls are measured at: next to nothing, and little.
pub const BATCH_ROWS: [usize; 2] = [64, 1_024];

/// What crosses: integers with nulls and without, text, a time.
const COLUMNS: [&str; 4] = ["arr_delay", "distance", "carrier", "time_hour"];

/// The whole of a call.
const PUSH: &str = "push";

/// The name of the contest at batches of so many rows.
pub fn contest_name(batch_rows: usize) -> String {
    format!("idle check of 4 columns, {batch_rows} rows")
}

/// One push of the first rows of the flights.
///
/// # Errors
/// Where the module `idle` is not there, or fails.
pub fn measure(
    flights: &Table,
    modules: &Modules,
    batch_rows: usize,
    rounds: Rounds,
) -> anyhow::Result<Outcome> {
    let table = flights.in_batches(batch_rows, batch_rows)?;
    let Some(batch) = table.batches().first() else { anyhow::bail!("there are no flights") };
    let module = modules.module("idle")?;
    let open = || module.check("{}", table.schema(), &COLUMNS, &Conditions::default());
    let (mut pushed, mut called) = (open()?, open()?);
    let projection = Projection::new(table.schema(), &COLUMNS.map(Read::values))?;
    let lowered = projection.lower(batch)?;
    let sources: Vec<&[u8]> = lowered.buffers.iter().map(|buffer| buffer.as_slice()).collect();
    let mut copies: Vec<Vec<u8>> = sources.iter().map(|source| source.to_vec()).collect();
    let bytes = batch_rows.div_ceil(8);
    Contest::new(contest_name(batch_rows), batch_rows)
        .by(Clock::Thread)
        .contestant(PUSH, || Ok(pushed.push(batch)?))
        .contestant("bare call", || Ok(called.state()?))
        .contestant("lower", || Ok(projection.lower(batch)?))
        .contestant("lift", || Ok(lift_bitmap(Untrusted::new(vec![0; bytes]), batch_rows)?))
        .contestant("memcpy", || {
            for (copy, source) in copies.iter_mut().zip(&sources) {
                copy.copy_from_slice(black_box(source));
            }
            black_box(&mut copies);
            Ok(())
        })
        .run(rounds)
}

/// What a call ought to cost.
pub fn goals(outcomes: &[Outcome]) -> Vec<Goal> {
    let name = contest_name(64);
    let outcome = outcomes.iter().find(|outcome| outcome.name == name);
    let push = outcome.and_then(|outcome| outcome.contestant(PUSH));
    let goal = |timing: &crate::Timing| {
        let what = "push of 4 columns x 64 rows, median";
        Goal::quantity(what, 6.0, timing.ns_per_call.median / 1_000.0, "µs")
    };
    push.map(goal).into_iter().collect()
}
