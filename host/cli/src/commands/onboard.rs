//! `bailiwick onboard`: delegates to a domain.

use std::path::PathBuf;
use std::process::ExitCode;

use bailiwick_terms::DomainName;
use bailiwick_trust::{Change, Signers, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::mesh::{Keys, MeshFile, load_key};

/// Let a domain publish: delegate to its keys, for its own paths alone
#[derive(Args)]
pub(crate) struct Onboard {
    /// The domain
    domain: DomainName,

    /// The domain's keys
    #[arg(long = "domain-key", value_name = "FILE", required = true)]
    domain_keys: Vec<PathBuf>,

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
        let domain_keys = self.domain_keys.iter().map(load_key).collect::<Result<Vec<_>, _>>()?;
        let signers = Signers::of(self.threshold, domain_keys.iter().map(SigningKey::public))?;
        let mut change = Change::new();
        change.onboard(self.domain.clone(), signers);
        let keys = self.keys.load()?;
        // A domain that is there already signs what it published anew.
        let keys: Vec<&SigningKey> = keys.iter().chain(&domain_keys).collect();
        self.mesh.publisher()?.commit(&change, &keys, Timestamp::now())?;
        println!("domain {} may publish below domains/{}/", self.domain, self.domain);
        Ok(ExitCode::SUCCESS)
    }
}
