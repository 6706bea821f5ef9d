//! `bailiwick onboard`: delegates to a domain.

use std::process::ExitCode;

use anyhow::ensure;
use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, PathPattern, SigningKey};
use clap::Args;

use crate::ceremony::carry_out;
use crate::keys::{Holders, Keys};
use crate::mesh::MeshFile;

/// Let a domain publish: delegate to its keys, for paths of its own
///
/// From then on the domain signs its contracts, bindings and modules below
/// `domains/DOMAIN/`, the files at the further paths that `--path` states, and nothing else.
/// Central governance signs the delegation; the domain need not be there, its public keys are
/// enough. For a domain that is onboarded already, with the same keys, `--path` states its
/// further paths anew.
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

    /// Further paths that it may publish files at, such as `reference/rates/*.csv`; `*` and
    /// `?` stand for what is within one part of a path. They can be neither central
    /// governance's nor another domain's
    #[arg(long = "path", value_name = "PATTERN")]
    paths: Vec<PathPattern>,

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
        let mut scope = vec![format!("domains/{}/", self.domain)];
        scope.extend(self.paths.iter().map(PathPattern::to_string));
        if !self.paths.is_empty() {
            change.scope(self.domain.clone(), self.paths);
        }
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let done = format!(
            "domain {} may publish below {}: {} of {} keys must sign",
            self.domain,
            scope.join(", "),
            self.threshold,
            holders.count()
        );
        carry_out(&mesh, &publisher, &change, &keys)?.say(&[done]);
        Ok(ExitCode::SUCCESS)
    }
}
