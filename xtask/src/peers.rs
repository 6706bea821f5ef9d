//! Benchmarks against what else runs policies over rows: a workspace of its own, so
//! that nobody else builds or locks what it is made of.

use crate::guests;
use crate::shell::{cargo, run, step, target, workspace};

/// Where that workspace is; the peers' guests are another one below it.
const FOLDER: &str = "bench/peers";

pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    guests::build()?;
    build_guests()?;
    let manifest = format!("{FOLDER}/Cargo.toml");
    let mut peers = cargo(&["run", "--profile", "peers", "--manifest-path", &manifest]);
    // One of the wasmtimes says that it wants a newer compiler; it does without.
    peers.arg("--ignore-rust-version").arg("--").args(arguments);
    run(peers.env("CARGO_TARGET_DIR", target()))
}

/// Builds the peers' guests as fast as they can be made: the profile is in their
/// manifest, the flags are those that ours have.
fn build_guests() -> anyhow::Result<()> {
    let mut build = guests::toolchain()?.cargo_build(&workspace().join(FOLDER).join("guests"));
    build.args(["--release", "--locked", "--target-dir"]).arg(target().join("peer-guests"));
    let flags = ["-Ctarget-feature=+simd128", "-Cllvm-args=-slp-threshold=-3"];
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    step("the peers' guests", &mut build)
}
