//! `bailiwick key`: signing keys and their files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_trust::SigningKey;
use clap::{Args, Subcommand};

use crate::keys::Unlock;

/// Make a signing key (Ed25519), take one from a file, or show the public part of one
#[derive(Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a key and encrypt it under a passphrase
    ///
    /// Prints its public part, which is what others need to name you as a signer.
    Generate {
        /// The file that is made: PKCS#8 in PEM, readable by you alone. Never overwritten
        file: PathBuf,

        #[command(flatten)]
        storing: Storing,
    },
    /// Take a key from a file, such as one of openssl's, and encrypt it under a passphrase
    ///
    /// The file that it comes from stays as it is: remove it once you are sure of the new one.
    Import {
        /// The file with the key: PKCS#8 in PEM, not encrypted
        from: PathBuf,

        /// The file that is made; never overwritten
        file: PathBuf,

        #[command(flatten)]
        storing: Storing,
    },
    /// Print the public part of a key, which is what others need to name you as a signer
    Public {
        /// The file of the private key
        file: PathBuf,

        /// Print the key's id instead, by which `sign`, `status` and `audit` name it
        #[arg(long)]
        id: bool,

        #[command(flatten)]
        unlock: Unlock,
    },
}

#[derive(Args)]
struct Storing {
    /// Do not encrypt it: whoever can read the file can sign. For throw-away keys, and for
    /// machines whose disks are encrypted
    #[arg(long)]
    unencrypted: bool,

    #[command(flatten)]
    unlock: Unlock,
}

impl Key {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Generate { file, storing } => {
                let key = SigningKey::generate()?;
                storing.store(&key, &file)?;
                print(&key, &file);
            }
            What::Import { from, file, storing } => {
                let key = SigningKey::load(&from)?;
                storing.store(&key, &file)?;
                print(&key, &file);
            }
            What::Public { file, id, unlock } => {
                let key = unlock.load(&file)?;
                let key = key.public();
                outln!("{}", if id { key.id() } else { key.to_string() });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(key: &SigningKey, file: &Path) {
    outln!("file        {}", file.display());
    outln!("public key  {}", key.public());
    outln!("key id      {}", key.public().id());
}

impl Storing {
    fn store(&self, key: &SigningKey, file: &Path) -> anyhow::Result<()> {
        // Before anybody thinks of a passphrase.
        ensure!(
            !file.exists(),
            "{} already exists and a key is never overwritten; choose another file, or show its \
             public part with `bailiwick key public {}`",
            file.display(),
            file.display()
        );
        if self.unencrypted {
            return Ok(key.save(file)?);
        }
        Ok(key.save_encrypted(file, &self.unlock.choose(file)?)?)
    }
}
