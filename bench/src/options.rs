//! What every section takes.

use std::path::{Path, PathBuf};

use bailiwick_bench::Rounds;
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Few short rounds: to see that everything runs
    #[arg(long, global = true)]
    quick: bool,
    /// Number of rounds [default: 31]
    #[arg(long, global = true, value_name = "N", conflicts_with = "quick")]
    rounds: Option<usize>,
    /// Measure only contests whose name contains this
    #[arg(long, global = true, value_name = "NAME")]
    only: Option<String>,
    /// Folder for results and charts [default: target/bench; with --quick or --only
    /// target/bench/part, so that a whole section is not replaced by a part of one]
    #[arg(long, global = true, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Folder of the guests' components [default: target/guests/components]
    #[arg(long, global = true, value_name = "FOLDER", env = "BAILIWICK_GUESTS")]
    guests: Option<PathBuf>,
    /// Folder of the flights' data [default: examples/flights/data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

impl Options {
    pub(crate) fn rounds(&self) -> Rounds {
        if self.quick {
            return Rounds::quick();
        }
        let rounds = Rounds::default();
        Rounds { count: self.rounds.unwrap_or(rounds.count).max(1), ..rounds }
    }

    pub(crate) fn selects(&self, contest: &str) -> bool {
        self.only.as_ref().is_none_or(|only| contest.contains(only.as_str()))
    }

    pub(crate) fn out(&self) -> PathBuf {
        let whole = target().join("bench");
        let default = if self.quick || self.only.is_some() { whole.join("part") } else { whole };
        self.out.clone().unwrap_or(default)
    }

    pub(crate) fn guests(&self) -> PathBuf {
        self.guests.clone().unwrap_or_else(|| target().join("guests/components"))
    }

    /// The released command, which is built beside this one.
    pub(crate) fn bailiwick(&self) -> PathBuf {
        target().join("release/bailiwick")
    }

    /// The mesh that the demo makes.
    pub(crate) fn mesh(&self) -> PathBuf {
        target().join("demo")
    }

    /// The interpreter of the virtual environment that has the Python peers.
    pub(crate) fn python(&self) -> PathBuf {
        target().join("bench/venv/bin/python")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| workspace().join("examples/flights/data"))
    }
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    // INVARIANT: this package is a folder right below the workspace's.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    workspace().join(target)
}
