//! The plan: ordered steps with everything a run needs, and why each is there.

mod dependence;
mod field_json;
mod reason;
mod reference;
mod rule;
mod step;

use std::collections::BTreeSet;

use arrow_schema::Field;
use bailiwick_terms::{DomainName, Label, PartName, PortName, ProductName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use dependence::Dependence;
pub use reason::{LabelReason, Reason, Statement};
pub use reference::{Lookup, PlannedReference, ReferenceColumn};
pub use rule::{Judged, PlannedRule, verdict_of};
pub use step::{ColumnRead, FaultQuarantine, RowFilter, Step, Work};

use crate::bindings::Format;
use crate::document::canonical;

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
    /// A table in the signed repository.
    Target {
        /// The domain that signed it.
        domain: DomainName,
        /// Its path in the repository.
        target: String,
        /// How it is written.
        format: Format,
        /// SHA-256 of its bytes, hexadecimal: of no others.
        sha256: String,
        /// The version that its contract states.
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
