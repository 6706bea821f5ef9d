//! `bailiwick rotate`: replaces keys.

use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, SigningKey};
use clap::{Args, Subcommand};

use crate::ceremony::carry_out;
use crate::keys::{Holders, Keys};
use crate::mesh::MeshFile;

/// Replace the keys of a role: who signs from now on
///
/// All keys of the role are named, those that stay as well. Pipelines follow by themselves:
/// the former signers vouch for the new ones.
#[derive(Args)]
pub(crate) struct Rotate {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Those who may change who signs. Signed by the former and by the new ones
    Root(Rotation),
    /// Central governance. Signed by the root's signers, and by the former and new ones
    Targets(Rotation),
    /// The key of snapshot and timestamp. Signed by the root's signers
    ///
    /// Both online keys sign, the former and the new, so that pipelines follow at every
    /// moment.
    Online {
        /// The former key is lost or stolen, and does not sign: pipelines then refuse the
        /// repository for the moment between two writes
        #[arg(long)]
        lost: bool,

        #[command(flatten)]
        rotation: Rotation,
    },
    /// A domain's keys. Signed by central governance, and by the new ones what the domain
    /// published
    Domain {
        /// The domain
        domain: DomainName,

        #[command(flatten)]
        rotation: Rotation,
    },
}

#[derive(Args)]
struct Rotation {
    /// A key of the role from now on: a private key's file, or a public key, as text or in a
    /// file. Repeat it for all keys
    #[arg(long = "to", value_name = "KEY", required = true)]
    to: Vec<String>,

    /// How many of them must sign
    #[arg(long, value_name = "M", default_value_t = 1)]
    threshold: u32,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Rotate {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut change = Change::new();
        let (of, rotation) = match &self.role {
            Role::Root(rotation) => ("root".to_owned(), rotation),
            Role::Targets(rotation) => ("targets".to_owned(), rotation),
            Role::Online { rotation, .. } => ("snapshot and timestamp".to_owned(), rotation),
            Role::Domain { domain, rotation } => (format!("domain {domain}"), rotation),
        };
        let holders = Holders::read(&rotation.to, &rotation.keys.unlock)?;
        let signers = holders.signers(rotation.threshold)?;
        let (mesh, mut publisher) = (rotation.mesh.read()?, rotation.mesh.publisher()?);
        match &self.role {
            Role::Root(_) => change.root_signers(signers),
            Role::Targets(_) => change.governance_signers(signers),
            Role::Online { lost, .. } => {
                if *lost {
                    publisher = publisher.without_former_online_key();
                }
                change.online_signers(signers)
            }
            Role::Domain { domain, .. } => {
                ensure!(
                    publisher.domain_signers(domain)?.is_some(),
                    "domain {domain} is not onboarded; run `bailiwick onboard {domain}`"
                );
                change.onboard(domain.clone(), signers)
            }
        };
        let keys = rotation.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().chain(&holders.here).collect();
        let done =
            format!("rotated {of}: {} of {} keys must sign", rotation.threshold, holders.count());
        carry_out(&mesh, &publisher, &change, &keys)?.say(&[done]);
        Ok(ExitCode::SUCCESS)
    }
}
