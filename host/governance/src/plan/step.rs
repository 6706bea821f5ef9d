//! The steps of a plan: what each works on, and what it may have.

use std::collections::BTreeSet;

use arrow_schema::Field;
use bailiwick_terms::{
    Label, Limits, ModuleDigest, ModuleName, Ordering, Part, PartName, Read, Services,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Lookup, PlannedRule, Reason, field_json};
use crate::bindings::OnFailure;

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
