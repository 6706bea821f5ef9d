//! The command: measures, shows and keeps, section by section.

mod options;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_bench::gate::Gate;
use bailiwick_bench::kernels::{self, Costs, Tables};
use bailiwick_bench::run::{self, Mesh};
use bailiwick_bench::scale::Cores;
use bailiwick_bench::{Goal, Machine, Modules, Outcome, Results, Section, call, data, plot, scale};
use clap::{Parser, Subcommand};
use serde_json::Value;

use options::Options;

/// As the `bailiwick` command: the C library's allocator would give large buffers
/// back and fault them in again with every batch.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure Bailiwick against the same work done otherwise
///
/// Contestants run interleaved, round by round; a ratio is the median of the ratios
/// within rounds. What is measured is shown, and kept in `results.json` below
/// `target/bench`, one section a command.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// The standard policies against their own code natively, arrow's kernels and memcpy
    Kernels {
        /// Write what each policy costs, at 65,536 rows a batch, to this file
        #[arg(long, value_name = "FILE")]
        costs: Option<PathBuf>,
    },
    /// What one push costs beside its work
    Call,
    /// A data product's rules, judged over all flights
    Gate,
    /// Whole runs of the command, in one lane and in all, against DuckDB's COPY; and
    /// what a plan takes from the start of the process
    Run,
    /// All of these, one after the other
    All,
    /// Whole runs over TPC-H's line items: time and memory against rows, columns, steps,
    /// lanes and cores
    Scale {
        /// The most rows, a power of ten; 100000000 takes 16 GiB of disk
        #[arg(long, value_name = "N", default_value_t = 10_000_000)]
        rows: usize,
    },
    /// Write line items as Parquet, for `scale`
    #[command(hide = true)]
    LineItems {
        /// The file
        path: PathBuf,
        /// Number of rows
        rows: usize,
        /// Number of columns
        columns: usize,
    },
    /// Draw the charts of what was measured
    Plot {
        /// Folder for the charts [default: where the results are]
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
}

/// What a section has to say.
struct Measured {
    contests: Vec<Outcome>,
    goals: Vec<Goal>,
    facts: Value,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    let options = &cli.options;
    if let Command::Plot { to } = &cli.command {
        return draw(options, to.clone().unwrap_or_else(|| options.out()));
    }
    if let Command::LineItems { path, rows, columns } = &cli.command {
        return scale::write_line_items(path, *rows, *columns);
    }
    let modules = Modules::of(options.guests())?;
    let keep = |name: &str, Measured { contests, goals, facts }| {
        show::goals(&goals);
        let section = Section {
            machine: Machine::here(&options::workspace()),
            command: std::env::args().collect(),
            contests,
            goals,
            facts,
        };
        let path = Results::record(&options.out(), name, section)?;
        println!("\nkept as section {name:?} of {}", path.display());
        anyhow::Ok(())
    };
    if matches!(cli.command, Command::Kernels { .. } | Command::All) {
        let measured = kernels(options, &modules)?;
        if let Command::Kernels { costs: Some(path) } = &cli.command {
            let machine = Machine::here(&options::workspace());
            Costs::of(&measured.contests, &machine)?.write(path)?;
        }
        keep("kernels", measured)?;
    }
    if matches!(cli.command, Command::Call | Command::All) {
        keep("call", call(options, &modules)?)?;
    }
    if matches!(cli.command, Command::Gate | Command::All) {
        keep("gate", judged(options, &modules)?)?;
    }
    if matches!(cli.command, Command::Run | Command::All) {
        keep("run", whole(options)?)?;
    }
    if let Command::Scale { rows } = cli.command {
        keep("scale", scaled(options, rows)?)?;
    }
    draw(options, options.out())
}

