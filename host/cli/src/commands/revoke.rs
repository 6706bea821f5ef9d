//! `bailiwick revoke`: central governance takes a module back.

use std::process::ExitCode;

use anyhow::Context;
use bailiwick_terms::ModuleName;
use bailiwick_trust::{Change, Repository, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::mesh::{Keys, MeshFile};

/// Take a module back, for good: its bytes run nowhere any more, under any name
///
/// A host learns of it when it next reads the repository, at the latest when the
/// timestamp expires.
#[derive(Args)]
pub(crate) struct Revoke {
    /// The module, such as governance/mask@0.1.0
    module: ModuleName,

    /// Why, for those who wonder
    #[arg(long)]
    reason: String,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Revoke {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let now = Timestamp::now();
        let publisher = self.mesh.publisher()?;
        let mesh = self.mesh.read()?;
        let published =
            Repository::open(&mesh.repository, publisher.trusted_root(), now)?.modules();
        let module = published
            .found
            .into_iter()
            .find(|module| module.name == self.module)
            .with_context(|| format!("no domain publishes {}", self.module))?;
        let mut change = Change::new();
        change.deny(module.digest, self.reason);
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        publisher.commit(&change, &keys, now)?;
        println!("revoked {}  sha256 {}", module.name, module.digest);
        Ok(ExitCode::SUCCESS)
    }
}
