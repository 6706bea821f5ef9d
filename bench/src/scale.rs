//! What whole runs take against rows, columns, steps, lanes and cores, and how much memory.
//!
//! TPC-H's `lineitem` is governed by the `bailiwick` command, each run a process of its
//! own from start to end: signatures, plan, modules, digests of input and output, steps,
//! report and `fsync`. From a [`Shape`] to the next only one number changes.

mod cores;
mod mesh;
mod process;
mod product;
mod rows;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::{Contest, Goal, Outcome, Rounds, Spread, run};
pub use cores::Cores;
use mesh::OneProduct;
pub use rows::write as write_line_items;

/// Columns of `lineitem`.
const COLUMNS: usize = 16;
/// Steps that a product may well have.
const STEPS: usize = 8;
/// Rows where it is not rows that vary.
const ROWS: usize = 1_000_000;
/// Rows where lanes or cores vary: some seconds, beside which a start is nothing.
const ROWS_FOR_LANES: usize = 5_000_000;
/// Steps where lanes vary: enough that they, and not the files, are most of the work.
const STEPS_FOR_LANES: usize = 128;
/// From so many rows on, one run says enough.
const LONG: usize = 10_000_000;

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shape {
    /// Rows of the input.
    pub rows: usize,
    /// Columns of the input.
    pub columns: usize,
    /// Columns of the output, the first ones of the input.
    pub published: usize,
    /// Policies.
    pub steps: usize,
    /// Lanes.
    pub lanes: usize,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, published, steps, .. } = self;
        write!(f, "{steps} steps over {rows} line items, {published} columns published")
    }
}

/// What varies from shape to shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// The rows.
    Rows,
    /// The columns.
    Columns,
    /// The steps.
    Steps,
}

impl Axis {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rows, Self::Columns, Self::Steps];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Columns => "columns",
            Self::Steps => "steps",
        }
    }

    /// The shapes along it, with at most so many rows.
    fn shapes(self, most_rows: usize, lanes: usize) -> Vec<Shape> {
        let rows = ROWS.min(most_rows);
        let base = Shape { rows, columns: COLUMNS, published: COLUMNS, steps: STEPS, lanes };
        match self {
            Self::Rows => (3..=9)
                .map(|power| 10_usize.pow(power))
                .filter(|rows| *rows <= most_rows)
                .map(|rows| Shape { rows, ..base })
                .collect(),
            Self::Columns => [1, 2, 4, 8, 16, 32]
                .map(|columns| Shape { columns, published: columns, steps: 1, ..base })
                .into_iter()
                .collect(),
            Self::Steps => {
                [1, 2, 4, 8, 16, 32, 64].map(|steps| Shape { steps, ..base }).into_iter().collect()
            }
        }
    }

    /// The number that it varies.
    pub fn value(self, shape: Shape) -> usize {
        match self {
            Self::Rows => shape.rows,
            Self::Columns => shape.columns,
            Self::Steps => shape.steps,
        }
    }
}

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// What was run.
    pub shape: Shape,
    /// From the start of the process to its end, milliseconds: the median.
    pub wall_ms: f64,
    /// Processor time of all its threads, milliseconds: the median.
    pub cpu_ms: f64,
    /// The most memory that it had resident, MiB: the greatest of all rounds.
    pub peak_mib: f64,
}

impl Cost {
    /// Processor time, nanoseconds a row.
    pub fn ns_per_row(&self) -> f64 {
        self.cpu_ms * 1e6 / self.shape.rows.max(1) as f64
    }
}

/// What was measured along an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What varies.
    pub axis: Axis,
    /// What it took, in rising order of what varies.
    pub costs: Vec<Cost>,
}

/// Where everything is that a run takes.
#[derive(Debug, Clone)]
pub struct Place {
    /// The released command.
    pub bailiwick: PathBuf,
    /// The components.
    pub guests: PathBuf,
    /// Where inputs are made and kept, and outputs delivered.
    pub folder: PathBuf,
}

