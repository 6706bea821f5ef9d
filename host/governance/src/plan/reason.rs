//! Why something is in a plan.

use std::fmt;

use bailiwick_terms::{PartName, ProductName};
use serde::{Deserialize, Serialize};

/// A rule that put a step into a plan, or made it as strict as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "rule")]
pub enum Reason {
    /// The product's bindings ask for it.
    Binding {
        /// The policy's id.
        id: PartName,
        /// Its place in the list, from 1.
        position: usize,
    },
    /// A quality rule of the product's contract asks for it.
    Contract {
        /// The object of the contract.
        object: String,
        /// The column; none: the rule is the object's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<String>,
        /// What the contract calls the rule.
        #[serde(rename = "name")]
        rule: String,
    },
    /// The framework asks for it.
    Obligation {
        /// The obligation's id.
        id: PartName,
        /// What the framework says of it.
        description: String,
        /// The column on which it is met.
        column: String,
    },
    /// The framework says what it may not fall below.
    Floor {
        /// The floor's id.
        id: PartName,
        /// What the framework says of it.
        description: String,
        /// The column for which it holds; none: it holds for any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<String>,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binding { id, position } => {
                write!(f, "policy {position} of the product's bindings, `{id}`")
            }
            Self::Contract { object, column, rule } => {
                let of = column.iter().map(|column| format!(".{column}")).collect::<String>();
                write!(f, "quality rule {rule:?} of {object}{of} in the product's contract")
            }
            Self::Obligation { id, description, column } => {
                write!(f, "meets obligation `{id}` on column `{column}`: {description}")
            }
            Self::Floor { id, description, column } => {
                let on = column.iter().map(|column| format!(" on column `{column}`"));
                write!(f, "held to floor `{id}`{}: {description}", on.collect::<String>())
            }
        }
    }
}

/// Why a column carries a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "rule")]
pub enum LabelReason {
    /// A contract says so.
    Contract {
        /// Whose contract.
        product: ProductName,
        /// The object in it.
        object: String,
        /// The column in that.
        column: String,
        /// Where the column states it.
        by: Statement,
    },
    /// The contract of a table in the signed repository says so.
    Target {
        /// The table's path in the repository.
        target: String,
        /// The column in it.
        column: String,
        /// Where the column states it.
        by: Statement,
    },
    /// A step read a column that carries it.
    Read {
        /// The step.
        step: String,
        /// The column it read.
        column: String,
    },
}

impl fmt::Display for LabelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract { product, object, column, by } => {
                write!(f, "{by} of {object}.{column} in the contract of {product}")
            }
            Self::Target { target, column, by } => {
                write!(f, "{by} of {column} in the contract of {target}")
            }
            Self::Read { step, column } => {
                write!(f, "step `{step}` read column `{column}`, which carries it")
            }
        }
    }
}

/// Where a contract's column states a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// In `classification`.
    Classification,
    /// In `tags`.
    Tag,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classification => "classification",
            Self::Tag => "a tag",
        })
    }
}
