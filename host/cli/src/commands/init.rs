//! `bailiwick init`: makes a repository.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bailiwick_trust::{Keyholders, Lifetimes, Publisher, Signers, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::mesh::{MeshFile, load_key};

/// Make a signed repository and its root of trust
///
/// The repository goes where the mesh file says, and the root of trust beside it:
/// hand that file to every pipeline on a way of its own.
#[derive(Args)]
pub(crate) struct Init {
    /// Central governance's private keys: they sign the root and what central governs
    #[arg(long = "central-key", value_name = "FILE", required = true)]
    central: Vec<PathBuf>,

    /// How many of central governance's keys must sign
    #[arg(long, value_name = "M", default_value_t = 1)]
    threshold: u32,

    /// The private key that signs snapshot and timestamp at every publish
    #[arg(long = "online-key", value_name = "FILE")]
    online: PathBuf,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Init {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mesh = self.mesh.read()?;
        let central = self.central.iter().map(load_key).collect::<Result<Vec<_>, _>>()?;
        let online = load_key(&self.online)?;
        let governing = Signers::of(self.threshold, central.iter().map(SigningKey::public))?;
        let keyholders = Keyholders {
            root: governing.clone(),
            targets: governing,
            snapshot: Signers::one(online.public()),
            timestamp: Signers::one(online.public()),
        };
        let keys: Vec<&SigningKey> = central.iter().chain([&online]).collect();
        let now = Timestamp::now();
        let publisher =
            Publisher::create(&mesh.repository, &keyholders, Lifetimes::default(), &keys, now)?;
        std::fs::write(&mesh.root, publisher.trusted_root())
            .with_context(|| format!("cannot write the root of trust {}", mesh.root.display()))?;
        println!("repository     {}", mesh.repository.display());
        println!("root of trust  {}", mesh.root.display());
        println!("central        {} of {} keys must sign", self.threshold, central.len());
        Ok(ExitCode::SUCCESS)
    }
}
