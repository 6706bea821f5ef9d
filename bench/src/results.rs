//! The results file: what each section measured last.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Goal, Machine, Outcome};

/// The form of the file; another one where its meaning changes.
const SCHEMA: &str = "bailiwick-bench/1";

/// The file's name in its folder.
const FILE: &str = "results.json";

/// What one section measured, in one run of the command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// On what and when.
    pub machine: Machine,
    /// The command line.
    pub command: Vec<String>,
    /// What was timed.
    #[serde(default)]
    pub contests: Vec<Outcome>,
    /// What was hoped for.
    #[serde(default)]
    pub goals: Vec<Goal>,
    /// What else the section has to say; each section documents its own.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub facts: Value,
}

/// All sections, each as it was measured last: sections can be run one by one.
///
/// The file is JSON:
///
/// ```json
/// {"schema": "bailiwick-bench/1",
///  "sections": {
///    "kernels": {
///      "machine": {"cpu": "…", "cores": 2, "memory_mib": 24000, "kernel": "…",
///                  "rustc": "…", "revision": "…", "date": "2026-01-31T12:00:00Z"},
///      "command": ["bailiwick-bench", "kernels"],
///      "contests": [
///        {"name": "mask email, 8192 rows a batch", "rows": 65536, "calls": 8, "rounds": 31,
///         "contestants": [
///           {"name": "bailiwick",
///            "ns_per_row": {"min": 3.1, "median": 3.2, "p90": 3.6},
///            "ns_per_call": {"min": 25395.0, "median": 26214.0, "p90": 29491.0},
///            "ratio_to": {"bailiwick": 1.0, "native": 1.3}}]}],
///      "goals": [{"what": "…", "at_most": 1.6, "unit": "", "measured": 1.4, "met": true}],
///      "facts": null}}}
/// ```
///
/// A ratio is the median of the ratios within rounds, so it is not exactly the ratio
/// of the medians.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    schema: String,
    /// By name.
    pub sections: BTreeMap<String, Section>,
}

impl Results {
    /// What the file in a folder holds; no sections where there is none.
    ///
    /// # Errors
    /// Where it cannot be read, or is of another form than this version writes.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self { schema: SCHEMA.to_owned(), sections: BTreeMap::new() });
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let results: Self = serde_json::from_str(&text).with_context(|| {
            format!("{}: no results of this version: remove it", path.display())
        })?;
        if results.schema != SCHEMA {
            bail!(
                "{}: its schema is {:?}, this version writes {SCHEMA:?}: remove it",
                path.display(),
                results.schema
            );
        }
        Ok(results)
    }

    /// Puts a section in the place of the one that the file in a folder has under
    /// this name, and gives the file's path. A reader never sees half a file.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn record(folder: &Path, name: &str, section: Section) -> anyhow::Result<PathBuf> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let mut results = Self::read(folder)?;
        results.sections.insert(name.to_owned(), section);
        let (path, unfinished) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
        let text = serde_json::to_string_pretty(&results)?;
        fs::write(&unfinished, text + "\n").with_context(|| unfinished.display().to_string())?;
        fs::rename(&unfinished, &path).with_context(|| path.display().to_string())?;
        Ok(path)
    }
}
