//! `bailiwick revoke`: central governance takes a module back.

use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_terms::{DomainName, ModuleDigest, ModuleName};
use bailiwick_trust::{Change, Repository, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::ceremony::carry_out;
use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Take back, for good, a module, a digest under every name, or a domain
///
/// A host learns of it when it next reads the repository, at the latest when the
/// timestamp expires. If signatures are missing, the revocation waits in a folder for other
/// signers: `bailiwick sign`.
#[derive(Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    what: What,

    /// Why, for those who wonder
    #[arg(long)]
    reason: String,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The module, such as governance/mask@0.1.0: this version, and its bytes under any name
    module: Option<ModuleName>,

    /// These bytes, under any name: SHA-256, 64 hexadecimal digits
    #[arg(long, value_name = "SHA256")]
    digest: Option<ModuleDigest>,

    /// All that this domain signed
    #[arg(long)]
    domain: Option<DomainName>,
}

impl Revoke {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let now = Timestamp::now();
        let (mesh, publisher) = (self.mesh.read()?, self.mesh.publisher()?);
        let source = mesh.repository.source();
        let repository = Repository::open(source, publisher.trusted_root(), now)?;
        let mut change = Change::new();
        let mut revoked = Vec::new();
        if let Some(module) = self.what.module {
            revoked.push(format!("revoked module {module}"));
            match repository.modules().found.into_iter().find(|found| found.name == module) {
                Some(found) => {
                    change.deny(found.digest, &self.reason);
                    revoked.push(format!("revoked sha256 {}", found.digest));
                }
                None => {
                    errln!("warning: no domain publishes {module}; only its name is revoked")
                }
            }
            change.deny_module(module, &self.reason);
        }
        if let Some(digest) = self.what.digest {
            change.deny(digest, &self.reason);
            revoked.push(format!("revoked sha256 {digest}"));
        }
        if let Some(domain) = self.what.domain {
            ensure!(
                repository.domains().contains(&domain),
                "domain {domain} is not onboarded; `bailiwick status` lists what there is"
            );
            revoked.push(format!("revoked domain {domain}"));
            change.deny_domain(domain, &self.reason);
        }
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        carry_out(&mesh, &publisher, &change, &keys)?.say(&revoked);
        Ok(ExitCode::SUCCESS)
    }
}
