//! Benchmarks: the guests as tests have them, everything else as it is released.

use std::process::Command;

use crate::shell::{build, run, target, workspace};
use crate::{demo, guests};

/// Sections that run the command itself and a peer in Python.
const WHOLE: [&str; 2] = ["run", "all"];

pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    guests::build()?;
    if arguments.iter().any(|argument| WHOLE.contains(&argument.as_str())) {
        if !target().join("demo/mesh.yaml").exists() {
            demo::run()?;
        }
        build("bailiwick", "release")?;
        python()?;
    }
    build("bailiwick-bench", "release")?;
    let mut bench = Command::new(target().join("release/bailiwick-bench"));
    run(bench.current_dir(workspace()).args(arguments))
}

/// A virtual environment with the peers, made once.
fn python() -> anyhow::Result<()> {
    let environment = target().join("bench/venv");
    if environment.join("bin/python").exists() {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    let requirements = workspace().join("bench/python/requirements.txt");
    let mut pip = Command::new(environment.join("bin/pip"));
    run(pip.args(["install", "--quiet", "-r"]).arg(requirements))
}
