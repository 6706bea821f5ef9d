//! `bailiwick audit`: what was done to the repository.

use std::process::ExitCode;

use bailiwick_trust::{Event, Signatures};
use clap::Args;

use crate::mesh::MeshFile;
use crate::statement::short;

/// Show what was done to the repository: every version, who signed it, what it changed
///
/// All of it is told by signed metadata, which stay in the repository, and by nothing else:
/// the order of versions is certain. When a version was prepared is what its signers stated
/// when they signed; the folder's own times prove nothing and are not used.
#[derive(Args)]
pub(crate) struct Audit {
    /// Print as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    mesh: MeshFile,
}

impl Audit {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let history = self.mesh.publisher()?.history()?;
        if self.json {
            let list = |events: &[Event]| events.iter().map(as_json).collect::<Vec<_>>();
            let json = serde_json::json!({
                "roots": list(&history.roots),
                "events": list(&history.events),
                "gaps": history.gaps,
            });
            outln!("{}", serde_json::to_string_pretty(&json)?);
            return Ok(ExitCode::SUCCESS);
        }
        outln!("who signs");
        history.roots.iter().for_each(print);
        outln!("what was published");
        history.events.iter().for_each(print);
        for gap in &history.gaps {
            outln!("not told: {gap}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(event: &Event) {
    let prepared = match event.prepared {
        Some(prepared) => format!("prepared {prepared}, as its signers state"),
        None => "prepared at a time that nobody states".to_owned(),
    };
    let listed = event.snapshot.map(|by| format!(", in force from snapshot {by}"));
    outln!("  {} {}  {prepared}{}", event.role, event.version, listed.unwrap_or_default());
    for Signatures { of, threshold, signed, .. } in &event.signatures {
        let keys: Vec<&str> = signed.iter().map(|id| short(id)).collect();
        outln!(
            "    signed by {} of the {threshold} keys needed of {of}: {}",
            signed.len(),
            keys.join(", ")
        );
    }
    for difference in &event.differences {
        outln!("    {difference}");
    }
}

fn as_json(event: &Event) -> serde_json::Value {
    let signatures = event.signatures.iter().map(|signatures| {
        serde_json::json!({
            "of": signatures.of,
            "threshold": signatures.threshold,
            "keys": signatures.signed,
        })
    });
    serde_json::json!({
        "role": event.role,
        "version": event.version,
        "stated": event.prepared.map(|time| time.to_string()),
        "expires": event.expires.to_string(),
        "snapshot": event.snapshot,
        "signatures": signatures.collect::<Vec<_>>(),
        "changes": event.differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
