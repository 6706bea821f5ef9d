//! `bailiwick revoke`: central governance takes a module back.

use std::process::ExitCode;

use anyhow::Context;
use bailiwick_terms::ModuleName;
use bailiwick_trust::{Change, Repository, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::ceremony::carry_out;
use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Take a module back, for good: its bytes run nowhere any more, under any name
///
/// A host learns of it when it next reads the repository, at the latest when the
/// timestamp expires. If signatures are missing, the revocation waits in a folder for other
/// signers: `bailiwick sign`.
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
        let (mesh, publisher) = (self.mesh.read()?, self.mesh.publisher()?);
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
        let done = format!("revoked {}  sha256 {}", module.name, module.digest);
        carry_out(&mesh, &publisher, &change, &keys)?.say(&[done]);
        Ok(ExitCode::SUCCESS)
    }
}
