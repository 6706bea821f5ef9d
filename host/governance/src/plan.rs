//! The plan: ordered steps with everything a run needs, and why each is there.

mod dependence;
mod field_json;
mod reason;
mod reference;

use std::collections::BTreeSet;

use arrow_schema::Field;
use bailiwick_terms::{
    Label, Limits, ModuleDigest, ModuleName, Ordering, Part, PartName, PortName, ProductName, Read,
    Services,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use dependence::Dependence;
pub use reason::{LabelReason, Reason, Statement};
pub use reference::{Lookup, PlannedReference, ReferenceColumn};

use crate::bindings::{Format, OnFailure, Severity};
use crate::catalog::{Granularity, Rule};
use crate::document::canonical;
use crate::threshold::{Finding, Threshold, Verdict, verdict};

/// What a run of a product does, step by step. Pure data: the same documents and
/// approvals always give the same plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The product.
    pub product: ProductName,
    /// The version that its contract states.
    pub contract_version: String,
    /// Where rows come from.
    pub input: PlannedInput,
    /// The reference tables that steps look rows up in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<PlannedReference>,
    /// What happens to them, in order.
    pub steps: Vec<Step>,
    /// What lies between reshapes, in order: one more than there are reshapes, each of
    /// which is the last step of its segment. So the last segment can be empty.
    pub segments: Vec<Segment>,
    /// Where rows go.
    pub output: PlannedOutput,
    /// What decided which rows there are, besides the input: each reveals something
    /// of its column through the rows that are left.
    pub influences: Vec<Influence>,
    /// What comes of each quality rule of the product's contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contract_quality: Vec<ContractQuality>,
    /// What the reader of the plan should know, though nothing is wrong.
    pub notes: Vec<String>,
}

impl Plan {
    /// The plan as JSON text.
    ///
    /// # Errors
    /// None that a plan made by the planner has: its numbers are finite.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The SHA-256 of the plan's JSON with all keys in order, as 64 hexadecimal digits.
    ///
    /// # Errors
    /// As for [`Plan::to_json`].
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        let json = serde_json::to_vec(&canonical(serde_json::to_value(self)?))?;
        Ok(hex::encode(Sha256::digest(json)))
    }
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedInput {
    /// The name of the input port.
    pub port: PortName,
    /// What stands behind it.
    pub source: PlannedSource,
    /// The contract object that describes it.
    pub object: String,
    /// All its columns, in the contract's order.
    pub columns: Vec<InputColumn>,
    /// The columns to read, in the contract's order: a step reads them, or they
    /// reach the output or a quarantine. No other column need be read at all.
    pub projection: Vec<String>,
}

/// What stands behind an input port, or a reference table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum PlannedSource {
    /// A file or folder.
    Location {
        /// Where it is, as the bindings name it.
        location: String,
        /// How it is written.
        format: Format,
    },
    /// An output port of a product.
    Product {
        /// The product.
        product: ProductName,
        /// Its output port.
        port: PortName,
        /// How that port's rows are written.
        format: Format,
        /// The version that the product's contract states.
        contract_version: String,
    },
}

/// A column as it enters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputColumn {
    /// Its name and type. Nullable, whatever the contract says: rows that break a
    /// contract are for checks to find.
    #[serde(with = "field_json")]
    pub field: Field,
    /// What it is classified as.
    pub labels: Vec<CarriedLabel>,
    /// Framework rules that ask for a policy on it.
    pub obligations: BTreeSet<PartName>,
}

/// A label of a column, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedLabel {
    /// The label.
    pub label: Label,
    /// Why the column carries it.
    pub because: LabelReason,
}

