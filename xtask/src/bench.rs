//! Benchmarks: the guests as tests have them, everything else as it is released.

use crate::guests;
use crate::shell::{cargo, run};

pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    guests::build()?;
    let mut bench = cargo(&["run", "--release", "--package", "bailiwick-bench", "--"]);
    run(bench.args(arguments))
}
