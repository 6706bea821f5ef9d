//! `bindings.yaml`: what a domain runs on one of its products, and between which ports.

mod rule_threshold;
mod text;

use std::collections::BTreeMap;
use std::fmt;

use bailiwick_terms::{DomainName, Label, ModuleName, PartName, PortName, ProductName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::DocumentError;

pub use rule_threshold::RuleThreshold;
pub(crate) use text::policy_of;

/// What a domain runs on one of its products: one input port, one output port and
/// the policies between them, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Bindings {
    /// The product.
    pub product: ProductName,
    /// Where rows come from.
    pub input: Input,
    /// Where rows go.
    pub output: Output,
    /// The reference tables that policies may be given, by name.
    pub references: BTreeMap<PartName, Source>,
    /// The filter that decides which rows a check judges: a module whose setting `where`
    /// is a predicate.
    pub row_filter: Option<ModuleName>,
    /// What happens to them in between, in order.
    pub policies: Vec<Policy>,
}

impl Bindings {
    /// Reads a product's bindings. The file's name is for errors alone.
    ///
    /// # Errors
    /// If the text is not YAML of the form of `bindings.yaml`, or contradicts itself.
    pub fn read(file: &str, text: &str) -> Result<Self, DocumentError> {
        text::read(file, text)
    }

    /// States the time that the product is governed for: it stands in for every setting
    /// that is exactly [`AS_OF`]. So it is part of the plan, which says what it was. A
    /// module has no clock that could tell another one.
    pub fn govern_as_of(&mut self, time: &str) {
        for policy in &mut self.policies {
            state(&mut policy.settings, time);
        }
    }
}

/// What a setting is that the time stands in for.
pub const AS_OF: &str = "{as-of}";

/// Puts the time in the place of every setting that is [`AS_OF`].
pub(crate) fn state(settings: &mut Value, time: &str) {
    match settings {
        Value::String(text) if text == AS_OF => time.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| state(item, time)),
        Value::Object(members) => members.values_mut().for_each(|member| state(member, time)),
        _ => {}
    }
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The name of the input port.
    pub port: PortName,
    /// What stands behind it.
    pub source: Source,
}

impl Input {
    /// The object of the product's own contract that describes the input, if one does.
    pub fn source_object(&self) -> Option<&str> {
        match &self.source {
            Source::Location { object, .. } => Some(object),
            Source::Product { .. } | Source::Target { .. } => None,
        }
    }
}

/// The most reference tables of one product that are in the signed repository: all of them are
/// fetched when it is planned.
pub const MAX_TARGETS: usize = 16;

/// What stands behind an input port, or a reference table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file or folder that an object of the product's own contract describes.
    Location {
        /// The contract object that describes it.
        object: String,
        /// Where it is: within the mesh's data folder, or an address; of a reference table:
        /// within the mesh's folder of references.
        location: String,
        /// How it is written.
        format: Format,
    },
    /// An output port of a product.
    Product {
        /// The product.
        product: ProductName,
        /// Its output port.
        from: PortName,
    },
    /// A table that a domain signed into the repository, with a contract beside it.
    Target {
        /// The domain.
        domain: DomainName,
        /// The table's path in the repository.
        target: String,
        /// How it is written.
        format: Format,
    },
}

/// Where rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name of the output port.
    pub port: PortName,
    /// The contract object that describes it: the port carries exactly its columns,
    /// in its order.
    pub object: String,
    /// How it is written.
    pub format: Format,
}

/// How a port's rows are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Apache Parquet.
    #[default]
    Parquet,
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Arrow IPC file.
    Arrow,
}

impl Format {
    /// The format that a location's extension stands for.
    pub fn of_location(location: &str) -> Option<Self> {
        let name = location.rsplit('/').next().unwrap_or(location);
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "arrow" | "feather" => Some(Self::Arrow),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Arrow => "arrow",
        })
    }
}

