//! The contests: who is in them, and that all of them answer alike.

use std::path::Path;

use anyhow::ensure;
use bailiwick_bench::{Contest, Goal, Modules, Outcome, Rounds};

use crate::answer::{Governed, Judged};
use crate::rows::Rows;
use crate::ways::{Way, bailiwick, plugin, rego, udf};

/// Rows of the contests between those that take Arrow batches.
const ROWS: usize = 65_536;
/// Rows a batch: what readers give by default, and all rows at once.
const BATCH_ROWS: [usize; 2] = [8_192, 65_536];
/// Rows of the contests in which some take rows one by one, in one batch.
const FEW_ROWS: usize = 4_096;

/// Ours.
pub(crate) const BAILIWICK: &str = "bailiwick";
/// Those that run WebAssembly over Arrow batches, as we do.
const WASM_PEERS: [&str; 3] = [UDF_VALUES, UDF_COLUMNS, EXTISM];

const UDF_VALUES: &str = "arrow-udf";
const UDF_COLUMNS: &str = "arrow-udf, whole columns";
const EXTISM: &str = "extism, Arrow IPC";
const EXTISM_JSON: &str = "extism, JSON";
const REGO: &str = "regorus";
const REGO_VM: &str = "regorus, virtual machine";

/// How many times as long as the best of the peers ours may take.
const GOAL: f64 = 0.33;

/// What contestants are made of.
pub(crate) struct Guests<'a> {
    pub(crate) ours: &'a Modules,
    pub(crate) theirs: &'a Path,
}

/// One contest that can be run.
pub(crate) struct Planned {
    pub(crate) name: String,
    work: Work,
    rows: usize,
    batch_rows: usize,
}

#[derive(Clone, Copy)]
enum Work {
    /// Mask a text column, clamp a number column.
    Govern,
    /// Which numbers are out of bounds, which are missing, and how many.
    Judge,
}

/// All of them.
pub(crate) fn planned() -> Vec<Planned> {
    let sizes = BATCH_ROWS.map(|batch_rows| (ROWS, batch_rows)).into_iter();
    let sizes = sizes.chain([(FEW_ROWS, FEW_ROWS)]);
    let planned = |(rows, batch_rows)| {
        [(Work::Govern, "mask and clamp"), (Work::Judge, "range and completeness")].map(
            |(work, what)| {
                let name = format!("{what}, {rows} rows, {batch_rows} a batch");
                Planned { name, work, rows, batch_rows }
            },
        )
    };
    sizes.flat_map(planned).collect()
}

impl Planned {
    /// Runs it, after every contestant has given the right answer.
    pub(crate) fn run(&self, guests: &Guests<'_>, rounds: Rounds) -> anyhow::Result<Outcome> {
        let rows = Rows::new(self.rows, self.batch_rows)?;
        let contest = Contest::new(&self.name, rows.count()).of_calls(rows.batches().len());
        let few = self.rows == FEW_ROWS;
        let contest = match self.work {
            Work::Govern => govern(contest, guests, &rows, few)?,
            Work::Judge => judge(contest, guests, &rows, few)?,
        };
        contest.run(rounds)
    }
}

fn govern<'a>(
    contest: Contest<'a>,
    guests: &Guests<'_>,
    rows: &'a Rows,
    few: bool,
) -> anyhow::Result<Contest<'a>> {
    let Guests { ours, theirs } = *guests;
    let mut entry = Entry { contest, expected: Governed::expected(rows.count()) };
    entry.add(BAILIWICK, bailiwick::Govern::new(ours, rows)?)?;
    entry.add(UDF_VALUES, udf::Govern::new(theirs, udf::Style::Values, rows)?)?;
    entry.add(UDF_COLUMNS, udf::Govern::new(theirs, udf::Style::Columns, rows)?)?;
    entry.add(EXTISM, plugin::Govern::new(theirs, rows)?)?;
    if few {
        entry.add(EXTISM_JSON, plugin::GovernJson::new(theirs, rows)?)?;
        entry.add(REGO, rego::Govern::<rego::Interpreter>::new(rows)?)?;
        entry.add(REGO_VM, rego::Govern::<rego::Machine>::new(rows)?)?;
    }
    Ok(entry.contest)
}

fn judge<'a>(
    contest: Contest<'a>,
    guests: &Guests<'_>,
    rows: &'a Rows,
    few: bool,
) -> anyhow::Result<Contest<'a>> {
    let Guests { ours, theirs } = *guests;
    let mut entry = Entry { contest, expected: Judged::expected(rows.count()) };
    entry.add(BAILIWICK, bailiwick::Judge::new(ours, rows)?)?;
    entry.add(UDF_VALUES, udf::Judge::new(theirs, udf::Style::Values, rows)?)?;
    entry.add(UDF_COLUMNS, udf::Judge::new(theirs, udf::Style::Columns, rows)?)?;
    entry.add(EXTISM, plugin::Judge::new(theirs, rows)?)?;
    if few {
        entry.add(REGO, rego::Judge::<rego::Interpreter>::new(rows)?)?;
        entry.add(REGO_VM, rego::Judge::<rego::Machine>::new(rows)?)?;
    }
    Ok(entry.contest)
}

/// A contest that only those enter who give the expected answer.
struct Entry<'a, A> {
    contest: Contest<'a>,
    expected: A,
}

impl<'a, A: PartialEq> Entry<'a, A> {
    fn add<W: Way<Answer = A> + 'a>(&mut self, name: &str, mut way: W) -> anyhow::Result<()> {
        let answer = W::answer(&way.run()?)?;
        ensure!(answer == self.expected, "{name} answers otherwise than the rest");
        let contest = std::mem::replace(&mut self.contest, Contest::new("", 0));
        self.contest = contest.contestant(name, move || way.run());
        Ok(())
    }
}

/// Ours against the best of those that run WebAssembly over Arrow batches.
pub(crate) fn goals(outcomes: &[Outcome]) -> Vec<Goal> {
    let goal = |outcome: &Outcome| {
        let to = |peer: &str| Some((outcome.ratio(BAILIWICK, peer)?, peer.to_owned()));
        let ratios = WASM_PEERS.iter().filter_map(|peer| to(peer));
        let (ratio, peer) = ratios.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        Some(Goal::ratio(format!("{}: {BAILIWICK} / {peer}", outcome.name), GOAL, ratio))
    };
    let whole = |outcome: &&Outcome| outcome.rows == ROWS;
    outcomes.iter().filter(whole).filter_map(goal).collect()
}
