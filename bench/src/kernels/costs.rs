//! What each policy costs, in a file that documentation is made of.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::contestants::{ARROW, BAILIWICK, NATIVE};
use super::{contest_name, works};
use crate::{Machine, Outcome};

/// The form of the file; another one where its meaning changes.
const SCHEMA: &str = "bailiwick-costs/1";

/// Rows a batch that the costs are of.
const BATCH_ROWS: usize = 65_536;

/// What each policy costs, by its name: `docs/costs.json`.
///
/// ```json
/// {"schema": "bailiwick-costs/1",
///  "version": "0.1.0",
///  "command": "cargo xtask bench kernels --only \"65536 rows\" --costs docs/costs.json",
///  "machine": "AMD EPYC-Milan Processor, 2 cores",
///  "batch_rows": 65536,
///  "policies": {
///    "derive": {
///      "case": "two operations on two int32 columns",
///      "ns_per_row": 3.1, "ratio_to_native": 1.52, "ratio_to_arrow": 2.18}}}
/// ```
///
/// `case` is what was measured, in a few words that follow "of"; `ns_per_row` the processor
/// time that a row takes in the sandbox, copies in and out included; `ratio_to_native` that
/// time divided by what the policy's own code takes natively, `ratio_to_arrow` by what arrow's
/// kernels take, where they have the same. Times are of the machine that is named; ratios,
/// medians of those within rounds, say more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    schema: String,
    /// Of Bailiwick.
    pub version: String,
    /// What measures again.
    pub command: String,
    /// What was measured on.
    pub machine: String,
    /// Rows a batch.
    pub batch_rows: usize,
    /// By the policy's name.
    pub policies: BTreeMap<String, Cost>,
}

/// What one policy costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What was measured, in a few words.
    pub case: String,
    /// Processor time a row in the sandbox, nanoseconds.
    pub ns_per_row: f64,
    /// That, divided by what the policy's own code takes natively.
    pub ratio_to_native: f64,
    /// That, divided by what arrow's kernels take; none where they have nothing like it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio_to_arrow: Option<f64>,
}

/// To three digits: more are not the same the next time.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

impl Costs {
    /// Those of what was measured.
    ///
    /// # Errors
    /// Where the work that stands for a policy was not measured.
    pub fn of(outcomes: &[Outcome], machine: &Machine) -> anyhow::Result<Self> {
        let mut policies = BTreeMap::new();
        for work in works() {
            let (Some(case), [step]) = (work.cost, work.steps.as_slice()) else { continue };
            let name = contest_name(&work, BATCH_ROWS);
            let outcome = outcomes.iter().find(|outcome| outcome.name == name);
            let cost = outcome.and_then(|outcome| {
                Some(Cost {
                    case: case.to_owned(),
                    ns_per_row: rounded(outcome.contestant(BAILIWICK)?.ns_per_row.median),
                    ratio_to_native: rounded(outcome.ratio(BAILIWICK, NATIVE)?),
                    ratio_to_arrow: outcome.ratio(BAILIWICK, ARROW).map(rounded),
                })
            });
            let cost = cost.with_context(|| format!("{name:?} was not measured"))?;
            policies.insert(step.module.to_owned(), cost);
        }
        Ok(Self {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: format!(
                "cargo xtask bench kernels --only \"{BATCH_ROWS} rows\" --costs docs/costs.json"
            ),
            machine: format!("{}, {} cores", machine.cpu, machine.cores),
            batch_rows: BATCH_ROWS,
            policies,
        })
    }

    /// Those of a file.
    ///
    /// # Errors
    /// Where it cannot be read, or is of another form than this version writes.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let costs: Self =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        if costs.schema != SCHEMA {
            bail!("{}: its schema is {:?}, expected {SCHEMA:?}", path.display(), costs.schema);
        }
        Ok(costs)
    }

    /// Writes them to a file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")
    }
}