/// Measures along an axis, up to so many rows.
///
/// # Errors
/// Where an input cannot be made, or what a run says.
pub fn measure(
    axis: Axis,
    most_rows: usize,
    place: &Place,
    rounds: Rounds,
    mut said: impl FnMut(&Cost),
) -> anyhow::Result<Series> {
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    let mut costs = Vec::new();
    for shape in axis.shapes(most_rows, lanes) {
        let mesh = OneProduct::new(place, shape)?;
        let count = if shape.rows >= LONG {
            1
        } else {
            // Modules may have to be compiled, the input to be read from the disk.
            mesh.run(shape.lanes)?;
            rounds.count
        };
        let usages = (0..count).map(|_| mesh.run(shape.lanes)).collect::<Result<Vec<_>, _>>()?;
        let median = |of: fn(&process::Usage) -> f64| Spread::of(usages.iter().map(of)).median;
        let cost = Cost {
            shape,
            wall_ms: median(|usage| usage.wall.as_secs_f64() * 1e3),
            cpu_ms: median(|usage| usage.cpu.as_secs_f64() * 1e3),
            peak_mib: usages.iter().map(|usage| usage.peak_mib).fold(0.0, f64::max),
        };
        said(&cost);
        costs.push(cost);
    }
    Ok(Series { axis, costs })
}

/// Runs in one lane and in as many as there are cores, in turns.
///
/// # Errors
/// As [`measure`].
pub fn lanes(
    place: &Place,
    most_rows: usize,
    cores: usize,
    rounds: Rounds,
) -> anyhow::Result<Outcome> {
    let shape = governed(most_rows);
    let mesh = OneProduct::new(place, shape)?;
    let mut contest = Contest::new(format!("lanes/{shape}"), shape.rows);
    for count in 1..=cores {
        let mesh = &mesh;
        contest = contest.prepared(
            run::ours(count),
            || mesh.forget(),
            move |()| mesh.run(count).map(|_| ()),
        );
    }
    contest.run(rounds)
}

/// Runs kept to one core and to all of them, in turns, each with as many lanes as that is
/// by itself: what steps do is most of the one run, reading and writing files of the other.
///
/// # Errors
/// As [`measure`], and where no process can be kept to a core.
pub fn cores(
    place: &Place,
    most_rows: usize,
    all: &Cores,
    rounds: Rounds,
) -> anyhow::Result<Vec<Outcome>> {
    let governed = governed(most_rows);
    let copied = Shape { published: COLUMNS, steps: STEPS, ..governed };
    let contests = [governed, copied].map(|shape| {
        let mesh = OneProduct::new(place, shape)?;
        let mut contest = Contest::new(format!("cores/{shape}"), shape.rows);
        for cores in [all.first(), all.clone()] {
            let mesh = &mesh;
            contest = contest.prepared(
                on(cores.count()),
                || mesh.forget(),
                move |()| cores.confined(|| mesh.run_alone().map(|_| ())),
            );
        }
        contest.run(rounds)
    });
    contests.into_iter().collect()
}

/// A product whose steps are most of a run's work.
fn governed(most_rows: usize) -> Shape {
    let rows = ROWS_FOR_LANES.min(most_rows);
    Shape { rows, columns: COLUMNS, published: 1, steps: STEPS_FOR_LANES, lanes: 1 }
}

/// The name of a contestant that is kept to so many cores.
pub fn on(cores: usize) -> String {
    format!("on {cores} cores")
}

/// What is asked of cores: on twice as many at least 1.8 times the throughput.
pub fn cores_goal(outcome: &Outcome) -> Option<Goal> {
    let ratio = outcome.ratio(&on(2), &on(1))?;
    Some(Goal::ratio(format!("{}: time on two / on one", outcome.name), 1.0 / 1.8, ratio))
}

/// What is asked of a series: memory that does not grow with rows.
pub fn goals(series: &[Series]) -> Vec<Goal> {
    let rows = series.iter().find(|series| series.axis == Axis::Rows);
    let peak = |rows_asked: usize| {
        let mut costs = rows.into_iter().flat_map(|series| &series.costs);
        costs.find(|cost| cost.shape.rows == rows_asked).map(|cost| cost.peak_mib)
    };
    let pairs = [(100_000_000, 10_000_000), (10_000_000, 1_000_000)];
    let ratio = |(more, less): (usize, usize)| {
        let what = format!("peak memory at {more} rows / at {less}");
        Some(Goal::ratio(what, 1.1, peak(more)? / peak(less)?))
    };
    pairs.into_iter().find_map(ratio).into_iter().collect()
}

/// The file of an input, made where it is not there: by this program in a process of its
/// own, since what generates rows holds hundreds of MiB, and a process begins its account
/// of memory with what its parent has.
fn input(folder: &Path, shape: Shape) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("lineitem-{}x{}.parquet", shape.rows, shape.columns));
    if !path.exists() {
        let (rows, columns) = (shape.rows.to_string(), shape.columns.to_string());
        let mut command = Command::new(std::env::current_exe()?);
        process::run(command.arg("line-items").arg(&path).args([rows, columns]))?;
    }
    Ok(path)
}
