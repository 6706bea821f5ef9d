//! What a run found and delivered, for machines and for people.

mod chart;
mod figure;
mod history_page;
mod junit;
mod markup;
mod page;
mod text;

use std::collections::BTreeMap;

use bailiwick_governance::{
    ContractQuality, OnFailure, Plan, ReferenceColumn, Severity, Threshold, Verdict,
};
use bailiwick_terms::{ModuleDigest, ModuleName, PartName, ProductName};
use serde::{Deserialize, Serialize};

use crate::accounting::Accounting;
use crate::input::InputRead;
use crate::sink::Written;

pub use history_page::history_page;
pub use junit::junit;
pub use page::page;
pub use text::summary;

/// The version of the report's form; it changes when a reader of the old form
/// could misread the new one.
pub(crate) const REPORT_VERSION: &str = "1";

/// What a run found and delivered. It holds no time and nothing of the machine: the
/// same run gives the same report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of this form.
    pub report_version: String,
    /// The product.
    pub product: ProductName,
    /// The run's id: of its inputs, plan and version of bailiwick.
    pub run: String,
    /// The version of bailiwick that ran it.
    pub bailiwick: String,
    /// What came of it.
    pub delivery: Delivery,
    /// SHA-256 of the plan, hexadecimal.
    pub plan: String,
    /// The signed documents behind the plan: target path to SHA-256, hexadecimal.
    pub documents: BTreeMap<String, String>,
    /// What was read.
    pub input: InputRead,
    /// What was read of each reference table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<PartName, InputRead>,
    /// Where the rows went.
    pub accounting: Accounting,
    /// Every rule of every check.
    pub rules: Vec<RuleReport>,
    /// What came of each quality rule of the product's contract: the step that executed
    /// it, or why none did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contract_quality: Vec<ContractQuality>,
    /// Nulls in output columns that the contract requires.
    pub required_nulls: BTreeMap<String, u64>,
    /// What each step did.
    pub steps: Vec<StepReport>,
    /// The output port's file; none for a run that was blocked.
    pub output: Option<Written>,
    /// The quarantine's files.
    pub quarantine: Vec<Written>,
    /// Each output column's origins: the input columns that its values can depend on.
    pub lineage: BTreeMap<String, Vec<String>>,
    /// The columns of reference tables that the values of an output column can depend on,
    /// for those that can.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reference_lineage: BTreeMap<String, Vec<ReferenceColumn>>,
    /// What the reader should know, though nothing is wrong.
    pub notes: Vec<String>,
}

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Its outputs are committed.
    Delivered,
    /// A quality gate failed: nothing but this report was kept.
    Blocked,
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleReport {
    /// The step.
    pub step: String,
    /// The rule's id within its step.
    pub rule: String,
    /// What must hold.
    pub summary: String,
    /// The data quality dimension, as ODCS names them.
    pub dimension: String,
    /// How bad it is that it is not met.
    #[serde(default)]
    pub severity: Severity,
    /// Any words about it, as its policy has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The columns that the check reads.
    pub columns: Vec<String>,
    /// Rows that it judged.
    pub rows: u64,
    /// Rows that failed it; none for a rule of all rows together.
    pub failed: Option<u64>,
    /// Its measures.
    pub measures: BTreeMap<String, f64>,
    /// What it is held to, in words; none: it is only reported.
    pub threshold: Option<String>,
    /// The same for machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_to: Option<Threshold>,
    /// What each of its thresholds says, where there is one on another figure than its own,
    /// or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged: Vec<FigureReport>,
    /// What failing leads to.
    pub on_failure: OnFailure,
    /// What came of it.
    pub verdict: Verdict,
    /// Whether this rule kept the run from delivering.
    pub blocks: bool,
}

/// What one threshold of a rule says of what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureReport {
    /// The measure; none: the rule's own figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// What was found; none: there is no measure of that name, or it has no value.
    pub figure: Option<f64>,
    /// What it must be, in words.
    pub threshold: String,
    /// The same for machines.
    pub held_to: Threshold,
    /// What came of it.
    pub verdict: Verdict,
}

/// What one step did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepReport {
    /// The step.
    pub step: String,
    /// Its module.
    pub module: ModuleName,
    /// The module's digest.
    pub digest: ModuleDigest,
    /// Rows that were pushed into it.
    pub rows: u64,
    /// Bytes that were copied into its memory: the columns it reads and no others. What it
    /// looked up in reference tables is not counted.
    pub bytes_in: u64,
    /// Bytes that were copied out of it: the columns, bits and rows that it gave.
    pub bytes_out: u64,
    /// The rows that its module faults on; none where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<FaultReport>,
    /// What it logged.
    pub log: Vec<String>,
}

/// The rows that a step's module faults on, which were quarantined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultReport {
    /// How many there are.
    pub rows: u64,
    /// How many there are of each kind; of one kind, `fault`, where the step reads
    /// labelled columns.
    pub kinds: BTreeMap<String, u64>,
    /// How many more pushes it took to find them.
    pub retries: u64,
}

impl Report {
    /// The report as JSON text.
    ///
    /// # Errors
    /// None for a report of a run: its numbers are finite.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The data files of the run.
    pub fn files(&self) -> impl Iterator<Item = &Written> {
        self.output.iter().chain(&self.quarantine)
    }

    pub(crate) fn lineage_of(plan: &Plan) -> BTreeMap<String, Vec<String>> {
        let columns = plan.output.columns.iter();
        columns
            .map(|column| (column.field.name().clone(), column.origins.iter().cloned().collect()))
            .collect()
    }

    pub(crate) fn reference_lineage_of(plan: &Plan) -> BTreeMap<String, Vec<ReferenceColumn>> {
        let columns = plan.output.columns.iter().filter(|column| !column.references.is_empty());
        let of = columns.map(|column| {
            (column.field.name().clone(), column.references.iter().cloned().collect())
        });
        of.collect()
    }
}
