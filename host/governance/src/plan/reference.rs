//! Reference tables in a plan.

use std::fmt;

use arrow_schema::Field;
use bailiwick_terms::PartName;
use serde::{Deserialize, Serialize};

use super::{InputColumn, PlannedSource, field_json};

/// A table that steps look rows up in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedReference {
    /// Its name in the bindings.
    pub name: PartName,
    /// What stands behind it.
    pub source: PlannedSource,
    /// The contract object that describes it.
    pub object: String,
    /// The columns that steps look up, in the contract's order. No other column is read.
    pub columns: Vec<InputColumn>,
}

/// What a step looks up in one reference table: it has nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The table.
    pub table: PartName,
    /// The columns that rows are found by, in the types in which their keys come; none:
    /// rows are not found by keys.
    #[serde(with = "field_json::list")]
    pub on: Vec<Field>,
    /// The columns that are given.
    pub columns: Vec<String>,
}

impl Lookup {
    /// The names of all columns that it depends on.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let on = self.on.iter().map(|field| field.name().as_str());
        on.chain(self.columns.iter().map(String::as_str))
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: Vec<&str>| match names.as_slice() {
            [] => "nothing".to_owned(),
            names => names.join(", "),
        };
        let on = self.on.iter().map(|field| field.name().as_str()).collect();
        let given = self.columns.iter().map(String::as_str).collect();
        write!(f, "table {}: by {}, given {}", self.table, list(on), list(given))
    }
}

/// A column of a reference table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceColumn {
    /// The table.
    pub table: PartName,
    /// The column.
    pub column: String,
}

impl fmt::Display for ReferenceColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}
