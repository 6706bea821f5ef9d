//! `bailiwick onboard`: delegates to a domain.

use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, SigningKey};
use clap::Args;

use crate::ceremony::carry_out;
use crate::keys::{Holders, Keys};
use crate::mesh::MeshFile;

/// Let a domain publish: delegate to its keys, for its own paths alone
///
/// From then on the domain signs its contracts, bindings and modules below
/// `domains/DOMAIN/`, and nothing else. Central governance signs the delegation; the domain
/// need not be there, its public keys are enough.
#[derive(Args)]
pub(crate) struct Onboard {
    /// The domain
    domain: DomainName,

    /// A key of the domain's signers: a private key's file, or a public key, as text or in
    /// a file
    #[arg(long = "domain-key", value_name = "KEY", required = true)]
    domain_keys: Vec<String>,

    /// How many of the domain's keys must sign
    #[arg(long, value_name = "M", default_value_t = 1)]
    threshold: u32,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Onboard {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let holders = Holders::read(&self.domain_keys, &self.keys.unlock)?;
        let signers = holders.signers(self.threshold)?;
        let (mesh, publisher) = (self.mesh.read()?, self.mesh.publisher()?);
        let there = publisher.domain_signers(&self.domain)?;
        ensure!(
            there.is_none_or(|there| there == signers),
            "domain {0} is onboarded with other keys; to replace them, run `bailiwick rotate \
             domain {0}`",
            self.domain
        );
        let mut change = Change::new();
        change.onboard(self.domain.clone(), signers);
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let done = format!(
            "domain {0} may publish below domains/{0}/: {1} of {2} keys must sign",
            self.domain,
            self.threshold,
            holders.count()
        );
        carry_out(&mesh, &publisher, &change, &keys)?.say(&[done]);
        Ok(ExitCode::SUCCESS)
    }
}
