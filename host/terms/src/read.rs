//! What a module is given, and on what its answers may depend.

use serde::{Deserialize, Serialize};

/// What a module is given of a column that it reads (`wit/columnar.wit`, `part`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Its values, and which of them are null.
    Values,
    /// Only which rows have a value.
    Presence,
}

/// One column that a module reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The column's name.
    pub column: String,
    /// What the module is given of it.
    pub part: Part,
}

impl Read {
    /// Reads a column's values.
    pub fn values(column: impl Into<String>) -> Self {
        Self { column: column.into(), part: Part::Values }
    }

    /// Reads which rows of a column have a value.
    pub fn presence(column: impl Into<String>) -> Self {
        Self { column: column.into(), part: Part::Presence }
    }
}

/// What the answer to a batch may depend on, beside the settings and that batch
/// (`wit/columnar.wit`, `ordering`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ordering {
    /// On nothing else: batches may be spread over several instances.
    Independent,
    /// On the batches before it: one instance gets all of them, in order.
    Ordered,
}
