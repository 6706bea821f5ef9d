//! The sandbox against what else runs policies over rows: arrow-udf, Extism, Rego.
//!
//! All of them in one process, on the same rows, in the same rounds; nobody is timed
//! whose answer differs. `README.md` says who they are and how they were set up.

mod answer;
mod contests;
mod rows;
mod ways;

use std::path::{Path, PathBuf};

use bailiwick_bench::table::{Table, figure};
use bailiwick_bench::{Machine, Modules, Outcome, Results, Rounds, Section};
use clap::Parser;
use serde_json::{Value, json};

use contests::{BAILIWICK, Guests};

/// As the `bailiwick` command: the C library's allocator would give large buffers
/// back and fault them in again with every batch.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The name of what is kept in the results.
const SECTION: &str = "peers";

/// Measure Bailiwick against what else runs policies over rows
///
/// What is measured is shown, and kept in `results.json`, section `peers`.
#[derive(Parser)]
#[command(name = "cargo xtask bench peers", bin_name = "cargo xtask bench peers")]
struct Options {
    /// Few short rounds: to see that everything runs
    #[arg(long)]
    quick: bool,
    /// Number of rounds [default: 31]
    #[arg(long, value_name = "N", conflicts_with = "quick")]
    rounds: Option<usize>,
    /// Measure only contests whose name contains this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Folder for results [default: target/bench; with --quick or --only
    /// target/bench/part]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Folder of our components [default: target/guests/components]
    #[arg(long, value_name = "FOLDER", env = "BAILIWICK_GUESTS")]
    guests: Option<PathBuf>,
    /// Folder of the peers' modules [default: target/peer-guests/wasm32-unknown-unknown/release]
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
}

impl Options {
    fn rounds(&self) -> Rounds {
        if self.quick {
            return Rounds::quick();
        }
        let rounds = Rounds::default();
        Rounds { count: self.rounds.unwrap_or(rounds.count).max(1), ..rounds }
    }

    fn out(&self) -> PathBuf {
        let whole = target().join("bench");
        let default = if self.quick || self.only.is_some() { whole.join("part") } else { whole };
        self.out.clone().unwrap_or(default)
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let default = |folder: &str| target().join(folder);
    let ours = options.guests.clone().unwrap_or_else(|| default("guests/components"));
    let theirs = options
        .peers
        .clone()
        .unwrap_or_else(|| default("peer-guests/wasm32-unknown-unknown/release"));
    let modules = Modules::of(ours)?;
    let guests = Guests { ours: &modules, theirs: &theirs };
    let mut outcomes = Vec::new();
    for planned in contests::planned() {
        if options.only.as_ref().is_none_or(|only| planned.name.contains(only.as_str())) {
            let outcome = planned.run(&guests, options.rounds())?;
            show(&outcome);
            outcomes.push(outcome);
        }
    }
    let goals = contests::goals(&outcomes);
    println!();
    for goal in &goals {
        println!("{goal}");
    }
    let section = Section {
        machine: Machine::here(&workspace()),
        command: std::env::args().collect(),
        contests: outcomes,
        goals,
        facts: facts(),
    };
    let path = Results::record(&options.out(), SECTION, section)?;
    println!("\nkept as section {SECTION:?} of {}", path.display());
    Ok(())
}

/// One contest, contestant by contestant.
fn show(outcome: &Outcome) {
    println!("\n{}, ns a row\n", outcome.name);
    let mut table = Table::new(&["", "min", "median", "p90", "/ bailiwick"]);
    for timing in &outcome.contestants {
        let spread = timing.ns_per_row;
        let figures = [spread.min, spread.median, spread.p90].map(figure);
        let ratio = timing.ratio_to.get(BAILIWICK).map_or_else(String::new, |to| figure(*to));
        table.row(std::iter::once(timing.name.clone()).chain(figures).chain([ratio]));
    }
    print!("{table}");
}

/// The versions of all that matters, as they are locked.
fn facts() -> Value {
    const LOCKED: &str = include_str!("../Cargo.lock");
    const NAMES: [&str; 6] =
        ["arrow-array", "arrow-udf-runtime", "extism", "regorus", "wasmtime", "wasmtime-wasi"];
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
    let versions = LOCKED.split("[[package]]").filter_map(|package| {
        let mut lines = package.trim().lines();
        let (name, version) = (quoted(lines.next()?)?, quoted(lines.next()?)?);
        NAMES.contains(&name.as_str()).then(|| format!("{name} {version}"))
    });
    json!({ "versions": versions.collect::<Vec<_>>() })
}

/// The folder of the root's workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where cargo puts what it builds; `cargo xtask bench peers` has the root's.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    workspace().join(target)
}
