//! `bailiwick approve`: central governance says what may run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use bailiwick_governance::Framework;
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName};
use bailiwick_trust::{Approval, Change, Repository, SigningKey};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::mesh::{Keys, MeshFile};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    approvals: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    module: ModuleName,
    sha256: Option<ModuleDigest>,
    #[serde(default)]
    grants: Grants,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    note: String,
}

impl Approve {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let now = Timestamp::now();
        let publisher = self.mesh.publisher()?;
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
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
            let document: Document =
                serde_norway::from_str(&text).with_context(|| shown.clone())?;
            let mesh = self.mesh.read()?;
            let published =
                Repository::open(&mesh.repository, publisher.trusted_root(), now)?.modules().found;
            let expires = now + SignedDuration::from_hours(24 * i64::from(self.days));
            for entry in document.approvals {
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
        publisher.commit(&change, &keys, now)?;
        for line in approved {
            println!("approved {line}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