/// A module bound with settings to columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Unique within the product.
    pub id: PartName,
    /// The module, in one version.
    pub module: ModuleName,
    /// The columns it is bound to.
    pub columns: Selection,
    /// The reference tables that it may look rows up in, by their names in the bindings.
    pub references: Vec<PartName>,
    /// The rows that a check judges: what is true of them, in SQL over any columns that
    /// stand at that point; none stated: all.
    pub rows: Option<String>,
    /// Its settings: a JSON object with its keys in order.
    pub settings: Value,
    /// What a check's failing rows lead to; none stated: for a check, [`OnFailure::Block`].
    pub on_failure: Option<OnFailure>,
    /// How bad it is that a check's rule is not met.
    pub severity: Severity,
    /// The data quality dimension of a check's rules; none: what the module says.
    pub dimension: Option<Dimension>,
    /// Any words about a check, for whoever reads the report.
    pub tags: Vec<String>,
    /// What a row on which the module faults leads to.
    pub on_fault: OnFault,
    /// What a check's rules are held to.
    pub thresholds: Vec<RuleThreshold>,
}

impl Policy {
    /// What a check's failing rows lead to, stated or not.
    pub fn on_failure(&self) -> OnFailure {
        self.on_failure.unwrap_or(match self.severity {
            Severity::Error => OnFailure::Block,
            Severity::Warn | Severity::Info => OnFailure::Observe,
        })
    }
}

/// How bad it is that a check's rule is not met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing. No row is kept back for it.
    Info,
    /// Worth looking into. No row is kept back for it.
    Warn,
    /// A fault: what becomes of the rows, or of the run, [`OnFailure`] says.
    #[default]
    Error,
}

impl Severity {
    /// Whether it is the one of a policy that states none.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        })
    }
}

/// A data quality dimension of ODCS ("Valid Values for Dimension"), by its name or its
/// synonym of two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Values are as they are in the world.
    #[serde(alias = "ac")]
    Accuracy,
    /// Nothing is missing.
    #[serde(alias = "cp")]
    Completeness,
    /// Values have the form they must.
    #[serde(alias = "cf")]
    Conformity,
    /// Values do not contradict each other.
    #[serde(alias = "cs")]
    Consistency,
    /// All that should be described is.
    #[serde(alias = "cv")]
    Coverage,
    /// Values are recent enough.
    #[serde(alias = "tm")]
    Timeliness,
    /// Nothing is there twice.
    #[serde(alias = "uq")]
    Uniqueness,
}

impl Dimension {
    /// Its name in ODCS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Completeness => "completeness",
            Self::Conformity => "conformity",
            Self::Consistency => "consistency",
            Self::Coverage => "coverage",
            Self::Timeliness => "timeliness",
            Self::Uniqueness => "uniqueness",
        }
    }
}

/// Which columns a policy is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// None.
    Nothing,
    /// The ones named.
    Columns(Vec<String>),
    /// Every column that carries any of these at that point.
    Labels(Vec<Label>),
}

/// What a check's failing rows lead to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// They are reported, and stay.
    Observe,
    /// They are kept from the output. A threshold that is stated and not met ends the run.
    Quarantine,
    /// A threshold that is not met ends the run.
    #[default]
    Block,
}

impl fmt::Display for OnFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Observe => "observe",
            Self::Quarantine => "quarantine",
            Self::Block => "block",
        })
    }
}

/// What a row on which a module faults leads to: one that makes it trap, go past a
/// limit, break the contract or give up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum OnFault {
    /// The run ends.
    #[default]
    Fail,
    /// The row is kept from the output, if it can be found.
    Quarantine {
        /// The most such rows of a run: with one more it ends.
        max_rows: u32,
        /// The largest share of the rows that a run reads, percent; none: any.
        max_percent: Option<f64>,
    },
}

/// The most rows with a fault that a run quarantines where a policy states neither a
/// number nor a share: enough for a bad day, few enough that a broken module does not cost a run
/// of retries.
pub const DEFAULT_MAX_FAULT_ROWS: u32 = 100;
