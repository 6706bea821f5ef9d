//! `bailiwick init`: begins a repository.

use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_pipeline::Mesh;
use bailiwick_trust::{Keyholders, Lifetimes, Pending, PublishError, Publisher, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::ceremony::{sign_with, waiting_folder};
use crate::keys::{Holders, Unlock};
use crate::mesh::MeshFile;
use crate::statement::print_open;

/// Begin a signed repository and its root of trust
///
/// The repository goes where the mesh file says, and the root of trust beside it: hand that
/// file to every pipeline on a way of its own.
///
/// KEY is a private key's file, or a public key, as text or in a file: of signers who are
/// not here their public keys are enough. Then the beginning waits in a folder until they
/// have signed it, see `bailiwick sign`.
#[derive(Args)]
pub(crate) struct Init {
    /// A key of central governance: those govern what runs, and sign the root unless
    /// --root-key names others
    #[arg(long = "central-key", value_name = "KEY", required = true)]
    central: Vec<String>,

    /// How many of central governance's keys must sign
    #[arg(long, value_name = "M", default_value_t = 1)]
    threshold: u32,

    /// A key of those who may change who signs, if they are others than central governance
    #[arg(long = "root-key", value_name = "KEY")]
    root: Vec<String>,

    /// How many of the root's keys must sign; unless stated, the same as --threshold
    #[arg(long, value_name = "M", requires = "root")]
    root_threshold: Option<u32>,

    /// The key that signs snapshot and timestamp, at each publish and refresh
    #[arg(long = "online-key", value_name = "KEY")]
    online: String,

    #[command(flatten)]
    unlock: Unlock,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Init {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mesh = self.mesh.read()?;
        let repository = mesh.repository_folder()?;
        let central = Holders::read(&self.central, &self.unlock)?;
        let root = Holders::read(&self.root, &self.unlock)?;
        let online = Holders::read(std::slice::from_ref(&self.online), &self.unlock)?;
        let targets = central.signers(self.threshold)?;
        let keyholders = Keyholders {
            root: match root.count() {
                0 => targets.clone(),
                _ => root.signers(self.root_threshold.unwrap_or(self.threshold))?,
            },
            targets,
            snapshot: online.signers(1)?,
            timestamp: online.signers(1)?,
        };
        let there = begun(&mesh, repository, &keyholders)?;
        if there {
            outln!("nothing changes: the repository is there, with these keys");
        } else {
            let keys: Vec<&SigningKey> =
                central.here.iter().chain(&root.here).chain(&online.here).collect();
            if !begin(&mesh, &keyholders, &keys)? {
                return Ok(ExitCode::SUCCESS);
            }
        }
        outln!("repository     {}", repository.display());
        outln!("root of trust  {}", mesh.root.display());
        outln!("central        {} of {} keys must sign", self.threshold, central.count());
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a repository of these key holders is there already. One whose root of trust
/// was not written any more gets it now.
fn begun(mesh: &Mesh, repository: &Path, keyholders: &Keyholders) -> anyhow::Result<bool> {
    let Ok(root) = std::fs::read(repository.join("metadata/1.root.json")) else {
        return Ok(false);
    };
    let publisher = Publisher::open(repository, &root)?;
    let same = publisher.keyholders()? == *keyholders;
    ensure!(same, PublishError::Exists { folder: repository.display().to_string() });
    if !mesh.root.exists() {
        publisher.save_trusted_root(&mesh.root)?;
    }
    Ok(true)
}

fn begin(mesh: &Mesh, keyholders: &Keyholders, keys: &[&SigningKey]) -> anyhow::Result<bool> {
    let now = Timestamp::now();
    let mut first = Pending::first(keyholders, Lifetimes::default(), now)?;
    let folder = waiting_folder(mesh, &first);
    let waits = folder.exists();
    if waits {
        let there = Pending::open(&folder, None)?;
        ensure!(
            there.same_change(&first),
            "{} holds the beginning of a repository with other keys: have that signed, or remove \
             the folder if it is not wanted any more",
            folder.display()
        );
        first = there;
    }
    sign_with(&mut first, keys, &keyholders.timestamp)?;
    match publish(mesh, &first, keys, now) {
        Ok(()) => {
            if waits {
                crate::ceremony::remove(&folder)?;
            }
            return Ok(true);
        }
        Err(error) if is_missing_keys(&error) => {}
        Err(error) => return Err(error),
    }
    if waits {
        first.update(&folder)?;
    } else {
        first.save(&folder)?;
    }
    print_open(&first, &folder)?;
    Ok(false)
}

/// Makes the repository and writes its root of trust.
pub(crate) fn publish(
    mesh: &Mesh,
    first: &Pending,
    keys: &[&SigningKey],
    now: Timestamp,
) -> anyhow::Result<()> {
    let repository = mesh.repository_folder()?;
    let publisher = Publisher::begin(repository, first, Lifetimes::default(), keys, now)?;
    Ok(publisher.save_trusted_root(&mesh.root)?)
}

fn is_missing_keys(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(PublishError::MissingKeys { .. }))
}
