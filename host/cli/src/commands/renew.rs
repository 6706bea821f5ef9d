//! `bailiwick renew`: signs the same again, for longer.

use std::process::ExitCode;

use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, SigningKey};
use clap::{Args, Subcommand};

use crate::ceremony::carry_out;
use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Sign a role's metadata again as it is, for a later expiry
///
/// The root expires a year after it was signed, central governance's and the domains'
/// metadata after 90 days; `bailiwick status` says what is due. For snapshot and timestamp
/// see `bailiwick refresh`.
#[derive(Args)]
pub(crate) struct Renew {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Who signs what
    Root(Renewal),
    /// What central governance signs
    Targets(Renewal),
    /// What a domain signs
    Domain {
        /// The domain
        domain: DomainName,

        #[command(flatten)]
        renewal: Renewal,
    },
}

#[derive(Args)]
struct Renewal {
    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Renew {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut change = Change::new();
        let (of, renewal) = match self.role {
            Role::Root(renewal) => {
                change.renew_root();
                ("root".to_owned(), renewal)
            }
            Role::Targets(renewal) => {
                change.renew_governance();
                ("targets".to_owned(), renewal)
            }
            Role::Domain { domain, renewal } => {
                change.renew(domain.clone());
                (format!("domain {domain}"), renewal)
            }
        };
        let (mesh, publisher) = (renewal.mesh.read()?, renewal.mesh.publisher()?);
        let keys = renewal.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        carry_out(&mesh, &publisher, &change, &keys)?.say(&[format!("renewed {of}")]);
        Ok(ExitCode::SUCCESS)
    }
}