fn draw(options: &Options, folder: PathBuf) -> anyhow::Result<()> {
    for path in plot::draw(&Results::read(&options.out())?, &folder)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn kernels(options: &Options, modules: &Modules) -> anyhow::Result<Measured> {
    let tables = Tables::of(options.data());
    let works = kernels::works();
    let mut outcomes = Vec::new();
    for batch_rows in kernels::BATCH_ROWS {
        show::heading(&format!("kernels, {batch_rows} rows a batch, ns a row"));
        let mut shown = show::Kernels::new();
        for work in &works {
            let name = kernels::contest_name(work, batch_rows);
            if !options.selects(&name) {
                continue;
            }
            let table = tables.in_batches(work.data, batch_rows)?;
            let outcome = kernels::measure(work, &table, modules, &name, options.rounds())?;
            shown.row(work.name, &outcome);
            outcomes.push(outcome);
        }
        shown.print();
    }
    let goals = kernels::goals(&outcomes);
    Ok(Measured { contests: outcomes, goals, facts: Value::Null })
}

fn call(options: &Options, modules: &Modules) -> anyhow::Result<Measured> {
    let flights = data::flights(&options.data())?;
    let mut outcomes = Vec::new();
    for batch_rows in call::BATCH_ROWS {
        let name = call::contest_name(batch_rows);
        if options.selects(&name) {
            let outcome = call::measure(&flights, modules, batch_rows, options.rounds())?;
            show::heading(&format!("{name}, ns a call"));
            show::calls(&outcome);
            outcomes.push(outcome);
        }
    }
    let goals = call::goals(&outcomes);
    Ok(Measured { contests: outcomes, goals, facts: Value::Null })
}

fn whole(options: &Options) -> anyhow::Result<Measured> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mesh = Mesh::new(options.bailiwick(), options.mesh())?;
    let scripts = options::workspace().join("bench/python");
    let rounds = options.rounds();
    let outcome = run::measure(&mesh, &options.data(), &options.python(), &scripts, cores, rounds)?;
    let mut goals = run::goals(&outcome, cores);
    let mut contests = vec![outcome, run::startup(&mesh, rounds)?];
    for product in ["air/flights", "sales/bookings"] {
        let outcome = run::lanes(&mesh, product, cores, rounds)?;
        goals.extend(run::lanes_goal(&outcome, product, cores));
        contests.push(outcome);
    }
    for outcome in &contests {
        show::heading(&format!("{}, ms", outcome.name));
        show::runs(outcome);
    }
    Ok(Measured { contests, goals, facts: Value::Null })
}

fn scaled(options: &Options, most_rows: usize) -> anyhow::Result<Measured> {
    let place = scale::Place {
        bailiwick: options.bailiwick(),
        guests: options.guests(),
        folder: options.out().join("scale"),
    };
    let mut series = Vec::new();
    for axis in scale::Axis::ALL {
        if !options.selects(axis.name()) {
            continue;
        }
        show::heading(&format!("a run against its {}", axis.name()));
        let mut shown = show::Costs::new(axis);
        series.push(scale::measure(axis, most_rows, &place, options.rounds(), |cost| {
            shown.row(cost);
        })?);
        shown.print();
    }
    let mut goals = scale::goals(&series);
    let mut contests = Vec::new();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if options.selects("lanes") {
        let outcome = scale::lanes(&place, most_rows, cores, options.rounds())?;
        show::heading(&format!("{}, ms", outcome.name));
        show::runs(&outcome);
        goals.extend(run::lanes_goal(&outcome, &outcome.name, cores));
        contests.push(outcome);
    }
    if options.selects("cores") && cores > 1 {
        for outcome in scale::cores(&place, most_rows, &Cores::all()?, options.rounds())? {
            show::heading(&format!("{}, ms", outcome.name));
            show::runs(&outcome);
            goals.extend(scale::cores_goal(&outcome));
            contests.push(outcome);
        }
    }
    Ok(Measured { contests, goals, facts: serde_json::to_value(series)? })
}

fn judged(options: &Options, modules: &Modules) -> anyhow::Result<Measured> {
    let flights = data::flights(&options.data())?;
    let rules = options::workspace().join("bench/gate.json");
    let gate = Gate::new(&rules, &flights, modules)?;
    let findings = gate.findings()?;
    let outcome = gate.measure(options.rounds())?;
    show::heading(&format!("gate, {} rows, {} a batch, ms", findings.rows, findings.batch_rows));
    show::gate(&outcome, &findings);
    let facts = serde_json::to_value(findings)?;
    Ok(Measured { contests: vec![outcome], goals: Vec::new(), facts })
}
