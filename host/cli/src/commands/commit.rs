//! `bailiwick commit`: publishes a pending change.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_trust::{Pending, Publisher, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::ceremony::remove;
use crate::keys::Keys;
use crate::mesh::MeshFile;
use crate::statement::print_change;

/// Publish a pending change that has its signatures
///
/// Takes the online key, which signs snapshot and timestamp; what domains alone signed is
/// handed in without it, for the next `bailiwick refresh`. Nothing is published that lacks a
/// signature, or that was prepared before the repository moved on. Safe to repeat, also
/// after an interruption.
#[derive(Args)]
pub(crate) struct Commit {
    /// The folder of the pending change
    #[arg(value_name = "PENDING")]
    folder: PathBuf,

    /// Another copy of the folder, signed by others, whose signatures are taken over
    #[arg(long = "with", value_name = "COPY")]
    copies: Vec<PathBuf>,

    /// The change replaces the online key, and the former one is lost or stolen: pipelines
    /// then refuse the repository for the moment between two writes
    #[arg(long)]
    lost: bool,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Commit {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let shown = self.folder.display();
        ensure!(
            self.folder.is_dir(),
            "there is no pending change in {shown}; what was published is removed: `bailiwick \
             status` shows what is there, `bailiwick audit` what was done"
        );
        let mesh = self.mesh.read()?;
        let root = self.mesh.trusted_root(None)?;
        let now = Timestamp::now();
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let mut pending = Pending::open(&self.folder, root.as_deref())?;
        for copy in &self.copies {
            pending.take(&Pending::open(copy, root.as_deref())?);
        }
        let Some(root) = root else {
            super::init::publish(&mesh, &pending, &keys, now)?;
            outln!("repository     {}", mesh.repository);
            outln!("root of trust  {}", mesh.root.display());
            remove(&self.folder)?;
            return Ok(ExitCode::SUCCESS);
        };
        // What it stands on is verified when it is published, also where publishing it was
        // interrupted.
        let mut publisher = Publisher::continuing(mesh.repository_folder()?, &root);
        if self.lost {
            publisher = publisher.without_former_online_key();
        }
        let before = if pending.is_of_domains() && keys.is_empty() {
            let before = publisher.submit(&pending)?;
            if !before {
                outln!("submitted; in force once the online key's holder runs `bailiwick refresh`");
            }
            before
        } else {
            publisher.publish(&pending, &keys, now)?.before
        };
        if before {
            outln!("nothing changes: it was published before");
        } else {
            print_change(&pending)?;
        }
        remove(&self.folder)?;
        Ok(ExitCode::SUCCESS)
    }
}