/// One opened stage or check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique within the plan: the policy's id, or `id:column` where the policy
    /// became one step for each of its columns.
    pub id: String,
    /// The policy's id.
    pub binding: PartName,
    /// The module.
    pub module: ModuleName,
    /// The digest of the module that is approved.
    pub digest: ModuleDigest,
    /// What the module says it does.
    pub summary: String,
    /// What it does here.
    pub work: Work,
    /// The fields of the columns it is bound to, as the module's `plan` was given
    /// them: those it reads are among them.
    #[serde(with = "field_json::list")]
    pub input: Vec<Field>,
    /// The columns it reads, in the order in which it gets them.
    pub reads: Vec<ColumnRead>,
    /// What it looks up in reference tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// The filter that picks the rows which a check judges; none: it judges all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowFilter>,
    /// What its answer to a batch may depend on: whether it can run in several lanes.
    pub ordering: Ordering,
    /// Its settings: a JSON object with its keys in order.
    pub settings: Value,
    /// The host services that its approval lets it import.
    pub services: Services,
    /// What it may use: its approval's limits, capped by the framework's.
    pub limits: Limits,
    /// Labels of columns it reads that are not on what it writes, as its approval
    /// lets it remove them.
    pub removes: BTreeSet<Label>,
    /// Labels that the columns it reads carry: what it says in words may reveal them.
    pub reads_labels: BTreeSet<Label>,
    /// The index of its segment.
    pub segment: usize,
    /// How a row on which it faults is quarantined; none: a fault ends the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_fault: Option<FaultQuarantine>,
    /// Which rules put it here.
    pub because: Vec<Reason>,
}

impl Step {
    /// The settings as the JSON text that the module gets.
    pub fn settings_json(&self) -> String {
        self.settings.to_string()
    }

    /// The modules that it takes: its own, and the one that picks its rows.
    pub fn modules(&self) -> impl Iterator<Item = &ModuleName> {
        std::iter::once(&self.module).chain(self.rows.as_ref().map(|rows| &rows.module))
    }

    /// The names of the columns it writes.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        let writes: &[Field] = match &self.work {
            Work::Map { writes } | Work::Reshape { writes } => writes,
            Work::Filter | Work::Check { .. } => &[],
        };
        writes.iter().map(|field| field.name().as_str())
    }
}

/// The filter that picks the rows which a check judges. The other rows pass it by: they
/// fail none of its rules, and none of its figures knows of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFilter {
    /// What is true of the rows, as the policy states it.
    pub predicate: String,
    /// The module.
    pub module: ModuleName,
    /// The digest of the module that is approved.
    pub digest: ModuleDigest,
    /// The columns it reads, in the order in which it gets them.
    pub reads: Vec<ColumnRead>,
    /// Its settings: a JSON object with its keys in order.
    pub settings: Value,
    /// What it may use: its approval's limits, capped by the framework's.
    pub limits: Limits,
}

/// How rows on which a step faults are quarantined.
///
/// Such a row leaves before the step has done its work and before those behind it
/// could: so it may take along only what is final and cleared at that point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultQuarantine {
    /// The most such rows of a run.
    pub max_rows: u32,
    /// The largest share of the rows that a run reads, percent; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_percent: Option<f64>,
    /// The columns that such a row leaves with, of those of its segment's quarantine;
    /// it has null in the others. Neither the step nor one behind it in the segment
    /// writes them, and every obligation on them was met before it.
    pub columns: BTreeSet<String>,
}

impl FaultQuarantine {
    /// The bounds, as bindings state them.
    pub fn bounds(&self) -> String {
        let rows = format!("max_fault_rows: {}", self.max_rows);
        match self.max_percent {
            None => rows,
            Some(percent) if self.max_rows == u32::MAX => format!("max_fault_percent: {percent}"),
            Some(percent) => format!("{rows}, max_fault_percent: {percent}"),
        }
    }
}

/// A column that a step reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRead {
    /// The column's field.
    #[serde(with = "field_json")]
    pub field: Field,
    /// What the step is given of it.
    pub part: Part,
}

impl ColumnRead {
    /// The column's name.
    pub fn name(&self) -> &str {
        self.field.name()
    }

