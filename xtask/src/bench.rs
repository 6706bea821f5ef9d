//! Benchmarks: the guests as tests have them, everything else as it is released.

use std::process::Command;

use crate::shell::{build, run, target, workspace};
use crate::{demo, guests};

/// Sections that run the demo's mesh, and a peer in Python.
const WHOLE: [&str; 2] = ["run", "all"];
/// The section that runs the command on a mesh of its own.
const SCALE: &str = "scale";

pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    guests::build()?;
    let whole = arguments.iter().any(|argument| WHOLE.contains(&argument.as_str()));
    if whole {
        if !target().join("demo/mesh.yaml").exists() {
            demo::run()?;
        }
        python()?;
    }
    if whole || arguments.iter().any(|argument| argument == SCALE) {
        build("bailiwick", "release")?;
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
