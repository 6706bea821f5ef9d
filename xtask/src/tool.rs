//! Tools of cargo's that are not part of Rust: found, or installed below the target folder.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::shell::{cargo, step, target};

/// A subcommand of cargo's that a crate installs.
pub(crate) struct Tool {
    /// What follows `cargo `.
    pub(crate) name: &'static str,
    /// The version that is installed where there is none.
    pub(crate) version: &'static str,
}

impl Tool {
    /// The command, ready for arguments. One that is on the path is taken as it is.
    pub(crate) fn command(&self) -> anyhow::Result<Command> {
        let ours = self.ours();
        if !ours.exists() && !self.is_on_path() {
            let package = format!("cargo-{}@{}", self.name, self.version);
            let root = root().display().to_string();
            let install = ["install", "--locked", "--root", &root, &package];
            step("a tool that is not there yet", &mut cargo(&install))?;
        }
        let mut command = if ours.exists() {
            Command::new(ours)
        } else {
            Command::new(format!("cargo-{}", self.name))
        };
        command.arg(self.name).current_dir(crate::shell::workspace());
        Ok(command)
    }

    fn ours(&self) -> PathBuf {
        root().join("bin").join(format!("cargo-{}", self.name))
    }

    fn is_on_path(&self) -> bool {
        let mut asked = Command::new(format!("cargo-{}", self.name));
        asked.args([self.name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    }
}

fn root() -> PathBuf {
    target().join("tools")
}