    /// The same, by name alone.
    pub fn to_read(&self) -> Read {
        Read { column: self.name().to_owned(), part: self.part }
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Work {
    /// Gives the same rows new values.
    Map {
        /// The fields it writes: each replaces the column of its name where that
        /// stands, or is added behind the others.
        #[serde(with = "field_json::list")]
        writes: Vec<Field>,
    },
    /// Says which rows stay.
    Filter,
    /// Gives wholly new rows.
    Reshape {
        /// All fields from here on.
        #[serde(with = "field_json::list")]
        writes: Vec<Field>,
    },
    /// Judges rows.
    Check {
        /// Its rules, in the order in which it gives their bitmaps.
        rules: Vec<PlannedRule>,
        /// What failing rows lead to.
        on_failure: OnFailure,
    },
}

/// A rule of a check, and what it is held to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedRule {
    /// The rule, as the module states it.
    #[serde(flatten)]
    pub rule: Rule,
    /// What it is held to; none: its figure is reported and never judged.
    pub threshold: Option<Threshold>,
    /// How bad it is that it is not met.
    #[serde(default, skip_serializing_if = "Severity::is_default")]
    pub severity: Severity,
    /// Any words about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl PlannedRule {
    /// What comes of a finding. A finding of the other granularity never passes.
    pub fn verdict(&self, finding: Finding) -> Verdict {
        if finding.granularity() == self.rule.granularity {
            verdict(self.threshold.as_ref(), finding)
        } else {
            Verdict::Failed
        }
    }

    /// Whether `push` gives a bitmap for it.
    pub fn is_of_rows(&self) -> bool {
        self.rule.granularity == Granularity::Row
    }
}

/// A quality rule of the product's contract, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractQuality {
    /// The object of the contract.
    pub object: String,
    /// The column; none: the rule is the object's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What the contract calls it.
    pub rule: String,
    /// The step that executes it; none: it is not executed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Why it is not executed, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_executed: Option<String>,
}

/// The steps between two reshapes: what is quarantined in one of them leaves with
/// the columns that stand at its end, so that it is masked as the output is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The steps, as indices into the plan's.
    pub steps: std::ops::Range<usize>,
    /// Whether one of its checks quarantines rows.
    pub quarantines: bool,
    /// The columns that a quarantined row leaves with, as they stand before the
    /// segment's reshape, or at its end if it has none.
    #[serde(with = "field_json::list")]
    pub quarantine: Vec<Field>,
    /// Columns that a quarantined row leaves without.
    pub withheld: Vec<Withheld>,
}

/// A column that does not get where it could have gone, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The column.
    pub column: String,
    /// Why not.
    pub because: String,
}

/// Where rows go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedOutput {
    /// The name of the output port.
    pub port: PortName,
    /// The contract object that describes it.
    pub object: String,
    /// How it is written.
    pub format: Format,
    /// Its columns, in order.
    pub columns: Vec<OutputColumn>,
    /// Columns that no row may leave without a value in.
    pub required: Vec<String>,
    /// Columns that stand at the end of the plan and are not delivered.
    pub withheld: Vec<Withheld>,
}

/// A column as it leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputColumn {
    /// Its name and type; nullable unless the contract requires a value.
    #[serde(with = "field_json")]
    pub field: Field,
    /// What it is classified as.
    pub labels: Vec<CarriedLabel>,
    /// The input columns that its values can depend on.
    pub origins: BTreeSet<String>,
    /// The columns of reference tables that its values can depend on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub references: BTreeSet<ReferenceColumn>,
    /// The steps that its values went through, in order.
    pub through: Vec<String>,
    /// Obligations that were met on the way.
    pub discharged: BTreeSet<PartName>,
}

/// A column, of the input or of a reference table, that helps decide which rows there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Influence {
    /// The reference table that the column is of; none: the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<PartName>,
    /// The column.
    pub column: String,
    /// The step through which it does.
    pub step: String,
    /// How.
    pub kind: InfluenceKind,
}

/// How a column helps decide which rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InfluenceKind {
    /// A filter read it.
    Filter,
    /// A check that quarantines read it.
    Quarantine,
    /// A reshape read it: groups, order, repetition.
    Reshape,
}
