//! What the figures were taken on.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What figures were taken on, and when: without it they say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model.
    pub cpu: String,
    /// Cores that this process can use.
    pub cores: usize,
    /// Memory, MiB.
    pub memory_mib: u64,
    /// The kernel's name and release.
    pub kernel: String,
    /// The compiler, as it names itself.
    pub rustc: String,
    /// The revision of the sources, with `+` where they were changed since; none
    /// outside a checkout.
    pub revision: Option<String>,
    /// When, in UTC, RFC 3339.
    pub date: String,
}

impl Machine {
    /// This one, now, with sources in that folder.
    pub fn here(sources: &Path) -> Self {
        let git = |arguments: &[&str]| said_by(Command::new("git").args(arguments), sources);
        let revision = git(&["rev-parse", "--short=12", "HEAD"]).map(|revision| {
            let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
            format!("{revision}{}", if changed.is_none_or(|c| c.is_empty()) { "" } else { "+" })
        });
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let unknown = || String::from("unknown");
        Self {
            cpu: line_of("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: line_of("/proc/meminfo", "MemTotal")
                .and_then(|kib| kib.split_whitespace().next()?.parse::<u64>().ok())
                .map_or(0, |kib| kib / 1024),
            kernel: said_by(Command::new("uname").arg("-sr"), sources).unwrap_or_else(unknown),
            rustc: said_by(Command::new(rustc).arg("--version"), sources).unwrap_or_else(unknown),
            revision,
            date: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

/// What a line `key: value` of a file says.
fn line_of(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn said_by(command: &mut Command, folder: &Path) -> Option<String> {
    let output = command.current_dir(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
