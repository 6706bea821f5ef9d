//! Commands, run where people would run them and shown as they would type them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    // INVARIANT: this package is a folder right below the workspace's.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => workspace().join(target),
        None => workspace().join("target"),
    }
}

/// cargo, in the workspace, as this very toolchain.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(workspace());
    command
}

/// Builds one of the workspace's programs with the features of `cargo test --workspace`:
/// with those of its package alone, cargo would compile the largest dependencies again.
pub(crate) fn build(program: &str, profile: &str) -> anyhow::Result<()> {
    run(&mut cargo(&["build", "--workspace", "--bin", program, "--profile", profile]))
}

/// Runs a command to its good end.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot run {shown}"))?;
    if !status.success() {
        bail!("failed ({status}): {shown}");
    }
    Ok(())
}

/// Prints a heading and runs a command.
pub(crate) fn step(heading: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("\n== {heading}\n   {}", shown(command));
    run(command)
}

/// The command as one types it.
pub(crate) fn shown(command: &Command) -> String {
    let name = |program: &OsStr| {
        Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned()
    };
    let mut words = vec![name(command.get_program())];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
