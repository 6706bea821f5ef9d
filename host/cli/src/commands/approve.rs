//! `bailiwick approve`: central governance says what may run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use bailiwick_governance::Framework;
use bailiwick_trust::{Approval, Change, Repository, SigningKey};
use clap::Args;
use jiff::Timestamp;

use crate::approvals;
use crate::ceremony::carry_out;
use crate::keys::Keys;
use crate::mesh::MeshFile;

/// Approve modules, with what each is granted, and publish the framework
///
/// FILE lists the modules:
///
///     approvals:
///       - module: governance/mask@0.1.0
///         sha256: 5c1f...         # optional: approve these very bytes
///         grants: {read: [pii], remove: [pii], services: {pseudonym: [customer]}}
///         limits: {memory_bytes: 134217728}
///
/// Without `sha256` the approval is for the bytes that the domain publishes now;
/// they are printed, to be compared with those that were reviewed.
///
/// If signatures are missing, the change waits in a folder for other signers, who see the
/// same: `bailiwick sign`. Approvals end at midnight (UTC), so that the same approval made
/// twice a day is the same.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Approve {
    /// The approvals
    #[arg(value_name = "FILE", required_unless_present = "framework")]
    approvals: Option<PathBuf>,

    /// Central governance's framework: labels, obligations, limits, clearance
    #[arg(long, value_name = "FILE")]
    framework: Option<PathBuf>,

    /// How long the approvals hold, days
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Approve {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let now = Timestamp::now();
        let (mesh, publisher) = (self.mesh.read()?, self.mesh.publisher()?);
        let mut change = Change::new();
        let mut approved = Vec::new();
        if let Some(file) = &self.framework {
            let shown = file.display().to_string();
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
            Framework::read(&shown, &text)?;
            change.framework(text.into_bytes());
            approved.push(format!("framework {shown}"));
        }
        if let Some(file) = &self.approvals {
            let shown = file.display().to_string();
            let published =
                Repository::open(mesh.repository.source(), publisher.trusted_root(), now)?
                    .modules()
                    .found;
            let expires = midnight_after(now, self.days)?;
            for entry in approvals::read(file)? {
                let own = published.iter().find(|module| module.name == entry.module);
                let digest = match (own, entry.sha256) {
                    (None, _) => bail!(
                        "{shown}: no domain publishes {}; have {} publish it first",
                        entry.module,
                        entry.module.domain()
                    ),
                    (Some(own), Some(pinned)) if own.digest != pinned => bail!(
                        "{shown}: {} is published with sha256 {}, the approval is for {pinned}; \
                         review what is published before you approve it",
                        entry.module,
                        own.digest
                    ),
                    (Some(own), _) => own.digest,
                };
                let mut approval = Approval::new(entry.module.clone(), digest, expires);
                approval.grants = entry.grants;
                approval.limits = entry.limits;
                approval.note = entry.note;
                change.approve(approval);
                approved.push(format!("{}  sha256 {digest}", entry.module));
            }
        }
        let keys = self.keys.load()?;
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let approved: Vec<_> = approved.iter().map(|line| format!("approved {line}")).collect();
        carry_out(&mesh, &publisher, &change, &keys)?.say(&approved);
        Ok(ExitCode::SUCCESS)
    }
}

/// The end of the day, in UTC, so many days from now.
fn midnight_after(now: Timestamp, days: u32) -> anyhow::Result<Timestamp> {
    const DAY: i64 = 24 * 60 * 60;
    let last = now.as_second() / DAY + i64::from(days);
    Timestamp::from_second((last + 1) * DAY).context("the approvals would end beyond the calendar")
}
