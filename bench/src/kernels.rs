//! The standard policies, against the same work done without a sandbox.
//!
//! Four contestants take the same rows:
//!
//! - `bailiwick`: the module in its sandbox, as a run pushes to it: the columns
//!   lowered, copied in, worked on, lifted out and checked;
//! - `native`: the very same policy compiled for this machine, on buffers that it
//!   owns already. What `bailiwick` takes more than this, the sandbox costs;
//! - `arrow-rs`: the work as a Rust program would do it with arrow's kernels, where these
//!   have the same;
//! - `memcpy`: a copy of the bytes that `bailiwick` copies in and out, and no work.
//!
//! Before anything is timed, the first three must have given equal answers. Of every policy
//! in `policies/` one work stands for its [`Costs`].

mod answer;
mod arrow;
mod costs;
mod looked_up;
mod native;
mod sandboxed;
mod touched;
mod work;
mod works;

pub use answer::Answer;
pub use arrow::ArrowKernel;
pub use costs::{Cost, Costs};
pub use native::{Native, NativeStep, Opener, Produced, check, transform};
pub use sandboxed::{Sandboxed, SandboxedStep};
pub use touched::Touched;
pub use work::{Data, State, Step, Work};
pub use works::works;

use std::cell::OnceCell;
use std::path::PathBuf;

use anyhow::ensure;

use crate::data::{self, RUN_ROWS, Table};
use crate::{Clock, Contest, Goal, Modules, Outcome, Rounds};

/// Rows a batch that kernels are measured at.
pub const BATCH_ROWS: [usize; 3] = [1_024, 8_192, 65_536];

/// Names of the contestants.
pub mod contestants {
    /// The module in its sandbox.
    pub const BAILIWICK: &str = "bailiwick";
    /// The policy's own code, natively.
    pub const NATIVE: &str = "native";
    /// arrow's kernels.
    pub const ARROW: &str = "arrow-rs";
    /// A copy of the bytes touched.
    pub const MEMCPY: &str = "memcpy";
}
use contestants::{ARROW, BAILIWICK, MEMCPY, NATIVE};

/// The tables that works are done on, each read or made when it is first asked for.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    folder: PathBuf,
    flights: OnceCell<Table>,
    lineitem: OnceCell<Table>,
    contacts: OnceCell<Table>,
    orders: OnceCell<Table>,
}

impl Tables {
    /// With the flights of that folder.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }

    /// One of them, whole.
    ///
    /// # Errors
    /// Where the flights cannot be read, or the others not be made.
    pub fn table(&self, data: Data) -> anyhow::Result<&Table> {
        let cell = match data {
            Data::Flights => &self.flights,
            Data::Lineitem => &self.lineitem,
            Data::Contacts => &self.contacts,
            Data::Orders => &self.orders,
        };
        if let Some(table) = cell.get() {
            return Ok(table);
        }
        let table = match data {
            Data::Flights => data::flights(&self.folder)?,
            Data::Lineitem => data::lineitem(RUN_ROWS)?,
            Data::Contacts => data::contacts(RUN_ROWS)?,
            Data::Orders => data::orders(RUN_ROWS)?,
        };
        Ok(cell.get_or_init(|| table))
    }

    /// The first [`RUN_ROWS`] of one of them, in batches of so many rows.
    ///
    /// # Errors
    /// As [`Tables::table`].
    pub fn in_batches(&self, data: Data, batch_rows: usize) -> anyhow::Result<Table> {
        self.table(data)?.in_batches(RUN_ROWS, batch_rows)
    }
}

/// The name of the contest of a work at batches of so many rows.
pub fn contest_name(work: &Work, batch_rows: usize) -> String {
    format!("{}, {batch_rows} rows a batch", work.name)
}

