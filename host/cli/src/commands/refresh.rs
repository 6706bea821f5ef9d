//! `bailiwick refresh`: renews what the online key signs.

use std::process::ExitCode;

use bailiwick_trust::SigningKey;
use clap::Args;
use jiff::Timestamp;

use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Put in force what domains submitted, and renew snapshot and timestamp
///
/// Needs the online key alone. Run it by a timer: the timestamp expires after a day, and then
/// no pipeline runs. What a domain submitted is taken up if its delegation vouches for it and
/// all that it lists is there; else what it published before stays, and you are told why.
#[derive(Args)]
pub(crate) struct Refresh {
    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Refresh {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let refreshed = self.mesh.publisher()?.refresh(&keys, Timestamp::now())?;
        for (domain, before, now) in &refreshed.taken {
            let before = before.map_or("nothing".to_owned(), |before| format!("version {before}"));
            outln!("domain {domain}: version {now} is in force, before {before}");
        }
        for refused in &refreshed.refused {
            errln!("warning: domain {}: not taken up: {}", refused.domain, refused.error);
        }
        outln!(
            "refreshed: snapshot {}, timestamp {}",
            refreshed.versions.snapshot,
            refreshed.versions.timestamp
        );
        Ok(ExitCode::SUCCESS)
    }
}
