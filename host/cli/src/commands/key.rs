//! `bailiwick key`: makes a signing key.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_trust::SigningKey;
use clap::Args;

use crate::mesh::load_key;

/// Make a signing key (Ed25519), or show the public part of one
#[derive(Args)]
pub(crate) struct Key {
    /// The file of the private key, PKCS#8 in PEM; made if it is not there, never overwritten
    file: PathBuf,

    /// Only show the public part of a key that is there
    #[arg(long)]
    public: bool,
}

impl Key {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let key = if self.public {
            load_key(&self.file)?
        } else {
            let key = SigningKey::generate()?;
            key.save(&self.file)?;
            key
        };
        println!("{} {}", key.public(), self.file.display());
        Ok(ExitCode::SUCCESS)
    }
}
