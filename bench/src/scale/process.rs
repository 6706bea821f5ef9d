//! A command run to its end, and what it took of the machine.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use wait4::Wait4;

/// What a process took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// From its start to its end.
    pub(super) wall: Duration,
    /// Processor time of all its threads, its own and the kernel's for it.
    pub(super) cpu: Duration,
    /// The most memory that it had resident, MiB.
    pub(super) peak_mib: f64,
}

/// Runs a command that must end well. What it prints is not kept.
pub(super) fn run(command: &mut Command) -> anyhow::Result<Usage> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let child = command.spawn().with_context(|| format!("{command:?}"))?;
    let ended = child.wait4().with_context(|| format!("{command:?}"))?;
    let wall = start.elapsed();
    ensure!(ended.status.success(), "{command:?} ended with {}", ended.status);
    let usage = ended.rusage;
    Ok(Usage {
        wall,
        cpu: usage.utime + usage.stime,
        peak_mib: usage.maxrss as f64 / f64::from(1 << 20),
    })
}
