//! `bailiwick inspect`: what a component is.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bailiwick_engine::{Engine, Inspection};
use bailiwick_terms::WIT_VERSION;
use clap::Args;
use serde_json::json;

/// Show what a component is: kind, settings, imports, size, digest
///
/// The component is not approved by this and is run for nothing but its own
/// description, inside the sandbox.
#[derive(Args)]
pub(crate) struct Inspect {
    /// The component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,

    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let name = self.file.display().to_string();
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {name}"))?;
        let inspection = Engine::new()?.inspect(&name, &bytes)?;
        if self.json {
            outln!("{}", serde_json::to_string_pretty(&as_json(&inspection))?);
        } else {
            print_text(&inspection)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(inspection: &Inspection) -> serde_json::Value {
    let description = &inspection.description;
    json!({
        "name": description.name,
        "version": description.version.to_string(),
        "summary": description.summary.as_str(),
        "kind": description.kind.to_string(),
        "scope": description.scope.to_string(),
        "wit": WIT_VERSION,
        "imports": inspection.imports,
        "bytes": inspection.size,
        "sha256": inspection.digest,
        "settings": description.settings_schema,
    })
}

pub(super) fn print_text(inspection: &Inspection) -> anyhow::Result<()> {
    let description = &inspection.description;
    outln!("{} {}", description.name, description.version);
    outln!("  {}", description.summary);
    outln!("  kind      {}, {}", description.kind, description.scope);
    outln!("  contract  bailiwick:policy@{WIT_VERSION}");
    // A component lists the interface that holds the record types as an import:
    // it has no function in it.
    let services: Vec<&str> = inspection
        .imports
        .iter()
        .map(String::as_str)
        .filter(|import| !import.starts_with("bailiwick:policy/columnar@"))
        .collect();
    let services = if services.is_empty() { "nothing".to_owned() } else { services.join(", ") };
    outln!("  imports   {services}");
    outln!("  size      {} bytes", inspection.size);
    outln!("  sha256    {}", inspection.digest);
    outln!("  settings");
    for line in serde_json::to_string_pretty(&description.settings_schema)?.lines() {
        outln!("    {line}");
    }
    Ok(())
}
