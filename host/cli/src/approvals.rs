//! `approvals.yaml`: the modules that central governance approves, and what each gets.

use std::path::Path;

use anyhow::Context;
use bailiwick_terms::{Grants, Limits, ModuleDigest, ModuleName};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    approvals: Vec<Entry>,
}

/// One module.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) module: ModuleName,
    /// The bytes that are meant; none: those that the domain publishes.
    pub(crate) sha256: Option<ModuleDigest>,
    #[serde(default)]
    pub(crate) grants: Grants,
    #[serde(default)]
    pub(crate) limits: Limits,
    #[serde(default)]
    pub(crate) note: String,
}

pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<Entry>> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
    let document: Document = serde_norway::from_str(&text).with_context(|| shown.clone())?;
    Ok(document.approvals)
}