/// One work at batches of one size. Ends before the first measurement where two
/// contestants give different answers.
///
/// # Errors
/// Where a contestant fails, or answers otherwise than the others.
pub fn measure(
    work: &Work,
    table: &Table,
    modules: &Modules,
    name: &str,
    rounds: Rounds,
) -> anyhow::Result<Outcome> {
    let expected = work.answer_of_native(table, modules)?;
    let others = [
        (BAILIWICK, Some(work.answer_of_sandbox(table, modules)?)),
        (ARROW, work.answer_of_arrow(table)?),
    ];
    for (who, answer) in others.into_iter().filter_map(|(who, answer)| Some((who, answer?))) {
        ensure!(
            answer == expected,
            "{name}: {who} does not answer as {NATIVE}{}",
            answer.differs(&expected)
        );
    }

    let steps = Sandboxed::open(work, table, modules)?;
    let wires = steps.wires(table)?;
    let mut touched = Touched::new(work, &steps, &wires)?;
    let contest = Contest::new(name, table.rows())
        .of_calls(table.batches().len() * work.steps.len())
        .by(Clock::Thread);
    let (mut sandboxed, mut native, mut arrow);
    let mut contest = match work.state {
        State::Kept => {
            sandboxed = steps;
            native = NativeStep::open_all(work, &sandboxed)?;
            contest.contestant(BAILIWICK, || sandboxed.run(table)).prepared(
                NATIVE,
                || Ok(wires.clone()),
                |wires| native::run(&mut native, wires),
            )
        }
        State::Fresh | State::Judged => contest
            .prepared(
                BAILIWICK,
                || Sandboxed::open(work, table, modules),
                |mut steps| {
                    steps.run(table)?;
                    steps.end()?;
                    Ok(steps)
                },
            )
            .prepared(
                NATIVE,
                || Ok((NativeStep::open_all(work, &steps)?, wires.clone())),
                |(mut native, wires)| {
                    native::run(&mut native, wires)?;
                    native::end(&mut native)?;
                    Ok(native)
                },
            ),
    };
    contest = match (work.arrow, work.state) {
        (None, _) => contest,
        (Some(open), State::Kept) => {
            arrow = open();
            contest.contestant(ARROW, || arrow::run(arrow.as_mut(), table))
        }
        (Some(open), State::Fresh | State::Judged) => contest.prepared(
            ARROW,
            move || Ok(open()),
            |mut arrow| {
                arrow::run(arrow.as_mut(), table)?;
                drop(std::hint::black_box(arrow.finish()?));
                Ok(arrow)
            },
        ),
    };
    contest.contestant(MEMCPY, || touched.copy()).run(rounds)
}

/// What the ratios of all works ought to be. Those that were not measured have none.
pub fn goals(outcomes: &[Outcome]) -> Vec<Goal> {
    let ratios_at = |batch_rows: usize| {
        let policies = works().into_iter().filter(|work| work.steps.len() == 1);
        let names: Vec<_> = policies.map(|work| contest_name(&work, batch_rows)).collect();
        let of_policies = outcomes.iter().filter(|outcome| names.contains(&outcome.name));
        of_policies.filter_map(|outcome| outcome.ratio(BAILIWICK, NATIVE)).collect::<Vec<_>>()
    };
    let mut goals = Vec::new();
    for (batch_rows, median, most) in [(65_536, 1.6, Some(3.0)), (8_192, 1.8, None)] {
        let ratios = ratios_at(batch_rows);
        if ratios.is_empty() {
            continue;
        }
        let at = format!("{BAILIWICK} / {NATIVE} at {batch_rows} rows a batch");
        let spread = crate::Spread::of(ratios.iter().copied());
        goals.push(Goal::ratio(format!("median of {at}"), median, spread.median));
        if let Some(most) = most {
            let greatest = ratios.iter().copied().fold(0.0, f64::max);
            goals.push(Goal::ratio(format!("greatest of {at}"), most, greatest));
        }
    }
    let both = works().into_iter().find(|work| work.name == "mask-clamp");
    let both = both.and_then(|work| {
        let name = contest_name(&work, 65_536);
        outcomes.iter().find(|outcome| outcome.name == name)?.ratio(BAILIWICK, ARROW)
    });
    if let Some(measured) = both {
        let what = format!("mask-clamp: {BAILIWICK} / {ARROW} at 65536 rows a batch");
        goals.push(Goal::ratio(what, 0.45, measured));
    }
    goals
}
