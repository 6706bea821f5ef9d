//! Fuzzing with coverage guidance: `tests/fuzz`, instrumented, in a target folder of its own.

use anyhow::bail;

use crate::shell::{step, target, workspace};
use crate::tool::Tool;

const BOLERO: Tool = Tool { name: "bolero", version: "0.13.5" };

/// Each target, and the feature that it needs.
const TARGETS: [(&str, &str); 6] = [
    ("batches", "columnar"),
    ("components", "engine"),
    ("documents", "governance"),
    ("plans", "governance"),
    ("repositories", "trust"),
    ("settings", "settings"),
];

/// The longest that one input may take, seconds.
const TIMEOUT: &str = "20s";

pub(crate) fn run(name: &str, minutes: u32) -> anyhow::Result<()> {
    let Some((_, feature)) = TARGETS.iter().find(|(known, _)| *known == name) else {
        let names = TARGETS.map(|(known, _)| known).join(", ");
        bail!("there is no fuzz target {name:?}; there are {names}");
    };
    // The sandbox catches faults of guests itself, which the sanitizer would report.
    let sanitizer = if *feature == "engine" { "NONE" } else { "address" };
    let folder = target().join("fuzz");
    // What it learns is kept for the next run, apart from the seeds that are part of the
    // sources; what breaks a target goes among these.
    let corpus = folder.join("corpus").join(name);
    std::fs::create_dir_all(&corpus)?;
    let seeds = workspace().join("tests/fuzz/tests/__fuzz__").join(name).join("corpus");
    let mut bolero = BOLERO.command()?;
    bolero
        .args(["test", name, "--package", "bailiwick-fuzz"])
        .args(["--no-default-features", "--features", feature])
        // The flags of sanitizers are not stable ones.
        .args(["--sanitizer", sanitizer, "--rustc-bootstrap", "--timeout", TIMEOUT])
        .args(["-T", &format!("{minutes}m")])
        .arg("--target-dir")
        .arg(folder.join(sanitizer))
        .arg("--corpus-dir")
        .arg(&corpus)
        .args(["-E", &seeds.display().to_string()]);
    step("fuzzing", &mut bolero)
}
