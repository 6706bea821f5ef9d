//! Whole runs: the `bailiwick` command governing the flights, against DuckDB copying them
//! with the same transforms and no governance.
//!
//! Ours is timed from the start of the process to its end: signatures, plan, modules,
//! digests of input and output, checks, quarantine, report and `fsync`. DuckDB's process
//! is there already, and only its `COPY` is timed. What a run delivered before is removed
//! off the clock, since a run that meets its own outcome compares with it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail, ensure};

use crate::{Contest, Goal, Outcome, Rounds};

/// The product that is run.
const PRODUCT: &str = "air/flights";
/// Rows of its input.
const ROWS: usize = 336_776;

/// The mesh that `cargo xtask demo` makes, and the released command.
#[derive(Debug, Clone)]
pub struct Mesh {
    bailiwick: PathBuf,
    folder: PathBuf,
}

impl Mesh {
    /// The mesh in a folder, and the command to run it with.
    ///
    /// # Errors
    /// Where one of them is not there; says what makes it.
    pub fn new(bailiwick: PathBuf, folder: PathBuf) -> anyhow::Result<Self> {
        ensure!(
            folder.join("mesh.yaml").exists(),
            "there is no mesh in {}: run `cargo xtask demo` first",
            folder.display()
        );
        ensure!(bailiwick.exists(), "{} is not there: build it first", bailiwick.display());
        Ok(Self { bailiwick, folder })
    }

    /// Removes what was delivered: a run that meets its own outcome compares with it.
    pub(crate) fn forget(&self, product: &str) -> anyhow::Result<()> {
        let delivered = self.folder.join("output").join(product);
        if delivered.exists() {
            fs::remove_dir_all(&delivered).with_context(|| delivered.display().to_string())?;
        }
        Ok(())
    }

    /// The command with these words, in this mesh.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.bailiwick);
        command.args(words).env("BAILIWICK_MESH", self.folder.join("mesh.yaml"));
        command
    }

    fn run(&self, words: &[&str]) -> anyhow::Result<()> {
        let output = self.command(words).output().context("cannot run bailiwick")?;
        if !output.status.success() {
            bail!("bailiwick {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

/// DuckDB in a process of its own, which copies when it is told to.
struct Copying {
    child: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Copying {
    /// Starts it, with the interpreter of the virtual environment that has DuckDB.
    fn start(python: &Path, scripts: &Path, source: &Path, target: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(python);
        command.args(["-m", "peers.copying"]).arg(source).arg(target).current_dir(scripts);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| python.display().to_string())?;
        let (asked, answers) = child.stdin.take().zip(child.stdout.take()).context("no pipes")?;
        let mut this = Self { child, asked, answers: BufReader::new(answers) };
        let ready = this.answer()?;
        ensure!(ready.starts_with("ready"), "the script of DuckDB said {ready:?}");
        Ok(this)
    }

    fn answer(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    fn copy(&mut self, threads: usize) -> anyhow::Result<()> {
        writeln!(self.asked, "{threads}")?;
        let answer = self.answer()?;
        let seconds: Result<f64, _> = answer.parse();
        seconds.map(|_| ()).with_context(|| format!("DuckDB ended with {answer:?}"))
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        // It reads no more lines and ends; where it is gone already there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs and copies in turns, in one lane and thread, and in as many as there are cores.
///
/// # Errors
/// What a contestant says.
pub fn measure(
    mesh: &Mesh,
    data: &Path,
    python: &Path,
    scripts: &Path,
    cores: usize,
    rounds: Rounds,
) -> anyhow::Result<Outcome> {
    let source = data.join("flights.parquet").canonicalize()?;
    let target = tempfile::tempdir()?;
    let copied = target.path().join("flights.parquet");
    let copying = std::cell::RefCell::new(Copying::start(python, scripts, &source, &copied)?);
    let mut contest = Contest::new("run", ROWS);
    let counts = if cores > 1 { vec![1, cores] } else { vec![1] };
    for count in counts {
        let (lanes, copying) = (count.to_string(), &copying);
        contest = contest
            .prepared(
                ours(count),
                || mesh.forget(PRODUCT),
                move |()| mesh.run(&["run", PRODUCT, "--lanes", &lanes]),
            )
            .prepared(duckdb(count), || Ok(()), move |()| copying.borrow_mut().copy(count));
    }
    contest.run(rounds)
}

/// Runs of a product of the mesh, in one lane and in as many as there are cores.
///
/// # Errors
/// What a run says.
pub fn lanes(mesh: &Mesh, product: &str, cores: usize, rounds: Rounds) -> anyhow::Result<Outcome> {
    let mut contest = Contest::new(format!("lanes/{product}"), ROWS);
    for count in 1..=cores {
        let lanes = count.to_string();
        contest = contest.prepared(
            ours(count),
            || mesh.forget(product),
            move |()| mesh.run(&["run", product, "--lanes", &lanes]),
        );
    }
    contest.run(rounds)
}

/// From nothing to a plan of seventeen steps and seven modules, their code compiled
/// before.
///
/// # Errors
/// What the command says.
pub fn startup(mesh: &Mesh, rounds: Rounds) -> anyhow::Result<Outcome> {
    Contest::new("startup", 1)
        .contestant("plan sales/bookings", || mesh.run(&["plan", "sales/bookings"]))
        .run(rounds)
}

/// The name of our contestant in so many lanes.
pub fn ours(lanes: usize) -> String {
    format!("ours, {lanes} lanes")
}

/// The name of DuckDB's with so many threads.
pub fn duckdb(threads: usize) -> String {
    format!("duckdb, {threads} threads")
}

/// What is asked of lanes: twice the cores, at least 1.8 times the throughput.
pub fn lanes_goal(outcome: &Outcome, product: &str, cores: usize) -> Option<Goal> {
    let ratio = outcome.ratio(&ours(2), &ours(1)).filter(|_| cores > 1)?;
    Some(Goal::ratio(format!("{product}: time in two lanes / in one"), 1.0 / 1.8, ratio))
}

/// What is asked of whole runs.
pub fn goals(outcome: &Outcome, cores: usize) -> Vec<Goal> {
    let ratio = outcome.ratio(&ours(cores), &duckdb(cores));
    ratio
        .map(|ratio| Goal::ratio("run of the flights / DuckDB COPY, all cores", 1.5, ratio))
        .into_iter()
        .collect()
}
